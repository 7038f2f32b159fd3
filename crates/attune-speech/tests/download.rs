//! Models over a network that does everything wrong. Every server here is a real one on this computer.

mod misbehaving;

use std::{fs, io::Write, path::PathBuf, time::Duration};

use attune_kernel::{Code, Coded};
use attune_speech::{
    Error, Proxy,
    models::{Catalogue, Progress, Shelf, Stage, Ways},
};
use attune_vault::Digester;
use misbehaving::{Answer, Server};
use tempfile::TempDir;

const ID: &str = "whisper-test";
const ETAG: &str = "\"first\"";

/// A file that begins as a model does and is otherwise noise.
fn model() -> Vec<u8> {
    let mut state = 1_u32;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    });
    b"GGUF".iter().copied().chain(noise).take(200_000).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digester = Digester::default();
    digester.write_all(bytes).unwrap();
    digester.finish().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn catalogue(file: &[u8], mirrors: &[String]) -> Catalogue {
    let text = serde_json::json!({
        "languages": { "english": ["en"] },
        "models": [{
            "id": ID, "name": "Test", "quantisation": "Q8_0", "family": "whisper", "languages": "english",
            "choice": "fast", "maker": "nobody", "licence": "none",
            "download": { "bytes": file.len(), "sha256": hexadecimal(file), "mirrors": mirrors },
        }],
    });
    Catalogue::read(&text.to_string()).unwrap()
}

fn ways() -> Ways {
    Ways {
        proxy: Proxy::Direct,
        connect: Duration::from_secs(20),
        stall: Duration::from_secs(20),
        pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(20),
        tries: 3,
        free: |_| Ok(u64::MAX),
    }
}

/// A shelf in a folder of its own, and where the model's files would lie.
struct Room {
    _folder: TempDir,
    shelf: Shelf,
    model: PathBuf,
    part: PathBuf,
}

impl Room {
    fn new(servers: &[&Server], ways: Ways) -> Self {
        Self::with(&servers.iter().map(|server| server.address("/model.gguf")).collect::<Vec<_>>(), ways)
    }

    fn with(mirrors: &[String], ways: Ways) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::with(folder.path(), catalogue(&model(), mirrors), ways);
        let model = folder.path().join(format!("{ID}.gguf"));
        let part = folder.path().join(format!("{ID}.gguf.part"));
        Self { _folder: folder, shelf, model, part }
    }

    /// What an earlier download left, with what the server of then called the file.
    fn left(&self, part: &[u8], server: &Server) {
        fs::write(&self.part, part).unwrap();
        let note = serde_json::json!({ "mirror": server.address("/model.gguf"), "etag": ETAG });
        fs::write(self.part.with_added_extension("json"), note.to_string()).unwrap();
    }

    async fn fetch(&self) -> Result<(), Error> {
        self.shelf.download(ID, &mut |_| {}).await.map(drop)
    }

    async fn refused(&self) -> Code {
        let code = self.fetch().await.expect_err("this does not come").code();
        assert!(!self.model.exists(), "what is not right is not seen");
        assert!(self.shelf.get(ID).unwrap().is_none());
        code
    }

    fn is_right(&self) {
        assert!(fs::read(&self.model).unwrap() == model(), "every byte is the model's");
        assert!(!self.part.exists() && !self.part.with_added_extension("json").exists());
        assert_eq!(self.shelf.get(ID).unwrap().unwrap().path, self.model);
    }
}

#[tokio::test]
async fn a_model_is_seen_under_its_name_when_its_digest_is_right_and_not_before() {
    let server = Server::answering(|_, request| Answer::file(&model(), ETAG, request)).await;
    let room = Room::new(&[&server], ways());
    let mut seen: Vec<Progress> = Vec::new();
    let mut told = |progress| {
        assert!(!room.model.exists(), "not while it is coming, nor while it is checked");
        seen.push(progress);
    };
    let installed = room.shelf.download(ID, &mut told).await.unwrap();
    room.is_right();
    assert_eq!(installed.bytes, 200_000);
    assert!(seen.iter().all(|progress| progress.total == 200_000));
    let stages =
        |stage| seen.iter().filter(move |progress| progress.stage == stage).map(|progress| progress.done);
    assert!(stages(Stage::Coming).is_sorted() && stages(Stage::Checking).is_sorted());
    assert_eq!(stages(Stage::Coming).next(), Some(0));
    assert_eq!(
        (stages(Stage::Coming).next_back(), stages(Stage::Checking).next_back()),
        (Some(200_000), Some(200_000))
    );
    assert!(seen.is_sorted_by_key(|progress| progress.stage == Stage::Checking), "checked when all is here");
    assert_eq!(server.asked()[0].head("user-agent"), Some("Attune"));
    assert_eq!(server.asked()[0].head("accept-encoding"), Some("identity"));
    // What is here is not fetched again.
    room.fetch().await.unwrap();
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_connection_that_closes_in_the_middle_is_taken_up_where_it_was() {
    let server = Server::answering(|nth, request| {
        let answer = Answer::file(&model(), ETAG, request);
        if nth < 4 { answer.cut(30_000) } else { answer }
    })
    .await;
    let room = Room::new(&[&server], ways());
    room.fetch().await.unwrap();
    room.is_right();
    let asked = server.asked();
    assert_eq!(
        asked.iter().map(|request| request.from()).collect::<Vec<_>>(),
        [None, Some(30_000), Some(60_000), Some(90_000), Some(120_000)]
    );
    assert!(asked[1..].iter().all(|request| request.head("if-range") == Some(ETAG)));
}

#[tokio::test]
async fn a_server_that_ignores_ranges_begins_anew_and_makes_no_garbage() {
    let server = Server::answering(|_, _| Answer::body(200, model())).await;
    let room = Room::new(&[&server], ways());
    room.left(&model()[..77_777], &server);
    let mut done = Vec::new();
    room.shelf
        .download(ID, &mut |progress| done.push((progress.stage == Stage::Checking, progress.done)))
        .await
        .unwrap();
    room.is_right();
    assert_eq!(server.asked()[0].from(), Some(77_777));
    assert!(done.is_sorted(), "a bar does not run backwards");
}

#[tokio::test]
async fn a_range_that_begins_elsewhere_is_not_appended() {
    for wrong in [
        "bytes 0-199999/200000",
        "bytes 50001-199999/200000",
        "bytes 50000-199999",
        "lines 50000-199999/200000",
    ] {
        let server = Server::answering(move |_, request| match request.from() {
            Some(from) => Answer::body(206, &model()[from..]).head("content-range", wrong),
            None => Answer::file(&model(), ETAG, request),
        })
        .await;
        let room = Room::new(&[&server], ways());
        room.left(&model()[..50_000], &server);
        room.fetch().await.unwrap();
        room.is_right();
        assert_eq!(server.asked().len(), 2, "{wrong}: once more, from the beginning");
    }
}

#[tokio::test]
async fn a_file_that_changed_since_is_fetched_anew() {
    // A server that keeps to If-Range sends the whole; one that does not, says at least that it is another file.
    for keeps_to_it in [true, false] {
        let server = Server::answering(move |_, request| match request.from() {
            Some(from) if !keeps_to_it => Answer::body(206, &model()[from..])
                .head("content-range", format!("bytes {from}-199999/200000"))
                .head("etag", "\"second\""),
            _ => Answer::file(&model(), "\"second\"", request),
        })
        .await;
        let room = Room::new(&[&server], ways());
        let mut old = model();
        old[100] ^= 1;
        room.left(&old[..50_000], &server);
        room.fetch().await.unwrap();
        room.is_right();
        assert_eq!(server.asked()[0].head("if-range"), Some(ETAG));
    }
}

#[tokio::test]
async fn a_page_is_never_saved_as_a_model_whatever_it_says_it_is() {
    let page = || "<!doctype html><title>Sign in to the clinic's network</title>".repeat(4000);
    let page_of = move |length: usize| page().into_bytes()[..length].to_vec();
    let answers: [fn(Vec<u8>) -> Answer; 3] = [
        |page| Answer::body(200, page).head("content-type", "text/html; charset=utf-8"),
        |page| Answer::body(200, page).head("content-type", "application/octet-stream"),
        |page| Answer::body(200, page).chunked(),
    ];
    for answer in answers {
        let server = Server::answering(move |_, _| answer(page_of(200_000))).await;
        let room = Room::new(&[&server], ways());
        assert_eq!(room.refused().await, Code::ServerRefused);
        assert_eq!(room.shelf.part_of(ID), None, "nor as a part of one");
        room.left(&model()[..50_000], &server);
        assert_eq!(room.refused().await, Code::ServerRefused);
        assert_eq!(room.shelf.part_of(ID), Some(50_000), "what came before is not touched by a page");
    }
}

#[tokio::test]
async fn a_redirect_is_followed_also_in_the_middle_and_never_out_of_what_is_safe() {
    let files = Server::answering(|nth, request| {
        let answer = Answer::file(&model(), ETAG, request);
        if nth == 0 { answer.cut(10_000) } else { answer }
    })
    .await;
    let to = files.address("/elsewhere");
    let mirror = Server::answering(move |_, _| Answer::status(302).head("location", to.clone())).await;
    let room = Room::new(&[&mirror], ways());
    room.fetch().await.unwrap();
    room.is_right();
    assert_eq!(files.asked()[1].from(), Some(10_000), "a range is asked for where the file lies");

    for unsafe_place in
        ["http://models.example/model.gguf", "ftp://127.0.0.1/model.gguf", "file:///etc/passwd"]
    {
        let mirror = Server::answering(move |_, _| Answer::status(302).head("location", unsafe_place)).await;
        assert_eq!(Room::new(&[&mirror], ways()).refused().await, Code::ServerRefused, "{unsafe_place}");
    }
    let round = Server::answering(|_, _| Answer::status(302).head("location", "/round")).await;
    assert_eq!(Room::new(&[&round], ways()).refused().await, Code::ServerRefused);
    assert!(round.asked().len() < 20, "nobody is sent round for ever");
}

#[tokio::test]
async fn a_server_that_stands_still_is_left_and_asked_for_the_rest() {
    let server = Server::answering(|nth, request| {
        let answer = Answer::file(&model(), ETAG, request);
        if nth == 0 { answer.stall(40_000) } else { answer }
    })
    .await;
    let room = Room::new(&[&server], Ways { stall: Duration::from_millis(300), ..ways() });
    room.fetch().await.unwrap();
    room.is_right();
    assert!(server.asked().len() >= 2 && server.asked()[1].from().is_some());
}

#[tokio::test]
async fn a_server_that_only_ever_stands_still_is_given_up_and_what_came_is_kept() {
    let server = Server::answering(|nth, request| {
        Answer::file(&model(), ETAG, request).stall(if nth == 0 { 40_000 } else { 0 })
    })
    .await;
    let room = Room::new(&[&server], Ways { stall: Duration::from_millis(300), ..ways() });
    assert_eq!(room.refused().await, Code::NetworkUnreachable);
    assert_eq!(room.shelf.part_of(ID), Some(40_000));
}

#[tokio::test]
async fn a_server_that_is_slow_and_steady_is_waited_for() {
    let pause = Duration::from_millis(250);
    let server =
        Server::answering(move |_, request| Answer::file(&model(), ETAG, request).slowly(16_000, pause))
            .await;
    // Thirteen pieces take longer than any one of them may.
    let room = Room::new(&[&server], Ways { stall: Duration::from_secs(3), ..ways() });
    room.fetch().await.unwrap();
    room.is_right();
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn the_first_byte_too_many_is_refused() {
    let longer = || [model(), vec![0]].concat();
    // Said in the head, found in the body, and found in the rest of one.
    let said = Server::answering(move |_, _| Answer::body(200, longer())).await;
    let found = Server::answering(move |_, _| Answer::body(200, longer()).chunked()).await;
    let rest = Server::answering(move |_, request| {
        let from = request.from().unwrap_or_default();
        Answer::body(206, &longer()[from..])
            .head("content-range", format!("bytes {from}-199999/200000"))
            .chunked()
    })
    .await;
    for server in [said, found] {
        let room = Room::new(&[&server], ways());
        assert_eq!(room.refused().await, Code::ModelMismatch);
        assert_eq!(room.shelf.part_of(ID), None, "nothing goes on from what was another file");
    }
    let room = Room::new(&[&rest], ways());
    room.left(&model()[..50_000], &rest);
    assert_eq!(room.refused().await, Code::ModelMismatch);
    assert_eq!(room.shelf.part_of(ID), None);
}

#[tokio::test]
async fn the_right_length_of_the_wrong_bytes_is_thrown_away() {
    let server = Server::answering(|_, request| {
        let mut wrong = model();
        wrong[150_000] ^= 1;
        Answer::file(&wrong, ETAG, request)
    })
    .await;
    let room = Room::new(&[&server], ways());
    assert_eq!(room.refused().await, Code::ModelMismatch);
    assert_eq!(room.shelf.part_of(ID), None);
    assert_eq!(server.asked().len(), 1, "what was fetched whole is not fetched again");
}

#[tokio::test]
async fn a_part_that_was_damaged_where_it_lay_costs_a_second_fetch_and_no_garbage() {
    for length in [50_000, 200_000] {
        let server = Server::answering(|_, request| Answer::file(&model(), ETAG, request)).await;
        let room = Room::new(&[&server], ways());
        let mut damaged = model();
        damaged[49_999] ^= 1;
        room.left(&damaged[..length], &server);
        room.fetch().await.unwrap();
        room.is_right();
        assert_eq!(server.asked().last().unwrap().from(), None, "the second time from the beginning");
    }
}

#[tokio::test]
async fn a_part_that_was_complete_is_only_checked() {
    let server = Server::answering(|_, request| Answer::file(&model(), ETAG, request)).await;
    let room = Room::new(&[&server], ways());
    room.left(&model(), &server);
    room.fetch().await.unwrap();
    room.is_right();
    assert!(server.asked().is_empty(), "nobody has to be asked");
}

#[tokio::test]
async fn a_server_that_has_no_such_range_is_asked_for_the_whole() {
    let server = Server::answering(|_, request| match request.from() {
        Some(_) => Answer::status(416).head("content-range", "bytes */200000"),
        None => Answer::file(&model(), ETAG, request),
    })
    .await;
    let room = Room::new(&[&server], ways());
    // Complete and one byte too long: nothing of it can be right.
    for part in [&model()[..199_999], &[model(), vec![0]].concat()] {
        room.left(part, &server);
        room.fetch().await.unwrap();
        room.is_right();
        room.shelf.delete(ID).unwrap();
    }
}

#[tokio::test]
async fn the_second_mirror_is_asked_when_the_first_does_not_have_it() {
    for first in [404, 403, 410, 500] {
        let without = Server::answering(move |_, _| Answer::status(first)).await;
        let with = Server::answering(|_, request| Answer::file(&model(), ETAG, request)).await;
        let room = Room::new(&[&without, &with], ways());
        room.fetch().await.unwrap();
        room.is_right();
    }
    let without = Server::answering(|_, _| Answer::status(404)).await;
    assert_eq!(Room::new(&[&without], ways()).refused().await, Code::ServerRefused);
}

#[tokio::test]
async fn the_second_mirror_goes_on_where_the_first_broke_off() {
    let breaks = Server::answering(|nth, request| match nth {
        0 => Answer::file(&model(), "\"here\"", request).cut(60_000),
        _ => Answer::status(404),
    })
    .await;
    let with = Server::answering(|_, request| Answer::file(&model(), "\"there\"", request)).await;
    let room = Room::new(&[&breaks, &with], ways());
    room.fetch().await.unwrap();
    room.is_right();
    assert_eq!(with.asked()[0].from(), Some(60_000));
    assert_eq!(
        with.asked()[0].head("if-range"),
        None,
        "what one server calls a file says nothing to another"
    );
}

#[tokio::test]
async fn a_busy_server_is_asked_again_after_what_it_says() {
    for status in [429, 503] {
        let server = Server::answering(move |nth, request| match nth {
            0 | 1 => Answer::status(status).head("retry-after", "0"),
            _ => Answer::file(&model(), ETAG, request),
        })
        .await;
        let room = Room::new(&[&server], ways());
        room.fetch().await.unwrap();
        room.is_right();
        assert_eq!(server.asked().len(), 3);
        // An hour is more patience than anybody has: it is asked again sooner, and then given up.
        let busy = Server::answering(move |_, _| Answer::status(status).head("retry-after", "3600")).await;
        assert_eq!(Room::new(&[&busy], ways()).refused().await, Code::ServerBusy);
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_said_to_be_nobody() {
    let gone = Server::answering(|_, _| Answer::status(200)).await;
    let mirror = gone.address("/model.gguf");
    drop(gone);
    assert_eq!(Room::with(&[mirror], ways()).refused().await, Code::NetworkUnreachable);
    let plain = ["http://models.example/model.gguf".to_owned()];
    assert_eq!(
        Room::with(&plain, ways()).refused().await,
        Code::AddressInvalid,
        "no model comes without TLS"
    );
}

#[tokio::test]
async fn a_download_that_is_stopped_keeps_what_came_and_goes_on_from_there() {
    let server = Server::answering(|nth, request| {
        let answer = Answer::file(&model(), ETAG, request);
        if nth == 0 { answer.stall(90_000) } else { answer }
    })
    .await;
    let room = Room::new(&[&server], ways());
    let (came, here) = tokio::sync::oneshot::channel();
    let mut came = Some(came);
    let mut told = |progress: Progress| {
        if progress.done == 90_000
            && let Some(came) = came.take()
        {
            came.send(()).unwrap();
        }
    };
    tokio::select! {
        _ = room.shelf.download(ID, &mut told) => panic!("it stands still"),
        here = here => here.unwrap(),
    }
    assert_eq!(room.shelf.part_of(ID), Some(90_000));
    assert!(room.shelf.get(ID).unwrap().is_none());
    room.fetch().await.unwrap();
    room.is_right();
    assert_eq!(server.asked()[1].from(), Some(90_000));
}

#[tokio::test]
async fn a_disk_that_is_too_full_is_said_before_the_first_byte() {
    let server = Server::answering(|_, request| Answer::file(&model(), ETAG, request)).await;
    // Room for the model, and not for what a recording needs beside it.
    let room = Room::new(&[&server], Ways { free: |_| Ok(300_000_000), ..ways() });
    assert_eq!(room.refused().await, Code::DiskFull);
    assert!(server.asked().is_empty());
    assert_eq!(room.shelf.free().unwrap(), 300_000_000);
    // A disk that does not say how full it is, is tried.
    let silent = Room::new(&[&server], Ways { free: |_| Err(std::io::Error::other("silent")), ..ways() });
    silent.fetch().await.unwrap();
}

#[tokio::test]
async fn the_proxy_is_asked_instead_of_the_mirror() {
    let proxy = Server::answering(|_, request| match request.line.split(' ').collect::<Vec<_>>()[..] {
        ["GET", "http://127.0.0.1:9/model.gguf", _] => Answer::file(&model(), ETAG, request),
        _ => Answer::status(403),
    })
    .await;
    let through = || Ways { proxy: Proxy::At(proxy.address("")), ..ways() };
    // Nobody listens at port 9: what comes, comes by the proxy.
    let room = Room::with(&["http://127.0.0.1:9/model.gguf".into()], through());
    room.fetch().await.unwrap();
    room.is_right();
    let room = Room::with(&["https://models.example/model.gguf".into()], through());
    assert_eq!(room.refused().await, Code::NetworkUnreachable);
    assert_eq!(proxy.asked().last().unwrap().line, "CONNECT models.example:443 HTTP/1.1");
    let nonsense = Ways { proxy: Proxy::At("::".into()), ..ways() };
    let room = Room::with(&["https://models.example/model.gguf".into()], nonsense);
    assert_eq!(room.refused().await, Code::AddressInvalid);
}

#[tokio::test]
async fn two_who_want_the_same_model_get_it_from_one_download() {
    let server = Server::answering(|_, request| {
        Answer::file(&model(), ETAG, request).slowly(40_000, Duration::from_millis(20))
    })
    .await;
    let room = Room::new(&[&server], ways());
    let (mut first, mut second) = (0, 0);
    let mut told = |_| first += 1;
    let mut also_told = |_| second += 1;
    let (one, other) =
        tokio::join!(room.shelf.download(ID, &mut told), room.shelf.download(ID, &mut also_told));
    assert_eq!(one.unwrap(), other.unwrap());
    room.is_right();
    assert_eq!(server.asked().len(), 1);
    assert!(first > 0 && second > 0, "both are told how far it is");
}

#[tokio::test]
async fn a_model_that_is_coming_is_not_fetched_by_a_second_program_and_deleting_it_ends_the_download() {
    let server = Server::answering(|nth, request| {
        let answer = Answer::file(&model(), ETAG, request);
        if nth == 0 { answer.stall(90_000) } else { answer }
    })
    .await;
    let room = Room::new(&[&server], ways());
    let folder = room.model.parent().unwrap();
    let second = Shelf::with(folder, catalogue(&model(), &[server.address("/model.gguf")]), ways());
    let (came, here) = tokio::sync::oneshot::channel();
    let mut came = Some(came);
    let mut told = |progress: Progress| {
        if progress.done == 90_000
            && let Some(came) = came.take()
        {
            came.send(()).unwrap();
        }
    };
    let meanwhile = async {
        here.await.unwrap();
        assert_eq!(second.download(ID, &mut |_| {}).await.unwrap_err().code(), Code::Busy);
        room.shelf.delete(ID).unwrap();
    };
    let (fetched, ()) = tokio::join!(room.shelf.download(ID, &mut told), meanwhile);
    assert_eq!(fetched.unwrap_err().code(), Code::Cancelled);
    assert_eq!(room.shelf.part_of(ID), None, "a part is deleted as a model is");
    room.fetch().await.unwrap();
    room.is_right();
    assert_eq!(server.asked().last().unwrap().from(), None);
}

#[tokio::test]
async fn what_is_deleted_can_be_fetched_again() {
    let server = Server::answering(|_, request| Answer::file(&model(), ETAG, request)).await;
    let room = Room::new(&[&server], ways());
    room.fetch().await.unwrap();
    room.shelf.delete(ID).unwrap();
    assert!(!room.model.exists() && room.shelf.get(ID).unwrap().is_none());
    room.shelf.delete(ID).unwrap();
    room.fetch().await.unwrap();
    room.is_right();
    assert_eq!(room.shelf.download("nobody", &mut |_| {}).await.unwrap_err().code(), Code::Gone);
}

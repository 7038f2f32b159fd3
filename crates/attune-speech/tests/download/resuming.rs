//! Going on where it was stopped: what may be taken up, and what must be begun anew.

use std::time::Duration;

use attune_kernel::Code;
use attune_speech::models::{Progress, Stage, Ways};

use crate::{
    ETAG, ID, Room,
    misbehaving::{Answer, Server},
    model, ways,
};

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
    let room = Room::new(&[&server], Ways { stall: Duration::from_millis(1500), tries: 1, ..ways() });
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

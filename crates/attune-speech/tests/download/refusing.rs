//! What never becomes a model, and what is said of it.

use attune_kernel::Code;
use attune_speech::models::Ways;

use crate::{
    ETAG, ID, Room,
    misbehaving::{Answer, Server},
    model, ways,
};

#[tokio::test]
async fn a_page_is_never_saved_as_a_model_whatever_it_says_it_is() {
    let page = || "<!doctype html><title>Sign in to the clinic's network</title>".repeat(4000);
    let page_of = move |length: usize| page().into_bytes()[..length].to_vec();
    let answers: [fn(Vec<u8>) -> Answer; 4] = [
        |page| Answer::body(200, page).head("content-type", "text/html; charset=utf-8"),
        |page| Answer::body(200, &page[..500]).head("content-type", "text/html"),
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

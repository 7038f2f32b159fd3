//! A model that comes, as those see it who want it, watch it, and take it away.

use std::time::Duration;

use attune_kernel::{Code, Coded};
use attune_speech::models::{Progress, Shelf, Stage};

use crate::{
    ETAG, ID, Room, catalogue,
    misbehaving::{Answer, Server},
    model, ways,
};

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
    let both = async { tokio::join!(room.shelf.download(ID, &mut told), meanwhile) };
    let soon = ways().stall / 2;
    let (fetched, ()) =
        tokio::time::timeout(soon, both).await.expect("long before the server counts as gone");
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

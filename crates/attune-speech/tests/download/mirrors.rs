//! Whom one asks, in which order, by which way, and how long one waits for them.

use attune_kernel::Code;
use attune_speech::{Proxy, models::Ways};

use crate::{
    ETAG, Room,
    misbehaving::{Answer, Server},
    model, ways,
};

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

/// Set in the copy of this test that runs behind a proxy: the environment is a process's, and others run beside this one.
const BEHIND: &str = "ATTUNE_TEST_BEHIND_PROXY";

#[tokio::test]
async fn the_systems_proxy_is_asked_for_everybody_but_this_same_computer() {
    if std::env::var_os(BEHIND).is_some() {
        let here = Server::answering(|_, request| Answer::file(&model(), ETAG, request)).await;
        let mirrors = ["https://models.example/model.gguf".into(), here.address("/model.gguf")];
        let room = Room::with(&mirrors, Ways { proxy: Proxy::System, ..ways() });
        room.fetch().await.unwrap();
        room.is_right();
        return;
    }
    let proxy = Server::answering(|_, _| Answer::status(403)).await;
    let mut behind = tokio::process::Command::new(std::env::current_exe().unwrap());
    behind.args(["--exact", "mirrors::the_systems_proxy_is_asked_for_everybody_but_this_same_computer"]);
    behind.env(BEHIND, "1").env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        behind.env(name, proxy.address(""));
    }
    let said = behind.output().await.unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stdout));
    let asked = proxy.asked();
    assert!(!asked.is_empty());
    assert!(asked.iter().all(|request| request.line == "CONNECT models.example:443 HTTP/1.1"), "{asked:?}");
}

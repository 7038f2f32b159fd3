//! Sound leaves the computer only where two agreed to it, and for as long as they do.

use attune_testkit::StoreInFolder;
use uuid::Uuid;

use super::*;
use crate::{
    Replayed, sessions,
    tests::{arrive, chart, new_session, other_device, outbox, practice, write},
    transcripts::{
        remote::record::{read_permission, read_switch},
        tests::{code, sent},
    },
};

async fn with_a_session() -> (StoreInFolder, SessionId) {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await.id;
    let session = write(&store, async |tx| sessions::begin_unrecorded(tx, &new_session(maya)).await).await;
    (store, session.unwrap().id)
}

fn on(endpoint: &str) -> Remote {
    Remote { on: true, endpoint: endpoint.into(), model: "whisper-1".into() }
}

const CLINIC: &str = "https://speech.clinic.example/v1";

async fn turn(store: &StoreInFolder, remote: &Remote) -> Result<Remote> {
    write(store, async |tx| change(tx, remote).await).await
}

async fn allow(store: &StoreInFolder, session: SessionId) -> Result<()> {
    write(store, async |tx| allow_remote(tx, session).await).await
}

async fn goes_out(store: &StoreInFolder, session: SessionId) -> bool {
    store.read(async |tx| may_go_out(tx, session).await).await.unwrap()
}

#[tokio::test]
async fn it_is_off_until_somebody_turns_it_on_and_then_each_session_is_asked() {
    let (store, session) = with_a_session().await;
    assert_eq!(store.read(async |tx| remote(tx).await).await.unwrap(), Remote::default());
    assert!(!goes_out(&store, session).await);
    assert_eq!(code(allow(&store, session).await), Code::RemoteNotAllowed);
    turn(&store, &on(CLINIC)).await.unwrap();
    assert!(!goes_out(&store, session).await, "the switch alone sends nothing");
    allow(&store, session).await.unwrap();
    assert!(goes_out(&store, session).await);
    let other = chart(&store, "Jonas Meyer").await.id;
    let other = write(&store, async |tx| sessions::begin_unrecorded(tx, &new_session(other)).await).await;
    assert!(!goes_out(&store, other.unwrap().id).await, "one session's word is no other's");
    assert_eq!(code(allow(&store, SessionId::new(store.now())).await), Code::Gone);
}

#[tokio::test]
async fn turning_it_off_or_sending_sound_elsewhere_takes_every_permission_back() {
    let (store, session) = with_a_session().await;
    turn(&store, &on(CLINIC)).await.unwrap();
    allow(&store, session).await.unwrap();
    turn(&store, &Remote { on: false, ..on(CLINIC) }).await.unwrap();
    assert!(!goes_out(&store, session).await);
    turn(&store, &on(CLINIC)).await.unwrap();
    assert!(!goes_out(&store, session).await, "whoever agreed, agreed to what was then");
    allow(&store, session).await.unwrap();
    turn(&store, &Remote { model: "whisper-2".into(), ..on(CLINIC) }).await.unwrap();
    assert!(goes_out(&store, session).await, "another model there is the same place");
    turn(&store, &on("https://elsewhere.example/v1")).await.unwrap();
    assert!(!goes_out(&store, session).await);
    // The same, on a clock that was set back.
    allow(&store, session).await.unwrap();
    store.clock().advance(TimeDelta::days(-9));
    turn(&store, &Remote::default()).await.unwrap();
    turn(&store, &on(CLINIC)).await.unwrap();
    assert!(!goes_out(&store, session).await);
    allow(&store, session).await.unwrap();
    assert!(goes_out(&store, session).await);
}

#[tokio::test]
async fn saying_it_again_leaves_no_trace() {
    let (store, session) = with_a_session().await;
    turn(&store, &Remote::default()).await.unwrap();
    assert!(sent(&store, REMOTE_TRANSCRIPTION).await.is_empty());
    turn(&store, &on(CLINIC)).await.unwrap();
    allow(&store, session).await.unwrap();
    let lines = store.verify().await.unwrap().lines;
    turn(&store, &on(&format!("  {CLINIC} "))).await.unwrap();
    allow(&store, session).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines);
}

#[tokio::test]
async fn sound_is_sent_sealed_or_no_further_than_this_computer() {
    let (store, _) = with_a_session().await;
    for address in [
        "http://localhost:8000/v1",
        "http://127.0.0.1/v1",
        "http://[::1]:9/v1",
        "https://speech.clinic.example",
        "https://10.0.0.4:8443/v1",
    ] {
        assert_eq!(turn(&store, &on(address)).await.unwrap(), on(address));
    }
    for address in [
        "",
        "speech.clinic.example",
        "http://speech.clinic.example/v1",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "https://me:secret@clinic.example/v1",
        "https://",
        "https:///v1",
        "https://a b/",
        "http://127.0.0.1\\@evil.example/",
        "ftp://clinic.example/",
        "file:///etc/passwd",
    ] {
        assert_eq!(code(turn(&store, &on(address)).await), Code::AddressInvalid, "{address}");
    }
    assert_eq!(code(turn(&store, &on(&"x".repeat(501))).await), Code::TextTooLong);
}

#[tokio::test]
async fn nothing_new_leaves_the_computer_for_a_chart_that_is_put_away() {
    let (store, session) = with_a_session().await;
    turn(&store, &on(CLINIC)).await.unwrap();
    let patient = store.read(async |tx| sessions::read(tx, session).await).await.unwrap().patient;
    write(&store, async |tx| patients::archive(tx, patient).await).await.unwrap();
    assert_eq!(code(allow(&store, session).await), Code::PatientArchived);
}

#[tokio::test]
async fn another_device_hears_of_both_in_any_order_and_an_older_turn_undoes_nothing() {
    let (here, session) = with_a_session().await;
    turn(&here, &on(CLINIC)).await.unwrap();
    let older = sent(&here, REMOTE_TRANSCRIPTION).await.remove(0);
    turn(&here, &Remote::default()).await.unwrap();
    let off = sent(&here, REMOTE_TRANSCRIPTION).await.remove(0);
    turn(&here, &on(CLINIC)).await.unwrap();
    allow(&here, session).await.unwrap();
    let there = other_device(&here).await;
    for record in outbox(&here).await.iter().rev() {
        assert_eq!(arrive(&there, here.author().member, record).await.unwrap(), Replayed::Applied);
    }
    assert!(goes_out(&there, session).await);
    for late in [&older, &off] {
        assert_eq!(arrive(&there, here.author().member, late).await.unwrap(), Replayed::Known);
    }
    assert!(goes_out(&there, session).await);
}

#[tokio::test]
async fn nobody_agrees_in_another_s_name_or_sends_sound_where_no_person_could() {
    let (here, session) = with_a_session().await;
    turn(&here, &on(CLINIC)).await.unwrap();
    allow(&here, session).await.unwrap();
    let there = other_device(&here).await;
    let permission = sent(&here, REMOTE_PERMISSION).await.remove(0);
    let somebody = MemberId::from(Uuid::from_u128(9));
    assert_eq!(arrive(&there, somebody, &permission).await.unwrap(), Replayed::Unreadable);
    let switch = sent(&here, REMOTE_TRANSCRIPTION).await.remove(0);
    for (from, to) in [
        ("https://", "http://"),
        (r#""on":true"#, r#""on":false"#),
        (r#""since":""#, r#""since":"+1"#),
        ("speech.", "speech.\\u202e"),
    ] {
        assert!(switch.body.contains(from), "{from}");
        let news = attune_store::Queued { body: switch.body.replace(from, to), ..switch.clone() };
        let replayed = arrive(&there, here.author().member, &news).await.unwrap();
        assert_eq!(replayed, Replayed::Unreadable, "{to}");
    }
}

#[tokio::test]
async fn a_permission_that_speaks_of_another_chart_s_session_does_not_count() {
    let (here, session) = with_a_session().await;
    turn(&here, &on(CLINIC)).await.unwrap();
    let jonas = chart(&here, "Jonas Meyer").await.id;
    let own = write(&here, async |tx| sessions::begin_unrecorded(tx, &new_session(jonas)).await).await;
    allow(&here, own.as_ref().unwrap().id).await.unwrap();
    let sent = sent(&here, REMOTE_PERMISSION).await.remove(0);
    let body = sent.body.replace(&own.unwrap().id.to_string(), &session.to_string());
    let news = attune_store::Queued { record: Uuid::from_u128(5).into(), body, ..sent };
    arrive(&here, here.author().member, &news).await.unwrap();
    assert!(!goes_out(&here, session).await);
}

/// Versions 1 as they were first released. These texts never change.
const SWITCH_V1: &str = r#"{"v":1,"on":true,"endpoint":"https://speech.clinic.example/v1","model":"whisper-1","since":"2026-04-14T10:00:00Z","changed_at":"2026-04-15T10:00:00Z"}"#;
const PERMISSION_V1: &str = r#"{"v":1,"session":"019d8a50-0000-7000-8000-000000000001","patient":"019d8a50-0000-7000-8000-000000000002","agreed_by":"019d8a50-0000-7000-8000-000000000003","at":"2026-04-14T10:00:00Z"}"#;

#[test]
fn version_1_reads_forever_and_is_still_what_we_write() {
    assert_eq!(serde_json::to_string(&read_switch(SWITCH_V1).unwrap()).unwrap(), SWITCH_V1);
    assert_eq!(serde_json::to_string(&read_permission(PERMISSION_V1).unwrap()).unwrap(), PERMISSION_V1);
}

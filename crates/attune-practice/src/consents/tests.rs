//! Consents: what is signed stays as it was signed, and taking it back holds at once.

use attune_kernel::Coded;
use attune_store::{Queued, StreamKind};
use attune_testkit::StoreInFolder;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    Replayed,
    consents::record::{ConsentV1, WithdrawalV1, read, read_withdrawal},
    form::Unknown,
    tests::{agreed, arrive, chart, other_device, outbox, practice, write},
};

const KIND: ConsentKind = ConsentKind::Recording;

fn signed(patient: PatientId, name: &str) -> NewConsent {
    let version = super::text(KIND).version;
    NewConsent { patient, kind: KIND, version, signed_by: Private::new(name.into()) }
}

async fn give(store: &StoreInFolder, new: &NewConsent) -> Result<Consent> {
    write(store, async |tx| super::give(tx, new).await).await
}

async fn withdraw(store: &StoreInFolder, id: ConsentId) -> Consent {
    write(store, async |tx| super::withdraw(tx, id).await).await.unwrap()
}

async fn live(store: &StoreInFolder, patient: PatientId) -> Option<Consent> {
    store.read(async |tx| super::live(tx, patient, KIND).await).await.unwrap()
}

async fn list(store: &StoreInFolder, patient: PatientId) -> Vec<Consent> {
    store.read(async |tx| super::list(tx, patient).await).await.unwrap()
}

async fn with_maya() -> (StoreInFolder, PatientId) {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await.id;
    (store, maya)
}

#[test]
fn the_text_says_everything_a_person_must_know_before_they_sign() {
    let text = super::text(KIND);
    assert!(text.version >= 1 && !text.title.is_empty());
    assert!(text.paragraphs.iter().all(|p| !p.heading.trim().is_empty() && !p.text.trim().is_empty()));
    let all: String = text.paragraphs.iter().map(|p| format!("{} {}\n", p.heading, p.text)).collect();
    for said in [
        "Who records",
        "Why",
        "this computer only",
        "not sent anywhere",
        "How long",
        "your care stays just the same",
        "paused or stopped at once",
        "take this back at any time",
        "every one of them agrees",
        "start of every session",
    ] {
        assert!(all.contains(said), "it says: {said}");
    }
}

#[test]
fn the_text_is_plain_enough_for_a_child_of_eleven() {
    for paragraph in super::text(KIND).paragraphs {
        for sentence in paragraph.text.split_inclusive(['.', ':', '?']) {
            let words = sentence.split_whitespace().count();
            assert!(words <= 25, "{words} words: {sentence}");
            let longest = sentence.split_whitespace().map(|word| word.chars().count()).max();
            assert!(longest <= Some(12), "a long word: {sentence}");
        }
    }
}

#[tokio::test]
async fn what_is_signed_is_kept_word_for_word_with_name_time_and_screen() {
    let (store, maya) = with_maya().await;
    let consent = give(&store, &signed(maya, "  Maya\u{a0}Okafor ")).await.unwrap();
    let text = super::text(KIND);
    assert_eq!(consent.signed_by.reveal(), "Maya Okafor");
    assert_eq!((consent.signed_at, consent.recorded_by), (store.now(), store.author().member));
    assert_eq!(
        (consent.version, &consent.title, &consent.paragraphs),
        (text.version, &text.title, &text.paragraphs)
    );
    assert!(consent.live && consent.withdrawn_at.is_none());
    assert_eq!(live(&store, maya).await, Some(consent.clone()));
    assert_eq!(list(&store, maya).await, std::slice::from_ref(&consent));
    let sent = outbox(&store).await.into_iter().find(|record| record.kind == "consent").unwrap();
    assert!(sent.body.contains(&serde_json::to_string(&text.paragraphs).unwrap()), "the whole text travels");
    let shared = store.read(async |tx| tx.stream(StreamKind::Shared, Some(maya)).await).await.unwrap();
    assert_eq!(sent.stream, shared, "the patient reads it too");
    assert!(!format!("{consent:?}").contains("Okafor"));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_and_nothing_is_written() {
    let (store, maya) = with_maya().await;
    let lines = store.verify().await.unwrap().lines;
    let version = super::text(KIND).version;
    for (new, code) in [
        (NewConsent { version: version + 1, ..signed(maya, "Maya") }, Code::ConsentOutdated),
        (NewConsent { version: version - 1, ..signed(maya, "Maya") }, Code::ConsentOutdated),
        (signed(maya, ""), Code::SignatureMissing),
        (signed(maya, " \u{200b}\n"), Code::SignatureMissing),
        (signed(maya, &"é".repeat(121)), Code::SignatureTooLong),
        (signed(maya, "Ma\0ya"), Code::TextUnprintable),
        (signed(PatientId::new(store.now()), "Maya"), Code::Gone),
    ] {
        assert_eq!(give(&store, &new).await.unwrap_err().code(), code);
    }
    assert_eq!(store.verify().await.unwrap().lines, lines);
    give(&store, &signed(maya, &"é".repeat(120))).await.unwrap();
}

#[tokio::test]
async fn without_a_consent_going_on_is_refused_with_a_reason() {
    let (store, maya) = with_maya().await;
    let must = async || store.read(async |tx| must_be_live(tx, maya).await).await;
    assert_eq!(must().await.unwrap_err().code(), Code::ConsentMissing);
    let consent = give(&store, &signed(maya, "Maya")).await.unwrap();
    assert_eq!(must().await.unwrap(), consent);
    withdraw(&store, consent.id).await;
    assert_eq!(must().await.unwrap_err().code(), Code::ConsentMissing);
}

#[tokio::test]
async fn taking_it_back_holds_at_once_and_for_everything_signed_until_then() {
    let (store, maya) = with_maya().await;
    let first = give(&store, &signed(maya, "Maya")).await.unwrap();
    store.clock().advance(TimeDelta::days(30));
    let second = give(&store, &signed(maya, "Maya Okafor")).await.unwrap();
    assert_eq!(live(&store, maya).await, Some(second.clone()), "the newest is the one that holds");
    store.clock().advance(TimeDelta::days(1));
    let back = withdraw(&store, first.id).await;
    assert_eq!((back.live, back.withdrawn_at), (false, Some(store.now())));
    assert_eq!(live(&store, maya).await, None, "a paper signed twice does not outlive a no");
    let all = list(&store, maya).await;
    assert!(all.iter().all(|consent| !consent.live) && all[0].id == second.id);
}

#[tokio::test]
async fn somebody_else_s_consent_is_not_taken_back_with_it() {
    let (store, maya) = with_maya().await;
    let jonas = chart(&store, "Jonas Meyer").await.id;
    let consent = agreed(&store, maya).await;
    agreed(&store, jonas).await;
    withdraw(&store, consent).await;
    assert!(live(&store, jonas).await.is_some());
}

#[tokio::test]
async fn taking_back_what_was_taken_back_leaves_no_trace_and_agreeing_anew_is_possible_the_same_moment() {
    let (store, maya) = with_maya().await;
    let first = agreed(&store, maya).await;
    withdraw(&store, first).await;
    let lines = store.verify().await.unwrap().lines;
    withdraw(&store, first).await;
    assert_eq!(store.verify().await.unwrap().lines, lines);
    let anew = give(&store, &signed(maya, "Maya")).await.unwrap();
    assert!(anew.live);
    assert_eq!(live(&store, maya).await, Some(anew));
}

#[tokio::test]
async fn a_clock_set_back_a_year_keeps_neither_a_consent_alive_nor_a_new_one_from_holding() {
    let (store, maya) = with_maya().await;
    let first = agreed(&store, maya).await;
    store.clock().advance(TimeDelta::days(-365));
    assert!(!withdraw(&store, first).await.live);
    assert_eq!(live(&store, maya).await, None);
    store.clock().advance(TimeDelta::days(-365));
    let anew = give(&store, &signed(maya, "Maya")).await.unwrap();
    assert_eq!(live(&store, maya).await, Some(anew.clone()));
    assert!(!withdraw(&store, anew.id).await.live);
}

#[tokio::test]
async fn nobody_signs_in_an_archived_chart_but_taking_back_is_always_possible() {
    let (store, maya) = with_maya().await;
    let consent = agreed(&store, maya).await;
    write(&store, async |tx| patients::archive(tx, maya).await).await.unwrap();
    let refused = give(&store, &signed(maya, "Maya")).await.unwrap_err();
    assert_eq!(refused.code(), Code::PatientArchived);
    assert!(!withdraw(&store, consent).await.live);
}

#[tokio::test]
async fn a_no_that_arrives_before_the_yes_it_takes_back_holds_all_the_same() {
    let (here, maya) = with_maya().await;
    let consent = agreed(&here, maya).await;
    here.clock().advance(TimeDelta::hours(1));
    withdraw(&here, consent).await;
    let there = other_device(&here).await;
    let mut records = outbox(&here).await;
    records.reverse();
    for record in records {
        assert_eq!(arrive(&there, here.author().member, &record).await.unwrap(), Replayed::Applied);
    }
    assert_eq!(live(&there, maya).await, None);
    assert_eq!(list(&there, maya).await, list(&here, maya).await);
}

#[tokio::test]
async fn a_no_from_elsewhere_takes_back_what_was_signed_here_before_it() {
    let (here, maya) = with_maya().await;
    let elsewhere = agreed(&here, maya).await;
    let there = other_device(&here).await;
    for record in outbox(&here).await {
        arrive(&there, here.author().member, &record).await.unwrap();
    }
    let also = give(&there, &signed(maya, "Maya")).await.unwrap();
    here.clock().advance(TimeDelta::hours(1));
    withdraw(&here, elsewhere).await;
    for record in outbox(&here).await.into_iter().filter(|record| record.kind == "consent_withdrawal") {
        arrive(&there, here.author().member, &record).await.unwrap();
    }
    assert!(
        !list(&there, maya)
            .await
            .iter()
            .any(|consent| consent.live || consent.id != also.id && consent.id != elsewhere)
    );
}

#[tokio::test]
async fn a_consent_from_elsewhere_that_nobody_signed_is_none() {
    let (here, maya) = with_maya().await;
    agreed(&here, maya).await;
    let there = other_device(&here).await;
    let record = outbox(&here).await.into_iter().find(|record| record.kind == "consent").unwrap();
    for (from, to) in [
        (r#""signed_by":"Maya""#, r#""signed_by":"""#),
        (r#""signed_by":"Maya""#, r#""signed_by":"\u202e ""#),
        (r#""signed_at":"2026"#, r#""signed_at":"+12026"#),
        (r#""kind":"recording""#, r#""kind":"everything""#),
    ] {
        assert!(record.body.contains(from), "{from}");
        let body = record.body.replace(from, to);
        let replayed = arrive(&there, here.author().member, &Queued { body, ..record.clone() }).await;
        assert_eq!(replayed.unwrap(), Replayed::Unreadable, "{to}");
    }
}

#[tokio::test]
async fn fields_a_newer_attune_wrote_are_kept_beside_a_consent() {
    let (here, maya) = with_maya().await;
    agreed(&here, maya).await;
    let there = other_device(&here).await;
    let record = outbox(&here).await.into_iter().find(|record| record.kind == "consent").unwrap();
    let body = record.body.replacen('{', r#"{"drawn":"a line","#, 1);
    arrive(&there, here.author().member, &Queued { body, ..record }).await.unwrap();
    let kept: String = there
        .read(async |tx| tx.scalar(sqlx::query_scalar("select unknown from consents")).await)
        .await
        .unwrap();
    assert_eq!(kept, r#"{"drawn":"a line"}"#);
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_102_444_800_000_i64).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

prop_compose! {
    fn form()(
        patient in any::<u128>(), version in any::<u32>(), title in ".{0,60}",
        paragraphs in prop::collection::vec((".{0,20}", ".{0,60}"), 0..4),
        signed_by in ".{0,60}", signed_at in time(),
    ) -> ConsentV1 {
        let paragraphs =
            paragraphs.into_iter().map(|(heading, text)| Paragraph { heading, text }).collect();
        ConsentV1 {
            v: 1, patient: Uuid::from_u128(patient).into(), kind: KIND, version, title, paragraphs,
            signed_by: Private::new(signed_by), signed_at, unknown: Unknown::default(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_form_reads_back_as_it_was_written(form in form(), consent in any::<u128>(), at in time()) {
        let withdrawal = WithdrawalV1 {
            v: 1, consent: Uuid::from_u128(consent).into(), patient: form.patient, kind: KIND, at,
            unknown: Unknown::default(),
        };
        prop_assert_eq!(read_withdrawal(&serde_json::to_string(&withdrawal).unwrap()), Ok(withdrawal));
        prop_assert_eq!(read(&serde_json::to_string(&form).unwrap()), Ok(form));
    }

    #[test]
    fn no_body_brings_the_reader_down(body in ".{0,200}") {
        prop_assert!(read(&body).is_err() && read_withdrawal(&body).is_err());
    }
}

/// Version 1 of both as they were first released. These texts never change.
const CONSENT_V1: &str = r#"{"v":1,"patient":"019d8a50-0000-7000-8000-000000000001","kind":"recording","version":1,"title":"Agreeing","paragraphs":[{"heading":"Why","text":"To listen."}],"signed_by":"Maya Okafor","signed_at":"2026-04-14T10:00:00Z"}"#;
const WITHDRAWAL_V1: &str = r#"{"v":1,"consent":"019d8a50-0000-7000-8000-000000000002","patient":"019d8a50-0000-7000-8000-000000000001","kind":"recording","at":"2026-05-14T10:00:00Z"}"#;

#[test]
fn version_1_reads_forever_and_is_still_what_we_write() {
    let consent = read(CONSENT_V1).unwrap();
    assert_eq!(consent.signed_by.reveal(), "Maya Okafor");
    assert_eq!(serde_json::to_string(&consent).unwrap(), CONSENT_V1);
    let withdrawal = read_withdrawal(WITHDRAWAL_V1).unwrap();
    assert_eq!(serde_json::to_string(&withdrawal).unwrap(), WITHDRAWAL_V1);
}

//! What comes from other devices: in any order, from newer applications, and from somebody hostile.

use attune_kernel::MemberId;
use uuid::Uuid;

use super::*;
use crate::{
    Replayed,
    tests::{arrive, other_device},
    transcripts::{corrections::record::read as read_correction, record::read as read_form},
};

/// A transcript with a correction; there, another device that knows nothing yet.
async fn two_devices() -> (StoreInFolder, StoreInFolder, Transcript) {
    let (here, transcript) = with_a_transcript().await;
    write(&here, async |tx| correct(tx, transcript.id, 2, "I felt sad about Ruth").await).await.unwrap();
    let there = other_device(&here).await;
    (here, there, transcript)
}

async fn only(store: &StoreInFolder, kind: Kind) -> Queued {
    let mut sent = sent(store, kind).await;
    assert_eq!(sent.len(), 1);
    sent.remove(0)
}

async fn hear(at: &StoreInFolder, from: &StoreInFolder, record: &Queued) -> Replayed {
    arrive(at, from.author().member, record).await.unwrap()
}

async fn row(store: &StoreInFolder, id: TranscriptId) -> Transcript {
    store.read(async |tx| read(tx, id).await).await.unwrap()
}

/// What another device has of the words people typed.
async fn says(store: &StoreInFolder, transcript: &Transcript) -> Vec<Says> {
    let found = store.read(async |tx| table::corrections(tx, transcript).await).await.unwrap();
    found.into_iter().map(|correction| correction.says).collect()
}

#[tokio::test]
async fn a_transcript_is_known_on_another_device_though_its_words_are_not_there() {
    let (here, there, transcript) = two_devices().await;
    for record in outbox(&here).await {
        assert_eq!(hear(&there, &here, &record).await, Replayed::Applied);
    }
    assert_eq!(row(&there, transcript.id).await, row(&here, transcript.id).await);
    assert_eq!(code(there.read(async |tx| words(tx, transcript.id).await).await), Code::Gone);
}

#[tokio::test]
async fn a_correction_may_come_before_its_transcript() {
    let (here, there, transcript) = two_devices().await;
    assert_eq!(hear(&there, &here, &only(&here, TRANSCRIPT_CORRECTION).await).await, Replayed::Applied);
    assert_eq!(hear(&there, &here, &only(&here, TRANSCRIPT).await).await, Replayed::Applied);
    assert_eq!(row(&there, transcript.id).await.corrections, 1);
}

#[tokio::test]
async fn a_deletion_wins_in_whatever_order_it_comes_and_empties_what_was_put_right() {
    let (here, there, transcript) = two_devices().await;
    let (before, correction) = (only(&here, TRANSCRIPT).await, only(&here, TRANSCRIPT_CORRECTION).await);
    write(&here, async |tx| delete(tx, transcript.id).await).await.unwrap();
    let deletion = only(&here, TRANSCRIPT).await;

    for record in [&correction, &before, &deletion, &before] {
        hear(&there, &here, record).await;
    }
    assert_eq!(row(&there, transcript.id).await, row(&here, transcript.id).await);
    assert_eq!(says(&there, &transcript).await, [Says::Emptied]);
    assert!(outbox(&there).await.is_empty(), "whoever deleted it tells of it");

    let third = other_device(&here).await;
    assert_eq!(hear(&third, &here, &deletion).await, Replayed::Applied);
    assert_eq!(hear(&third, &here, &before).await, Replayed::Known);
    assert_eq!(hear(&third, &here, &correction).await, Replayed::Applied);
    assert_eq!(says(&third, &transcript).await, [Says::Emptied]);
    let told = only(&third, TRANSCRIPT_CORRECTION).await;
    assert!(!told.body.contains("Ruth"), "and the words do not lie on elsewhere");
    assert_eq!(hear(&third, &here, &correction).await, Replayed::Known, "they do not come back");
    assert_eq!(says(&third, &transcript).await, [Says::Emptied]);
}

#[tokio::test]
async fn a_deletion_elsewhere_forgets_the_words_here() {
    let (here, there, transcript) = two_devices().await;
    for record in outbox(&here).await {
        hear(&there, &here, &record).await;
    }
    write(&there, async |tx| delete(tx, transcript.id).await).await.unwrap();
    assert_eq!(hear(&here, &there, &only(&there, TRANSCRIPT).await).await, Replayed::Applied);
    assert!(here.read(async |tx| tx.files_of(transcript.id).await).await.unwrap().is_empty());
    assert_eq!(row(&here, transcript.id).await.state, TranscriptState::Deleted);
    assert!(here.verify().await.unwrap().sound());
}

#[tokio::test]
async fn no_news_takes_the_words_from_where_they_lie_or_moves_them_to_another_recording() {
    let (here, _, transcript) = two_devices().await;
    let sent = only(&here, TRANSCRIPT).await;
    let form = read_form(&sent.body).unwrap();
    let other = Uuid::from_u128(7).to_string();
    let swap = Queued { body: sent.body.replace(&form.file.to_string(), &other), ..sent.clone() };
    assert_eq!(hear(&here, &here, &swap).await, Replayed::Known);
    for id in [form.recording.to_string(), form.session.to_string()] {
        let moved = Queued { body: sent.body.replace(&id, &other), ..sent.clone() };
        assert_eq!(hear(&here, &here, &moved).await, Replayed::Unreadable);
    }
    assert_eq!(opened(&here, transcript.id).await.segments.len(), 3);
}

#[tokio::test]
async fn a_transcript_that_contradicts_itself_is_refused() {
    let (here, there, _) = two_devices().await;
    let sent = only(&here, TRANSCRIPT).await;
    for (from, to) in [
        (r#""state":"kept""#, r#""state":"deleted""#),
        (r#""deleted_at":null"#, r#""deleted_at":"2026-04-14T10:00:00Z""#),
        (r#""made_at":"2"#, r#""made_at":"+12"#),
        (r#""knownBy":"channel""#, r#""knownBy":"ghosts""#),
        (r#""length_ms":60000"#, r#""length_ms":-1"#),
    ] {
        assert!(sent.body.contains(from), "{from} in {}", sent.body);
        let news = Queued { body: sent.body.replace(from, to), ..sent.clone() };
        assert_eq!(hear(&there, &here, &news).await, Replayed::Unreadable, "{to}");
    }
}

#[tokio::test]
async fn nobody_corrects_in_another_s_name_or_says_two_things_at_once() {
    let (here, there, _) = two_devices().await;
    let sent = only(&here, TRANSCRIPT_CORRECTION).await;
    let somebody = MemberId::from(Uuid::from_u128(9));
    assert_eq!(arrive(&there, somebody, &sent).await.unwrap(), Replayed::Unreadable);
    for (from, to) in [
        (r#""speaker":null"#, r#""speaker":1"#),
        (r#""what":"text""#, r#""what":"speaker""#),
        (r#""what":"text""#, r#""what":"emptied""#),
        (r#""what":"text""#, r#""what":"song""#),
    ] {
        let news = Queued { body: sent.body.replace(from, to), ..sent.clone() };
        assert_eq!(hear(&there, &here, &news).await, Replayed::Unreadable, "{to}");
    }
}

#[tokio::test]
async fn a_correction_is_never_written_again_but_to_be_emptied() {
    let (here, _, transcript) = two_devices().await;
    let sent = only(&here, TRANSCRIPT_CORRECTION).await;
    let other = Queued { body: sent.body.replace("Ruth", "Rosa"), ..sent };
    assert_eq!(hear(&here, &here, &other).await, Replayed::Known);
    assert!(shown(&opened(&here, transcript.id).await)[1].2.contains("Ruth"));
}

#[tokio::test]
async fn a_speaker_that_is_not_known_here_does_not_count() {
    let (here, transcript) = with_a_transcript().await;
    write(&here, async |tx| say(tx, transcript.id, &[3], 1).await).await.unwrap();
    let sent = only(&here, TRANSCRIPT_CORRECTION).await;
    let body = sent.body.replace(r#""speaker":1"#, r#""speaker":250"#);
    let news = Queued { record: Uuid::from_u128(u128::MAX).into(), body, ..sent };
    assert_eq!(hear(&here, &here, &news).await, Replayed::Applied);
    let open = opened(&here, transcript.id).await;
    assert_eq!((open.segments[2].speaker, open.segments[2].speaker_by_person), (0, false));
}

#[tokio::test]
async fn what_would_harm_a_screen_is_taken_out() {
    let (here, there, transcript) = two_devices().await;
    for (kind, from, to) in [
        (TRANSCRIPT, "whisper-small", "whisper\\u202e-\\u0007small"),
        (TRANSCRIPT_CORRECTION, "Ruth", "\\u202eRu\\nth"),
    ] {
        let sent = only(&here, kind).await;
        let news = Queued { body: sent.body.replace(from, to), ..sent };
        assert_eq!(hear(&there, &here, &news).await, Replayed::Applied);
    }
    assert_eq!(row(&there, transcript.id).await.model, "whisper-small");
    let expected = Says::Text(Some(Private::new("I felt sad about Ru th".into())));
    assert_eq!(says(&there, &transcript).await, [expected]);
}

#[tokio::test]
async fn fields_a_newer_attune_wrote_outlive_a_deletion_of_the_transcript_and_not_of_a_correction() {
    let (here, there, transcript) = two_devices().await;
    for kind in [TRANSCRIPT, TRANSCRIPT_CORRECTION] {
        let sent = only(&here, kind).await;
        let body = sent.body.replacen('{', r#"{"mood":"blue","#, 1);
        hear(&there, &here, &Queued { body, ..sent }).await;
    }
    write(&there, async |tx| delete(tx, transcript.id).await).await.unwrap();
    assert!(only(&there, TRANSCRIPT).await.body.contains(r#""mood":"blue""#));
    // It may be words.
    assert!(!only(&there, TRANSCRIPT_CORRECTION).await.body.contains("blue"));
}

/// Versions 1 as they were first released. These texts never change.
const TRANSCRIPT_V1: &str = r#"{"v":1,"recording":"019d8a50-0000-7000-8000-000000000001","session":"019d8a50-0000-7000-8000-000000000002","patient":"019d8a50-0000-7000-8000-000000000003","file":"019d8a50-0000-7000-8000-000000000004","state":"kept","made_at":"2026-04-14T10:00:00Z","language":"en","engine":"transcribe-cpp 0.4.1","model":"whisper-small","practice":false,"remote":true,"length_ms":3000000,"speech_ms":2000000,"covered_ms":1990000,"holes":[{"t0Ms":5000,"t1Ms":15000,"why":"cut_short"}],"speakers":[{"role":"clinician","knownBy":"voice","confidence":0.75,"name":null},{"role":"other","knownBy":"person","confidence":0.5,"name":"Mother"}],"deleted_at":null,"deleted_by":null}"#;
const CORRECTION_V1: &str = r#"{"v":1,"transcript":"019d8a50-0000-7000-8000-000000000005","patient":"019d8a50-0000-7000-8000-000000000003","segment":7,"what":"text","text":"I felt sad","speaker":null,"undoes":"019d8a50-0000-7000-8000-000000000006","at":"2026-04-14T10:00:00Z","by":"019d8a50-0000-7000-8000-000000000007"}"#;

#[test]
fn version_1_reads_forever_and_is_still_what_we_write() {
    let transcript = read_form(TRANSCRIPT_V1).unwrap();
    assert_eq!((transcript.holes[0].why, transcript.remote), (HoleWhy::CutShort, true));
    assert_eq!(serde_json::to_string(&transcript).unwrap(), TRANSCRIPT_V1);
    let correction = read_correction(CORRECTION_V1).unwrap();
    assert_eq!(serde_json::to_string(&correction).unwrap(), CORRECTION_V1);
    assert!(!format!("{transcript:?} {correction:?}").contains("Mother"));
}

//! Recordings: begun with their key, ended once, deleted by nobody but a person.

use std::fs;

use attune_kernel::Coded;
use attune_store::{Queued, StreamKind};
use attune_testkit::StoreInFolder;
use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    Replayed,
    recordings::record::{RecordingV1, read as read_form},
    sessions,
    tests::{agreed, arrive, chart, new_session, other_device, outbox, practice, write},
};

/// A session that is being recorded, with nothing of it begun.
async fn with_a_session() -> (StoreInFolder, PatientId, SessionId) {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await.id;
    agreed(&store, maya).await;
    let session = write(&store, async |tx| sessions::begin_recorded(tx, &new_session(maya)).await).await;
    (store, maya, session.unwrap().id)
}

async fn begin(store: &StoreInFolder, session: SessionId) -> Result<(Recording, SpoolPlace)> {
    write(store, async |tx| super::begin(tx, session, Source::Microphone).await).await
}

/// Begins and speaks: the spool holds one frame.
async fn spoken(store: &StoreInFolder, session: SessionId) -> (Recording, SpoolPlace, Finished) {
    let (recording, place) = begin(store, session).await.unwrap();
    let mut frames = place.key.frames_into(fs::File::create_new(&place.path).unwrap()).unwrap();
    frames.put(b"hm").unwrap();
    let finished = Finished {
        ended_at: store.now() + TimeDelta::minutes(50),
        duration_ms: 3_000_000,
        bytes: frames.bytes(),
        bookmarks: vec![Bookmark { at_ms: 61_000, word: Some(Private::new("sister".into())) }],
        health: Health {
            level_db: Some(-23.5),
            peak_db: Some(-3.25),
            gaps: vec![Gap { at_ms: 5_000, ms: 1_400, why: GapWhy::Device }],
            pauses: vec![Pause { at_ms: 9_000, ms: 60_000, why: PauseWhy::Private }],
            devices: vec![DeviceUse { at_ms: 0, channel: 0, name: Private::new("Desk microphone".into()) }],
            warnings: vec![HealthWarning { at_ms: 4_000, what: HealthWarningKind::NoSignal }],
        },
        recovered: false,
    };
    (recording, place, finished)
}

async fn finish(store: &StoreInFolder, id: RecordingId, finished: &Finished) -> Result<Recording> {
    write(store, async |tx| super::finish(tx, id, finished).await).await
}

async fn delete(store: &StoreInFolder, id: RecordingId) -> Result<Recording> {
    write(store, async |tx| delete_audio(tx, id).await).await
}

async fn again(store: &StoreInFolder, id: RecordingId) -> Recording {
    store.read(async |tx| read(tx, id).await).await.unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> Code {
    result.unwrap_err().code()
}

#[tokio::test]
async fn a_recording_begins_with_its_key_and_its_place_and_lies_with_the_care_team() {
    let (store, maya, session) = with_a_session().await;
    let (recording, place) = begin(&store, session).await.unwrap();
    assert_eq!((recording.part, recording.state, recording.patient), (1, RecordingState::Recording, maya));
    assert_eq!((recording.file, recording.began_at, recording.ended_at), (place.file, store.now(), None));
    let (kept, clinical, lies_in) = store
        .read(async |tx| {
            let clinical = tx.stream(StreamKind::Clinical, Some(maya)).await?;
            Ok((tx.spool_place(place.file).await?, clinical, tx.stream_of(recording.id).await?))
        })
        .await
        .unwrap();
    assert_eq!((kept.key.bytes(), kept.path), (place.key.bytes(), place.path.clone()));
    assert_eq!(clinical, lies_in);
    assert_eq!(again(&store, recording.id).await, recording);
}

#[tokio::test]
async fn what_travels_says_everything_but_never_the_key() {
    let (store, _, session) = with_a_session().await;
    let (recording, place, finished) = spoken(&store, session).await;
    finish(&store, recording.id, &finished).await.unwrap();
    let sent = outbox(&store).await.into_iter().find(|record| record.kind == "recording").unwrap();
    assert!(sent.body.contains(&place.file.to_string()) && sent.body.contains("sister"));
    let hex: String = place.key.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(!sent.body.contains(&hex) && !sent.body.contains(&format!("{:?}", place.key.bytes())));
}

#[tokio::test]
async fn nothing_begins_without_a_session_that_is_recorded_and_a_consent_that_holds() {
    let (store, maya, session) = with_a_session().await;
    assert_eq!(code(begin(&store, SessionId::new(store.now())).await), Code::Gone);
    let without = write(&store, async |tx| sessions::begin_unrecorded(tx, &new_session(maya)).await).await;
    assert_eq!(code(begin(&store, without.unwrap().id).await), Code::SessionOver);
    let consent = store.read(async |tx| consents::must_be_live(tx, maya).await).await.unwrap();
    write(&store, async |tx| consents::withdraw(tx, consent.id).await).await.unwrap();
    assert_eq!(code(begin(&store, session).await), Code::ConsentMissing);
    agreed(&store, maya).await;
    write(&store, async |tx| sessions::end(tx, session, tx.now()).await).await.unwrap();
    assert_eq!(code(begin(&store, session).await), Code::SessionOver);
    assert!(store.read(async |tx| tx.growing_spools().await).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_session_has_one_recording_at_a_time_and_its_parts_are_counted() {
    let (store, _, session) = with_a_session().await;
    let (first, _, finished) = spoken(&store, session).await;
    assert_eq!(code(begin(&store, session).await), Code::AlreadyRecording);
    finish(&store, first.id, &finished).await.unwrap();
    let (second, _) = begin(&store, session).await.unwrap();
    assert_eq!((first.part, second.part), (1, 2));
    let all = store.read(async |tx| of_session(tx, session).await).await.unwrap();
    assert_eq!(all.iter().map(|recording| recording.id).collect::<Vec<_>>(), [first.id, second.id]);
}

#[test]
fn every_step_leads_somewhere_or_is_refused_with_a_reason() {
    use RecordingState::{Deleted, Kept, Recovered};
    let table = [RecordingState::Recording, Kept, Recovered, Deleted]
        .map(|state| [Step::Keep, Step::Recover, Step::Shrink, Step::Delete].map(|step| state.after(step)));
    let ended = |state| [Err(Code::NotRecording), Err(Code::NotRecording), Ok(state), Ok(Deleted)];
    let gone = Err(Code::AudioDeleted);
    let going_on = Err(Code::AlreadyRecording);
    assert_eq!(
        table,
        [
            [Ok(Kept), Ok(Recovered), going_on, going_on],
            ended(Kept),
            ended(Recovered),
            [gone, gone, gone, Ok(Deleted)],
        ]
    );
}

#[tokio::test]
async fn a_recording_ends_once_with_all_that_is_said_of_it() {
    let (store, _, session) = with_a_session().await;
    let (recording, _, finished) = spoken(&store, session).await;
    let kept = finish(&store, recording.id, &finished).await.unwrap();
    assert_eq!((kept.state, kept.ended_at), (RecordingState::Kept, Some(finished.ended_at)));
    assert_eq!((kept.duration_ms, kept.bytes), (finished.duration_ms, finished.bytes));
    assert_eq!((&kept.bookmarks, &kept.health), (&finished.bookmarks, &finished.health));
    assert_eq!(again(&store, recording.id).await, kept);
    assert_eq!(code(finish(&store, recording.id, &finished).await), Code::NotRecording);
    assert!(!format!("{kept:?} {finished:?}").contains("sister"));
    assert!(store.verify().await.unwrap().sound());
}

#[tokio::test]
async fn ending_is_never_refused_for_what_somebody_typed_or_a_clock_says() {
    let (store, _, session) = with_a_session().await;
    let (recording, _, finished) = spoken(&store, session).await;
    let bookmarks = ["a\0\u{202e}b", &"é".repeat(500), "\u{202e}"]
        .map(|word| Bookmark { at_ms: -5, word: Some(Private::new(word.to_owned())) });
    let odd = Finished {
        ended_at: recording.began_at - TimeDelta::days(365),
        duration_ms: -1,
        bookmarks: bookmarks.to_vec(),
        health: Health { level_db: Some(f32::NEG_INFINITY), peak_db: Some(f32::NAN), ..finished.health },
        ..finished
    };
    let kept = finish(&store, recording.id, &odd).await.unwrap();
    assert_eq!((kept.ended_at, kept.duration_ms), (Some(recording.began_at), 0));
    assert_eq!((kept.health.level_db, kept.health.peak_db), (None, None));
    let words: Vec<_> =
        kept.bookmarks.iter().map(|b| b.word.as_ref().map(|w| w.reveal().chars().count())).collect();
    assert_eq!(words, [Some(2), Some(LONGEST_BOOKMARK), None]);
    assert_eq!(again(&store, recording.id).await, kept);
}

#[test]
fn a_bookmark_s_word_is_checked_while_there_is_somebody_to_tell() {
    assert_eq!(bookmark_word(None), Ok(None));
    assert_eq!(bookmark_word(Some(" \n")), Ok(None));
    assert_eq!(bookmark_word(Some(" her  sister ")), Ok(Some(Private::new("her sister".into()))));
    assert_eq!(bookmark_word(Some(&"é".repeat(121))), Err(Code::BookmarkTooLong));
    assert_eq!(bookmark_word(Some("a\0")), Err(Code::TextUnprintable));
}

#[tokio::test]
async fn what_fell_silent_without_a_word_is_found_after_a_restart_and_only_a_person_deletes_it() {
    let (store, _, session) = with_a_session().await;
    let (recording, place, finished) = spoken(&store, session).await;
    let store = store.reopen().await;
    let found = store.read(async |tx| unfinished(tx).await).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&recording));
    let recovered = finish(&store, recording.id, &Finished { recovered: true, ..finished }).await.unwrap();
    assert_eq!(recovered.state, RecordingState::Recovered);
    assert!(store.read(async |tx| unfinished(tx).await).await.unwrap().is_empty());
    let store = store.reopen().await;
    assert!(place.path.exists());
    assert_eq!(again(&store, recording.id).await, recovered);
    let deleted = delete(&store, recording.id).await.unwrap();
    assert_eq!(deleted.state, RecordingState::Deleted);
    assert!(!place.path.exists());
}

#[tokio::test]
async fn deleting_the_sound_takes_key_and_bytes_and_leaves_all_that_is_said_of_it() {
    let (store, _, session) = with_a_session().await;
    let (recording, place, finished) = spoken(&store, session).await;
    assert_eq!(code(delete(&store, recording.id).await), Code::AlreadyRecording);
    assert!(place.path.exists());
    let kept = finish(&store, recording.id, &finished).await.unwrap();
    let deleted = delete(&store, recording.id).await.unwrap();
    let expected = Recording {
        state: RecordingState::Deleted,
        deleted_at: Some(store.now()),
        deleted_by: Some(store.author().member),
        ..kept
    };
    assert_eq!(deleted, expected);
    assert_eq!(code(store.read(async |tx| tx.spool_place(place.file).await).await), Code::Gone);
    assert!(!place.path.exists());
    let lines = store.verify().await.unwrap().lines;
    assert_eq!(delete(&store, recording.id).await.unwrap(), deleted);
    assert_eq!(store.verify().await.unwrap().lines, lines, "deleting it again leaves no trace");
    assert_eq!(code(finish(&store, recording.id, &finished).await), Code::AudioDeleted);
}

#[tokio::test]
async fn only_what_is_recorded_on_this_device_is_unfinished_here() {
    let (here, _, session) = with_a_session().await;
    let (recording, ..) = spoken(&here, session).await;
    let there = other_device(&here).await;
    for record in outbox(&here).await {
        assert_eq!(arrive(&there, here.author().member, &record).await.unwrap(), Replayed::Applied);
    }
    assert_eq!(again(&there, recording.id).await, recording);
    assert!(there.read(async |tx| unfinished(tx).await).await.unwrap().is_empty());
}

/// Here, a recording that ended; there, the same news. Returns the record as it left.
async fn told_elsewhere() -> (StoreInFolder, StoreInFolder, Recording, SpoolPlace, Queued) {
    let (here, _, session) = with_a_session().await;
    let (recording, place, finished) = spoken(&here, session).await;
    let kept = finish(&here, recording.id, &finished).await.unwrap();
    let there = other_device(&here).await;
    let records = outbox(&here).await;
    for record in &records {
        arrive(&there, here.author().member, record).await.unwrap();
    }
    let sent = records.into_iter().find(|record| record.kind == "recording").unwrap();
    (here, there, kept, place, sent)
}

#[tokio::test]
async fn a_deletion_somewhere_else_forgets_the_sound_here_and_cannot_be_undone_by_older_news() {
    let (here, there, kept, place, older) = told_elsewhere().await;
    delete(&there, kept.id).await.unwrap();
    let deletion = outbox(&there).await.into_iter().find(|record| record.kind == "recording").unwrap();
    assert_eq!(arrive(&here, there.author().member, &deletion).await.unwrap(), Replayed::Applied);
    assert!(!place.path.exists());
    assert_eq!(again(&here, kept.id).await.state, RecordingState::Deleted);
    assert_eq!(arrive(&here, there.author().member, &older).await.unwrap(), Replayed::Known);
    assert_eq!(again(&here, kept.id).await.state, RecordingState::Deleted);
    assert!(here.verify().await.unwrap().sound());
}

#[tokio::test]
async fn no_news_from_elsewhere_ends_swaps_or_deletes_what_is_being_recorded_here() {
    let (here, there, kept, _, sent) = told_elsewhere().await;
    write(&there, async |tx| delete_audio(tx, kept.id).await).await.unwrap();
    let deletion = outbox(&there).await.into_iter().find(|record| record.kind == "recording").unwrap();
    // A second part goes on; the news speaks of it, and of a file that is not its own.
    let (second, place, _) = spoken(&here, kept.session).await;
    for record in [&sent, &deletion] {
        let body = record.body.replace(&kept.file.to_string(), &place.file.to_string());
        for body in [body, record.body.clone()] {
            let news = Queued { record: second.id.into(), body, ..record.clone() };
            assert_eq!(arrive(&here, there.author().member, &news).await.unwrap(), Replayed::Known);
        }
    }
    assert_eq!(again(&here, second.id).await, second);
    assert!(place.path.exists());
}

/// A recording that ended, and a copy of its sound that is being made: one frame so far.
async fn being_copied(store: &StoreInFolder) -> (Recording, SpoolPlace, SpoolPlace, u64) {
    let maya = chart(store, "Maya Okafor").await.id;
    agreed(store, maya).await;
    let session = write(store, async |tx| sessions::begin_recorded(tx, &new_session(maya)).await).await;
    let (recording, place, finished) = spoken(store, session.unwrap().id).await;
    let kept = finish(store, recording.id, &finished).await.unwrap();
    let copy = write(store, async |tx| begin_smaller(tx, kept.id).await).await.unwrap();
    let mut frames = copy.key.frames_into(fs::File::create_new(&copy.path).unwrap()).unwrap();
    frames.put(b"h").unwrap();
    (kept, place, copy, frames.bytes())
}

async fn replace(store: &StoreInFolder, id: RecordingId, copy: FileId, bytes: u64) -> Result<Recording> {
    write(store, async |tx| replace_spool(tx, id, copy, bytes).await).await
}

async fn copies(store: &StoreInFolder) -> usize {
    store.read(async |tx| tx.growing_copies().await).await.unwrap().len()
}

#[tokio::test]
async fn a_smaller_copy_takes_the_sound_s_place_and_changes_nothing_else_that_is_said() {
    let store = practice().await;
    let (kept, place, copy, bytes) = being_copied(&store).await;
    assert_eq!(again(&store, kept.id).await, kept, "nothing is said before it is whole");
    assert!(store.read(async |tx| unfinished(tx).await).await.unwrap().is_empty());
    let small = replace(&store, kept.id, copy.file, bytes).await.unwrap();
    let expected = Recording { file: copy.file, bytes, codec: Codec::Small, ..kept.clone() };
    assert_eq!((&small, &again(&store, kept.id).await), (&expected, &expected));
    assert!(!place.path.exists() && copy.path.exists());
    assert_eq!(code(store.read(async |tx| tx.spool_place(place.file).await).await), Code::Gone);
    let history = store.read(async |tx| tx.history(kept.id).await).await.unwrap();
    assert_eq!(history.last().unwrap().0, "shrink");
    assert!(store.verify().await.unwrap().sound());
}

#[tokio::test]
async fn what_is_said_or_was_deleted_is_not_made_smaller() {
    let (store, _, session) = with_a_session().await;
    let (recording, _, finished) = spoken(&store, session).await;
    let begin = async || write(&store, async |tx| begin_smaller(tx, recording.id).await).await;
    assert_eq!(code(begin().await), Code::AlreadyRecording);
    finish(&store, recording.id, &finished).await.unwrap();
    let copy = begin().await.unwrap();
    fs::write(&copy.path, b"half a head").unwrap();
    delete(&store, recording.id).await.unwrap();
    assert!(!copy.path.exists() && copies(&store).await == 0, "deleting the sound takes its copy too");
    assert_eq!(code(begin().await), Code::AudioDeleted);
    assert_eq!(code(replace(&store, recording.id, copy.file, 9).await), Code::AudioDeleted);
}

#[tokio::test]
async fn a_copy_that_a_crash_left_goes_and_the_recording_stays() {
    let store = practice().await;
    let (kept, place, copy, bytes) = being_copied(&store).await;
    let store = store.reopen().await;
    assert!(store.verify().await.unwrap().sound());
    let drop_left = async |busy: &[RecordingId]| {
        let left = store.read(async |tx| leftover_copies(tx, busy).await).await.unwrap();
        write(&store, async |tx| drop_copies(tx, busy).await).await.unwrap();
        left
    };
    assert!(!drop_left(&[kept.id]).await && copies(&store).await == 1, "somebody is at it");
    assert!(drop_left(&[]).await && copies(&store).await == 0);
    assert!(!copy.path.exists() && place.path.exists());
    assert_eq!(again(&store, kept.id).await, kept);
    assert_eq!(code(replace(&store, kept.id, copy.file, bytes).await), Code::Gone);
    // The next attempt takes away what the one before it left.
    let begin = async || write(&store, async |tx| begin_smaller(tx, kept.id).await).await.unwrap();
    let (first, second) = (begin().await, begin().await);
    assert_eq!((copies(&store).await, first.file == second.file), (1, false));
}

#[tokio::test]
async fn a_recording_made_smaller_somewhere_else_is_known_here_and_can_be_deleted_from_either_side() {
    let here = practice().await;
    let (kept, place, copy, bytes) = being_copied(&here).await;
    let there = other_device(&here).await;
    let before = outbox(&here).await;
    for record in &before {
        arrive(&there, here.author().member, record).await.unwrap();
    }
    let news = async |store: &StoreInFolder| {
        outbox(store).await.into_iter().find(|record| record.kind == "recording").unwrap()
    };
    let small = replace(&here, kept.id, copy.file, bytes).await.unwrap();
    assert!(!place.path.exists());
    let shrunk = news(&here).await;
    assert_eq!(arrive(&there, here.author().member, &shrunk).await.unwrap(), Replayed::Applied);
    assert_eq!(again(&there, kept.id).await, small);
    // Older news of the sound that is no more does not bring it back here.
    let older = before.iter().find(|record| record.kind == "recording").unwrap();
    assert_eq!(arrive(&here, there.author().member, older).await.unwrap(), Replayed::Known);
    assert_eq!(again(&here, kept.id).await, small);
    // Somebody who knows only the sound as it was deletes it: that means this sound.
    let body = older.body.replace(r#""state":"kept""#, r#""state":"deleted""#);
    let body = body.replace(r#""deleted_at":null"#, r#""deleted_at":"2026-04-14T10:00:00Z""#);
    let by = format!(r#""deleted_by":"{}""#, there.author().member);
    let body = body.replace(r#""deleted_by":null"#, &by);
    let deletion = Queued { body, ..older.clone() };
    assert_eq!(arrive(&here, there.author().member, &deletion).await.unwrap(), Replayed::Applied);
    assert_eq!(again(&here, kept.id).await.state, RecordingState::Deleted);
    assert!(!copy.path.exists() && here.verify().await.unwrap().sound());
}

#[tokio::test]
async fn a_deletion_that_does_not_say_who_or_when_is_refused() {
    let (here, there, kept, place, sent) = told_elsewhere().await;
    for (from, to) in [
        (r#""state":"kept""#, r#""state":"deleted""#),
        (r#""deleted_at":null"#, r#""deleted_at":"2026-04-14T10:00:00Z""#),
        (r#""began_at":"2026"#, r#""began_at":"+12026"#),
        (r#""why":"device""#, r#""why":"ghosts""#),
    ] {
        assert!(sent.body.contains(from), "{from}");
        let news = Queued { body: sent.body.replace(from, to), ..sent.clone() };
        assert_eq!(arrive(&here, there.author().member, &news).await.unwrap(), Replayed::Unreadable);
    }
    assert!(place.path.exists());
    assert_eq!(again(&here, kept.id).await, kept);
}

#[tokio::test]
async fn fields_a_newer_attune_wrote_outlive_a_deletion_made_here() {
    let (here, there, kept, _, sent) = told_elsewhere().await;
    let body = sent.body.replacen('{', r#"{"mood":"next","#, 1);
    arrive(&there, here.author().member, &Queued { body, ..sent }).await.unwrap();
    delete(&there, kept.id).await.unwrap();
    let sent = outbox(&there).await.into_iter().find(|record| record.kind == "recording").unwrap();
    assert!(sent.body.contains(r#""mood":"next""#));
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_102_444_800_000_i64).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

prop_compose! {
    fn health()(
        level_db in prop::option::of(-120.0..0.0_f32), peak_db in prop::option::of(-120.0..0.0_f32),
        places in prop::collection::vec((0..36_000_000_i64, 0..600_000_i64), 0..4), name in ".{0,30}",
    ) -> Health {
        let gaps = places.iter().map(|&(at_ms, ms)| Gap { at_ms, ms, why: GapWhy::Starved }).collect();
        let pauses = places.iter().map(|&(at_ms, ms)| Pause { at_ms, ms, why: PauseWhy::Consent }).collect();
        let warning = |&(at_ms, _): &(i64, i64)| HealthWarning { at_ms, what: HealthWarningKind::ReadOnly };
        Health {
            level_db, peak_db, gaps, pauses, warnings: places.iter().map(warning).collect(),
            devices: vec![DeviceUse { at_ms: 0, channel: 1, name: Private::new(name) }],
        }
    }
}

prop_compose! {
    fn form()(
        ids in any::<[u128; 3]>(), part in any::<u32>(), began_at in time(),
        ended_at in prop::option::of(time()), duration_ms in 0..36_000_000_i64, bytes in any::<u64>(),
        words in prop::collection::vec(prop::option::of(".{0,30}"), 0..4), health in health(),
        deleted in prop::option::of((time(), any::<u128>())), imported in any::<bool>(),
        small in any::<bool>(),
    ) -> RecordingV1 {
        let [session, patient, file] = ids.map(Uuid::from_u128);
        let bookmark = |word: Option<String>| Bookmark { at_ms: 7, word: word.map(Private::new) };
        RecordingV1 {
            v: 1, session: session.into(), patient: patient.into(), part, file: file.into(),
            source: if imported { Source::Imported } else { Source::Microphone },
            codec: if small { Codec::Small } else { Codec::Lossless },
            state: if deleted.is_some() { RecordingState::Deleted } else { RecordingState::Recovered },
            began_at, ended_at, duration_ms, bytes,
            bookmarks: words.into_iter().map(bookmark).collect(), health,
            deleted_at: deleted.map(|(at, _)| at),
            deleted_by: deleted.map(|(_, by)| Uuid::from_u128(by).into()), unknown: Unknown::default(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_form_reads_back_as_it_was_written(form in form()) {
        prop_assert_eq!(read_form(&serde_json::to_string(&form).unwrap()), Ok(form));
    }

    #[test]
    fn no_body_brings_the_reader_down(body in ".{0,200}") {
        prop_assert!(read_form(&body).is_err());
    }
}

/// Version 1 as it was first released. This text never changes.
const RECORDING_V1: &str = r#"{"v":1,"session":"019d8a50-0000-7000-8000-000000000001","patient":"019d8a50-0000-7000-8000-000000000002","part":1,"file":"019d8a50-0000-7000-8000-000000000003","source":"microphone","state":"deleted","began_at":"2026-04-14T10:00:00Z","ended_at":"2026-04-14T10:50:00Z","duration_ms":3000000,"bytes":41000000,"bookmarks":[{"atMs":61000,"word":"sister"}],"health":{"levelDb":-23.5,"peakDb":-3.25,"gaps":[{"atMs":5000,"ms":1400,"why":"device"}],"pauses":[{"atMs":9000,"ms":60000,"why":"private"}],"devices":[{"atMs":0,"channel":0,"name":"Desk microphone"}],"warnings":[{"atMs":4000,"what":"no_signal"}]},"deleted_at":"2026-05-14T10:00:00Z","deleted_by":"019d8a50-0000-7000-8000-000000000004"}"#;

#[test]
fn version_1_reads_forever_and_is_still_what_we_write() {
    let recording = read_form(RECORDING_V1).unwrap();
    assert_eq!((recording.state, recording.bookmarks.len()), (RecordingState::Deleted, 1));
    assert_eq!(serde_json::to_string(&recording).unwrap(), RECORDING_V1);
    assert_eq!(recording.codec, Codec::Lossless, "which it need not say");
    let small = RECORDING_V1.replace(r#""state""#, r#""codec":"small","state""#);
    let recording = read_form(&small).unwrap();
    assert_eq!((recording.codec, serde_json::to_string(&recording).unwrap()), (Codec::Small, small));
}

//! Sessions: what a recording needs first, and what cannot happen to a session.

use attune_kernel::Coded;
use attune_store::{Queued, StreamKind};
use attune_testkit::StoreInFolder;
use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    Replayed,
    recordings::{Finished, Health, Source},
    sessions::record::{SessionV1, read as read_form},
    tests::{agreed, arrive, chart, new_session, other_device, outbox, practice, write},
};

async fn with_maya() -> (StoreInFolder, PatientId) {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await.id;
    (store, maya)
}

async fn begun(store: &StoreInFolder, patient: PatientId) -> Session {
    agreed(store, patient).await;
    write(store, async |tx| begin_recorded(tx, &new_session(patient)).await).await.unwrap()
}

async fn unrecorded(store: &StoreInFolder, patient: PatientId) -> Session {
    write(store, async |tx| begin_unrecorded(tx, &new_session(patient)).await).await.unwrap()
}

async fn again(store: &StoreInFolder, id: SessionId) -> Session {
    store.read(async |tx| read(tx, id).await).await.unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> Code {
    result.unwrap_err().code()
}

#[tokio::test]
async fn recording_needs_a_live_consent_and_a_yes_of_everyone_today() {
    let (store, maya) = with_maya().await;
    let begin = async |new: &NewSession| write(&store, async |tx| begin_recorded(tx, new).await).await;
    let yes = new_session(maya);
    let not_asked = NewSession { confirmed: false, ..yes.clone() };
    assert_eq!(code(begin(&yes).await), Code::ConsentMissing, "nobody signed");
    let consent = agreed(&store, maya).await;
    assert_eq!(code(begin(&not_asked).await), Code::ConsentMissing, "nobody was asked today");
    let session = begin(&yes).await.unwrap();
    assert_eq!((session.consent, session.confirmed_at), (Some(consent), Some(store.now())));
    write(&store, async |tx| consents::withdraw(tx, consent).await).await.unwrap();
    assert_eq!(code(begin(&yes).await), Code::ConsentMissing, "it was taken back");
}

#[tokio::test]
async fn a_note_without_a_recording_asks_for_neither() {
    let (store, maya) = with_maya().await;
    let new = NewSession { confirmed: false, ..new_session(maya) };
    let session = write(&store, async |tx| begin_unrecorded(tx, &new).await).await.unwrap();
    assert_eq!(session.state, SessionState::Unrecorded);
    assert_eq!((session.consent, session.confirmed_at), (None, None));
}

#[tokio::test]
async fn a_session_says_who_where_and_how_long_and_lies_with_the_care_team() {
    let (store, maya) = with_maya().await;
    agreed(&store, maya).await;
    let attendees = ["  Ada\u{a0}Okafor ", " ", "Chidi"].map(|name| Private::new(name.to_owned()));
    let new = NewSession {
        planned_minutes: Some(50),
        place: Place::Remote,
        attendees: attendees.to_vec(),
        ..new_session(maya)
    };
    let session = write(&store, async |tx| begin_recorded(tx, &new).await).await.unwrap();
    let names: Vec<_> = session.attendees.iter().map(|name| name.reveal().as_str()).collect();
    assert_eq!(names, ["Ada Okafor", "Chidi"], "blanks are nobody");
    assert_eq!((session.planned_minutes, session.place), (Some(50), Place::Remote));
    assert_eq!((session.clinician, session.started_at), (store.author().member, store.now()));
    assert_eq!(session.patient_name.reveal(), "Maya Okafor");
    assert_eq!((session.state, session.ended_at), (SessionState::Recording, None));
    assert_eq!(again(&store, session.id).await, session);
    assert!(!format!("{session:?} {new:?}").contains("Okafor"));
    let (clinical, lies_in) = store
        .read(async |tx| {
            Ok((tx.stream(StreamKind::Clinical, Some(maya)).await?, tx.stream_of(session.id).await?))
        })
        .await
        .unwrap();
    assert_eq!(clinical, lies_in);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_and_nothing_is_written() {
    let (store, maya) = with_maya().await;
    agreed(&store, maya).await;
    let lines = store.verify().await.unwrap().lines;
    let names = |name: &str, times: usize| vec![Private::new(name.to_owned()); times];
    let new = new_session(maya);
    for (new, expected) in [
        (NewSession { planned_minutes: Some(4), ..new.clone() }, Code::PlannedLengthOutOfRange),
        (NewSession { planned_minutes: Some(481), ..new.clone() }, Code::PlannedLengthOutOfRange),
        (NewSession { planned_minutes: Some(i32::MIN), ..new.clone() }, Code::PlannedLengthOutOfRange),
        (NewSession { attendees: names("Ada", 13), ..new.clone() }, Code::TooManyAttendees),
        (NewSession { attendees: names(&"é".repeat(81), 1), ..new.clone() }, Code::AttendeeTooLong),
        (NewSession { attendees: names("A\0", 1), ..new.clone() }, Code::TextUnprintable),
        (NewSession { patient: PatientId::new(store.now()), ..new.clone() }, Code::Gone),
    ] {
        assert_eq!(code(write(&store, async |tx| begin_recorded(tx, &new).await).await), expected);
        assert_eq!(code(write(&store, async |tx| begin_unrecorded(tx, &new).await).await), expected);
    }
    assert_eq!(store.verify().await.unwrap().lines, lines);
    let just = NewSession { planned_minutes: Some(480), attendees: names(&"é".repeat(80), 12), ..new };
    write(&store, async |tx| begin_recorded(tx, &just).await).await.unwrap();
}

#[tokio::test]
async fn nothing_begins_in_an_archived_chart_but_what_is_there_can_be_put_right() {
    let (store, maya) = with_maya().await;
    let session = begun(&store, maya).await;
    write(&store, async |tx| interrupt(tx, session.id, tx.now()).await).await.unwrap();
    write(&store, async |tx| patients::archive(tx, maya).await).await.unwrap();
    let new = new_session(maya);
    assert_eq!(code(write(&store, async |tx| begin_recorded(tx, &new).await).await), Code::PatientArchived);
    assert_eq!(code(write(&store, async |tx| begin_unrecorded(tx, &new).await).await), Code::PatientArchived);
    assert_eq!(code(write(&store, async |tx| resume(tx, session.id).await).await), Code::PatientArchived);
    write(&store, async |tx| seen(tx, session.id).await).await.unwrap();
}

#[test]
fn every_step_leads_somewhere_or_is_refused_with_a_reason() {
    use SessionState::{Interrupted, Recorded, Recording, Unrecorded};
    let table = SessionState::ALL
        .map(|state| [Step::End, Step::Interrupt, Step::Resume, Step::See].map(|step| state.after(step)));
    let (over, none) = (Err(Code::SessionOver), Err(Code::NotRecording));
    assert_eq!(
        table,
        [
            [Ok(Recorded), Ok(Interrupted), Ok(Recording), Err(Code::AlreadyRecording)],
            [over, Ok(Interrupted), Ok(Recording), Ok(Recorded)],
            [over, over, Ok(Recording), Ok(Recorded)],
            [Ok(Unrecorded), none, none, none],
        ]
    );
}

#[tokio::test]
async fn a_session_ends_once_and_never_before_it_began() {
    let (store, maya) = with_maya().await;
    for session in [begun(&store, maya).await, unrecorded(&store, maya).await] {
        let before = session.started_at - TimeDelta::hours(1);
        let ended = write(&store, async |tx| end(tx, session.id, before).await).await.unwrap();
        assert_eq!(ended.ended_at, Some(session.started_at));
        let twice = write(&store, async |tx| end(tx, session.id, tx.now()).await).await;
        assert_eq!(code(twice), Code::SessionOver);
        assert_eq!(again(&store, session.id).await, ended);
    }
}

#[tokio::test]
async fn an_interrupted_session_waits_until_somebody_looked_or_goes_on() {
    let (store, maya) = with_maya().await;
    let session = begun(&store, maya).await;
    let at = session.started_at + TimeDelta::minutes(20);
    let interrupted = write(&store, async |tx| interrupt(tx, session.id, at).await).await.unwrap();
    assert_eq!((interrupted.state, interrupted.ended_at), (SessionState::Interrupted, Some(at)));
    let resumed = write(&store, async |tx| resume(tx, session.id).await).await.unwrap();
    assert_eq!((resumed.state, resumed.ended_at), (SessionState::Recording, None));
    assert_eq!(code(write(&store, async |tx| seen(tx, session.id).await).await), Code::AlreadyRecording);
    write(&store, async |tx| interrupt(tx, session.id, at).await).await.unwrap();
    let looked = write(&store, async |tx| seen(tx, session.id).await).await.unwrap();
    assert_eq!((looked.state, looked.ended_at), (SessionState::Recorded, Some(at)));
    let lines = store.verify().await.unwrap().lines;
    write(&store, async |tx| seen(tx, session.id).await).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines, "looking twice leaves no trace");
}

#[tokio::test]
async fn going_on_needs_a_consent_that_still_holds() {
    let (store, maya) = with_maya().await;
    let session = begun(&store, maya).await;
    write(&store, async |tx| interrupt(tx, session.id, tx.now()).await).await.unwrap();
    write(&store, async |tx| consents::withdraw(tx, session.consent.unwrap()).await).await.unwrap();
    let refused = write(&store, async |tx| resume(tx, session.id).await).await;
    assert_eq!(code(refused), Code::ConsentMissing);
    assert_eq!(again(&store, session.id).await.state, SessionState::Interrupted);
}

#[tokio::test]
async fn stopping_is_one_transaction_of_recording_session_and_job() {
    let (store, maya) = with_maya().await;
    let session = begun(&store, maya).await;
    let (recording, _) =
        write(&store, async |tx| recordings::begin(tx, session.id, Source::Microphone).await).await.unwrap();
    let finished = Finished {
        ended_at: store.now(),
        duration_ms: 1_000,
        bytes: 0,
        bookmarks: Vec::new(),
        health: Health::default(),
        recovered: false,
    };
    let stop = async |and_then: Option<Code>| {
        write(&store, async |tx| {
            recordings::finish(tx, recording.id, &finished).await?;
            let session = end(tx, session.id, finished.ended_at).await?;
            tx.queue_job("transcribe", recording.id).await?;
            and_then.map_or(Ok(session), |code| Err(code.into()))
        })
        .await
    };
    let before = again(&store, session.id).await;
    assert_eq!(code(stop(Some(Code::DiskFull)).await), Code::DiskFull);
    assert_eq!(again(&store, session.id).await, before, "all of it or nothing");
    assert!(store.read(async |tx| tx.open_jobs().await).await.unwrap().is_empty());
    let after = stop(None).await.unwrap();
    assert_eq!(after.state, SessionState::Recorded);
    assert_eq!(after.recordings[0].state, recordings::RecordingState::Kept);
    assert_eq!(store.read(async |tx| tx.jobs_of(recording.id).await).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_said_of_a_session_is_put_right_and_the_same_again_leaves_no_trace() {
    let (store, maya) = with_maya().await;
    let session = unrecorded(&store, maya).await;
    let details = SessionDetails {
        planned_minutes: Some(90),
        place: Place::Remote,
        attendees: vec![Private::new("Ada".into())],
    };
    let changed = write(&store, async |tx| change(tx, session.id, &details).await).await.unwrap();
    assert_eq!(
        (changed.planned_minutes, changed.place, changed.attendees.len()),
        (Some(90), Place::Remote, 1)
    );
    let lines = store.verify().await.unwrap().lines;
    write(&store, async |tx| change(tx, session.id, &details).await).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines);
    let wrong = SessionDetails { planned_minutes: Some(1), ..details };
    let refused = write(&store, async |tx| change(tx, session.id, &wrong).await).await;
    assert_eq!(code(refused), Code::PlannedLengthOutOfRange);
}

#[tokio::test]
async fn opening_a_session_leaves_an_audit_line_and_reading_it_again_does_not() {
    let (store, maya) = with_maya().await;
    let session = unrecorded(&store, maya).await;
    write(&store, async |tx| open(tx, session.id).await).await.unwrap();
    again(&store, session.id).await;
    let history = store.read(async |tx| tx.history(session.id).await).await.unwrap();
    let actions: Vec<_> = history.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["begin", "view"]);
}

#[tokio::test]
async fn sessions_are_listed_the_last_one_first_each_with_its_own_recordings() {
    let (store, maya) = with_maya().await;
    let jonas = chart(&store, "Jonas Meyer").await.id;
    let mut of_maya = Vec::new();
    for patient in [maya, jonas, maya] {
        let session = begun(&store, patient).await;
        write(&store, async |tx| recordings::begin(tx, session.id, Source::Microphone).await).await.unwrap();
        if patient == maya {
            of_maya.insert(0, session.id);
        }
        store.clock().advance(TimeDelta::hours(1));
    }
    let (listed, lately) =
        store.read(async |tx| Ok((of_patient(tx, maya).await?, lately(tx, 2).await?))).await.unwrap();
    assert_eq!(listed.iter().map(|session| session.id).collect::<Vec<_>>(), of_maya);
    let names: Vec<_> = lately.iter().map(|session| session.patient_name.reveal().as_str()).collect();
    assert_eq!(names, ["Maya Okafor", "Jonas Meyer"]);
    for session in listed.iter().chain(&lately) {
        assert_eq!(session.recordings.len(), 1);
        assert_eq!(session.recordings[0].session, session.id);
        assert_eq!(*session, again(&store, session.id).await);
    }
}

#[tokio::test]
async fn a_session_from_elsewhere_stays_in_its_chart() {
    let (here, maya) = with_maya().await;
    let jonas = chart(&here, "Jonas Meyer").await.id;
    let session = unrecorded(&here, maya).await;
    let clinical = here.read(async |tx| tx.stream(StreamKind::Clinical, Some(jonas)).await).await.unwrap();
    let record = outbox(&here).await.into_iter().find(|record| record.kind == "session").unwrap();
    let body = record.body.replace(&maya.to_string(), &jonas.to_string());
    let moved = Queued { stream: clinical, body, ..record };
    assert_eq!(arrive(&here, here.author().member, &moved).await.unwrap(), Replayed::Misplaced);
    assert_eq!(again(&here, session.id).await.patient, maya);
}

#[tokio::test]
async fn fields_a_newer_attune_wrote_outlive_a_change_made_here() {
    let (here, maya) = with_maya().await;
    let session = unrecorded(&here, maya).await;
    let there = other_device(&here).await;
    for record in outbox(&here).await {
        let body = match record.kind.as_str() {
            "session" => record.body.replacen('{', r#"{"room":"the blue one","#, 1),
            _ => record.body.clone(),
        };
        let replayed = arrive(&there, here.author().member, &Queued { body, ..record }).await.unwrap();
        assert_eq!(replayed, Replayed::Applied);
    }
    write(&there, async |tx| end(tx, session.id, tx.now()).await).await.unwrap();
    let sent = outbox(&there).await.into_iter().find(|record| record.kind == "session").unwrap();
    assert!(sent.body.contains(r#""room":"the blue one""#), "{}", sent.body);
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_102_444_800_000_i64).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

prop_compose! {
    fn form()(
        ids in any::<[u128; 3]>(), started_at in time(), ended_at in prop::option::of(time()),
        planned_minutes in prop::option::of(any::<u32>()), remote in any::<bool>(),
        attendees in prop::collection::vec(".{0,20}", 0..4), state in 0..4_usize,
        confirmed_at in prop::option::of(time()), agreed in any::<bool>(),
    ) -> SessionV1 {
        let [patient, clinician, consent] = ids.map(Uuid::from_u128);
        SessionV1 {
            v: 1, patient: patient.into(), clinician: clinician.into(), started_at, ended_at,
            planned_minutes, place: if remote { Place::Remote } else { Place::Room },
            attendees: attendees.into_iter().map(Private::new).collect(),
            state: SessionState::ALL[state], confirmed_at, consent: agreed.then(|| consent.into()),
            unknown: Unknown::default(),
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

    #[test]
    fn a_state_reads_back_from_its_name(state in 0..4_usize) {
        let state = SessionState::ALL[state];
        prop_assert_eq!(SessionState::named(state.name()), state);
    }
}

/// Version 1 as it was first released. This text never changes.
const SESSION_V1: &str = r#"{"v":1,"patient":"019d8a50-0000-7000-8000-000000000001","clinician":"019d8a50-0000-7000-8000-000000000002","started_at":"2026-04-14T10:00:00Z","ended_at":"2026-04-14T10:50:00Z","planned_minutes":50,"place":"remote","attendees":["Ada"],"state":"interrupted","confirmed_at":"2026-04-14T10:00:00Z","consent":"019d8a50-0000-7000-8000-000000000003"}"#;

#[test]
fn version_1_reads_forever_and_is_still_what_we_write() {
    let session = read_form(SESSION_V1).unwrap();
    assert_eq!((session.state, session.place), (SessionState::Interrupted, Place::Remote));
    assert_eq!(serde_json::to_string(&session).unwrap(), SESSION_V1);
}

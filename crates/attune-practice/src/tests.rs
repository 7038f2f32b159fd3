//! What the slices' tests share, and what holds across slices: records written here and replayed elsewhere,
//! in whatever order they arrive, give the same practice.

use std::collections::BTreeSet;

use attune_kernel::{ConsentId, MemberId, PatientId, Private, RecordingId};
use attune_store::{Queued, Result, WriteTx, profiles::ProfileKind};
use attune_testkit::StoreInFolder;
use proptest::{prelude::*, test_runner::TestCaseError};
use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};
use uuid::Uuid;

use crate::{
    Arrived, Replayed,
    consents::{self, Consent, ConsentKind, NewConsent},
    moods::{self, Mood, NewMood},
    patients::{self, NewPatient, Patient, PatientFound, Standing},
    recordings::{self, Finished, Health, Source},
    replay,
    sessions::{self, NewSession, Place, Session},
    team::{self, Founding},
    transcripts::{self, NewTranscript, Pages, Said, Span, Transcript, Word, remote::Remote},
};

/// A founded practice in a folder.
pub(crate) async fn practice() -> StoreInFolder {
    founded(ProfileKind::Practice).await
}

/// A store founded for a clinician or for a patient.
pub(crate) async fn founded(kind: ProfileKind) -> StoreInFolder {
    let store = StoreInFolder::create().await;
    let founding = Founding {
        kind,
        name: Private::new("Ingrid Lindqvist".into()),
        practice_name: (kind == ProfileKind::Practice).then(|| Private::new("Lindqvist Practice".into())),
        country: "GB".into(),
    };
    let written = store.write(store.author(), async |tx| team::found(tx, &founding).await).await;
    written.expect("a new store can be founded");
    store
}

/// Writes as the person who sits here.
pub(crate) async fn write<T>(
    store: &StoreInFolder,
    work: impl AsyncFnOnce(&mut WriteTx) -> Result<T>,
) -> Result<T> {
    store.write(store.author(), work).await
}

/// A person of whom only the name is known.
pub(crate) fn named(name: &str) -> NewPatient {
    NewPatient { name: Private::new(name.into()), ..NewPatient::default() }
}

/// A new chart.
pub(crate) async fn chart(store: &StoreInFolder, name: &str) -> Patient {
    write(store, async |tx| patients::create(tx, &named(name)).await).await.expect("a chart opens")
}

/// A consent to be recorded, signed.
pub(crate) async fn agreed(store: &StoreInFolder, patient: PatientId) -> ConsentId {
    let kind = ConsentKind::Recording;
    let version = consents::text(kind).version;
    let new = NewConsent { patient, kind, version, signed_by: Private::new("Maya".into()) };
    write(store, async |tx| consents::give(tx, &new).await).await.expect("a consent is given").id
}

/// A session in the room that everyone present agrees to have recorded.
pub(crate) fn new_session(patient: PatientId) -> NewSession {
    NewSession {
        patient,
        planned_minutes: Some(50),
        place: Place::Room,
        attendees: Vec::new(),
        confirmed: true,
    }
}

/// Everything that waits to be sent, in the order it was first queued.
pub(crate) async fn outbox(store: &StoreInFolder) -> Vec<Queued> {
    store.read(async |tx| tx.queued().await).await.expect("the outbox reads")
}

/// Another device of the same people: a new store that is let into all streams of the first, as the
/// streams' signed logs will let it in once there is a server.
pub(crate) async fn other_device(of: &StoreInFolder) -> StoreInFolder {
    let other = StoreInFolder::create().await;
    let streams = of
        .read(async |tx| {
            let query = sqlx::query_as::<_, (Uuid, String, Option<Uuid>, String)>(
                "select id, kind, chart, opened_at from streams",
            );
            tx.all(query).await
        })
        .await
        .expect("the streams read");
    let mut connection = SqliteConnectOptions::new()
        .filename(other.path().join("store.db"))
        .pragma("key", other.key().to_pragma().as_str().to_owned())
        .connect()
        .await
        .expect("the database opens beside its store");
    for (id, kind, chart, opened_at) in streams {
        sqlx::query("insert into streams (id, kind, chart, opened_at) values (?, ?, ?, ?)")
            .bind(id)
            .bind(kind)
            .bind(chart)
            .bind(opened_at)
            .execute(&mut connection)
            .await
            .expect("a stream is let in");
    }
    other
}

/// Replays one record at another device.
pub(crate) async fn arrive(at: &StoreInFolder, author: MemberId, record: &Queued) -> Result<Replayed> {
    let arrived = Arrived {
        record: record.record,
        kind: &record.kind,
        stream: record.stream,
        author,
        body: &record.body,
    };
    at.write(at.author(), async |tx| replay(tx, &arrived).await).await
}

/// All that a practice knows.
#[derive(Debug, PartialEq)]
struct Everything {
    charts: Vec<PatientFound>,
    moods: Vec<Mood>,
    consents: Vec<Consent>,
    sessions: Vec<Session>,
    transcripts: Vec<Transcript>,
    go_out: Vec<bool>,
    members: Vec<team::Member>,
    practice: team::Practice,
}

async fn everything(store: &StoreInFolder) -> Everything {
    let read = store.read(async |tx| {
        let mut charts = patients::find(tx, "", Standing::Active).await?;
        charts.extend(patients::find(tx, "", Standing::Archived).await?);
        let (mut moods, mut consents, mut sessions) = (Vec::new(), Vec::new(), Vec::new());
        for found in &charts {
            moods.extend(moods::list(tx, found.patient.id).await?);
            consents.extend(consents::list(tx, found.patient.id).await?);
            sessions.extend(sessions::of_patient(tx, found.patient.id).await?);
        }
        let (mut transcripts, mut go_out) = (Vec::new(), Vec::new());
        for session in &sessions {
            transcripts.extend(transcripts::of_session(tx, session.id).await?);
            go_out.push(transcripts::remote::may_go_out(tx, session.id).await?);
        }
        let (members, practice) = (team::members(tx).await?, team::practice(tx).await?);
        Ok(Everything { charts, moods, consents, sessions, transcripts, go_out, members, practice })
    });
    read.await.expect("everything reads")
}

/// Two charts with a history that says everything there is to say.
async fn a_history() -> StoreInFolder {
    let store = practice().await;
    let (maya, jonas) = (chart(&store, "Maya Okafor").await, chart(&store, "Jonas Meyer").await);
    let minute = || store.clock().advance(chrono::TimeDelta::minutes(1));
    write(&store, async |tx| team::add(tx, "Samuel Okoro", team::Role::Clinician).await).await.unwrap();
    for (place, patient) in [maya.id, maya.id, jonas.id, maya.id].into_iter().enumerate() {
        minute();
        let new = NewMood { patient, score: 3 + place as i32, words: None, felt_at: None };
        let mood = write(&store, async |tx| moods::log(tx, &new).await).await.unwrap();
        minute();
        write(&store, async |tx| moods::amend(tx, mood.id, Some("slept badly")).await).await.unwrap();
        minute();
        write(&store, async |tx| moods::withdraw(tx, mood.id).await).await.unwrap();
        if place % 2 == 0 {
            minute();
            write(&store, async |tx| moods::restore(tx, mood.id).await).await.unwrap();
        }
    }
    minute();
    let alone = write(&store, async |tx| sessions::begin_unrecorded(tx, &new_session(jonas.id)).await).await;
    let elsewhere = Remote { on: true, endpoint: "https://speech.example/v1".into(), model: String::new() };
    write(&store, async |tx| {
        transcripts::remote::change(tx, &elsewhere).await?;
        transcripts::remote::allow_remote(tx, alone?.id).await
    })
    .await
    .unwrap();
    recorded_and_deleted(&store, maya.id).await;
    minute();
    write(&store, async |tx| patients::archive(tx, jonas.id).await).await.unwrap();
    store
}

/// A session that was agreed to, recorded and ended; the sound is deleted and the consent taken back.
async fn recorded_and_deleted(store: &StoreInFolder, patient: PatientId) {
    let consent = agreed(store, patient).await;
    let begun = write(store, async |tx| {
        let session = sessions::begin_recorded(tx, &new_session(patient)).await?;
        recordings::begin(tx, session.id, Source::Microphone).await
    });
    let (recording, _) = begun.await.unwrap();
    store.clock().advance(chrono::TimeDelta::minutes(50));
    let finished = Finished {
        ended_at: store.now(),
        duration_ms: 3_000_000,
        bytes: 0,
        bookmarks: Vec::new(),
        health: Health::default(),
        recovered: false,
    };
    write(store, async |tx| {
        recordings::finish(tx, recording.id, &finished).await?;
        sessions::end(tx, recording.session, finished.ended_at).await
    })
    .await
    .unwrap();
    written_down_twice(store, recording.id).await;
    write(store, async |tx| {
        recordings::delete_audio(tx, recording.id).await?;
        consents::withdraw(tx, consent).await
    })
    .await
    .unwrap();
}

/// Two transcripts of a recording, each put right. The second is deleted.
async fn written_down_twice(store: &StoreInFolder, recording: RecordingId) {
    let word = Word { t0: 0, t1: 400, text: Private::new("hm".into()), p: 0.5 };
    let said = Said { speaker: 0, t0: 0, t1: 400, confidence: 0.5, words: vec![word] };
    let pages = Pages::new(vec![said], vec![Span { t0: 0, t1: 400 }]);
    let new = NewTranscript {
        recording,
        language: None,
        engine: "engine".into(),
        model: "model".into(),
        practice: false,
        remote: false,
        length_ms: 3_000_000,
        speakers: Vec::new(),
        holes: Vec::new(),
    };
    for deleted in [false, true] {
        store.clock().advance(chrono::TimeDelta::minutes(1));
        let file = pages.seal(store).unwrap();
        write(store, async |tx| {
            let id = transcripts::keep(tx, &new, file).await?.id;
            transcripts::correct(tx, id, 1, "Hm?!").await?;
            if deleted { transcripts::delete(tx, id).await.map(|_| ()) } else { Ok(()) }
        })
        .await
        .unwrap();
    }
}

fn in_the_runtime<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().expect("a runtime starts").block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_give_the_same_practice_in_whatever_order_they_arrive(
        order in Just((0..30_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        in_the_runtime(async {
            let here = a_history().await;
            let records = outbox(&here).await;
            prop_assert_eq!(records.len(), order.len());
            let there = other_device(&here).await;
            for place in order {
                let replayed = arrive(&there, here.author().member, &records[place]).await.unwrap();
                prop_assert_eq!(replayed, Replayed::Applied);
            }
            prop_assert_eq!(everything(&there).await, everything(&here).await);
            Ok::<_, TestCaseError>(())
        })?;
    }
}

#[tokio::test]
async fn a_record_that_arrives_twice_changes_nothing_the_second_time() {
    let here = a_history().await;
    let there = other_device(&here).await;
    let mut seen = BTreeSet::new();
    for record in outbox(&here).await {
        let author = here.author().member;
        arrive(&there, author, &record).await.unwrap();
        let again = arrive(&there, author, &record).await.unwrap();
        seen.insert((record.kind, format!("{again:?}")));
    }
    assert_eq!(everything(&there).await, everything(&here).await);
    assert!(seen.contains(&("mood".to_owned(), "Known".to_owned())), "what is written once is known");
}

#[tokio::test]
async fn what_arrives_is_not_sent_again() {
    let here = a_history().await;
    let there = other_device(&here).await;
    for record in outbox(&here).await {
        arrive(&there, here.author().member, &record).await.unwrap();
    }
    assert!(outbox(&there).await.is_empty());
    assert!(there.verify().await.unwrap().sound());
}

#[tokio::test]
async fn a_kind_that_is_not_known_is_left_to_whoever_holds_it() {
    let here = practice().await;
    let record = outbox(&here).await.remove(0);
    let unheard_of = Queued { kind: "hologram".into(), ..record };
    let lines = here.verify().await.unwrap().lines;
    assert_eq!(arrive(&here, here.author().member, &unheard_of).await.unwrap(), Replayed::Unknown);
    assert_eq!(here.verify().await.unwrap().lines, lines, "nothing was written");
}

#[tokio::test]
async fn a_version_that_is_not_known_is_left_to_whoever_holds_it() {
    let here = a_history().await;
    let there = other_device(&here).await;
    for record in outbox(&here).await {
        let newer = Queued { body: record.body.replacen(r#""v":1"#, r#""v":2"#, 1), ..record };
        assert_eq!(arrive(&there, here.author().member, &newer).await.unwrap(), Replayed::Newer);
    }
}

#[tokio::test]
async fn a_record_in_a_stream_where_it_does_not_belong_is_refused() {
    let here = a_history().await;
    let there = other_device(&here).await;
    let records = outbox(&here).await;
    let streams: BTreeSet<_> = records.iter().map(|record| record.stream).collect();
    for record in &records {
        for stream in streams.iter().filter(|stream| **stream != record.stream) {
            let moved = Queued { stream: *stream, ..record.clone() };
            assert_eq!(arrive(&there, here.author().member, &moved).await.unwrap(), Replayed::Misplaced);
        }
    }
}

#[tokio::test]
async fn rubbish_is_refused_and_the_record_after_it_still_applies() {
    let here = a_history().await;
    let there = other_device(&here).await;
    for record in outbox(&here).await {
        for body in ["", "{}", "[]", r#"{"v":1}"#, r#"{"v":"1"}"#, "\0", &"[".repeat(10_000)] {
            let rubbish = Queued { body: body.into(), ..record.clone() };
            assert_eq!(arrive(&there, here.author().member, &rubbish).await.unwrap(), Replayed::Unreadable);
        }
        assert_eq!(arrive(&there, here.author().member, &record).await.unwrap(), Replayed::Applied);
    }
    assert_eq!(everything(&there).await, everything(&here).await);
}

//! Transcripts: kept with their pages, put right beside them, deleted by nobody but a person.

mod corrected;
mod elsewhere;
mod exported;
mod kept;
mod told_apart;

use attune_kernel::{Coded, PatientId, Private};
use attune_store::{Kind, Queued};
use attune_testkit::StoreInFolder;
use chrono::DateTime;

use super::*;
use crate::{
    recordings::{Finished, Health, Recording, Source},
    sessions,
    tests::{agreed, chart, new_session, outbox, practice, write},
};

pub(super) fn code<T: std::fmt::Debug>(result: Result<T>) -> Code {
    result.unwrap_err().code()
}

/// A session of a patient that was recorded for a minute.
pub(super) async fn recorded(store: &StoreInFolder, patient: PatientId) -> Recording {
    agreed(store, patient).await;
    let begun = write(store, async |tx| {
        let session = sessions::begin_recorded(tx, &new_session(patient)).await?;
        recordings::begin(tx, session.id, Source::Microphone).await
    });
    let (recording, _) = begun.await.unwrap();
    let finished = Finished {
        ended_at: store.now() + TimeDelta::minutes(1),
        duration_ms: 60_000,
        bytes: 0,
        bookmarks: Vec::new(),
        health: Health::default(),
        recovered: false,
    };
    write(store, async |tx| {
        let recording = recordings::finish(tx, recording.id, &finished).await?;
        sessions::end(tx, recording.session, finished.ended_at).await?;
        Ok(recording)
    })
    .await
    .unwrap()
}

/// What somebody said from a moment on: two words a second.
pub(super) fn said(speaker: u8, t0: u32, text: &str) -> Said {
    let word = |(place, text): (usize, &str)| {
        let t0 = t0 + place as u32 * 500;
        Word { t0, t1: t0 + 400, text: Private::new(text.into()), p: 0.9 }
    };
    let words: Vec<Word> = text.split_whitespace().enumerate().map(word).collect();
    let t1 = words.last().map_or(t0, |word| word.t1);
    Said { speaker, t0, t1, confidence: 0.8, words }
}

/// A conversation of three turns, all of it written down.
pub(super) fn conversation() -> Pages {
    let turns = vec![
        said(0, 1_000, "how was your week"),
        said(1, 4_000, "i felt sat about my sister"),
        said(0, 9_000, "tell me more"),
    ];
    Pages::new(turns, vec![Span { t0: 900, t1: 3_000 }, Span { t0: 3_900, t1: 10_500 }])
}

pub(super) fn voice(role: SpeakerRole, known_by: KnownBy) -> TranscriptSpeaker {
    TranscriptSpeaker { role, known_by, confidence: 0.7, name: None }
}

pub(super) fn two_voices() -> Vec<TranscriptSpeaker> {
    vec![voice(SpeakerRole::Clinician, KnownBy::Channel), voice(SpeakerRole::Client, KnownBy::Channel)]
}

pub(super) fn new(recording: RecordingId) -> NewTranscript {
    NewTranscript {
        recording,
        language: Some("en".into()),
        engine: "transcribe-cpp 0.4.1".into(),
        model: "whisper-small".into(),
        practice: false,
        remote: false,
        length_ms: 60_000,
        speakers: two_voices(),
        holes: Vec::new(),
    }
}

pub(super) async fn keep_pages(
    store: &StoreInFolder,
    new: &NewTranscript,
    pages: &Pages,
) -> Result<Transcript> {
    let file = pages.seal(store)?;
    write(store, async |tx| keep(tx, new, file).await).await
}

/// A practice with a transcript of that conversation.
pub(super) async fn with_a_transcript() -> (StoreInFolder, Transcript) {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await.id;
    let recording = recorded(&store, maya).await;
    let transcript = keep_pages(&store, &new(recording.id), &conversation()).await.unwrap();
    (store, transcript)
}

pub(super) async fn opened(store: &StoreInFolder, id: TranscriptId) -> OpenTranscript {
    store.read(async |tx| words(tx, id).await).await.unwrap()
}

/// Each segment's number, speaker and words.
pub(super) fn shown(open: &OpenTranscript) -> Vec<(u32, u8, String)> {
    let text = |segment: &TranscriptSegment| {
        let words: Vec<&str> = segment.words.iter().map(|word| word.text.reveal().as_str()).collect();
        words.join(" ")
    };
    open.segments.iter().map(|segment| (segment.id, segment.speaker, text(segment))).collect()
}

/// What waits to be sent of one kind.
pub(super) async fn sent(store: &StoreInFolder, kind: Kind) -> Vec<Queued> {
    outbox(store).await.into_iter().filter(|record| record.kind == kind.name).collect()
}

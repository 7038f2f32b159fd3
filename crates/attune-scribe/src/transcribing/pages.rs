//! What was written down, from the shape speech gives it to the one a practice keeps.

use attune_practice::{
    recordings::Recording,
    transcripts::{self, Hole, HoleWhy, KnownBy, NewTranscript, Pages, Said, SpeakerRole, TranscriptSpeaker},
};
use attune_speech::{
    models::PRACTICE,
    said::{self, Transcription},
};
use attune_store::{Job, Store};

use crate::Result;

/// Keeps what was written down of a recording, and says in the same transaction that the job is done.
pub(super) async fn keep(
    store: &Store,
    job: &Job,
    recording: &Recording,
    remote: bool,
    written: Transcription,
) -> Result<()> {
    let new = NewTranscript {
        recording: recording.id,
        language: written.language.clone(),
        engine: written.engine.clone(),
        model: written.model.clone(),
        practice: is_practice(&written),
        remote,
        length_ms: written.length_ms,
        speakers: speakers(&written.speakers),
        holes: holes(&written, 0),
    };
    let pages = Pages::new(said(written.segments, 0), spans(&written.speech));
    let file = pages.seal(store)?;
    let job = job.id;
    store
        .write(store.author(), async |tx| {
            transcripts::keep(tx, &new, file).await?;
            tx.finish_job(job).await.map(drop)
        })
        .await?;
    Ok(())
}

/// Whether the practice model wrote it.
pub(super) fn is_practice(written: &Transcription) -> bool {
    written.model == PRACTICE
}

/// The segments, so much later on the time line.
pub(super) fn said(segments: Vec<said::Segment>, later_ms: u32) -> Vec<Said> {
    let word = |word: said::Word| transcripts::Word {
        t0: word.t0 + later_ms,
        t1: word.t1 + later_ms,
        text: word.text,
        p: word.p,
    };
    segments
        .into_iter()
        .map(|segment| Said {
            speaker: segment.speaker,
            t0: segment.t0 + later_ms,
            t1: segment.t1 + later_ms,
            confidence: segment.confidence,
            words: segment.words.into_iter().map(word).collect(),
        })
        .collect()
}

/// The other way round: what a practice keeps, as speech reads it.
pub(super) fn segments(pages: &Pages) -> Vec<said::Segment> {
    let word = |word: &transcripts::Word| said::Word {
        t0: word.t0,
        t1: word.t1,
        text: word.text.clone(),
        p: word.p,
    };
    pages
        .segments()
        .iter()
        .map(|segment| said::Segment {
            speaker: segment.speaker,
            t0: segment.t0,
            t1: segment.t1,
            confidence: segment.confidence,
            words: segment.words.iter().map(word).collect(),
        })
        .collect()
}

pub(super) fn holes(written: &Transcription, later_ms: u32) -> Vec<Hole> {
    let hole = |hole: &said::Hole| Hole {
        t0_ms: hole.span.t0 + later_ms,
        t1_ms: hole.span.t1 + later_ms,
        why: match hole.why {
            said::HoleWhy::Engine => HoleWhy::Engine,
            said::HoleWhy::Silent => HoleWhy::Silent,
            said::HoleWhy::CutShort => HoleWhy::CutShort,
        },
    };
    written.holes.iter().map(hole).collect()
}

pub(super) fn speakers(speakers: &[said::Speaker]) -> Vec<TranscriptSpeaker> {
    let speaker = |speaker: &said::Speaker| TranscriptSpeaker {
        role: match speaker.role {
            said::Role::Clinician => SpeakerRole::Clinician,
            said::Role::Client => SpeakerRole::Client,
            said::Role::Other => SpeakerRole::Other,
        },
        known_by: match speaker.known_by {
            said::KnownBy::Channel => KnownBy::Channel,
            said::KnownBy::Voice => KnownBy::Voice,
            said::KnownBy::Guess => KnownBy::Guess,
        },
        confidence: speaker.confidence,
        name: None,
    };
    speakers.iter().map(speaker).collect()
}

fn spans(speech: &[said::Span]) -> Vec<transcripts::Span> {
    speech.iter().map(|span| transcripts::Span { t0: span.t0, t1: span.t1 }).collect()
}

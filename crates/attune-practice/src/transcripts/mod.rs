//! Transcripts: what was written down of a recording, by which engine, and how far it is to be believed.
//!
//! A recording may have several: another model on request keeps the former one, and the newest that is kept
//! is current. What the machine wrote is one sealed file ([`Pages`]) and is never edited; what a person puts
//! right stands beside it, with its history. The row and the record say everything about a transcript but no
//! word of it.
//!
//! A transcript says itself where it is less than it could be ([`Degraded`]): which stretches of speech are
//! not written down, that the practice model wrote it, that the speakers are a guess. It outlives its sound,
//! and goes when a person deletes it: then its words and every correction are gone, and who deleted it and
//! when stays said.
//!
//! Sound leaves the computer to be written down only as [`remote`] says.

mod apart;
mod corrections;
mod coverage;
pub mod export;
mod pages;
mod record;
mod refill;
mod reflow;
pub mod remote;
mod shown;
mod speakers;
mod table;
#[cfg(test)]
mod tests;

use attune_kernel::{Code, FileId, RecordingId, SessionId, TranscriptId};
use attune_store::{FinishedFile, ReadTx, Result, WriteTx};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{
    form::Unknown,
    recordings::{self, RecordingState},
    text,
};

pub(crate) use corrections::replay_correction;
pub use corrections::{
    Correction, Says, TRANSCRIPT_CORRECTION, TranscriptCorrection, correct, history, uncorrect,
    with_corrections,
};
pub use coverage::{Degraded, Hole, HoleWhy};
pub use pages::{Pages, Said, Segment, Span, Word};
pub use record::TRANSCRIPT;
pub(crate) use record::replay;
pub use refill::{Again, refill};
pub use shown::{OpenTranscript, Transcript, TranscriptSegment, TranscriptState, TranscriptWord};
pub use speakers::{KnownBy, SpeakerRole, TranscriptSpeaker, name, say, swap, tell_apart};

/// What is said of a transcript when it is made. Its words are in its [`Pages`].
#[derive(Debug, Clone, PartialEq)]
pub struct NewTranscript {
    pub recording: RecordingId,
    pub language: Option<String>,
    pub engine: String,
    pub model: String,
    pub practice: bool,
    pub remote: bool,
    pub length_ms: u32,
    pub speakers: Vec<TranscriptSpeaker>,
    /// Where the engine says itself that something is missing. Where it does not, it is found.
    pub holes: Vec<Hole>,
}

/// What in particular a job is to do. One that says nothing asks for a transcript as everyone has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Another model than the chosen one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Outside this computer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub remote: bool,
    /// The transcript of which only a part is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<TranscriptId>,
    /// Only this part of it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<[u32; 2]>,
}

/// Longer is not the name of a model, an engine or a language.
const LONGEST_NAME: usize = 200;

/// Keeps what was written down of a recording, and with it the sealed file of its words, which is read back
/// before it is believed. A former transcript of the same recording stays.
pub async fn keep(tx: &mut WriteTx, new: &NewTranscript, file: FinishedFile) -> Result<Transcript> {
    let recording = recordings::read(tx, new.recording).await?;
    // Whoever had the sound deleted meanwhile did not expect its words afterwards.
    if recording.state == RecordingState::Deleted {
        return Err(Code::AudioDeleted.into());
    }
    let id = TranscriptId::new(tx.now());
    let file = tx.keep_file(file, id).await?;
    let pages = Pages::read(tx, file).await?;
    let found = coverage::coverage(pages.speech(), pages.segments(), &new.holes);
    // A clock that was set back must not make the new one a former one.
    let made_at = match table::last_made(tx, new.recording).await? {
        Some(last) => tx.now().max(last + TimeDelta::milliseconds(1)),
        None => tx.now(),
    };
    let told = |text: &str| text::tamed(text).chars().take(LONGEST_NAME).collect::<String>();
    let transcript = Transcript {
        id,
        recording: recording.id,
        session: recording.session,
        patient: recording.patient,
        state: TranscriptState::Kept,
        current: true,
        degraded: Vec::new(),
        made_at,
        language: new.language.as_deref().map(told),
        engine: told(&new.engine),
        model: told(&new.model),
        practice: new.practice,
        remote: new.remote,
        length_ms: new.length_ms,
        speech_ms: found.speech_ms,
        covered_ms: found.covered_ms,
        holes: found.holes,
        speakers: speakers::enough(speakers::tamed(&new.speakers), &pages),
        corrections: 0,
        deleted_at: None,
        deleted_by: None,
    };
    record::write(tx, "keep", &Kept { transcript, file, unknown: Unknown::default() }).await
}

/// Opens a transcript, and says in the audit that somebody did.
pub async fn open(tx: &mut WriteTx, id: TranscriptId) -> Result<OpenTranscript> {
    let opened = words(tx, id).await?;
    tx.viewed(TRANSCRIPT, id).await?;
    Ok(opened)
}

/// Reads again the words of a transcript that is open already: its refreshing is not another look.
pub async fn words(tx: &mut ReadTx, id: TranscriptId) -> Result<OpenTranscript> {
    Ok(whole(tx, id).await?.opened())
}

/// Says that a transcript was written to a file outside the store, which anyone who finds it can read.
pub async fn exported(tx: &mut WriteTx, id: TranscriptId) -> Result<()> {
    let kept = table::kept(tx, id).await?;
    tx.exported(TRANSCRIPT, kept.transcript.id).await
}

/// What is said of a transcript.
pub async fn read(tx: &mut ReadTx, id: TranscriptId) -> Result<Transcript> {
    Ok(table::get(tx, id).await?.transcript)
}

/// What the machine wrote.
pub async fn pages(tx: &mut ReadTx, id: TranscriptId) -> Result<Pages> {
    Ok(whole(tx, id).await?.pages)
}

/// All transcripts of a session, the newest first, former and deleted ones included.
pub async fn of_session(tx: &mut ReadTx, session: SessionId) -> Result<Vec<Transcript>> {
    table::of_session(tx, session).await
}

/// All transcripts of a recording, the newest first, former and deleted ones included.
pub async fn of_recording(tx: &mut ReadTx, recording: RecordingId) -> Result<Vec<Transcript>> {
    table::of_recording(tx, recording).await
}

/// Deletes a transcript for good: the words a machine wrote, what people put right in them, and the names
/// they gave to voices. Recording, session and note stay. Deleting it again leaves no trace.
pub async fn delete(tx: &mut WriteTx, id: TranscriptId) -> Result<Transcript> {
    let mut kept = table::get(tx, id).await?;
    if kept.transcript.state == TranscriptState::Deleted {
        return Ok(kept.transcript);
    }
    kept.transcript.deleted(tx.now(), tx.author().member);
    corrections::empty(tx, &kept.transcript).await?;
    let deleted = record::write(tx, "delete", &kept).await?;
    forget(tx, id).await?;
    Ok(deleted)
}

/// A transcript as its row keeps it.
#[derive(Debug, Clone, PartialEq)]
struct Kept {
    transcript: Transcript,
    file: FileId,
    unknown: Unknown,
}

/// A transcript with everything that makes its words.
struct Whole {
    kept: Kept,
    pages: Pages,
    corrections: Vec<Correction>,
}

impl Whole {
    fn opened(self) -> OpenTranscript {
        let (pages, transcript) = (&self.pages, self.kept.transcript);
        let mut segments = with_corrections(pages, &self.corrections);
        for (stands, machine) in segments.iter_mut().zip(pages.segments()) {
            // A word from a device where more voices were told apart than here.
            if usize::from(stands.speaker) >= transcript.speakers.len() {
                stands.speaker = machine.speaker;
                stands.confidence = machine.confidence;
                stands.speaker_by_person = false;
            }
        }
        OpenTranscript { transcript, segments }
    }
}

async fn whole(tx: &mut ReadTx, id: TranscriptId) -> Result<Whole> {
    let kept = table::kept(tx, id).await?;
    let pages = Pages::read(tx, kept.file).await?;
    let corrections = table::corrections(tx, &kept.transcript).await?;
    Ok(Whole { kept, pages, corrections })
}

/// Puts other pages in the place of those that were. The file before is forgotten.
async fn rewrite(
    tx: &mut WriteTx,
    action: &'static str,
    mut kept: Kept,
    pages: &Pages,
) -> Result<Transcript> {
    let file = tx.keep_file(pages.seal_within(tx)?, kept.transcript.id).await?;
    let before = std::mem::replace(&mut kept.file, file);
    let found = coverage::coverage(pages.speech(), pages.segments(), &kept.transcript.holes);
    kept.transcript.holes = found.holes;
    kept.transcript.speakers = speakers::enough(kept.transcript.speakers, pages);
    kept.transcript.covered_ms = found.covered_ms;
    let written = record::write(tx, action, &kept).await?;
    tx.forget_file(before).await?;
    Ok(written)
}

/// Forgets all of the words that this device has.
async fn forget(tx: &mut WriteTx, id: TranscriptId) -> Result<()> {
    for file in tx.files_of(id).await? {
        tx.forget_file(file).await?;
    }
    Ok(())
}

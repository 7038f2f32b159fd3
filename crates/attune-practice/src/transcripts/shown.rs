//! What the screens see of a transcript: what is said of it, and its words as they stand.

use attune_kernel::{MemberId, PatientId, Private, RecordingId, SessionId, TranscriptId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Degraded, Hole, TranscriptSpeaker, Word};

/// What is said of a transcript, but for its words.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Transcript {
    pub id: TranscriptId,
    pub recording: RecordingId,
    pub session: SessionId,
    pub patient: PatientId,
    pub state: TranscriptState,
    /// Whether it is the newest of its recording that is kept.
    pub current: bool,
    /// Why it is less than it could be, the gravest first; nothing is amiss where it is empty.
    pub degraded: Vec<Degraded>,
    pub made_at: DateTime<Utc>,
    pub language: Option<String>,
    pub engine: String,
    pub model: String,
    pub practice: bool,
    /// Whether the sound left the computer for it.
    pub remote: bool,
    pub length_ms: u32,
    /// How long somebody speaks.
    pub speech_ms: u32,
    /// How much of that is written down.
    pub covered_ms: u32,
    pub holes: Vec<Hole>,
    /// In the order in which segments name them.
    pub speakers: Vec<TranscriptSpeaker>,
    /// How many corrections hold.
    pub corrections: u32,
    pub deleted_at: Option<DateTime<Utc>>,
    pub deleted_by: Option<MemberId>,
}

/// Whether a transcript's words are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptState {
    Kept,
    /// A person had it deleted.
    Deleted,
}

/// One word, as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptWord {
    pub t0_ms: u32,
    pub t1_ms: u32,
    pub text: Private<String>,
    // Said as a whole number because a JavaScript number is either; it is never missing.
    #[specta(type = u32)]
    pub p: f32,
    /// Whether a person typed it.
    pub typed: bool,
}

/// What one voice said without a longer pause, as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptSegment {
    pub id: u32,
    pub speaker: u8,
    pub t0_ms: u32,
    pub t1_ms: u32,
    /// How sure it is that this speaker said it.
    #[specta(type = u32)]
    pub confidence: f32,
    pub words: Vec<TranscriptWord>,
    /// Whether a person put its words right.
    pub corrected: bool,
    /// Whether a person said whose it is.
    pub speaker_by_person: bool,
}

/// A transcript with its words.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenTranscript {
    pub transcript: Transcript,
    pub segments: Vec<TranscriptSegment>,
}

impl Transcript {
    /// The same without what a person called the voices.
    pub(super) fn deleted(&mut self, at: DateTime<Utc>, by: MemberId) {
        self.state = TranscriptState::Deleted;
        self.deleted_at = Some(at);
        self.deleted_by = Some(by);
        for speaker in &mut self.speakers {
            speaker.name = None;
        }
    }
}

impl TranscriptWord {
    /// As the machine wrote it.
    pub(super) fn of(word: &Word) -> Self {
        Self { t0_ms: word.t0, t1_ms: word.t1, text: word.text.clone(), p: word.p, typed: false }
    }
}

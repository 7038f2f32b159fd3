//! What was said: words with their times, in segments with their speakers, and what is not known of the rest.
//!
//! Times are milliseconds on the recording's own line. A stretch in which somebody speaks and of which nothing is written
//! is a [`Hole`]: a transcript is never shorter than its sound without saying so.

use attune_kernel::Private;
use serde::{Deserialize, Serialize};

/// From and to, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub t0: u32,
    pub t1: u32,
}

/// One word.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub t0: u32,
    pub t1: u32,
    pub text: Private<String>,
    /// How sure the engine is, 0 to 1.
    pub p: f32,
}

/// What one voice said without a longer pause: a sentence or so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Which of [`Transcription::speakers`].
    pub speaker: u8,
    pub t0: u32,
    pub t1: u32,
    /// How sure it is that this speaker said it, 0 to 1.
    pub confidence: f32,
    pub words: Vec<Word>,
}

impl Segment {
    /// Its words in a line.
    pub fn text(&self) -> Private<String> {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.reveal().as_str()).collect();
        Private::new(words.join(" "))
    }
}

/// Who somebody is in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Clinician,
    Client,
    /// There are more than two, and nothing says which of them.
    Other,
}

/// How it is known who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// Their own microphone.
    Channel,
    /// The clinician's voice, which was learnt before.
    Voice,
    /// Who asks more questions. A person should look.
    Guess,
}

/// One of those who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Speaker {
    pub role: Role,
    pub known_by: KnownBy,
    /// How well this voice stands apart from the others, 0 to 1.
    pub confidence: f32,
}

/// Why a stretch in which somebody speaks is not written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoleWhy {
    /// The engine failed at it, twice.
    Engine,
    /// The engine wrote nothing, though somebody speaks.
    Silent,
    /// The engine began to repeat itself, or ran out of room: what it wrote of it is not all.
    CutShort,
}

/// A stretch in which somebody speaks and of which nothing, or not all, is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hole {
    pub span: Span,
    pub why: HoleWhy,
}

/// All that was written down of one recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transcription {
    /// As the engine found it, or as it was told.
    pub language: Option<String>,
    /// The engine and its version.
    pub engine: String,
    /// The model, by its name in the catalogue, or its file's.
    pub model: String,
    pub length_ms: u32,
    pub speakers: Vec<Speaker>,
    /// In the order they began.
    pub segments: Vec<Segment>,
    /// Where somebody speaks, in order, none touching the next.
    pub speech: Vec<Span>,
    pub holes: Vec<Hole>,
}

//! Writing sessions down: whatever waits in the queue, one recording after the other, and the one that is being made.
//!
//! It reads from the disk alone. Of a session that is being recorded it writes down what the disk has so far, gently;
//! at Stop only the tail is left. None of it is needed for a recording, and nothing of it can disturb one: the engine is a
//! process of its own, and what goes wrong stands in a job that stays visible.
//!
//! Behind a lock nothing is written down. What was heard so far is forgotten, and heard again later: a locked computer
//! holds no words.

mod again;
mod following;
mod live;
mod naming;
mod pages;
mod queue;
mod runner;
mod sound;
mod underway;

use std::{path::PathBuf, sync::Arc};

use attune_kernel::{Code, JobId, RecordingId};
use attune_practice::transcripts::Transcript;
use attune_speech::engine::{Answer, Engine, local::Local};
use attune_store::JobState;
use serde::Serialize;
use specta::Type;

pub use live::{LiveSegment, LiveText};
pub use runner::Transcriber;
pub use sound::FileSound;

/// What writing down takes, as this installation has it.
pub trait Tools: Send + Sync {
    /// The model that was chosen, if it is there.
    fn chosen(&self) -> Option<String>;
    /// The engine with a model.
    fn local(&self, model: &str) -> attune_speech::Result<Local>;
    /// The engine elsewhere, if the practice has one. Whether a session may go there is not asked here.
    fn remote(&self) -> Answer<'_, Box<dyn Engine>>;
    /// A model that tells speakers apart, where one was brought in.
    fn diarizer(&self) -> Option<PathBuf>;
    /// Whether a session is written down while it goes on.
    fn while_recording(&self) -> bool;
}

/// How far the recording that is being written down has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    pub recording: RecordingId,
    pub done_ms: u32,
    pub total_ms: u32,
}

/// What writing down tells whoever shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    Moved(Moved),
    Live(LiveText),
}

/// Hears what writing down tells. It must not block.
pub type TellWritten = Arc<dyn Fn(Written) + Send + Sync>;

/// What a job that waits is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// For somebody to choose a model.
    Model,
    /// For the recording that is going on to end.
    Recording,
}

/// The work on a recording, as a screen shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Work {
    pub id: JobId,
    pub state: JobState,
    /// Why it failed last.
    pub why: Option<Code>,
    pub done_ms: u32,
    pub total_ms: u32,
}

/// What stands of the words of one recording.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Transcribing {
    pub recording: RecordingId,
    /// The work that is open.
    pub job: Option<Work>,
    pub waits_for: Option<Waiting>,
    /// The newest first.
    pub transcripts: Vec<Transcript>,
}

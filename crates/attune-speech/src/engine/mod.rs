//! Engines: what turns a window of sound into words.
//!
//! There are two: a local one, in a process of its own ([`local`]), and any server that speaks as OpenAI's does
//! ([`remote`]). Neither knows how long the recording is, who speaks, or where the window came from.

pub mod local;
pub mod remote;

use std::{future::Future, pin::Pin};

use crate::{Result, said::Word};

/// An answer that takes its time. Dropped before it came, the engine stops working on it.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What an engine can do, and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its name and version, as a transcript keeps it.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The languages it knows, as ISO 639 codes; none where it does not say.
    pub languages: Vec<String>,
    /// Whether it finds the language by itself.
    pub detects_language: bool,
    /// Whether it gives each word its own time. Where not, words are spread over what they belong to.
    pub word_times: bool,
    /// Whether it can give words while a window is still growing. None of ours is asked to.
    pub streaming: bool,
    /// How much sound it takes at once, in milliseconds.
    pub longest_ms: u32,
    pub needs: Needs,
}

/// What an engine needs to work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// This computer, and about so much memory.
    Memory { bytes: u64 },
    /// A network; the sound leaves the computer.
    Network,
}

/// One stretch of sound, at 16 kHz, mono.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    pub pcm: &'a [f32],
    /// The language, where it is known.
    pub language: Option<&'a str>,
}

/// What an engine heard in a window. Times count from the window's beginning.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    pub language: Option<String>,
    pub words: Vec<Word>,
    /// Whether it stopped before the end: it began to repeat itself, or ran out of room.
    pub cut_short: bool,
}

/// Turns windows of sound into words.
pub trait Engine: Send {
    /// What it can do.
    fn about(&self) -> &About;

    /// Writes a window down.
    fn hear<'a>(&'a mut self, window: Window<'a>) -> Answer<'a, Heard>;
}

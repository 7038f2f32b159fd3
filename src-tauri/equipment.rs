//! What the application works with besides the disk: microphones, and the program that holds a speech model.
//!
//! A development bridge and the journeys of the tests bring their own; what is made of them is the same.

use std::{io, sync::Arc};

use attune_audio::{CpalHost, Microphones};
use attune_speech::worker::Program;

/// The first argument that makes the application its own worker.
pub const SPEECH_WORKER: &str = "speech-worker";

/// What is at hand.
#[derive(Clone)]
pub struct Equipment {
    pub microphones: Arc<dyn Microphones>,
    /// What is started to hold a speech model, in a process of its own.
    pub worker: Program,
}

impl Equipment {
    /// What this machine has. The worker is this very program.
    pub fn of_this_machine() -> io::Result<Self> {
        Ok(Self { microphones: Arc::new(CpalHost), worker: itself()? })
    }
}

/// This program, as the worker.
pub fn itself() -> io::Result<Program> {
    Ok(Program { program: std::env::current_exe()?, args: vec![SPEECH_WORKER.into()] })
}

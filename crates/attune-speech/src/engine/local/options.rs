//! How a local engine is to work, and what may change while it does.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::worker::Threads;

/// After which a worker without an ask goes, unless somebody says otherwise.
pub const IDLE: Duration = Duration::from_secs(60);

/// How a local engine is to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalOptions {
    /// The model's file.
    pub model: PathBuf,
    /// Its name, as a transcript keeps it.
    pub name: String,
    pub threads: Threads,
    /// Whether it may use a graphics processor, where there is one.
    pub gpu: bool,
    /// After how long without an ask it goes.
    pub idle: Duration,
}

/// Whether a session is being recorded, for as many as want to say so. The next window heeds it.
#[derive(Debug, Clone, Default)]
pub struct Gentle(Arc<AtomicBool>);

impl Gentle {
    /// From now on with fewer threads, or again with all that can be spared.
    pub fn set(&self, gentle: bool) {
        self.0.store(gentle, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

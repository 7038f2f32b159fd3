//! How a model comes: by which network, with how much patience, onto which disk. Handed in, so that tests can be short of
//! all three.

use std::{io, path::Path, time::Duration};

use attune_kernel::Code;

use crate::{Result, wire::Proxy};

/// What stays free beside a model. A recording ends at half of it: a download must never be why.
const STAYS_FREE: u64 = 512 * 1024 * 1024;

/// How models are fetched and kept.
#[derive(Debug, Clone)]
pub struct Ways {
    pub proxy: Proxy,
    /// How long a server may take to be there at all.
    pub connect: Duration,
    /// How long nothing may come before a server counts as gone.
    pub stall: Duration,
    /// How long is waited before the first new try; each further one waits twice as long.
    pub pause: Duration,
    /// Longer than this nobody waits, whatever a server asks.
    pub longest_pause: Duration,
    /// How many tries in a row may bring nothing.
    pub tries: u32,
    /// How much room a folder's disk has.
    pub free: fn(&Path) -> io::Result<u64>,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            proxy: Proxy::System,
            connect: Duration::from_secs(20),
            stall: Duration::from_secs(30),
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            tries: 5,
            free: |folder| fs4::available_space(folder),
        }
    }
}

impl Ways {
    /// Refuses what the disk has no room for. A disk that does not say is tried.
    pub(super) fn room_for(&self, bytes: u64, folder: &Path) -> Result<()> {
        match (self.free)(folder) {
            Ok(free) if free < bytes.saturating_add(STAYS_FREE) => Err(Code::DiskFull.into()),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// What is being done with a model that is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Coming,
    /// All is here, and is read once more to see whether it is right.
    Checking,
}

/// How far it is. Within a stage it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    pub total: u64,
}

/// Who is told.
pub type Told<'a> = &'a mut (dyn FnMut(Progress) + Send);

//! Everything that can happen to a recording, in one list. What is not here cannot.

use attune_audio::{ear::Heard, source::Wanted};
use attune_kernel::{PatientId, Private};

/// Something that happened, wherever it came from.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    // Somebody pressed something.
    /// Try the microphones out.
    Listen(Vec<Wanted>),
    /// Do not record after all.
    Leave,
    Pause,
    Resume,
    /// With a word or without, here or where it was asked for a moment ago.
    Bookmark {
        word: Option<Private<String>>,
        at_ms: Option<u64>,
    },
    Stop,
    /// So many minutes more.
    Extend(u32),
    StillHere,

    // The sound.
    /// From the so-manieth ear: what an earlier one still had to say no longer counts.
    Heard(u64, Heard),

    // The world around.
    /// This patient no longer consents.
    ConsentWithdrawn(PatientId),
    /// The machine is about to sleep, or did.
    Slept,
    /// A second has passed.
    Tick,
}

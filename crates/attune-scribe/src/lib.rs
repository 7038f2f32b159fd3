//! The long jobs: recording a session today; transcribing and drafting it as they come.
//!
//! A recording outlives every window and does not need the store: while it runs, the scribe holds the key of
//! this one spool and nothing else, so the practice can be locked around it. What happened is read from the
//! spool afterwards, on one path for a Stop, a full disk, a locked desk and a crash alike ([`Scribe::settle`]).
//!
//! The scribe joins sound and practice, and decides when to ask and when to stop. It knows no window.

pub mod alone;
mod asleep;
mod channels;
mod elsewhere;
mod error;
mod happening;
mod scribe;
mod settle;
mod smaller;
mod state;
mod watch;

pub use error::{Error, Result};
pub use happening::Happening;
pub use scribe::{Scribe, Starting, Tell, Told};
pub use settle::{Settled, TRANSCRIBE};
pub use state::{Ending, Paused, Phase, Probe, Prompt, RecorderState, Warning};

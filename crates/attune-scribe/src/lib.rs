//! The long jobs: recording a session, and writing it down; drafting its note as it comes.
//!
//! A recording outlives every window and does not need the store: while it runs, the scribe holds the key of
//! this one spool and nothing else, so the practice can be locked around it. What happened is read from the
//! spool afterwards, on one path for a Stop, a full disk, a locked desk and a crash alike ([`Scribe::settle`]).
//!
//! Writing down is a job that waits in the store until somebody can do it ([`transcribing`]). It reads the spool like
//! anyone else, and no recording knows of it.
//!
//! The scribe joins sound, speech and practice, and decides when to ask and when to stop. It knows no window.

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
pub mod transcribing;
mod watch;

pub use error::{Error, Result};
pub use happening::Happening;
pub use scribe::{Scribe, Starting, Tell, Told};
pub use settle::{Settled, TRANSCRIBE};
pub use state::{Ending, Paused, Phase, Probe, Prompt, RecorderState, Warning};

//! The sealed spool: a recording on the disk, from its first frame to its last.
//!
//! It is written while the session goes on and never rewritten: the file that grew is the file that is kept,
//! unless a person wants it smaller; then another is made beside it ([`smaller`]).
//! Sound and everything that happened to it (a bookmark, a gap, another device, a pause) stand in one
//! sequence of sealed frames, so that the file alone, and its key, tell the whole story after any crash.
//! Positions are counted in samples of the kept rate from the first kept sample. A gap takes its time on that
//! line; a pause does not.

mod entry;
mod framer;
mod outlet;
mod reader;
mod smaller;
mod story;
mod writer;

pub use entry::{
    Begun, DeviceUse, Ended, Entry, Gap, GapReason, Mark, Pause, PauseReason, Sound, Why, Worry,
};
pub use framer::Framer;
pub use outlet::Listened;
pub use reader::{Pcm, SpoolReader, Waveform};
pub use smaller::{smaller, tells_the_same};
pub use story::{PauseSpan, Story};
pub use writer::{Durable, Medium, RESERVE, SpoolWriter};

/// How much sound a frame holds. With what a device and a ring hold back, less than a quarter of a second.
pub const FRAME_MS: u32 = 120;

/// How many samples of each channel a frame holds.
pub const fn frame_samples(rate: u32) -> usize {
    (rate as usize * FRAME_MS as usize) / 1000
}

/// How many bytes there is room for where `folder` lies.
pub fn room(folder: &std::path::Path) -> std::io::Result<u64> {
    fs4::available_space(folder)
}

/// A position in milliseconds.
pub fn to_ms(samples: u64, rate: u32) -> u64 {
    samples * 1000 / u64::from(rate.max(1))
}

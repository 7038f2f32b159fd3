//! Sound: microphones and loudspeakers, levels, the sealed spool, playback, import and export.
//!
//! The way of a sample: the operating system's callback copies it into a ring ([`tap`]); the ear's thread
//! takes it out, brings it to the kept rate, makes frames of 120 ms, seals each and hands it to the disk
//! ([`spool`]). Nothing downstream can hold it up, and nothing is kept in memory longer than one frame.
//! Everything that happens to a recording (a bookmark, a gap, a device that went) stands in the spool beside
//! the sound, so that the disk alone can tell the whole story.
//!
//! This crate knows no patient, no database and no window. It asks no clock for the time of day.

pub mod codec;
mod cpal_host;
pub mod ear;
mod error;
pub mod export;
pub mod import;
pub mod level;
pub mod player;
mod resample;
pub mod source;
pub mod spool;
pub mod tap;
pub mod voice;

pub use cpal_host::CpalHost;
pub use error::{Error, Result};
pub use resample::Resampler;
pub use source::Microphones;

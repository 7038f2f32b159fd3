//! Sound to a transcript with speakers.
//!
//! The way of a word: sound comes in at 16 kHz ([`sound`]), voice activity finds where somebody speaks, windows are cut
//! at pauses and packed ([`writing`]), an engine writes each window down ([`engine`]), the words are put back on the
//! time line, and whoever spoke them is told apart ([`speakers`]). The local engine lives in a process of its own
//! ([`worker`]), which may die without anyone noticing but the window it was at. Which models there are, and how one
//! comes to this computer, is in [`models`].
//!
//! This crate knows no patient, no database, no spool and no window. What it was handed it writes down; it keeps nothing.

pub mod engine;
mod error;
pub mod models;
pub mod said;
pub mod score;
pub mod sound;
pub mod speakers;
mod wire;
pub mod worker;
pub mod writing;

pub use error::{Error, Result, Stage};
pub use wire::Proxy;

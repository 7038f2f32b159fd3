//! Models: which there are, and how one comes to this computer.
//!
//! A model is a file of some hundred megabytes that somebody else made. It is on the shelf under its name only after its
//! digest, or where nobody published one its head, was found right.

mod catalogue;
pub mod gguf;
mod machine;

pub use catalogue::{Catalogue, Choice, Download, Model};
pub use machine::{Advised, Fits, Machine, advice};

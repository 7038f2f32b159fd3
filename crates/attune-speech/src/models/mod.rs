//! Models: which there are, and how one comes to this computer.
//!
//! A model is a file of some hundred megabytes that somebody else made. It is on the shelf under its name only after its
//! digest, or where nobody published one its head, was found right.

pub mod gguf;

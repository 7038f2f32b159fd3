//! The worker: a process of its own that holds a model.
//!
//! The engine is a million lines of C++ that reads files from the internet. It may crash, hang, leak and take every core,
//! so it does that elsewhere: [`serve`] is what that process does, [`process`] is how it is seen from here. It is the
//! same program started with another argument, or in tests a small one that does nothing else.
//!
//! The two speak in lines of JSON ([`line`]), sound goes as it is. The worker goes by itself when nothing is asked of it
//! for a while, when its pipe ends, and with whoever started it: the memory a model takes is never kept for nothing.

mod asked;
mod failure;
mod holding;
mod line;
pub mod memory;
mod pipes;
mod process;
mod processor;
mod program;
mod serve;
mod tail;
mod threads;
mod voice;
mod words;

pub(crate) use failure::{Failure, Next, Tries};
pub(crate) use line::{Ask, Duty, Loaded, Tell, Turn, bytes_of};
pub(crate) use process::Process;
pub use program::Program;
pub use serve::serve;
pub use threads::Threads;

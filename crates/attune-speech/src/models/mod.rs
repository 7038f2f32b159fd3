//! Models: which there are, and how one comes to this computer.
//!
//! A model is a file of some hundred megabytes that somebody else made. It is on the shelf under its name only after its
//! digest, or where nobody published one its head, was found right. Nothing here chooses a model for anybody; it lists,
//! advises, fetches, takes in and takes away.

mod bring_in;
mod catalogue;
mod download;
pub mod gguf;
mod installed;
mod machine;
mod practice;
mod shelf;
mod ways;

use std::{
    fs::{self, File},
    path::Path,
};

pub use catalogue::{Catalogue, Choice, Download, Model};
pub use gguf::Family;
pub use installed::Installed;
pub use machine::{Advised, Fits, Machine, advice};
pub use practice::PRACTICE;
pub use shelf::Shelf;
pub use ways::{Progress, Stage, Told, Ways};

/// Gives a finished file its name, so that a power cut leaves either the whole of it or nothing under that name.
fn kept(file: File, from: &Path, to: &Path) -> crate::Result<()> {
    file.sync_all()?;
    // Some systems rename no file that is open.
    drop(file);
    fs::rename(from, to)?;
    #[cfg(unix)]
    if let Some(folder) = to.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

//! The commands, one file a slice or room. Each binds a use-case to the screens and does nothing else.

pub mod desk;
pub mod keeping;
pub mod locks;
pub mod moods;
pub mod patients;
pub mod safety;
pub mod settings;
pub mod team;
pub mod unsaved;

//! The commands, one file a slice or room. Each binds a use-case to the screens and does nothing else.

mod choosing;
pub mod consents;
pub mod desk;
pub mod keeping;
pub mod locks;
pub mod moods;
pub mod patients;
pub mod player;
pub mod recording;
pub mod recordings;
pub mod safety;
pub mod sessions;
pub mod settings;
pub mod speech;
pub mod team;
pub mod transcripts;
pub mod unsaved;

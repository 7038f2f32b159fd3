//! What is on this disk, and who may open it.
//!
//! Two doors and nothing beside them. [`Profiles`] is the front door: it turns a password, a PIN or a
//! printed kit into an open [`Store`]. [`Store::write`] is the inner one: the only way to change a row,
//! and it never changes one without its outbox record and its audit line. The store knows no slice: it
//! is told a kind, a stream and a frozen form, and keeps them.

mod audit;
mod backup;
mod change;
mod error;
mod files;
mod jobs;
mod migrate;
mod open;
pub mod profiles;
mod spools;
mod streams;
mod tx;
mod unsaved;
mod verify;
mod voices;

pub use backup::{BackupMade, Progress};
pub use change::{Change, Class, Kind, Queued};
pub use error::{Error, Result};
pub use files::{FinishedFile, NewFile};
pub use jobs::{JOBS, Job, JobState};
pub use open::{Identity, Store, Topics};
pub use profiles::{Opened, Profiles};
pub use spools::SpoolPlace;
pub use streams::StreamKind;
pub use tx::{ReadTx, WriteTx};
pub use verify::Check;
pub use voices::Voice;

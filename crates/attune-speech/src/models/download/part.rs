//! What has come of a model, on the disk beside where it will be.
//!
//! It is not a model yet, and its name says so. It outlives a stopped download and a closed program, with a note of what the
//! server called the file, and becomes a model only when all of it was read once more and its digest is right.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use attune_kernel::Code;
use attune_vault::{Digest, Digester};
use serde::{Deserialize, Serialize};
use tokio::{sync::OwnedMutexGuard, task::spawn_blocking};

use super::super::{kept, ways::Progress, ways::Stage, ways::Told};
use crate::{Error, Result};

/// How much is read at once while it is checked.
const AT_ONCE: usize = 4 * 1024 * 1024;

/// Where a model's part lies.
pub fn part_of(model: &Path) -> PathBuf {
    model.with_added_extension("part")
}

fn note_of(model: &Path) -> PathBuf {
    model.with_added_extension("part.json")
}

/// Takes away what came of a model.
pub fn discard(model: &Path) -> Result<()> {
    for path in [part_of(model), note_of(model)] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// What a server called the file that is coming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub mirror: String,
    pub etag: String,
}

/// A part that is being added to. One process and one download at a time hold it; also through a write that goes on
/// after its download was dropped.
pub struct Part {
    model: PathBuf,
    held: Option<Held>,
    length: u64,
    note: Option<Note>,
    /// How often the model was deleted, and how often that was when this began.
    deletions: (Arc<Mutex<u64>>, u64),
}

struct Held {
    file: File,
    _turn: OwnedMutexGuard<()>,
}

impl Part {
    /// Opens what has come of the model that will be at `model`, or begins.
    pub fn open(model: PathBuf, turn: OwnedMutexGuard<()>, deletions: Arc<Mutex<u64>>) -> Result<Self> {
        let before = *deletions.lock().unwrap_or_else(PoisonError::into_inner);
        let path = part_of(&model);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Code::Busy.into()),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let length = file.metadata()?.len();
        // A note that does not read is none: the next answer is then judged without it.
        let note = fs::read(note_of(&model)).ok().and_then(|note| serde_json::from_slice(&note).ok());
        Ok(Self {
            model,
            held: Some(Held { file, _turn: turn }),
            length,
            note,
            deletions: (deletions, before),
        })
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    /// What this mirror called the file when the first part of it came.
    pub fn etag(&self, mirror: &str) -> Option<String> {
        self.note.as_ref().filter(|note| note.mirror == mirror).map(|note| note.etag.clone())
    }

    /// Adds what came.
    pub async fn add(&mut self, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<()> {
        let added = bytes.as_ref().len() as u64;
        let at = self.length;
        self.with(move |file| {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(bytes.as_ref())
        })
        .await?;
        self.length += added;
        Ok(())
    }

    /// Throws away what came, and notes what the file is called that comes now.
    pub async fn begin(&mut self, note: Option<Note>) -> Result<()> {
        let at = note_of(&self.model);
        let text = note.as_ref().map(serde_json::to_vec).transpose()?;
        self.length = 0;
        self.note = note;
        self.with(move |file| {
            file.set_len(0)?;
            match text {
                Some(text) => fs::write(at, text),
                None => match fs::remove_file(at) {
                    Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                    _ => Ok(()),
                },
            }
        })
        .await
    }

    /// Whether all that came is, byte for byte, what this digest stands for.
    pub async fn is(&mut self, digest: &Digest, told: Told<'_>) -> Result<bool> {
        let total = self.length;
        self.with(|file| {
            file.sync_all()?;
            file.seek(SeekFrom::Start(0)).map(drop)
        })
        .await?;
        let (mut digester, mut done) = (Digester::default(), 0);
        loop {
            told(Progress { stage: Stage::Checking, done, total });
            let (next, read) = self
                .with(move |file| {
                    let mut piece = Vec::with_capacity(AT_ONCE);
                    file.take(AT_ONCE as u64).read_to_end(&mut piece)?;
                    digester.write_all(&piece)?;
                    Ok((digester, piece.len() as u64))
                })
                .await?;
            digester = next;
            done += read;
            if read == 0 {
                return Ok(digester.finish() == *digest);
            }
        }
    }

    /// Lets it be seen as a model, unless somebody has deleted it by now.
    pub async fn keep(mut self) -> Result<()> {
        let held = self.held.take().ok_or(Code::Unexpected)?;
        let model = self.model;
        let (deletions, before) = self.deletions;
        spawn_blocking(move || {
            let now = deletions.lock().unwrap_or_else(PoisonError::into_inner);
            if *now != before {
                return Err(Code::Cancelled.into());
            }
            kept(held.file, &part_of(&model), &model)?;
            discard(&model)
        })
        .await
        .map_err(gone)?
    }

    /// Does something with the file where it may take its time. The file comes back when it is done; if nobody waits any
    /// longer, it is closed then and not before.
    async fn with<T: Send + 'static>(
        &mut self,
        act: impl FnOnce(&mut File) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut held = self.held.take().ok_or(Code::Unexpected)?;
        let (held, done) = spawn_blocking(move || {
            let done = act(&mut held.file);
            (held, done)
        })
        .await
        .map_err(gone)?;
        self.held = Some(held);
        Ok(done?)
    }
}

/// The runtime is ending, or the disk's thread panicked.
fn gone(error: tokio::task::JoinError) -> Error {
    Error::Io(std::io::Error::other(error))
}

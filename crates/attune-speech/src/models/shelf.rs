//! Where models are kept on this computer: a folder, what comes to it, and what leaves it.
//!
//! Models of the catalogue lie there under their id, those that were brought in under their own name in a folder of their
//! own. Which there are is read off the folder each time, because it has no state beside itself that could differ from it.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use attune_kernel::Code;
use tokio::sync::{Notify, watch};

use super::{
    bring_in,
    catalogue::{Catalogue, Download},
    download::{self, part},
    installed::Installed,
    practice,
    ways::{Progress, Told, Ways},
};
use crate::Result;

/// The folder of what was brought in, which also begins the ids of those models.
pub(super) const BROUGHT: &str = "brought";
pub(super) const ENDING: &str = "gguf";

/// Where models are kept.
#[derive(Debug)]
pub struct Shelf {
    pub(super) folder: PathBuf,
    pub(super) catalogue: Catalogue,
    ways: Ways,
    coming: Mutex<HashMap<String, Arc<Coming>>>,
}

/// A model that is being fetched, for everyone who wants it.
#[derive(Debug)]
struct Coming {
    turn: Arc<tokio::sync::Mutex<()>>,
    at: watch::Sender<Option<Progress>>,
    /// Told when the model is deleted under whoever fetches it.
    deleted: Notify,
    /// How often it was deleted. Held while it gets its name, and while it loses it.
    deletions: Arc<Mutex<u64>>,
}

impl Shelf {
    /// The shelf in this folder, which is made when the first model comes.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self::with(folder, Catalogue::ours(), Ways::default())
    }

    /// One with other models, or other ways to them.
    pub fn with(folder: impl Into<PathBuf>, catalogue: Catalogue, ways: Ways) -> Self {
        Self { folder: folder.into(), catalogue, ways, coming: Mutex::default() }
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// How much room its disk has.
    pub fn free(&self) -> Result<u64> {
        let there = self.folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(&self.folder);
        Ok((self.ways.free)(there)?)
    }

    /// Where the engine finds the model of this id. The practice model is laid out for it.
    pub fn path_of(&self, id: &str) -> Result<PathBuf> {
        let model = self.get(id)?.ok_or(Code::ModelMissing)?;
        if model.is_practice() {
            fs::create_dir_all(&self.folder)?;
            practice::lay_out(&model.path)?;
        }
        Ok(model.path)
    }

    /// How much of a model has come, where it was stopped.
    pub fn part_of(&self, id: &str) -> Option<u64> {
        let model = self.catalogue.named(id)?;
        let part = fs::metadata(part::part_of(&self.file_of(&model.id))).ok()?;
        Some(part.len()).filter(|length| *length > 0)
    }

    /// Fetches a model, from where it was stopped. Dropped, it stops again and keeps what came. Whoever asks for a model
    /// that is coming already is told how far it is, and waits for the same one. Deleted while it comes, it ends.
    pub async fn download(&self, id: &str, told: Told<'_>) -> Result<Installed> {
        let model = self.catalogue.named(id).ok_or(Code::Gone)?;
        let download = model.download.as_ref().ok_or(Code::ModelMissing)?;
        let coming = self.coming(id);
        let deleted = coming.deleted.notified();
        tokio::select! {
            fetched = self.fetch(id, download, &coming, told) => fetched,
            () = deleted => Err(Code::Cancelled.into()),
        }
    }

    async fn fetch(
        &self,
        id: &str,
        download: &Download,
        coming: &Coming,
        told: Told<'_>,
    ) -> Result<Installed> {
        let mut at = coming.at.subscribe();
        let mut waiting = std::pin::pin!(coming.turn.clone().lock_owned());
        let turn = loop {
            tokio::select! {
                turn = &mut waiting => break turn,
                moved = at.changed() => if moved.is_ok() && let Some(progress) = *at.borrow_and_update() {
                    told(progress);
                },
            }
        };
        if let Some(here) = self.known(id) {
            return Ok(here);
        }
        fs::create_dir_all(&self.folder)?;
        let missing = download.bytes.saturating_sub(self.part_of(id).unwrap_or_default());
        self.ways.room_for(missing, &self.folder)?;
        let part = part::Part::open(self.file_of(id), turn, coming.deletions.clone())?;
        let mut all_told = |progress| {
            coming.at.send_replace(Some(progress));
            told(progress);
        };
        download::fetch(download, part, &self.ways, &mut all_told).await?;
        self.known(id).ok_or_else(|| Code::ModelMissing.into())
    }

    /// Takes in a model from a file: checked, copied, and under the name the catalogue has for it or else its own. The
    /// file stays where it is. Dropped, nothing of it stays here.
    pub async fn bring_in(&self, file: &Path, told: Told<'_>) -> Result<Installed> {
        let turn = self.coming(BROUGHT).turn.clone().lock_owned().await;
        let brought = self.folder.join(BROUGHT);
        fs::create_dir_all(&brought)?;
        let came = bring_in::copy(file, &brought, &self.ways, turn, told).await?;
        if came.digest == practice::digest() {
            return Ok(self.practice());
        }
        if let Some(model) = self.catalogue.with_digest(&came.digest) {
            if self.known(&model.id).is_none() {
                came.keep(&self.file_of(&model.id))?;
            }
            return self.known(&model.id).ok_or_else(|| Code::ModelMissing.into());
        }
        let own = bring_in::own_name(file);
        if self.catalogue.named(&own).is_some_and(|model| model.about_bytes == came.bytes) {
            // It says it is one we know, and some of it is not.
            return Err(Code::ModelMismatch.into());
        }
        let stem = came.keep_as(&brought, &own)?;
        let id = format!("{BROUGHT}/{stem}");
        self.get(&id)?.ok_or_else(|| Code::ModelUnreadable.into())
    }

    /// Takes a model away, and what came of it where it is not whole; whoever fetches it is stopped. The practice model's
    /// file comes back when it is asked for.
    pub fn delete(&self, id: &str) -> Result<()> {
        let model = self.get(id)?;
        let coming = self.coming(id);
        let mut deletions = coming.deletions.lock().unwrap_or_else(PoisonError::into_inner);
        *deletions += 1;
        coming.deleted.notify_waiters();
        if let Some(model) = model {
            match fs::remove_file(&model.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        match self.catalogue.named(id) {
            Some(model) => part::discard(&self.file_of(&model.id)),
            None => Ok(()),
        }
    }

    fn coming(&self, id: &str) -> Arc<Coming> {
        let mut coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            Arc::new(Coming {
                turn: Arc::default(),
                at: watch::Sender::new(None),
                deleted: Notify::new(),
                deletions: Arc::default(),
            })
        };
        coming.entry(id.to_owned()).or_insert_with(fresh).clone()
    }

    /// Only for ids of the catalogue: they are names of files on every system.
    pub(super) fn file_of(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.{ENDING}"))
    }
}

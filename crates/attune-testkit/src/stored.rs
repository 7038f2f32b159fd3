//! A real store in a folder that goes away with it.

use std::{ops::Deref, path::Path, sync::Arc};

use attune_store::Store;
use attune_vault::DatabaseKey;
use tempfile::TempDir;

use crate::FixedClock;

/// An open store, its key, its clock and its folder.
pub struct StoreInFolder {
    store: Store,
    key: DatabaseKey,
    clock: FixedClock,
    folder: TempDir,
}

impl StoreInFolder {
    /// A new, empty store.
    pub async fn create() -> Self {
        let (folder, key, clock) =
            (TempDir::new().expect("a temporary folder"), DatabaseKey::random(), FixedClock::default());
        let store =
            Store::create(folder.path(), &key, Arc::new(clock.clone())).await.expect("a new store opens");
        Self { store, key, clock, folder }
    }

    /// Closes the store and opens it again, as after a restart.
    pub async fn reopen(self) -> Self {
        let Self { store, key, clock, folder } = self;
        store.close().await;
        drop(store);
        let store =
            Store::open(folder.path(), &key, Arc::new(clock.clone())).await.expect("the store opens again");
        Self { store, key, clock, folder }
    }

    /// The clock it runs by.
    pub const fn clock(&self) -> &FixedClock {
        &self.clock
    }

    /// What it is encrypted with.
    pub const fn key(&self) -> &DatabaseKey {
        &self.key
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Deref for StoreInFolder {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

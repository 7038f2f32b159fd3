//! A keychain in memory that can be locked and emptied at will. The system's own is tested by
//! `tests/it/keychain.rs`, against a real Secret Service.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use attune_store::profiles::{Keychain, Unreachable};

/// Keeps secrets until it is dropped.
#[derive(Clone, Default)]
pub struct MemoryKeychain {
    secrets: Arc<Mutex<HashMap<String, Vec<u8>>>>,
    locked: Arc<AtomicBool>,
}

impl MemoryKeychain {
    /// From now on it answers nothing; or it answers again.
    pub fn lock(&self, locked: bool) {
        self.locked.store(locked, Ordering::SeqCst);
    }

    /// As after a new installation of the operating system.
    pub fn empty(&self) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many secrets it keeps.
    pub fn len(&self) -> usize {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether it keeps none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn open<T>(&self, work: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> T) -> Result<T, Unreachable> {
        if self.locked.load(Ordering::SeqCst) {
            return Err(Unreachable("it is locked".to_owned()));
        }
        Ok(work(&mut self.secrets.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Keychain for MemoryKeychain {
    fn keep(&self, name: &str, secret: &[u8]) -> Result<(), Unreachable> {
        self.open(|secrets| {
            secrets.insert(name.to_owned(), secret.to_owned());
        })
    }

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, Unreachable> {
        self.open(|secrets| secrets.get(name).cloned())
    }

    fn forget(&self, name: &str) -> Result<(), Unreachable> {
        self.open(|secrets| {
            secrets.remove(name);
        })
    }
}

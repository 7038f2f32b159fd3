//! The operating system's keychain: where a device keeps the half of its secret that is not on the disk.
//!
//! A keychain may be absent (a bare machine), locked, or waiting for a person to answer a dialog. None of
//! these may hang the lock screen, so every call has a time limit and its own thread.

use std::{sync::mpsc, thread, time::Duration};

use thiserror::Error;

/// How long a keychain may take. A person may be typing its password into the system's own dialog.
const PATIENCE: Duration = Duration::from_secs(20);

/// The keychain did not answer, or said no.
#[derive(Debug, Error)]
#[error("the keychain cannot be reached: {0}")]
pub struct Unreachable(pub String);

/// Keeps small secrets under names.
pub trait Keychain: Send + Sync + 'static {
    /// Keeps a secret, replacing the one of that name.
    fn keep(&self, name: &str, secret: &[u8]) -> Result<(), Unreachable>;
    /// The secret of that name, if there is one.
    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, Unreachable>;
    /// Forgets the secret of that name. Forgetting what is not there is done at once.
    fn forget(&self, name: &str) -> Result<(), Unreachable>;
}

/// macOS Keychain, Windows Credential Manager, or the Secret Service on Linux.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeychain;

impl SystemKeychain {
    fn ask<T: Send + 'static>(
        name: &str,
        call: impl FnOnce(keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<T, Unreachable> {
        let (answer, answered) = mpsc::channel();
        let name = name.to_owned();
        thread::spawn(move || {
            // The receiver may have given up; then nobody needs the answer.
            let _late = answer.send(keyring::Entry::new("Attune", &name).and_then(call));
        });
        match answered.recv_timeout(PATIENCE) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(Unreachable(error.to_string())),
            Err(_) => Err(Unreachable("no answer in time".to_owned())),
        }
    }
}

impl Keychain for SystemKeychain {
    fn keep(&self, name: &str, secret: &[u8]) -> Result<(), Unreachable> {
        let secret = secret.to_owned();
        Self::ask(name, move |entry| entry.set_secret(&secret))
    }

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, Unreachable> {
        Self::ask(name, |entry| match entry.get_secret() {
            Ok(secret) => Ok(Some(secret)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn forget(&self, name: &str) -> Result<(), Unreachable> {
        Self::ask(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
    }
}

/// A computer without a keychain. A store enrolled here rests on its password alone, and says so.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeychain;

impl Keychain for NoKeychain {
    fn keep(&self, _: &str, _: &[u8]) -> Result<(), Unreachable> {
        Err(Unreachable("there is none".to_owned()))
    }

    fn find(&self, _: &str) -> Result<Option<Vec<u8>>, Unreachable> {
        Err(Unreachable("there is none".to_owned()))
    }

    fn forget(&self, _: &str) -> Result<(), Unreachable> {
        Err(Unreachable("there is none".to_owned()))
    }
}

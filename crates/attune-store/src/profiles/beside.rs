//! What else a profile keeps in the keychain: keys to services elsewhere, which someone typed once. They never
//! stand in the store, so a backup does not carry them, and they never cross back to a screen.

use std::sync::Arc;

use attune_kernel::{Code, ProfileId};
use zeroize::Zeroizing;

use super::{Profiles, blocking};
use crate::{Error, Result};

impl Profiles {
    /// Keeps a key under a name of its own for this profile, replacing the one before.
    pub async fn keep_beside(&self, id: ProfileId, name: &'static str, key: Zeroizing<String>) -> Result<()> {
        let (keychain, entry) = (Arc::clone(&self.keychain), self.entry_beside(id, name)?);
        blocking(move || keychain.keep(&entry, key.as_bytes())).await?.map_err(|error| {
            tracing::warn!(error = %error, "the keychain does not keep a key");
            Error::Refused(Code::KeychainUnreachable)
        })
    }

    /// The key of that name, if one was kept.
    pub async fn find_beside(&self, id: ProfileId, name: &'static str) -> Result<Option<Zeroizing<String>>> {
        let (keychain, entry) = (Arc::clone(&self.keychain), self.entry_beside(id, name)?);
        let found = blocking(move || keychain.find(&entry)).await?.map_err(|error| {
            tracing::warn!(error = %error, "the keychain does not answer");
            Error::Refused(Code::KeychainUnreachable)
        })?;
        Ok(found.and_then(|bytes| String::from_utf8(bytes).ok()).map(Zeroizing::new))
    }

    /// Forgets the key of that name.
    pub async fn forget_beside(&self, id: ProfileId, name: &'static str) -> Result<()> {
        let (keychain, entry) = (Arc::clone(&self.keychain), self.entry_beside(id, name)?);
        blocking(move || keychain.forget(&entry)).await?.map_err(|error| {
            tracing::warn!(error = %error, "the keychain kept a key that was to go");
            Error::Refused(Code::KeychainUnreachable)
        })
    }

    fn entry_beside(&self, id: ProfileId, name: &str) -> Result<String> {
        Ok(format!("{name} {}", self.read(id)?.entry))
    }
}

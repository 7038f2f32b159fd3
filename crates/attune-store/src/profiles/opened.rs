//! An open profile: its store, and what one may do to its locks while it is open.

use std::{ops::Deref, sync::Arc};

use attune_kernel::{Code, Private, ProfileId};
use attune_vault::{DatabaseKey, DeviceSecret, KdfVersion, KitCode, LocalKey, Pin, Salt, stretch_pin};
use tokio::sync::Mutex;

use super::{
    Held, Kit, Profiles, blocking,
    keyfile::{KitSeal, PinSeal},
    pin_name, seal_password,
};
use crate::{Error, Result, Store};

/// An open store and the keys to its locks. Dropping it wipes the keys held here; `docs/threat-model.md` says
/// what the database library may leave behind.
pub struct Opened {
    id: ProfileId,
    store: Store,
    database: DatabaseKey,
    local: Mutex<LocalKey>,
    /// The kit while it is shown: until it is verified, and never after.
    shown: Mutex<Option<(KitCode, [usize; 2])>>,
}

impl Deref for Opened {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Opened {
    pub(super) fn new(
        id: ProfileId,
        store: Store,
        local: LocalKey,
        database: DatabaseKey,
        kit: Option<KitCode>,
    ) -> Self {
        let shown = kit.map(|kit| (kit, KitCode::groups_to_ask()));
        Self { id, store, database, local: Mutex::new(local), shown: Mutex::new(shown) }
    }

    /// Whose profile this is.
    pub const fn id(&self) -> ProfileId {
        self.id
    }

    pub(crate) const fn database(&self) -> &DatabaseKey {
        &self.database
    }

    pub(crate) async fn local(&self) -> LocalKey {
        self.local.lock().await.clone()
    }

    /// The kit that was just made, for showing it. None once it has been verified.
    pub async fn kit(&self) -> Option<Kit> {
        self.shown.lock().await.as_ref().map(|(kit, ask)| Kit {
            groups: kit.groups().into_iter().map(Private::new).collect(),
            ask: ask.iter().filter_map(|group| u32::try_from(*group).ok()).collect(),
        })
    }
}

impl Profiles {
    /// Closes the store, lets go of its keys and notes when.
    pub async fn lock(&self, opened: Arc<Opened>) -> Result<()> {
        opened.store.close().await;
        let (id, now) = (opened.id, self.clock.now());
        drop(opened);
        self.change(id, |keyfile| {
            keyfile.locked_at = Some(now);
            Ok(())
        })
        .await
    }

    /// Sets a new password. It seals the same database key again and touches no content.
    pub async fn change_password(&self, opened: &Opened, current: &str, next: &str) -> Result<()> {
        self.try_password(opened.id, current).await?;
        let _changing = self.changing(opened.id).await?;
        let mut keyfile = self.read(opened.id)?;
        keyfile.refuse_weak(next)?;
        let device = self.device_secret(&keyfile).await?;
        let (local, seal) = seal_password(next, &opened.database, device.as_ref(), &keyfile.place).await?;
        keyfile.password = seal;
        // The PIN stood for the old password's key.
        keyfile.pin = None;
        keyfile.save(&self.folder(opened.id))?;
        *opened.local.lock().await = local;
        self.forget(&pin_name(&keyfile.entry)).await
    }

    /// Lets a PIN stand for the password on this device. Needs a keychain: a PIN alone is guessed at once.
    pub async fn set_pin(&self, opened: &Opened, password: &str, pin: &str) -> Result<()> {
        let pin = Pin::new(pin).ok_or(Code::PinShape)?;
        let (local, _) = self.try_password(opened.id, password).await?;
        let _changing = self.changing(opened.id).await?;
        let mut keyfile = self.read(opened.id)?;
        if keyfile.keychain == Held::Absent {
            return Err(Code::PinUnusable.into());
        }
        let (beside, name) = (DeviceSecret::random(), pin_name(&keyfile.entry));
        let (keychain, bytes) = (Arc::clone(&self.keychain), *beside.bytes());
        blocking(move || keychain.keep(&name, &bytes)).await?.map_err(|error| {
            tracing::warn!(error = %error, "the keychain does not keep a PIN's secret");
            Error::Refused(Code::KeychainUnreachable)
        })?;
        let (salt, version) = (Salt::random(), KdfVersion::CURRENT);
        let key = blocking(move || stretch_pin(&pin, &salt, &beside, version)).await?;
        let sealed = key.seal_local(&local, &keyfile.place);
        keyfile.pin = Some(PinSeal { kdf: version.number(), salt, local: sealed, wrong: 0 });
        keyfile.save(&self.folder(opened.id))
    }

    /// Only the password from now on.
    pub async fn clear_pin(&self, opened: &Opened) -> Result<()> {
        let entry = self.change(opened.id, |keyfile| {
            keyfile.pin = None;
            Ok(keyfile.entry.clone())
        });
        self.forget(&pin_name(&entry.await?)).await
    }

    /// Whether the kit was ever typed back.
    pub fn kit_verified(&self, id: ProfileId) -> Result<bool> {
        Ok(self.read(id)?.kit.verified)
    }

    /// Whether the keychain holds half of this profile's secret.
    pub fn keychain_of(&self, id: ProfileId) -> Result<Held> {
        Ok(self.read(id)?.keychain)
    }

    /// Compares two groups of the shown kit with what was typed. Right, the kit is never shown again.
    pub async fn verify_kit(&self, opened: &Opened, typed: &[String]) -> Result<()> {
        let mut shown = opened.shown.lock().await;
        let Some((kit, ask)) = shown.as_ref() else { return Err(Code::KitMismatch.into()) };
        let right = typed.len() == ask.len()
            && ask.iter().zip(typed).all(|(group, typed)| kit.has_group(*group, typed));
        if !right {
            return Err(Code::KitMismatch.into());
        }
        self.change(opened.id, |keyfile| {
            keyfile.kit.verified = true;
            Ok(())
        })
        .await?;
        *shown = None;
        Ok(())
    }

    /// Makes a new kit; the old one opens nothing from then on.
    pub async fn renew_kit(&self, opened: &Opened, password: &str) -> Result<Kit> {
        self.try_password(opened.id, password).await?;
        let kit = KitCode::random();
        self.change(opened.id, |keyfile| {
            let database = kit.wrapping().seal_database(&opened.database, &keyfile.place);
            keyfile.kit = KitSeal { database, verified: false };
            Ok(())
        })
        .await?;
        *opened.shown.lock().await = Some((kit, KitCode::groups_to_ask()));
        opened.kit().await.ok_or_else(|| Code::Unexpected.into())
    }
}

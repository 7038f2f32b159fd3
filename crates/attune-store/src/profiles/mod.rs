//! Profiles: the people who share this computer, each with a store of their own, and the front door to it.
//!
//! A password, a PIN with the keychain, or the printed kit opens a store; nothing else does. What is known
//! before that is only what the lock screen shows. The key hierarchy is drawn in `docs/protocol.md`.

mod beside;
mod card;
mod keychain;
pub(crate) mod keyfile;
mod opened;
mod restore;
mod strength;
mod throttle;

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use attune_kernel::{Clock, Code, Private, ProfileId};
use attune_vault::{
    DatabaseKey, DeviceSecret, KdfVersion, KitCode, LocalKey, Pin, Salt, Unsealable, stretch, stretch_pin,
};
use tokio::sync::{Mutex, MutexGuard};

pub use self::{
    card::{Everyone, Held, Kit, NewProfile, ProfileCard, ProfileKind},
    keychain::{Keychain, NoKeychain, SystemKeychain, Unreachable},
    opened::Opened,
    strength::{Strength, judge},
};
use self::{
    keyfile::{Keyfile, KitSeal, PasswordSeal, kdf},
    throttle::Tries,
};
use crate::{Error, Result, Store};

/// Wrong PINs before only the password opens.
const PIN_TRIES: u32 = 5;
const LONGEST_GREETING: usize = 100;

/// Everyone's profiles on this computer.
pub struct Profiles {
    home: PathBuf,
    clock: Arc<dyn Clock>,
    keychain: Arc<dyn Keychain>,
    // One change of a key file at a time: each is read, changed and written.
    changing: Mutex<()>,
}

/// The right to change one key file, against this process and every other.
struct Changing<'p> {
    _here: MutexGuard<'p, ()>,
    _everywhere: File,
}

impl Profiles {
    /// The profiles kept under `home`.
    pub fn new(home: impl Into<PathBuf>, clock: Arc<dyn Clock>, keychain: Arc<dyn Keychain>) -> Self {
        Self { home: home.into(), clock, keychain, changing: Mutex::default() }
    }

    /// Everyone who has a store here.
    pub fn list(&self) -> Result<Vec<ProfileCard>> {
        Ok(self.everyone()?.cards)
    }

    /// Everyone who has a store here, and how many cannot be told: one look at the folder for both.
    pub fn everyone(&self) -> Result<Everyone> {
        let entries = match fs::read_dir(self.profiles()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Everyone::default()),
            Err(error) => return Err(error.into()),
        };
        let (mut cards, mut unreadable) = (Vec::new(), 0);
        for entry in entries {
            let name = entry?.file_name();
            let Some(id) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
            if !Keyfile::is_in(&self.folder(id)) {
                continue;
            }
            match Keyfile::read(&self.folder(id)) {
                Ok(keyfile) => cards.push(keyfile.card(id, self.clock.now())),
                Err(error) => {
                    tracing::error!(profile = %id, error = %error, "a profile does not read");
                    unreadable += 1;
                }
            }
        }
        cards.sort_by_key(|card| (std::cmp::Reverse(card.locked_at), card.id));
        Ok(Everyone { cards, unreadable })
    }

    /// One profile's card.
    pub fn card(&self, id: ProfileId) -> Result<ProfileCard> {
        Ok(self.read(id)?.card(id, self.clock.now()))
    }

    /// Makes a profile and its store. `found` writes the first rows; only when that is done does the
    /// profile exist, so a crash half-way leaves nothing behind that looks like a practice.
    pub async fn enrol(
        &self,
        new: &NewProfile,
        found: impl AsyncFnOnce(&Store) -> Result<()>,
    ) -> Result<Opened> {
        let mut about = vec![new.name.reveal().clone()];
        about.extend(new.practice_name.iter().map(|name| name.reveal().clone()));
        if !judge(new.password.reveal(), &about).enough {
            return Err(Code::WeakPassword.into());
        }
        let id = ProfileId::new(self.clock.now());
        let folder = self.folder(id);
        fs::create_dir_all(&folder)?;
        let made = self.enrol_in(&folder, id, new, found).await;
        if made.is_err() {
            // Nothing in it was ever shown to anyone. If even this fails, the folder stays, unlisted.
            if let Err(error) = fs::remove_dir_all(&folder) {
                tracing::warn!(error = %error, "a half-made profile could not be removed");
            }
        }
        made
    }

    async fn enrol_in(
        &self,
        folder: &Path,
        id: ProfileId,
        new: &NewProfile,
        found: impl AsyncFnOnce(&Store) -> Result<()>,
    ) -> Result<Opened> {
        let (database, kit, place) = (DatabaseKey::random(), KitCode::random(), id.to_string());
        let (device, held) = self.new_device_secret(&place).await?;
        let (local, password) =
            seal_password(new.password.reveal(), &database, device.as_ref(), &place).await?;
        let store = Store::create(folder, &database, Arc::clone(&self.clock)).await?;
        if let Err(error) = found(&store).await {
            store.close().await;
            return Err(error);
        }
        let sealed = KitSeal { database: kit.wrapping().seal_database(&database, &place), verified: false };
        let first_name =
            new.name.reveal().split_whitespace().next().map(|name| Private::new(name.to_owned()));
        let keyfile = Keyfile {
            sample: new.sample,
            ..Keyfile::new(
                place.clone(),
                place,
                new.kind,
                first_name,
                new.practice_name.clone().filter(|_| new.kind == ProfileKind::Practice),
                new.country.clone(),
                held,
                password,
                sealed,
            )
        };
        keyfile.save(folder)?;
        Ok(Opened::new(id, store, local, database, Some(kit)))
    }

    /// Opens with the password.
    pub async fn unlock(&self, id: ProfileId, password: &str) -> Result<Opened> {
        let (local, database) = self.try_password(id, password).await?;
        self.open(id, local, database).await
    }

    /// Opens with the PIN, while it lasts.
    pub async fn unlock_with_pin(&self, id: ProfileId, pin: &str) -> Result<Opened> {
        let opened = self.try_pin(id, pin).await?;
        self.open(id, opened.0, opened.1).await
    }

    /// Opens with the printed kit and sets a new password. Works without the keychain, which may be what
    /// was lost.
    pub async fn recover(&self, id: ProfileId, kit: &str, password: &str) -> Result<Opened> {
        let kit = KitCode::parse(kit).ok_or(Code::WrongKit)?;
        let (local, database) = {
            let _changing = self.changing(id).await?;
            let mut keyfile = self.read(id)?;
            let database = kit
                .wrapping()
                .open_database(&keyfile.kit.database, &keyfile.place)
                .map_err(|Unsealable| Code::WrongKit)?;
            keyfile.refuse_weak(password)?;
            // Under a new name: until the new seal is on disk, the old one must go on opening.
            let entry = ProfileId::new(self.clock.now()).to_string();
            let (device, held) = self.new_device_secret(&entry).await?;
            let (local, seal) = seal_password(password, &database, device.as_ref(), &keyfile.place).await?;
            let before = std::mem::replace(&mut keyfile.entry, entry);
            keyfile.password = seal;
            keyfile.keychain = held;
            keyfile.pin = None;
            keyfile.kit.verified = true;
            keyfile.tries = Tries::NONE;
            keyfile.save(&self.folder(id))?;
            self.forget(&device_name(&before)).await?;
            self.forget(&pin_name(&before)).await?;
            (local, database)
        };
        self.open(id, local, database).await
    }

    /// Changes how the lock screen greets, or that it greets nobody by name.
    pub async fn greet(&self, id: ProfileId, greeting: Option<Private<String>>) -> Result<ProfileCard> {
        let greeting = greeting.map(|greeting| greeting.reveal().trim().to_owned()).filter(|g| !g.is_empty());
        if greeting.as_ref().is_some_and(|greeting| greeting.chars().count() > LONGEST_GREETING) {
            return Err(Code::NameTooLong.into());
        }
        if greeting.as_ref().is_some_and(|greeting| greeting.chars().any(char::is_control)) {
            return Err(Code::TextUnprintable.into());
        }
        let greeting = greeting.map(Private::new);
        self.change(id, |keyfile| {
            keyfile.greeting = greeting;
            Ok(())
        })
        .await?;
        self.card(id)
    }

    /// Tells the lock screen the practice's new name.
    pub async fn rename(&self, id: ProfileId, practice: Option<Private<String>>) -> Result<()> {
        self.change(id, |keyfile| {
            keyfile.practice = practice;
            Ok(())
        })
        .await
    }

    async fn try_password(&self, id: ProfileId, password: &str) -> Result<(LocalKey, DatabaseKey)> {
        let _changing = self.changing(id).await?;
        let mut keyfile = self.read(id)?;
        let now = self.clock.now();
        if keyfile.tries.clock_went_back(now) {
            keyfile.tries.rebase(now);
            keyfile.save(&self.folder(id))?;
        }
        if keyfile.tries.wait(now) > 0 {
            return Err(Code::SlowDown.into());
        }
        let device = self.device_secret(&keyfile).await?;
        keyfile.tries.count(now);
        keyfile.save(&self.folder(id))?;
        let local = derive(password, keyfile.password.salt, kdf(keyfile.password.kdf)?).await?;
        let database = local
            .wrapping(device.as_ref())
            .open_database(&keyfile.password.database, &keyfile.place)
            .map_err(|Unsealable| Code::WrongPassword)?;
        keyfile.tries.forget();
        keyfile.save(&self.folder(id))?;
        Ok((local, database))
    }

    async fn try_pin(&self, id: ProfileId, pin: &str) -> Result<(LocalKey, DatabaseKey)> {
        let _changing = self.changing(id).await?;
        let mut keyfile = self.read(id)?;
        let (place, entry) = (keyfile.place.clone(), keyfile.entry.clone());
        let Some(seal) = &mut keyfile.pin else { return Err(Code::PinSpent.into()) };
        let (salt, kdf, sealed) = (seal.salt, kdf(seal.kdf)?, seal.local.clone());
        seal.wrong += 1;
        let spent = seal.wrong >= PIN_TRIES;
        let pin = Pin::new(pin);
        let beside = self.secret(&pin_name(&entry)).await?;
        let device = self.device_secret(&keyfile).await?;
        keyfile.save(&self.folder(id))?;
        let opened = match (pin, beside) {
            (Some(pin), Some(beside)) => {
                let key = blocking(move || stretch_pin(&pin, &salt, &beside, kdf)).await?;
                key.open_local(&sealed, &place).ok()
            }
            _ => None,
        };
        let Some(local) = opened else {
            if !spent {
                return Err(Code::WrongPin.into());
            }
            keyfile.pin = None;
            keyfile.save(&self.folder(id))?;
            self.forget(&pin_name(&entry)).await?;
            return Err(Code::PinSpent.into());
        };
        let database = local.wrapping(device.as_ref()).open_database(&keyfile.password.database, &place)?;
        if let Some(seal) = &mut keyfile.pin {
            seal.wrong = 0;
        }
        keyfile.save(&self.folder(id))?;
        Ok((local, database))
    }

    async fn open(&self, id: ProfileId, local: LocalKey, database: DatabaseKey) -> Result<Opened> {
        let store = Store::open(&self.folder(id), &database, Arc::clone(&self.clock)).await?;
        Ok(Opened::new(id, store, local, database, None))
    }

    async fn changing(&self, id: ProfileId) -> Result<Changing<'_>> {
        let here = self.changing.lock().await;
        let folder = self.folder(id);
        if !folder.is_dir() {
            return Err(Code::ProfileMissing.into());
        }
        let everywhere = blocking(move || {
            let file =
                File::options().create(true).truncate(false).write(true).open(folder.join("changing"))?;
            file.lock()?;
            Ok::<_, io::Error>(file)
        })
        .await??;
        Ok(Changing { _here: here, _everywhere: everywhere })
    }

    /// Reads a key file, changes it and writes it back, one at a time.
    async fn change<T>(&self, id: ProfileId, change: impl FnOnce(&mut Keyfile) -> Result<T>) -> Result<T> {
        let _changing = self.changing(id).await?;
        let mut keyfile = self.read(id)?;
        let value = change(&mut keyfile)?;
        keyfile.save(&self.folder(id))?;
        Ok(value)
    }

    fn read(&self, id: ProfileId) -> Result<Keyfile> {
        let folder = self.folder(id);
        if !Keyfile::is_in(&folder) {
            return Err(Code::ProfileMissing.into());
        }
        Keyfile::read(&folder)
    }

    fn profiles(&self) -> PathBuf {
        self.home.join("profiles")
    }

    fn folder(&self, id: ProfileId) -> PathBuf {
        self.profiles().join(id.to_string())
    }

    /// A new secret in the keychain, read back before it is relied on; or none, where there is no
    /// keychain. Chosen once, and recorded which.
    async fn new_device_secret(&self, entry: &str) -> Result<(Option<DeviceSecret>, Held)> {
        let (secret, name) = (DeviceSecret::random(), device_name(entry));
        let keychain = Arc::clone(&self.keychain);
        let bytes = *secret.bytes();
        let kept = blocking(move || {
            keychain.keep(&name, &bytes)?;
            keychain.find(&name)
        })
        .await?;
        match kept {
            Ok(Some(found)) if found == secret.bytes() => Ok((Some(secret), Held::Held)),
            Ok(_) => Ok((None, Held::Absent)),
            Err(error) => {
                tracing::info!(error = %error, "no keychain here; the password alone opens this store");
                Ok((None, Held::Absent))
            }
        }
    }

    /// The device's half of the secret, if this profile was enrolled with one.
    async fn device_secret(&self, keyfile: &Keyfile) -> Result<Option<DeviceSecret>> {
        match keyfile.keychain {
            Held::Absent => Ok(None),
            // A keychain that was emptied cannot be told from one that hides: the kit opens either way.
            Held::Held => match self.secret(&device_name(&keyfile.entry)).await? {
                Some(secret) => Ok(Some(secret)),
                None => Err(Code::KeychainUnreachable.into()),
            },
        }
    }

    async fn secret(&self, name: &str) -> Result<Option<DeviceSecret>> {
        let (keychain, name) = (Arc::clone(&self.keychain), name.to_owned());
        match blocking(move || keychain.find(&name)).await? {
            Ok(found) => Ok(found.and_then(|bytes| bytes.try_into().ok()).map(DeviceSecret::from_bytes)),
            Err(error) => {
                tracing::warn!(error = %error, "the keychain does not answer");
                Err(Code::KeychainUnreachable.into())
            }
        }
    }

    async fn forget(&self, name: &str) -> Result<()> {
        let (keychain, name) = (Arc::clone(&self.keychain), name.to_owned());
        if let Err(error) = blocking(move || keychain.forget(&name)).await? {
            // The seal is gone from the key file already: what stays behind opens nothing.
            tracing::warn!(error = %error, "the keychain kept a spent secret");
        }
        Ok(())
    }
}

fn device_name(entry: &str) -> String {
    format!("device {entry}")
}

fn pin_name(entry: &str) -> String {
    format!("pin {entry}")
}

/// The slow step, away from the threads that serve the window.
async fn derive(password: &str, salt: Salt, version: KdfVersion) -> Result<LocalKey> {
    let password = Private::new(password.to_owned());
    blocking(move || stretch(password.reveal(), &salt, version).local()).await
}

async fn seal_password(
    password: &str,
    database: &DatabaseKey,
    device: Option<&DeviceSecret>,
    place: &str,
) -> Result<(LocalKey, PasswordSeal)> {
    let (salt, version) = (Salt::random(), KdfVersion::CURRENT);
    let local = derive(password, salt, version).await?;
    let sealed = local.wrapping(device).seal_database(database, place);
    Ok((local, PasswordSeal { kdf: version.number(), salt, database: sealed }))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Disk(io::Error::other(error)))
}

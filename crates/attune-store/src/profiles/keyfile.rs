//! `profile.json`: what stands beside a store so that it can be opened. Everything secret in it is
//! sealed; what is readable is what the lock screen must show before anyone has said who they are.
//!
//! The file is the only copy of the sealed database key, so it is replaced whole or not at all, and the
//! one before is kept: a torn or emptied file must not cost a practice its records.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use attune_kernel::{Code, Private};
use attune_vault::{KdfVersion, Salt, Sealed};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Held, ProfileKind, throttle::Tries};
use crate::{Error, Result, files::sync_folder};

const NAME: &str = "profile.json";
const BEFORE: &str = "profile.before.json";
const FORMAT: u32 = 1;

/// What is written beside a store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Keyfile {
    pub format: u32,
    /// What seals are bound to. It moves with a backup, where the folder's name does not.
    pub place: String,
    /// What its secrets are called in this computer's keychain. A restored copy has its own.
    pub entry: String,
    pub kind: ProfileKind,
    pub greeting: Option<Private<String>>,
    pub practice: Option<Private<String>>,
    pub country: String,
    pub sample: bool,
    pub keychain: Held,
    pub password: PasswordSeal,
    pub kit: KitSeal,
    pub pin: Option<PinSeal>,
    pub tries: Tries,
    pub locked_at: Option<DateTime<Utc>>,
}

/// The database key under the password.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PasswordSeal {
    pub kdf: u8,
    #[serde(with = "salt")]
    pub salt: Salt,
    #[serde(with = "sealed")]
    pub database: Sealed,
}

/// The database key under the printed kit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KitSeal {
    #[serde(with = "sealed")]
    pub database: Sealed,
    pub verified: bool,
}

/// `L` under the PIN and the keychain.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PinSeal {
    pub kdf: u8,
    #[serde(with = "salt")]
    pub salt: Salt,
    #[serde(with = "sealed")]
    pub local: Sealed,
    pub wrong: u32,
}

/// The version a stored derivation used; a newer one belongs to a newer Attune.
pub(crate) fn kdf(number: u8) -> Result<KdfVersion> {
    KdfVersion::from_number(number).ok_or_else(|| Code::StoreNewer.into())
}

impl Keyfile {
    #[allow(clippy::too_many_arguments, reason = "a file has as many fields as it has")]
    pub(crate) const fn new(
        place: String,
        entry: String,
        kind: ProfileKind,
        greeting: Option<Private<String>>,
        practice: Option<Private<String>>,
        country: String,
        keychain: Held,
        password: PasswordSeal,
        kit: KitSeal,
    ) -> Self {
        Self {
            format: FORMAT,
            place,
            entry,
            kind,
            greeting,
            practice,
            country,
            sample: false,
            keychain,
            password,
            kit,
            pin: None,
            tries: Tries::NONE,
            locked_at: None,
        }
    }

    /// Reads a profile's file, or the one before when it does not read.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        match read_one(&folder.join(NAME)) {
            Ok(keyfile) => Ok(keyfile),
            Err(first) if is_lost(&first) => match read_one(&folder.join(BEFORE)) {
                Ok(keyfile) => {
                    tracing::warn!(error = %first, "profile.json does not read; the one before is used");
                    Ok(keyfile)
                }
                Err(_) => Err(first),
            },
            // A disk that is busy or forbids reading will answer again; the older file would be a step back.
            Err(other) => Err(other),
        }
    }

    /// Whether a folder holds a profile.
    pub(crate) fn is_in(folder: &Path) -> bool {
        folder.join(NAME).is_file() || folder.join(BEFORE).is_file()
    }

    /// Replaces the file, keeping the one before.
    pub(crate) fn save(&self, folder: &Path) -> Result<()> {
        let (path, before) = (folder.join(NAME), folder.join(BEFORE));
        let fresh = write_beside(&path, &serde_json::to_vec_pretty(self)?)?;
        if read_one(&path).is_ok() {
            let copy = write_beside(&before, &fs::read(&path)?)?;
            fs::rename(copy, &before)?;
        }
        fs::rename(fresh, &path)?;
        sync_folder(Some(folder))?;
        Ok(())
    }
}

/// Whether the file itself is gone or torn, and not merely out of reach for now.
fn is_lost(error: &Error) -> bool {
    match error {
        Error::Damaged(_) => true,
        Error::Disk(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

fn read_one(path: &Path) -> Result<Keyfile> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let bytes = fs::read(path)?;
    let Format { format } = serde_json::from_slice(&bytes).map_err(|_| Error::Damaged("profile.json"))?;
    if format > FORMAT {
        return Err(Code::StoreNewer.into());
    }
    serde_json::from_slice(&bytes).map_err(|_| Error::Damaged("profile.json"))
}

fn write_beside(path: &Path, bytes: &[u8]) -> Result<PathBuf> {
    let fresh = path.with_extension("json.new");
    let mut file = File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(fresh)
}

pub(crate) mod sealed {
    use super::*;

    pub fn serialize<S: Serializer>(sealed: &Sealed, to: S) -> Result<S::Ok, S::Error> {
        STANDARD.encode(sealed.as_bytes()).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Sealed, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Sealed::from_bytes).map_err(D::Error::custom)
    }
}

pub(crate) mod salt {
    use super::*;

    pub fn serialize<S: Serializer>(salt: &Salt, to: S) -> Result<S::Ok, S::Error> {
        STANDARD.encode(salt.as_bytes()).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Salt, D::Error> {
        let bytes = STANDARD.decode(String::deserialize(from)?).map_err(D::Error::custom)?;
        bytes.try_into().map(Salt::from_bytes).map_err(|_| D::Error::custom("a salt has sixteen bytes"))
    }
}

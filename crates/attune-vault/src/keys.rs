//! The named keys, and which may seal which. A key has one purpose, and its type says it.

use std::io::{Read, Seek, Write};

use zeroize::Zeroizing;

use crate::{
    frames::{FrameReader, FrameWriter},
    kit::KitCode,
    password::{expand, expand_two},
    seal::{Sealed, Unsealable},
    secret::Secret,
    stream::{SealedReader, SealedWriter},
};

macro_rules! random_keys {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub(crate) Secret);

        impl $name {
            /// A new one, from the operating system.
            pub fn random() -> Self {
                Self(Secret::random())
            }

            /// Reads back stored bytes.
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(Secret::from_bytes(bytes))
            }

            /// The bytes, for the one place that keeps this key.
            pub fn bytes(&self) -> &[u8; 32] {
                self.0.bytes()
            }
        }
    )+};
}

random_keys! {
    /// UMK: a person's root. Identity keys come from it; it never changes with the password.
    RootKey,
    /// What the encrypted database is opened with, raw.
    DatabaseKey,
    /// Kept by the operating system's keychain, so that the disk alone is not enough.
    DeviceSecret,
    /// The key of one sealed file.
    FileKey,
}

/// `L`: from the password, for this device only.
#[derive(Debug, Clone)]
pub struct LocalKey(pub(crate) Secret);

/// `V`: from the password, for the root key.
#[derive(Debug)]
pub struct VaultKey(pub(crate) Secret);

/// What a store's backups are sealed with. Whoever can open the store can open its backups.
#[derive(Debug)]
pub struct BackupKey(pub(crate) Secret);

/// A key whose only work is to seal other keys.
#[derive(Debug)]
pub struct WrappingKey(pub(crate) Secret);

impl LocalKey {
    /// What seals the database key: the password's part and, where there is a keychain, its secret.
    pub fn wrapping(&self, device: Option<&DeviceSecret>) -> WrappingKey {
        let device = device.map_or(&[][..], |secret| secret.bytes().as_slice());
        WrappingKey(expand_two(self.0.bytes(), device, "attune/1 database"))
    }

    /// What seals the database key in a backup's head: no device secret, since a backup is for another
    /// machine.
    pub fn backup(&self) -> WrappingKey {
        WrappingKey(expand(self.0.bytes(), "attune/1 backup"))
    }
}

impl KitCode {
    /// What the printed kit opens on a device. It needs no device secret: the kit is also the way back
    /// when a keychain was lost, and its 160 bits need no help.
    pub fn wrapping(&self) -> WrappingKey {
        WrappingKey(expand(self.bytes(), "attune/1 kit database"))
    }
}

impl WrappingKey {
    /// Seals the database key for the profile named by `place`.
    pub fn seal_database(&self, key: &DatabaseKey, place: &str) -> Sealed {
        Sealed::new(&self.0, &format!("database {place}"), key.bytes())
    }

    /// Opens what [`WrappingKey::seal_database`] made.
    pub fn open_database(&self, sealed: &Sealed, place: &str) -> Result<DatabaseKey, Unsealable> {
        sealed.open_secret(&self.0, &format!("database {place}")).map(DatabaseKey)
    }

    /// Seals `L` itself, so that a PIN can stand for the password.
    pub fn seal_local(&self, key: &LocalKey, place: &str) -> Sealed {
        Sealed::new(&self.0, &format!("local {place}"), key.0.bytes())
    }

    /// Opens what [`WrappingKey::seal_local`] made.
    pub fn open_local(&self, sealed: &Sealed, place: &str) -> Result<LocalKey, Unsealable> {
        sealed.open_secret(&self.0, &format!("local {place}")).map(LocalKey)
    }
}

impl VaultKey {
    /// Seals the root key, for the server that may keep it and cannot open it.
    pub fn seal_root(&self, key: &RootKey, place: &str) -> Sealed {
        Sealed::new(&self.0, &format!("root {place}"), key.bytes())
    }

    /// Opens what [`VaultKey::seal_root`] made.
    pub fn open_root(&self, sealed: &Sealed, place: &str) -> Result<RootKey, Unsealable> {
        sealed.open_secret(&self.0, &format!("root {place}")).map(RootKey)
    }
}

impl DatabaseKey {
    /// What backups of this store are sealed with.
    pub fn backup(&self) -> BackupKey {
        BackupKey(expand(self.bytes(), "attune/1 backup contents"))
    }

    /// The key as SQLCipher's raw form `x'…'`; wiped after use.
    pub fn to_pragma(&self) -> Zeroizing<String> {
        let mut pragma = Zeroizing::new(String::with_capacity(69));
        pragma.push_str("\"x'");
        for byte in self.bytes() {
            for half in [byte >> 4, byte & 15] {
                pragma.push(char::from(b"0123456789abcdef"[usize::from(half)]));
            }
        }
        pragma.push_str("'\"");
        pragma
    }
}

impl FileKey {
    /// Seals everything written to the result; `finish` it, or it reads as cut short.
    pub fn seal_into<W: Write>(&self, to: W) -> std::io::Result<SealedWriter<W>> {
        SealedWriter::new(&self.0, to)
    }

    /// Reads and seeks in what [`FileKey::seal_into`] wrote.
    pub fn open<R: Read + Seek>(&self, from: R) -> std::io::Result<SealedReader<R>> {
        SealedReader::new(&self.0, from)
    }

    /// Seals frames one by one, each readable the moment it is written.
    pub fn frames_into<W: Write>(&self, to: W) -> std::io::Result<FrameWriter<W>> {
        FrameWriter::new(&self.0, to)
    }

    /// Reads what [`FileKey::frames_into`] wrote, as far as it goes.
    pub fn frames<R: Read + Seek>(&self, from: R) -> std::io::Result<FrameReader<R>> {
        FrameReader::new(&self.0, from)
    }
}

impl BackupKey {
    /// Seals a backup's contents.
    pub fn seal_into<W: Write>(&self, to: W) -> std::io::Result<SealedWriter<W>> {
        SealedWriter::new(&self.0, to)
    }

    /// Reads a backup's contents.
    pub fn open<R: Read + Seek>(&self, from: R) -> std::io::Result<SealedReader<R>> {
        SealedReader::new(&self.0, from)
    }
}

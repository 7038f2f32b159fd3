//! One file that holds a whole profile, sealed: made while the window goes on, checked before anything in
//! it is believed.
//!
//! `"ATNB1"`, a length, a readable head (what the lock screen shows, and the seals of the backup's key),
//! a sealed tar of the database and the sealed files, and the SHA-256 of everything before it. The head
//! holds the database key twice, under the password of the day and under the kit, neither needing this
//! device; the tar is sealed with a key that follows from it.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use attune_kernel::{Code, Private};
use attune_vault::{BackupKey, Digester, Salt, Sealed};
use serde::{Deserialize, Serialize};
use specta::Type;
use sqlx::Connection;

use crate::{
    Error, Result, Store,
    profiles::{
        Opened, ProfileKind, Profiles,
        keyfile::{KitSeal, salt, sealed},
    },
};

const MAGIC: &[u8; 5] = b"ATNB1";
const FORMAT: u32 = 1;
const SUM: u64 = 32;
/// A head is a few hundred bytes; anything longer is not ours.
const LONGEST_HEAD: u32 = 64 * 1024;

pub(crate) const DATABASE: &str = "store.db";
pub(crate) const FILES: &str = "files";

/// How far a backup or a restore has come, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

/// A backup that was made and read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BackupMade {
    pub path: String,
    // A file is never longer than a JavaScript number counts.
    #[specta(type = u32)]
    pub bytes: u64,
    pub files: u32,
}

/// What can be read of a backup before it is opened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Head {
    pub format: u32,
    pub place: String,
    pub kind: ProfileKind,
    pub greeting: Option<Private<String>>,
    pub practice: Option<Private<String>>,
    pub country: String,
    pub kdf: u8,
    #[serde(with = "salt")]
    pub salt: Salt,
    #[serde(with = "sealed")]
    pub under_password: Sealed,
    /// The profile's own kit seal: the printed kit stays the same after a restore.
    pub kit: KitSeal,
}

impl Head {
    pub(crate) const FORMAT: u32 = FORMAT;
}

impl Profiles {
    /// Writes a backup of `opened` to `path` and reads it back. A file already there is replaced only when
    /// it is a backup too, and only by one that is whole.
    pub async fn back_up(
        &self,
        opened: &Opened,
        path: &Path,
        tell: impl Fn(Progress) + Send + 'static,
    ) -> Result<BackupMade> {
        if path.exists() && !is_backup(path)? {
            return Err(Code::BackupExists.into());
        }
        // A backup of something damaged must never take the place of one that may be whole.
        if path.exists() && !opened.verify().await?.sound() {
            return Err(Code::StoreDamaged.into());
        }
        let (head, key) = self.backup_head(opened).await?;
        let underway = Underway::begin(opened);
        let copy = tempfile::NamedTempFile::new_in(opened.folder())?.into_temp_path();
        copy_database(opened, &copy).await?;
        let (files, path) = (opened.files_folder(), path.to_owned());
        let part = path.with_extension("attune-part");
        let made = {
            let (part, path) = (part.clone(), path.clone());
            tokio::task::spawn_blocking(move || {
                let files = write(&part, &head, &key, &copy, &files, tell)?;
                verify_sum(&part)?;
                fs::rename(&part, &path)?;
                Ok::<_, Error>(BackupMade {
                    bytes: fs::metadata(&path)?.len(),
                    path: path.to_string_lossy().into_owned(),
                    files,
                })
            })
            .await
            .map_err(io::Error::other)?
        };
        drop(underway);
        if made.is_err() && part.exists() {
            fs::remove_file(&part)?;
        }
        // The keys went when they were to; only the bytes waited.
        if let Err(error) = opened.remove_forgotten_files().await {
            tracing::warn!(%error, "forgotten files are not yet removed");
        }
        made
    }
}

/// While this lives, no bytes are removed from under a backup.
struct Underway<'s>(&'s Store);

impl<'s> Underway<'s> {
    fn begin(store: &'s Store) -> Self {
        store.backups().fetch_add(1, Ordering::AcqRel);
        Self(store)
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.0.backups().fetch_sub(1, Ordering::AcqRel);
    }
}

/// A copy of the database as it stands at one moment, without stopping those who read. The one writing
/// connection is held meanwhile, so nothing can be half in the copy.
async fn copy_database(opened: &Opened, to: &Path) -> Result<()> {
    let mut writer = opened.writer().acquire().await?;
    let (busy, _, _) = sqlx::query_as::<_, (i64, i64, i64)>("pragma wal_checkpoint(truncate)")
        .fetch_one(&mut *writer)
        .await?;
    if busy != 0 {
        return Err(Code::Busy.into());
    }
    let from = opened.folder().join(DATABASE);
    let to = to.to_owned();
    tokio::task::spawn_blocking(move || fs::copy(from, to)).await.map_err(io::Error::other)??;
    writer.ping().await?;
    Ok(())
}

fn write(
    part: &Path,
    head: &Head,
    key: &BackupKey,
    database: &Path,
    files: &Path,
    tell: impl Fn(Progress),
) -> Result<u32> {
    let sealed_files = listed(files)?;
    let database_len = fs::metadata(database)?.len();
    let total = database_len + sealed_files.iter().map(|file| file.len).sum::<u64>();
    let mut to = Summed { to: BufWriter::new(File::create(part)?), sum: Digester::default() };
    let head = serde_json::to_vec(head)?;
    let len = u32::try_from(head.len()).ok().filter(|len| *len <= LONGEST_HEAD);
    to.write_all(MAGIC)?;
    to.write_all(&len.ok_or(Error::Damaged("profile.json"))?.to_be_bytes())?;
    to.write_all(&head)?;
    let mut tar = tar::Builder::new(key.seal_into(to)?);
    let told = Told { from: BufReader::new(File::open(database)?), done: 0, total, tell: &tell };
    append(&mut tar, DATABASE, database_len, told)?;
    let (mut done, mut kept) = (database_len, 0);
    for Listed { path, name, len } in sealed_files {
        match File::open(path) {
            Ok(file) => {
                // A spool may have grown since: it is whole up to where it was when it was listed.
                let from = BufReader::new(file).take(len);
                append(&mut tar, &format!("{FILES}/{name}"), len, Told { from, done, total, tell: &tell })?;
                kept += 1;
            }
            // Somebody had it forgotten while this went on.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        done += len;
    }
    let Summed { to, sum } = tar.into_inner()?.finish()?;
    let mut file = to.into_inner().map_err(io::Error::from)?;
    file.write_all(&sum.finish())?;
    file.sync_all()?;
    Ok(kept)
}

/// A file that goes into a backup, and how long it was when that was decided.
struct Listed {
    path: PathBuf,
    name: String,
    len: u64,
}

/// The sealed files and the spools in a folder, by name. Unfinished parts are nobody's.
fn listed(folder: &Path) -> Result<Vec<Listed>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if belongs(&name) {
                let len = fs::metadata(&path)?.len();
                found.push(Listed { path, name, len });
            }
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
    }
    Ok(found)
}

/// Whether a file of this name goes into a backup, and comes out of one.
pub(crate) fn belongs(name: &str) -> bool {
    [".sealed", ".spool"].iter().any(|end| name.ends_with(end))
}

fn append<W: Write>(tar: &mut tar::Builder<W>, name: &str, len: u64, from: impl Read) -> Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(len);
    header.set_mode(0o600);
    header.set_cksum();
    Ok(tar.append_data(&mut header, name, from)?)
}

/// Whether a file begins as our backups do.
fn is_backup(path: &Path) -> Result<bool> {
    let mut magic = [0; MAGIC.len()];
    let read = File::open(path)?.read(&mut magic)?;
    Ok(&magic[..read] == MAGIC)
}

/// Reads a backup's head, after its sum: bytes that were changed are not even parsed.
pub(crate) fn open(path: &Path) -> Result<(Head, Section)> {
    if !is_backup(path)? {
        return Err(Code::BackupForeign.into());
    }
    let end = verify_sum(path)?;
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(MAGIC.len() as u64))?;
    let mut len = [0; 4];
    file.read_exact(&mut len)?;
    let len = u32::from_be_bytes(len);
    if len > LONGEST_HEAD {
        return Err(Code::BackupDamaged.into());
    }
    let mut head = vec![0; usize::try_from(len).map_err(io::Error::other)?];
    file.read_exact(&mut head).map_err(|_| Code::BackupDamaged)?;
    let Format { format } = serde_json::from_slice(&head).map_err(|_| Code::BackupDamaged)?;
    if format > FORMAT {
        return Err(Code::BackupNewer.into());
    }
    let head = serde_json::from_slice(&head).map_err(|_| Code::BackupDamaged)?;
    let start = file.stream_position()?;
    let len = end.checked_sub(start).ok_or(Code::BackupDamaged)?;
    Ok((head, Section::new(file, start, len)?))
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Compares a backup with its sum. Returns where the sum begins.
fn verify_sum(path: &Path) -> Result<u64> {
    let mut file = BufReader::new(File::open(path)?);
    let len = file.get_ref().metadata()?.len();
    let end = len.checked_sub(SUM).filter(|end| *end > MAGIC.len() as u64 + 4).ok_or(Code::BackupDamaged)?;
    let mut sum = Digester::default();
    io::copy(&mut (&mut file).take(end), &mut sum)?;
    let mut expected = [0; SUM as usize];
    file.read_exact(&mut expected)?;
    if sum.finish() != expected {
        return Err(Code::BackupDamaged.into());
    }
    Ok(end)
}

/// Writes and sums at once.
struct Summed<W> {
    to: W,
    sum: Digester,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.sum.write_all(&bytes[..written])?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Reads, and tells how far it has come: once for each percent.
pub(crate) struct Told<'t, R, T: Fn(Progress)> {
    pub from: R,
    pub done: u64,
    pub total: u64,
    pub tell: &'t T,
}

impl<R: Read, T: Fn(Progress)> Read for Told<'_, R, T> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        let percent = |done: u64| done * 100 / self.total.max(1);
        let before = percent(self.done);
        self.done = (self.done + read as u64).min(self.total);
        if percent(self.done) != before {
            (self.tell)(Progress { done: self.done, total: self.total });
        }
        Ok(read)
    }
}

/// A part of a file as a file of its own: what is sealed in a backup, or how far a spool is whole.
#[derive(Debug)]
pub(crate) struct Section {
    file: File,
    start: u64,
    len: u64,
    at: u64,
}

impl Section {
    /// `len` bytes of a file from `start`, as if there were no more.
    pub(crate) fn new(mut file: File, start: u64, len: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(start))?;
        Ok(Self { file, start, len, at: 0 })
    }

    pub(crate) const fn len(&self) -> u64 {
        self.len
    }
}

impl Read for Section {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX).min(into.len());
        let read = self.file.read(&mut into[..left])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.file.seek(SeekFrom::Start(self.start + self.at))?;
        Ok(self.at)
    }
}

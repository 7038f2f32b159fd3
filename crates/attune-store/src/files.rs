//! Sealed files: attachments, and the spools of recordings. Written as they come, read from anywhere, and
//! never in the clear on disk. Each has its own key, kept in its row; without the row the bytes are noise.
//!
//! That is also how a file is forgotten: the row goes with the key in one transaction, and the bytes after
//! it. Nothing else ever removes a file that was kept, and a spool least of all: it may be all there is of
//! a session. What grows it is not here (`spools.rs`).

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::Ordering,
};

use attune_kernel::{Code, FileId, RecordId};
use attune_vault::{FileKey, SealedReader, SealedWriter};
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    tx::{ReadTx, WriteTx},
};

/// A file being sealed. Dropped unfinished, it leaves nothing but a part that nobody can read.
pub struct NewFile {
    id: FileId,
    key: FileKey,
    part: PathBuf,
    path: PathBuf,
    writer: SealedWriter<File>,
    bytes: u64,
}

/// A file on disk whose row is not yet written.
#[derive(Debug)]
pub struct FinishedFile {
    id: FileId,
    key: FileKey,
    bytes: u64,
}

impl FinishedFile {
    /// What to ask for later.
    pub const fn id(&self) -> FileId {
        self.id
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl NewFile {
    fn begin(folder: &Path, id: FileId) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let (part, path) = (folder.join(format!("{id}.part")), folder.join(format!("{id}.sealed")));
        let key = FileKey::random();
        let writer = key.seal_into(File::create_new(&part)?)?;
        Ok(Self { id, key, part, path, writer, bytes: 0 })
    }

    /// Seals the last chunk and makes sure of the disk. The row comes next: [`WriteTx::keep_file`].
    pub fn finish(self) -> Result<FinishedFile> {
        let file = self.writer.finish()?;
        file.sync_all()?;
        fs::rename(&self.part, &self.path)?;
        sync_folder(self.path.parent())?;
        Ok(FinishedFile { id: self.id, key: self.key, bytes: self.bytes })
    }
}

impl Store {
    /// Begins a sealed file.
    pub fn new_file(&self) -> Result<NewFile> {
        NewFile::begin(&self.files_folder(), FileId::new(self.now()))
    }

    /// Opens a sealed file for reading and seeking.
    pub async fn open_file(&self, id: FileId) -> Result<SealedReader<File>> {
        self.read(async |tx| tx.open_file(id).await).await
    }

    pub(crate) fn files_folder(&self) -> PathBuf {
        self.folder().join("files")
    }

    /// Removes parts whose key was never kept: no one can read them, they only take room. Spools have their
    /// key before their first byte, and are never swept.
    pub(crate) fn sweep_unfinished_files(&self) -> Result<()> {
        let Ok(entries) = fs::read_dir(self.files_folder()) else {
            return Ok(());
        };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "part") {
                // It only takes room: not being able to remove it is no reason to keep the store shut.
                if let Err(error) = fs::remove_file(path) {
                    tracing::warn!(%error, "an unfinished file could not be removed");
                }
            }
        }
        Ok(())
    }
}

impl Store {
    /// Removes the bytes of files whose key is gone, each by its own name, and nothing else. What cannot be
    /// removed now is tried again when the store is next opened. While a backup is being made nothing is: a
    /// smaller copy may have taken a file's place since the backup copied the database, which names the one
    /// before.
    pub(crate) async fn remove_forgotten_files(&self) -> Result<()> {
        if self.backups().load(Ordering::Acquire) > 0 {
            return Ok(());
        }
        let forgotten = sqlx::query_as::<_, (Uuid, String)>("select id, form from forgotten_files");
        let forgotten = self.read(async |tx| tx.all(forgotten).await).await?;
        let mut removed = Vec::with_capacity(forgotten.len());
        for (id, form) in forgotten {
            match fs::remove_file(self.files_folder().join(format!("{id}.{form}"))) {
                Ok(()) => removed.push(id),
                Err(error) if error.kind() == io::ErrorKind::NotFound => removed.push(id),
                Err(error) => tracing::warn!(file = %id, %error, "a forgotten file could not be removed"),
            }
        }
        if removed.is_empty() {
            return Ok(());
        }
        sync_folder(Some(&self.files_folder()))?;
        self.write_through(self.author(), async |tx| {
            for id in removed {
                tx.admit(sqlx::query("delete from forgotten_files where id = ?").bind(id)).await?;
            }
            Ok(())
        })
        .await?;
        // The log still holds the pages as they were, keys among them, until it begins anew. Somebody who
        // reads at this moment keeps it from doing so; then the next forgetting or closing does it.
        sqlx::query("pragma wal_checkpoint(truncate)").execute(self.writer()).await?;
        Ok(())
    }
}

impl WriteTx {
    /// Begins a small sealed file that follows from what this transaction read. Whatever is long is written
    /// before a transaction begins.
    pub fn new_file(&self) -> Result<NewFile> {
        NewFile::begin(self.files_folder(), FileId::new(self.now()))
    }

    /// Gives a finished file its row, and with it its key. It belongs to `record`.
    pub async fn keep_file(&mut self, file: FinishedFile, record: impl Into<RecordId>) -> Result<FileId> {
        let query = sqlx::query(
            "insert into files (id, record, key, form, bytes, growing, kept_at) values (?, ?, ?, 'sealed', ?, 0, ?)",
        )
        .bind(file.id.as_uuid())
        .bind(record.into().as_uuid())
        .bind(file.key.bytes().as_slice())
        .bind(counted(file.bytes)?)
        .bind(self.now());
        self.admit(query).await?;
        self.audit_line("keep", "file", file.id.as_uuid()).await?;
        Ok(file.id)
    }

    /// Forgets a file for good: with this transaction its key is gone, and its bytes follow. A spool that
    /// is still growing is not forgotten: somebody is speaking into it.
    pub async fn forget_file(&mut self, id: FileId) -> Result<()> {
        let query = sqlx::query_as::<_, (String, bool)>("select form, growing from files where id = ?");
        let (form, growing) = self.one(query.bind(id.as_uuid())).await?;
        if growing {
            return Err(Code::AlreadyRecording.into());
        }
        self.forget(id, &form).await
    }

    /// A row goes and its key with it; its bytes are noted for removal.
    pub(crate) async fn forget(&mut self, id: FileId, form: &str) -> Result<()> {
        self.admit(sqlx::query("delete from files where id = ?").bind(id.as_uuid())).await?;
        let query = sqlx::query("insert into forgotten_files (id, form, forgotten_at) values (?, ?, ?)")
            .bind(id.as_uuid())
            .bind(form.to_owned())
            .bind(self.now());
        self.admit(query).await?;
        self.audit_line("forget", "file", id.as_uuid()).await?;
        self.leaves_bytes();
        Ok(())
    }
}

impl ReadTx {
    /// Opens a sealed file for reading and seeking.
    pub async fn open_file(&mut self, id: FileId) -> Result<SealedReader<File>> {
        let query =
            sqlx::query_scalar::<_, Vec<u8>>("select key from files where id = ? and form = 'sealed'");
        let key = key_of(self.scalar(query.bind(id.as_uuid())).await?)?;
        let file = File::open(self.files_folder().join(format!("{id}.sealed")))?;
        Ok(key.open(file)?)
    }

    /// The files of a record that lie on this device.
    pub async fn files_of(&mut self, record: impl Into<RecordId>) -> Result<Vec<FileId>> {
        let query = sqlx::query_as::<_, (Uuid,)>("select id from files where record = ? order by id");
        let rows = self.all(query.bind(record.into().as_uuid())).await?;
        Ok(rows.into_iter().map(|(id,)| id.into()).collect())
    }
}

/// A key as its row keeps it.
pub(crate) fn key_of(bytes: Vec<u8>) -> Result<FileKey> {
    let bytes = bytes.try_into().map_err(|_| Error::Damaged("a file key has a wrong length"))?;
    Ok(FileKey::from_bytes(bytes))
}

/// A length as a row keeps it.
pub(crate) fn counted(bytes: u64) -> Result<i64> {
    i64::try_from(bytes).map_err(|_| Error::Damaged("a file is too long"))
}

/// Makes a rename durable. Windows has no such call and needs none.
pub(crate) fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    match folder {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

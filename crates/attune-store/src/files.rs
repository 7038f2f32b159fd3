//! Sealed files: attachments, and later audio. Written as they come, read from anywhere, and never in
//! the clear on disk. Each has its own key, kept in its row; without the row the bytes are noise.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use attune_kernel::{FileId, RecordId};
use attune_vault::{FileKey, SealedReader, SealedWriter};

use crate::{Error, Result, Store, tx::WriteTx};

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
        let id = FileId::new(self.now());
        let folder = self.files_folder();
        fs::create_dir_all(&folder)?;
        let (part, path) = (folder.join(format!("{id}.part")), folder.join(format!("{id}.sealed")));
        let key = FileKey::random();
        let writer = key.seal_into(File::create_new(&part)?)?;
        Ok(NewFile { id, key, part, path, writer, bytes: 0 })
    }

    /// Opens a sealed file for reading and seeking.
    pub async fn open_file(&self, id: FileId) -> Result<SealedReader<File>> {
        let key = self.read(async |tx| {
            let query = sqlx::query_scalar::<_, Vec<u8>>("select key from files where id = ?");
            tx.scalar(query.bind(id.as_uuid())).await
        });
        let key = key.await?.try_into().map_err(|_| Error::Damaged("a file key has a wrong length"))?;
        let file = File::open(self.files_folder().join(format!("{id}.sealed")))?;
        Ok(FileKey::from_bytes(key).open(file)?)
    }

    pub(crate) fn files_folder(&self) -> PathBuf {
        self.folder().join("files")
    }

    /// Removes parts whose key was never kept: no one can read them, they only take room.
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

impl WriteTx {
    /// Gives a finished file its row, and with it its key. It belongs to `record`.
    pub async fn keep_file(&mut self, file: FinishedFile, record: impl Into<RecordId>) -> Result<FileId> {
        let query = sqlx::query("insert into files (id, record, key, bytes, kept_at) values (?, ?, ?, ?, ?)")
            .bind(file.id.as_uuid())
            .bind(record.into().as_uuid())
            .bind(file.key.bytes().as_slice())
            .bind(i64::try_from(file.bytes).map_err(|_| Error::Damaged("a file is too long"))?)
            .bind(self.now());
        self.admit(query).await?;
        self.audit_line("keep", "file", file.id.as_uuid()).await?;
        Ok(file.id)
    }
}

/// Makes a rename durable. Windows has no such call and needs none.
pub(crate) fn sync_folder(folder: Option<&Path>) -> io::Result<()> {
    match folder {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

//! Spools: sealed files that grow frame by frame while somebody speaks, and are kept as they grew.
//!
//! The key comes first. Whoever records is handed it inside the transaction that keeps it, and may make the
//! file once that has committed: so there is never a frame on the disk that nobody can open. From then on
//! whoever records needs no store, and may go on while it is locked. The store never writes, shortens or
//! sweeps a spool; it reads one only to check it.

use std::{
    fs::{self, File},
    io,
    path::PathBuf,
};

use attune_kernel::{FileId, RecordId};
use attune_vault::{FileKey, Next};
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    backup::Section,
    files::{counted, key_of, sync_folder},
    tx::{ReadTx, WriteTx},
};

/// Where a spool lies, and what opens it.
#[derive(Debug, Clone)]
pub struct SpoolPlace {
    pub file: FileId,
    pub key: FileKey,
    pub path: PathBuf,
}

impl WriteTx {
    /// Gives a new spool its row and with it its key. It belongs to `record`, which may be written later in
    /// the same transaction. The file is not made here, and must not be made before this is committed.
    pub async fn begin_spool(&mut self, record: impl Into<RecordId>) -> Result<SpoolPlace> {
        let (file, key) = (FileId::new(self.now()), FileKey::random());
        // The folder must outlive a power cut as surely as the key does.
        fs::create_dir_all(self.files_folder())?;
        sync_folder(self.files_folder().parent())?;
        let query = sqlx::query(
            "insert into files (id, record, key, form, bytes, growing, kept_at) values (?, ?, ?, 'spool', 0, 1, ?)",
        )
        .bind(file.as_uuid())
        .bind(record.into().as_uuid())
        .bind(key.bytes().as_slice())
        .bind(self.now());
        self.admit(query).await?;
        self.audit_line("begin", "file", file.as_uuid()).await?;
        Ok(SpoolPlace { file, key, path: self.spool_path(file) })
    }

    /// Says that a spool will not grow any more, and how far its whole frames reach. Once only.
    pub async fn finish_spool(&mut self, file: FileId, bytes: u64) -> Result<()> {
        let query = sqlx::query("update files set bytes = ?, growing = 0 where id = ? and growing = 1");
        if self.admit(query.bind(counted(bytes)?).bind(file.as_uuid())).await? == 0 {
            return Err(sqlx::Error::RowNotFound.into());
        }
        self.audit_line("keep", "file", file.as_uuid()).await
    }
}

impl ReadTx {
    /// Where a spool lies, and what opens it.
    pub async fn spool_place(&mut self, file: FileId) -> Result<SpoolPlace> {
        let query = sqlx::query_scalar::<_, Vec<u8>>("select key from files where id = ? and form = 'spool'");
        let key = key_of(self.scalar(query.bind(file.as_uuid())).await?)?;
        Ok(SpoolPlace { file, key, path: self.spool_path(file) })
    }

    /// The spools that were begun on this device and not finished: one is being recorded, or a recording
    /// ended without a word.
    pub async fn growing_spools(&mut self) -> Result<Vec<FileId>> {
        let query = sqlx::query_as::<_, (Uuid,)>("select id from files where growing = 1 order by id");
        Ok(self.all(query).await?.into_iter().map(|(id,)| id.into()).collect())
    }

    fn spool_path(&self, file: FileId) -> PathBuf {
        self.files_folder().join(format!("{file}.spool"))
    }
}

/// What a spool must hold to be sound.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    pub bytes: u64,
    pub growing: bool,
}

impl Store {
    /// Reads a spool to its end. One that has ended must be whole as far as it was said to reach; one that
    /// grows may end in the frame that is being written, or not have begun.
    pub(crate) async fn walk_spool(&self, file: FileId, expected: Expected) -> Result<()> {
        let place = self.read(async |tx| tx.spool_place(file).await).await?;
        tokio::task::spawn_blocking(move || walk(&place, expected)).await.map_err(io::Error::other)?
    }
}

fn walk(place: &SpoolPlace, expected: Expected) -> Result<()> {
    const DAMAGED: Error = Error::Damaged("a spool does not read");
    let file = match File::open(&place.path) {
        // Its key came first, and nothing was said before the recording ended.
        Err(error) if error.kind() == io::ErrorKind::NotFound && expected.bytes == 0 => return Ok(()),
        opened => opened?,
    };
    let found = file.metadata()?.len();
    let len = if expected.growing { found } else { expected.bytes };
    if found < len {
        return Err(DAMAGED);
    }
    let mut frames = match place.key.frames(Section::new(file, 0, len)?) {
        // Its head is not whole yet, or a crash cut it off there: it holds nothing that could be damaged.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && (expected.growing || len == 0) => {
            return Ok(());
        }
        frames => frames?,
    };
    while let Some(next) = frames.advance()? {
        if matches!(next, Next::Damage { .. }) {
            return Err(DAMAGED);
        }
    }
    if frames.torn() && !expected.growing { Err(DAMAGED) } else { Ok(()) }
}

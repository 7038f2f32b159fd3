//! Spools: sealed files that grow frame by frame while somebody speaks, and are kept as they grew.
//!
//! The key comes first. Whoever records is handed it inside the transaction that keeps it, and may make the
//! file once that has committed: so there is never a frame on the disk that nobody can open. From then on
//! whoever records needs no store, and may go on while it is locked. The store never writes, shortens or
//! sweeps a spool; it reads one only to check it.
//!
//! A spool may be copied into a smaller one. The copy has its row and its key from the start like any other,
//! and its row says what it is a copy of until it takes that one's place. So a copy that a crash left half
//! written is found, and is the only growing spool that may be forgotten: what it is a copy of is still there.

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
        self.begin_growing(record.into(), None).await
    }

    /// Gives a copy of a finished spool its row and its key. Both belong to `record`. The same holds for the
    /// file as for any other.
    pub async fn begin_copy(&mut self, record: impl Into<RecordId>, of: FileId) -> Result<SpoolPlace> {
        let record = record.into();
        let query = sqlx::query_scalar::<_, i64>(
            "select 1 from files where id = ? and record = ? and form = 'spool' and growing = 0",
        );
        self.scalar(query.bind(of.as_uuid()).bind(record.as_uuid())).await?;
        self.begin_growing(record, Some(of)).await
    }

    async fn begin_growing(&mut self, record: RecordId, copy_of: Option<FileId>) -> Result<SpoolPlace> {
        let (file, key) = (FileId::new(self.now()), FileKey::random());
        // The folder must outlive a power cut as surely as the key does.
        fs::create_dir_all(self.files_folder())?;
        sync_folder(self.files_folder().parent())?;
        let query = sqlx::query(
            "insert into files (id, record, key, form, bytes, growing, copy_of, kept_at)
             values (?, ?, ?, 'spool', 0, 1, ?, ?)",
        )
        .bind(file.as_uuid())
        .bind(record.as_uuid())
        .bind(key.bytes().as_slice())
        .bind(copy_of.map(|file| file.as_uuid()))
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

    /// Lets a copy take the place of what it is a copy of, whose key is gone with this transaction.
    pub async fn finish_copy(&mut self, copy: FileId, bytes: u64) -> Result<()> {
        let of = self.copied(copy).await?;
        let query = sqlx::query("update files set bytes = ?, growing = 0, copy_of = null where id = ?");
        self.admit(query.bind(counted(bytes)?).bind(copy.as_uuid())).await?;
        self.audit_line("keep", "file", copy.as_uuid()).await?;
        self.forget_file(of).await
    }

    /// Forgets a copy that did not take anything's place. Nothing else that grows can be forgotten.
    pub async fn forget_copy(&mut self, copy: FileId) -> Result<()> {
        self.copied(copy).await?;
        self.forget(copy, "spool").await
    }

    /// What a copy that is being made is a copy of.
    async fn copied(&mut self, copy: FileId) -> Result<FileId> {
        let query = sqlx::query_as::<_, (Uuid,)>(
            "select copy_of from files where id = ? and growing = 1 and copy_of is not null",
        );
        Ok(self.one(query.bind(copy.as_uuid())).await?.0.into())
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
        let query = sqlx::query_as::<_, (Uuid,)>(
            "select id from files where growing = 1 and copy_of is null order by id",
        );
        Ok(self.all(query).await?.into_iter().map(|(id,)| id.into()).collect())
    }

    /// The copies that are being made, or were when something ended it, and the record each belongs to.
    pub async fn growing_copies(&mut self) -> Result<Vec<(FileId, RecordId)>> {
        let query = sqlx::query_as::<_, (Uuid, Uuid)>(
            "select id, record from files where copy_of is not null order by id",
        );
        Ok(self.all(query).await?.into_iter().map(|(id, record)| (id.into(), record.into())).collect())
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

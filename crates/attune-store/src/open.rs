//! The open store: one writer, four readers, and a lock that keeps a second process out.

use std::{
    collections::BTreeSet,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, atomic::AtomicUsize},
    time::Duration,
};

use attune_kernel::{Author, Clock, Code, DeviceId, MemberId};
use attune_vault::{DatabaseKey, RootKey};
use sqlx::{
    ConnectOptions, Connection, Sqlite, SqliteConnection, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{
    Error, Result, migrate,
    tx::{Committed, ReadTx, WriteTx},
};

/// What a write touched: the plural nouns that screens listen to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topics(BTreeSet<&'static str>);

impl Topics {
    pub(crate) fn add(&mut self, topic: &'static str) {
        self.0.insert(topic);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What to say when it is no longer known what changed.
    pub fn everything() -> Self {
        Self(BTreeSet::from(["everything"]))
    }

    /// The nouns, in order.
    pub fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
}

/// Whose store this is.
#[derive(Debug)]
pub struct Identity {
    /// The person and the device.
    pub author: Author,
    /// The person's root key.
    pub root: RootKey,
}

const FILE: &str = "store.db";
const READERS: u32 = 4;

/// An open, encrypted store.
pub struct Store {
    folder: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    clock: Arc<dyn Clock>,
    author: Author,
    changed: broadcast::Sender<Topics>,
    /// How many backups are being made.
    backups: AtomicUsize,
    // Held for as long as the store is open: the operating system lets go of it when a process dies.
    only: Mutex<Option<File>>,
}

pub(crate) fn options(path: &Path, key: &DatabaseKey) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        // The raw form: a passphrase would be quoted in syntax errors, and stretched a second time.
        .pragma("key", key.to_pragma().as_str().to_owned())
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("temp_store", "memory")
        .pragma("secure_delete", "on")
        // A slow statement would be logged with its text, and the first statement holds the key.
        .disable_statement_logging()
}

impl Store {
    /// Makes an empty store in `folder`, owned by a new person on a new device.
    pub async fn create(folder: &Path, key: &DatabaseKey, clock: Arc<dyn Clock>) -> Result<Self> {
        let only = hold(folder)?;
        let path = folder.join(FILE);
        File::create_new(&path)?;
        migrate::migrate(&path, key, clock.now()).await?;
        let (member, device, root) =
            (MemberId::new(clock.now()), DeviceId::new(clock.now()), RootKey::random());
        let mut connection = SqliteConnection::connect_with(&options(&path, key)).await?;
        sqlx::query("insert into identity (only_one, member, device, root_key) values (1, ?, ?, ?)")
            .bind(member.as_uuid())
            .bind(device.as_uuid())
            .bind(root.bytes().as_slice())
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Self::assemble(folder, key, clock, only).await
    }

    /// Opens the store in `folder`, bringing it to this application's version first.
    pub async fn open(folder: &Path, key: &DatabaseKey, clock: Arc<dyn Clock>) -> Result<Self> {
        let only = hold(folder)?;
        let path = folder.join(FILE);
        // SQLite takes an empty file for a new database, and throws away a log that lies beside it.
        if std::fs::metadata(&path)?.len() == 0 {
            return Err(Code::StoreDamaged.into());
        }
        refuse_foreign(&path, key).await?;
        migrate::migrate(&path, key, clock.now()).await?;
        Self::assemble(folder, key, clock, only).await
    }

    async fn assemble(folder: &Path, key: &DatabaseKey, clock: Arc<dyn Clock>, only: File) -> Result<Self> {
        let options = options(&folder.join(FILE), key);
        let writer = settings(1).connect_with(options.clone()).await?;
        let readers = settings(READERS).connect_with(options.pragma("query_only", "on")).await?;
        let (member, device) = sqlx::query_as::<_, (Uuid, Uuid)>("select member, device from identity")
            .fetch_one(&readers)
            .await?;
        let store = Self {
            folder: folder.to_owned(),
            writer,
            readers,
            clock,
            author: Author { member: member.into(), device: device.into() },
            changed: broadcast::channel(256).0,
            backups: AtomicUsize::new(0),
            only: Mutex::new(Some(only)),
        };
        store.sweep_unfinished_files()?;
        store.remove_forgotten_files().await?;
        store.wait_again().await?;
        Ok(store)
    }

    /// Changes rows: all of `work` or nothing. The only way to change one.
    pub async fn write<T>(
        &self,
        author: Author,
        work: impl AsyncFnOnce(&mut WriteTx) -> Result<T>,
    ) -> Result<T> {
        let (value, forgot) = self.write_through(author, work).await?;
        if forgot && let Err(error) = self.remove_forgotten_files().await {
            // The keys are gone, which is what counts. The bytes go when the store is next opened.
            tracing::warn!(%error, "forgotten files are not yet removed");
        }
        Ok(value)
    }

    /// One transaction. Says with its value whether it left bytes to be removed.
    pub(crate) async fn write_through<T>(
        &self,
        author: Author,
        work: impl AsyncFnOnce(&mut WriteTx) -> Result<T>,
    ) -> Result<(T, bool)> {
        let begun = self.begin().await?;
        let mut tx = WriteTx::begin(begun, self.files_folder(), author, &*self.clock).await?;
        let value = work(&mut tx).await?;
        let Committed { topics, forgot } = tx.commit().await?;
        if !topics.is_empty() {
            // Nobody listening is not a failure: a headless run has no window.
            let _listeners = self.changed.send(topics);
        }
        Ok((value, forgot))
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>> {
        match self.writer.begin_with("begin immediate").await {
            // SQLite rolls back by itself when the disk is full; sqlx goes on counting that transaction and
            // would refuse every later one on this connection. A new connection knows nothing of it.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                self.writer.acquire().await?.close().await?;
                Ok(self.writer.begin_with("begin immediate").await?)
            }
            begun => Ok(begun?),
        }
    }

    /// Reads, all from one moment.
    pub async fn read<T>(&self, work: impl AsyncFnOnce(&mut ReadTx) -> Result<T>) -> Result<T> {
        let mut tx = ReadTx::new(self.readers.begin().await?, self.files_folder());
        work(&mut tx).await
    }

    /// What each write touched, from now on.
    pub fn changes(&self) -> broadcast::Receiver<Topics> {
        self.changed.subscribe()
    }

    /// The person and device this store belongs to.
    pub const fn author(&self) -> Author {
        self.author
    }

    /// The moment, by this store's clock.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }

    /// The person's root key, for deriving identity keys.
    pub async fn identity(&self) -> Result<Identity> {
        let root: Vec<u8> =
            sqlx::query_scalar("select root_key from identity").fetch_one(&self.readers).await?;
        let root = root.try_into().map_err(|_| Error::Damaged("the root key has a wrong length"))?;
        Ok(Identity { author: self.author, root: RootKey::from_bytes(root) })
    }

    /// A copy that was restored is another installation: what it writes must not be taken for the first one's.
    pub(crate) async fn become_another_device(&self) -> Result<()> {
        let device = DeviceId::new(self.now());
        self.write(Author { device, ..self.author }, async |tx| {
            let query = sqlx::query("update identity set device = ?").bind(device.as_uuid());
            tx.admit(query).await?;
            tx.audit_line("restore", "device", device.as_uuid()).await
        })
        .await
    }

    /// Where this store lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Counts the backups that are being made: what a copy of the database names must still be there when its
    /// turn comes.
    pub(crate) const fn backups(&self) -> &AtomicUsize {
        &self.backups
    }

    pub(crate) const fn writer(&self) -> &SqlitePool {
        &self.writer
    }

    /// Lets go of the database and of the key inside its connections. Work in flight is finished first.
    pub async fn close(&self) {
        tokio::join!(self.readers.close(), self.writer.close());
        // Somebody may still hold this closed store for a moment; that must not keep its owner out.
        drop(self.only.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// One process a store: a second one is told, and changes nothing.
fn hold(folder: &Path) -> Result<File> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join("in-use"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Code::StoreElsewhere.into()),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Looks at the version through a connection that cannot write, so that a store which is newer, or was
/// never one of ours, stays as it is.
async fn refuse_foreign(path: &Path, key: &DatabaseKey) -> Result<()> {
    let looking = SqliteConnectOptions::new()
        .filename(path)
        .pragma("key", key.to_pragma().as_str().to_owned())
        .read_only(true)
        .disable_statement_logging();
    let mut connection = SqliteConnection::connect_with(&looking).await?;
    let version = migrate::version(&mut connection).await;
    connection.close().await?;
    match version? {
        ..=0 => Err(Code::StoreDamaged.into()),
        version if version > migrate::latest() => Err(Code::StoreNewer.into()),
        _ => Ok(()),
    }
}

fn settings(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .min_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(10))
}

#[cfg(test)]
mod tests {
    use attune_kernel::{Coded, SystemClock};
    use tempfile::TempDir;

    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_said_loses_nothing_and_is_over_when_there_is_room() {
        let folder = TempDir::new().unwrap();
        let store =
            Store::create(folder.path(), &DatabaseKey::random(), Arc::new(SystemClock)).await.unwrap();
        store.write(store.author(), async |tx| tx.keep_unsaved("first", "kept").await).await.unwrap();
        let mut writer = store.writer().acquire().await.unwrap();
        // SQLite's own limit gives the very error a full disk gives, on any machine.
        sqlx::raw_sql("pragma max_page_count = 1").execute(&mut *writer).await.unwrap();
        drop(writer);
        let long = "x".repeat(500_000);
        let refused = store.write(store.author(), async |tx| tx.keep_unsaved("second", &long).await).await;
        assert_eq!(refused.unwrap_err().code(), Code::DiskFull);
        assert_eq!(store.read(async |tx| tx.unsaved("first").await).await.unwrap().as_deref(), Some("kept"));
        // There is room again: the next write goes through on a fresh connection.
        store.write(store.author(), async |tx| tx.keep_unsaved("second", &long).await).await.unwrap();
        assert!(store.verify().await.unwrap().sound());
    }
}

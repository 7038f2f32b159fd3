//! The two transactions. Reading gives queries; writing gives changes, and counts them: a row that changed
//! beside the door makes the commit fail.

use std::{
    ops::{Deref, DerefMut},
    path::{Path, PathBuf},
};

use attune_kernel::{Author, Clock};
use chrono::{DateTime, Utc};
use sqlx::{
    Sqlite, Transaction,
    query::{Query, QueryAs, QueryScalar},
    sqlite::{SqliteArguments, SqliteRow},
};

use crate::{Error, Result, open::Topics};

/// Reads, all from one moment of the store.
pub struct ReadTx {
    tx: Transaction<'static, Sqlite>,
    files: PathBuf,
}

type Row = SqliteRow;

impl ReadTx {
    pub(crate) const fn new(tx: Transaction<'static, Sqlite>, files: PathBuf) -> Self {
        Self { tx, files }
    }

    /// Where the sealed files lie.
    pub(crate) fn files_folder(&self) -> &Path {
        &self.files
    }

    /// The one row there must be; a missing one is [`attune_kernel::Code::Gone`].
    pub async fn one<O>(&mut self, query: QueryAs<'_, Sqlite, O, SqliteArguments>) -> Result<O>
    where
        O: for<'r> sqlx::FromRow<'r, Row> + Send + Unpin,
    {
        Ok(query.fetch_one(&mut *self.tx).await?)
    }

    /// A row, if there is one.
    pub async fn optional<O>(&mut self, query: QueryAs<'_, Sqlite, O, SqliteArguments>) -> Result<Option<O>>
    where
        O: for<'r> sqlx::FromRow<'r, Row> + Send + Unpin,
    {
        Ok(query.fetch_optional(&mut *self.tx).await?)
    }

    /// All rows.
    pub async fn all<O>(&mut self, query: QueryAs<'_, Sqlite, O, SqliteArguments>) -> Result<Vec<O>>
    where
        O: for<'r> sqlx::FromRow<'r, Row> + Send + Unpin,
    {
        Ok(query.fetch_all(&mut *self.tx).await?)
    }

    /// One value.
    pub async fn scalar<O>(&mut self, query: QueryScalar<'_, Sqlite, O, SqliteArguments>) -> Result<O>
    where
        O: Send + Unpin,
        (O,): for<'r> sqlx::FromRow<'r, Row>,
    {
        Ok(query.fetch_one(&mut *self.tx).await?)
    }
}

/// Reads and changes, all or nothing.
pub struct WriteTx {
    reading: ReadTx,
    /// How many rows this connection had ever changed when this began, and how many came in by the door.
    before: i64,
    admitted: i64,
    author: Author,
    now: DateTime<Utc>,
    topics: Topics,
    /// Whether a file's key went: its bytes follow once this is committed.
    forgot: bool,
}

/// What a commit leaves to be done.
pub(crate) struct Committed {
    pub topics: Topics,
    pub forgot: bool,
}

impl Deref for WriteTx {
    type Target = ReadTx;

    fn deref(&self) -> &ReadTx {
        &self.reading
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut ReadTx {
        &mut self.reading
    }
}

impl WriteTx {
    pub(crate) async fn begin(
        tx: Transaction<'static, Sqlite>,
        files: PathBuf,
        author: Author,
        clock: &dyn Clock,
    ) -> Result<Self> {
        let mut reading = ReadTx::new(tx, files);
        let before = changed_so_far(&mut reading).await?;
        let (now, topics) = (clock.now(), Topics::default());
        Ok(Self { reading, before, admitted: 0, author, now, topics, forgot: false })
    }

    /// When this is written: one moment for all of it.
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Who writes.
    pub const fn author(&self) -> Author {
        self.author
    }

    pub(crate) fn touch(&mut self, topic: &'static str) {
        self.topics.add(topic);
    }

    pub(crate) const fn leaves_bytes(&mut self) {
        self.forgot = true;
    }

    /// Runs a statement and counts what it changed. For this crate's own tables and for `change`, which is
    /// how everyone else comes through.
    pub(crate) async fn admit(&mut self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<u64> {
        let changed = query.execute(&mut *self.reading.tx).await?.rows_affected();
        self.admitted += i64::try_from(changed).unwrap_or(i64::MAX);
        Ok(changed)
    }

    /// Commits, unless a row was changed that did not come in by the door.
    pub(crate) async fn commit(mut self) -> Result<Committed> {
        if changed_so_far(&mut self.reading).await? - self.before != self.admitted {
            self.reading.tx.rollback().await?;
            return Err(Error::Trespass);
        }
        self.reading.tx.commit().await?;
        Ok(Committed { topics: self.topics, forgot: self.forgot })
    }
}

/// SQLite's own count of every row ever inserted, updated or deleted on this connection.
async fn changed_so_far(tx: &mut ReadTx) -> Result<i64> {
    tx.scalar(sqlx::query_scalar("select total_changes()")).await
}

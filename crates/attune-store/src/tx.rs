//! The two transactions. Reading gives queries; writing gives changes, and watches that nothing changes
//! beside them.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use attune_kernel::{Author, Clock};
use chrono::{DateTime, Utc};
use sqlx::{
    Sqlite, SqliteConnection, Transaction,
    query::{Query, QueryAs, QueryScalar},
    sqlite::{SqliteArguments, SqliteRow},
};

use crate::{Error, Result, open::Topics};

/// Watches one connection: a row that changes while the door is shut is a trespass, and the transaction
/// that saw one will not commit.
#[derive(Debug, Default)]
pub(crate) struct Door {
    open: AtomicBool,
    trespassed: AtomicBool,
}

impl Door {
    /// Hangs the door on the writing connection.
    pub(crate) async fn hang(self: Arc<Self>, connection: &mut SqliteConnection) -> sqlx::Result<()> {
        connection.lock_handle().await?.set_update_hook(move |_| {
            if !self.open.load(Ordering::SeqCst) {
                self.trespassed.store(true, Ordering::SeqCst);
            }
        });
        Ok(())
    }
}

/// Reads, all from one moment of the store.
pub struct ReadTx {
    tx: Transaction<'static, Sqlite>,
}

type Row = SqliteRow;

impl ReadTx {
    pub(crate) const fn new(tx: Transaction<'static, Sqlite>) -> Self {
        Self { tx }
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
    door: Arc<Door>,
    author: Author,
    now: DateTime<Utc>,
    topics: Topics,
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
    pub(crate) fn new(
        tx: Transaction<'static, Sqlite>,
        door: Arc<Door>,
        author: Author,
        clock: &dyn Clock,
    ) -> Self {
        door.trespassed.store(false, Ordering::SeqCst);
        Self { reading: ReadTx::new(tx), door, author, now: clock.now(), topics: Topics::default() }
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

    /// Runs a statement with the door open. For this crate's own tables and for `change`, which is how
    /// everyone else comes through.
    pub(crate) async fn admit(&mut self, query: Query<'_, Sqlite, SqliteArguments>) -> Result<u64> {
        self.door.open.store(true, Ordering::SeqCst);
        let done = query.execute(&mut *self.reading.tx).await;
        self.door.open.store(false, Ordering::SeqCst);
        Ok(done?.rows_affected())
    }

    pub(crate) async fn commit(self) -> Result<Topics> {
        if self.door.trespassed.load(Ordering::SeqCst) {
            self.reading.tx.rollback().await?;
            return Err(Error::Trespass);
        }
        self.reading.tx.commit().await?;
        Ok(self.topics)
    }
}

//! One change: what a slice says when it writes, and what the store keeps of it.

use attune_kernel::{RecordId, StreamId};
use serde::Serialize;
use sqlx::{Sqlite, query::Query, sqlite::SqliteArguments};
use uuid::Uuid;

use crate::{
    Error, Result,
    tx::{ReadTx, WriteTx},
};

/// How a record may change; all the server will ever know of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Written once.
    Append,
    /// Small, and may be written again.
    Register,
    /// Its author's alone, until it is final.
    Draft,
    /// Never written again, by anyone.
    Final,
}

impl Class {
    const fn name(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Register => "register",
            Self::Draft => "draft",
            Self::Final => "final",
        }
    }

    const fn once(self) -> bool {
        matches!(self, Self::Append | Self::Final)
    }
}

/// A kind of record, declared once in its slice's `record.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The singular name, as it is stored and synced.
    pub name: &'static str,
    /// How such a record may change.
    pub class: Class,
    /// The plural noun that screens listen to.
    pub topic: &'static str,
}

/// What is about to change.
#[derive(Debug)]
pub struct Change {
    kind: Kind,
    id: RecordId,
    stream: StreamId,
    action: &'static str,
    body: String,
}

impl Change {
    /// `action` on a record of `kind`, whose frozen form from now on is `form`.
    pub fn new(
        kind: Kind,
        id: impl Into<RecordId>,
        stream: StreamId,
        action: &'static str,
        form: &impl Serialize,
    ) -> Result<Self> {
        Ok(Self { kind, id: id.into(), stream, action, body: serde_json::to_string(form)? })
    }
}

/// A record that waits for the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub record: RecordId,
    pub stream: StreamId,
    pub kind: String,
    pub version: i64,
    pub body: String,
}

impl WriteTx {
    /// Changes one row: runs `query`, and in the same transaction queues the record and writes the audit
    /// line. A query that touches no row means the thing is gone.
    pub async fn change(&mut self, change: Change, query: Query<'_, Sqlite, SqliteArguments>) -> Result<()> {
        self.apply(&change, query).await?;
        let queue = sqlx::query(
            "insert into outbox (record, body, queued_at) values (?, ?, ?)
             on conflict (record) do update set body = excluded.body",
        );
        self.admit(queue.bind(change.id.as_uuid()).bind(&change.body).bind(self.now())).await?;
        Ok(())
    }

    /// The same for a record that came from elsewhere: nothing is queued, it is already there.
    pub async fn receive(&mut self, change: Change, query: Query<'_, Sqlite, SqliteArguments>) -> Result<()> {
        self.apply(&change, query).await
    }

    /// Whether a record is known here, in any version.
    pub async fn knows(&mut self, id: impl Into<RecordId>) -> Result<bool> {
        let query = sqlx::query_scalar("select exists (select 1 from records where id = ?)");
        self.scalar(query.bind(id.into().as_uuid())).await
    }

    async fn apply(&mut self, change: &Change, query: Query<'_, Sqlite, SqliteArguments>) -> Result<()> {
        if change.kind.class.once() && self.knows(change.id).await? {
            return Err(Error::Damaged("a record that is written once was written again"));
        }
        match self.admit(query).await? {
            0 => return Err(sqlx::Error::RowNotFound.into()),
            1 => {}
            // One record and one audit line speak for one row.
            _ => return Err(Error::Trespass),
        }
        let record = sqlx::query(
            "insert into records (id, stream, kind, class, version) values (?, ?, ?, ?, 1)
             on conflict (id) do update set version = version + 1",
        );
        self.admit(
            record
                .bind(change.id.as_uuid())
                .bind(change.stream.as_uuid())
                .bind(change.kind.name)
                .bind(change.kind.class.name()),
        )
        .await?;
        self.audit_line(change.action, change.kind.name, change.id.as_uuid()).await?;
        self.touch(change.kind.topic);
        Ok(())
    }

    /// Says that a person took a record out of the sealed store, as a file of its own.
    pub async fn exported(&mut self, kind: Kind, id: impl Into<RecordId>) -> Result<()> {
        self.audit_line("export", kind.name, id.into().as_uuid()).await
    }

    /// Says that a person looked at a record: an audit line and nothing else.
    pub async fn viewed(&mut self, kind: Kind, id: impl Into<RecordId>) -> Result<()> {
        self.audit_line("view", kind.name, id.into().as_uuid()).await
    }
}

impl ReadTx {
    /// What waits for the server, oldest first.
    pub async fn queued(&mut self) -> Result<Vec<Queued>> {
        let query = sqlx::query_as::<_, (Uuid, Uuid, String, i64, String)>(
            "select r.id, r.stream, r.kind, r.version, o.body
             from outbox o join records r on r.id = o.record order by o.place",
        );
        let rows = self.all(query).await?;
        Ok(rows
            .into_iter()
            .map(|(record, stream, kind, version, body)| Queued {
                record: record.into(),
                stream: stream.into(),
                kind,
                version,
                body,
            })
            .collect())
    }

    /// The stream a record belongs to.
    pub async fn stream_of(&mut self, id: impl Into<RecordId>) -> Result<StreamId> {
        let query = sqlx::query_scalar::<_, Uuid>("select stream from records where id = ?");
        Ok(self.scalar(query.bind(id.into().as_uuid())).await?.into())
    }
}

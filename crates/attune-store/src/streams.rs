//! Streams: who may read what, from the first day, so that a server later changes nothing about a row.

use std::fmt;

use attune_kernel::{PatientId, StreamId};

use crate::{
    Result,
    tx::{ReadTx, WriteTx},
};

/// The five kinds of stream (`docs/protocol.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamKind {
    /// Read by the care team: one a chart.
    Clinical,
    /// Read by the care team and the patient: one a chart.
    Shared,
    /// Read by all staff: one a practice.
    Practice,
    /// Read by one person.
    Own,
}

impl StreamKind {
    /// The name that is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clinical => "clinical",
            Self::Shared => "shared",
            Self::Practice => "practice",
            Self::Own => "self",
        }
    }
}

impl fmt::Display for StreamKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ReadTx {
    /// The stream of a kind: of this chart, or of the practice or person where `chart` is none.
    pub async fn stream(&mut self, kind: StreamKind, chart: Option<PatientId>) -> Result<StreamId> {
        let query = sqlx::query_scalar::<_, uuid::Uuid>(
            "select id from streams where kind = ? and coalesce(chart, x'') = coalesce(?, x'')",
        );
        let id = self.scalar(query.bind(kind.name()).bind(chart.map(PatientId::as_uuid))).await?;
        Ok(id.into())
    }
}

impl WriteTx {
    /// Opens a stream of this kind. Asking again gives the one that is open.
    pub async fn open_stream(&mut self, kind: StreamKind, chart: Option<PatientId>) -> Result<StreamId> {
        let id = StreamId::new(self.now());
        let query = sqlx::query(
            "insert into streams (id, kind, chart, opened_at) values (?, ?, ?, ?) on conflict do nothing",
        )
        .bind(id.as_uuid())
        .bind(kind.name())
        .bind(chart.map(PatientId::as_uuid))
        .bind(self.now());
        if self.admit(query).await? == 1 {
            self.audit_line("open", "stream", id.as_uuid()).await?;
        }
        self.stream(kind, chart).await
    }
}

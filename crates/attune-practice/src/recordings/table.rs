//! The table `recordings`, and what the view of sessions says about the one a recording belongs to.

use attune_kernel::{PatientId, RecordingId, SessionId};
use attune_store::{ReadTx, Result};
use serde::de::DeserializeOwned;
use sqlx::{FromRow, Row, Sqlite, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Codec, Recording, RecordingState, Source};
use crate::form::Unknown;

/// What a recording needs to know of its session.
pub(super) struct OfSession {
    pub patient: PatientId,
    /// Whether it is being recorded.
    pub recording: bool,
}

pub(super) async fn session(tx: &mut ReadTx, id: SessionId) -> Result<OfSession> {
    let query = sqlx::query_as::<_, (Uuid, bool)>(
        "select patient, state = 'recording' from sessions_as_they_stand where id = ?",
    );
    let (patient, recording) = tx.one(query.bind(id.as_uuid())).await?;
    Ok(OfSession { patient: patient.into(), recording })
}

pub(super) async fn get(tx: &mut ReadTx, id: RecordingId) -> Result<(Recording, Unknown)> {
    let row: WithUnknown =
        tx.one(sqlx::query_as("select * from recordings where id = ?").bind(id.as_uuid())).await?;
    Ok((row.recording, Unknown::from_text(&row.unknown)?))
}

pub(super) async fn of_session(tx: &mut ReadTx, session: SessionId) -> Result<Vec<Recording>> {
    let query = sqlx::query_as("select * from recordings where session = ? order by part, id");
    tx.all(query.bind(session.as_uuid())).await
}

pub(super) async fn of_sessions(tx: &mut ReadTx, sessions: &[SessionId]) -> Result<Vec<Recording>> {
    let hex: Vec<_> = sessions.iter().map(|id| id.as_uuid().simple().to_string()).collect();
    let query = sqlx::query_as(
        "select * from recordings where session in (select unhex(value) from json_each(?))
         order by session, part, id",
    );
    tx.all(query.bind(serde_json::to_string(&hex)?)).await
}

pub(super) async fn under_way(tx: &mut ReadTx) -> Result<Vec<Recording>> {
    tx.all(sqlx::query_as("select * from recordings where state = 'recording' order by began_at, id")).await
}

pub(super) fn put(
    recording: &Recording,
    unknown: &Unknown,
) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into recordings (id, session, patient, part, file, source, codec, state, began_at, ended_at,
            duration_ms, bytes, bookmarks, health, deleted_at, deleted_by, unknown)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
            session = excluded.session, patient = excluded.patient, part = excluded.part,
            file = excluded.file, source = excluded.source, codec = excluded.codec,
            state = excluded.state, began_at = excluded.began_at,
            ended_at = excluded.ended_at, duration_ms = excluded.duration_ms, bytes = excluded.bytes,
            bookmarks = excluded.bookmarks, health = excluded.health, deleted_at = excluded.deleted_at,
            deleted_by = excluded.deleted_by, unknown = excluded.unknown",
    );
    Ok(query
        .bind(recording.id.as_uuid())
        .bind(recording.session.as_uuid())
        .bind(recording.patient.as_uuid())
        .bind(recording.part)
        .bind(recording.file.as_uuid())
        .bind(recording.source.name())
        .bind(recording.codec.name())
        .bind(recording.state.name())
        .bind(recording.began_at)
        .bind(recording.ended_at)
        .bind(recording.duration_ms)
        .bind(i64::try_from(recording.bytes).unwrap_or(i64::MAX))
        .bind(serde_json::to_string(&recording.bookmarks)?)
        .bind(serde_json::to_string(&recording.health)?)
        .bind(recording.deleted_at)
        .bind(recording.deleted_by.map(|member| member.as_uuid()))
        .bind(unknown.to_text()?))
}

struct WithUnknown {
    recording: Recording,
    unknown: String,
}

impl FromRow<'_, SqliteRow> for WithUnknown {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self { recording: Recording::from_row(row)?, unknown: row.try_get("unknown")? })
    }
}

impl FromRow<'_, SqliteRow> for Recording {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            session: row.try_get::<Uuid, _>("session")?.into(),
            patient: row.try_get::<Uuid, _>("patient")?.into(),
            part: row.try_get("part")?,
            file: row.try_get::<Uuid, _>("file")?.into(),
            source: Source::named(row.try_get("source")?),
            codec: Codec::named(row.try_get("codec")?),
            state: RecordingState::named(row.try_get("state")?),
            began_at: row.try_get("began_at")?,
            ended_at: row.try_get("ended_at")?,
            duration_ms: row.try_get("duration_ms")?,
            bytes: u64::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or(0),
            bookmarks: json(row, "bookmarks")?,
            health: json(row, "health")?,
            deleted_at: row.try_get("deleted_at")?,
            deleted_by: row.try_get::<Option<Uuid>, _>("deleted_by")?.map(Into::into),
        })
    }
}

/// What a column of JSON holds. What is wrong with it is told by its place: serde's own words quote it.
fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> sqlx::Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(attune_store::Error::from(error).into()))
}

impl Source {
    const fn name(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Imported => "imported",
        }
    }

    fn named(name: &str) -> Self {
        // The table lets in no third word.
        if name == "imported" { Self::Imported } else { Self::Microphone }
    }
}

impl Codec {
    const fn name(self) -> &'static str {
        match self {
            Self::Lossless => "lossless",
            Self::Small => "small",
        }
    }

    fn named(name: &str) -> Self {
        // The table lets in no third word.
        if name == "small" { Self::Small } else { Self::Lossless }
    }
}

impl RecordingState {
    const fn name(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Kept => "kept",
            Self::Recovered => "recovered",
            Self::Deleted => "deleted",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "recording" => Self::Recording,
            "recovered" => Self::Recovered,
            "deleted" => Self::Deleted,
            // The table lets in no fifth word; were there one, sound that is kept is the safe one.
            _ => Self::Kept,
        }
    }
}

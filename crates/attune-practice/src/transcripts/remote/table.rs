//! The tables `remote_transcription` and `remote_permissions`.

use attune_kernel::{PatientId, SessionId};
use attune_store::{ReadTx, Result};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, Row, Sqlite, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Permission, Remote, Switch};
use crate::form::Unknown;

/// The practice's switch. There is one; were there two, made on two devices, the one that was turned last
/// holds.
pub(super) async fn switch(tx: &mut ReadTx) -> Result<Option<Switch>> {
    tx.optional(sqlx::query_as(
        "select * from remote_transcription order by changed_at desc, id desc limit 1",
    ))
    .await
}

/// When a switch of this identifier was turned last.
pub(super) async fn changed_at(tx: &mut ReadTx, id: Uuid) -> Result<Option<DateTime<Utc>>> {
    let query =
        sqlx::query_as::<_, (DateTime<Utc>,)>("select changed_at from remote_transcription where id = ?");
    Ok(tx.optional(query.bind(id)).await?.map(|(at,)| at))
}

/// Whether somebody agreed for this session, and not before `since`. One that came in another chart's stream
/// does not count.
pub(super) async fn permitted(tx: &mut ReadTx, session: SessionId, since: DateTime<Utc>) -> Result<bool> {
    let query = sqlx::query_scalar(
        "select exists (
            select 1 from remote_permissions p join sessions_as_they_stand s on s.id = p.session
            where p.session = ? and p.patient = s.patient and p.at >= ?
         )",
    );
    tx.scalar(query.bind(session.as_uuid()).bind(since)).await
}

/// When anybody last agreed, for whichever session.
pub(super) async fn last_permission(tx: &mut ReadTx) -> Result<Option<DateTime<Utc>>> {
    let query =
        sqlx::query_as::<_, (DateTime<Utc>,)>("select at from remote_permissions order by at desc limit 1");
    Ok(tx.optional(query).await?.map(|(at,)| at))
}

pub(super) async fn patient_of(tx: &mut ReadTx, session: SessionId) -> Result<PatientId> {
    let query = sqlx::query_scalar::<_, Uuid>("select patient from sessions_as_they_stand where id = ?");
    Ok(tx.scalar(query.bind(session.as_uuid())).await?.into())
}

pub(super) fn put_switch(switch: &Switch) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into remote_transcription (id, is_on, endpoint, model, since, changed_at, unknown)
         values (?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
            is_on = excluded.is_on, endpoint = excluded.endpoint, model = excluded.model, since = excluded.since,
            changed_at = excluded.changed_at, unknown = excluded.unknown",
    );
    Ok(query
        .bind(switch.id.as_uuid())
        .bind(switch.remote.on)
        .bind(switch.remote.endpoint.clone())
        .bind(switch.remote.model.clone())
        .bind(switch.since)
        .bind(switch.changed_at)
        .bind(switch.unknown.to_text()?))
}

pub(super) fn put_permission(permission: &Permission) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into remote_permissions (id, session, patient, agreed_by, at, unknown) values (?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
            session = excluded.session, patient = excluded.patient, agreed_by = excluded.agreed_by,
            at = excluded.at, unknown = excluded.unknown",
    );
    Ok(query
        .bind(permission.id.as_uuid())
        .bind(permission.session.as_uuid())
        .bind(permission.patient.as_uuid())
        .bind(permission.agreed_by.as_uuid())
        .bind(permission.at)
        .bind(permission.unknown.to_text()?))
}

impl FromRow<'_, SqliteRow> for Switch {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let unknown: String = row.try_get("unknown")?;
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            remote: Remote {
                on: row.try_get("is_on")?,
                endpoint: row.try_get("endpoint")?,
                model: row.try_get("model")?,
            },
            since: row.try_get("since")?,
            changed_at: row.try_get("changed_at")?,
            unknown: Unknown::from_text(&unknown).map_err(|error| sqlx::Error::Decode(error.into()))?,
        })
    }
}

//! The tables `consents` and `consent_withdrawals`, and the view of both that everyone reads.

use attune_kernel::{ConsentId, MemberId, PatientId, Private, RecordId};
use attune_store::{ReadTx, Result};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, Row, Sqlite, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Consent, ConsentKind, Signed, Withdrawal};
use crate::form::Unknown;

pub(super) async fn get(tx: &mut ReadTx, id: ConsentId) -> Result<Consent> {
    tx.one(sqlx::query_as("select * from consents_as_they_stand where id = ?").bind(id.as_uuid())).await
}

pub(super) async fn list(tx: &mut ReadTx, patient: PatientId) -> Result<Vec<Consent>> {
    let query = sqlx::query_as(
        "select * from consents_as_they_stand where patient = ? order by signed_at desc, id desc",
    );
    tx.all(query.bind(patient.as_uuid())).await
}

pub(super) async fn live(tx: &mut ReadTx, patient: PatientId, kind: ConsentKind) -> Result<Option<Consent>> {
    let query = sqlx::query_as(
        "select * from consents_as_they_stand where patient = ? and kind = ? and withdrawn_at is null
         order by signed_at desc, id desc limit 1",
    );
    tx.optional(query.bind(patient.as_uuid()).bind(kind.name())).await
}

/// When this patient last took back a consent of this kind.
pub(super) async fn last_withdrawn(
    tx: &mut ReadTx,
    patient: PatientId,
    kind: ConsentKind,
) -> Result<Option<DateTime<Utc>>> {
    let query = sqlx::query_as::<_, (DateTime<Utc>,)>(
        "select at from consent_withdrawals where patient = ? and kind = ? order by at desc limit 1",
    );
    Ok(tx.optional(query.bind(patient.as_uuid()).bind(kind.name())).await?.map(|(at,)| at))
}

pub(super) fn insert(
    id: ConsentId,
    author: MemberId,
    signed: &Signed,
    unknown: &Unknown,
) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into consents (id, patient, kind, version, title, paragraphs, signed_by, signed_at,
            recorded_by, unknown)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    Ok(query
        .bind(id.as_uuid())
        .bind(signed.patient.as_uuid())
        .bind(signed.text.kind.name())
        .bind(signed.text.version)
        .bind(signed.text.title.clone())
        .bind(serde_json::to_string(&signed.text.paragraphs)?)
        .bind(signed.signed_by.reveal().clone())
        .bind(signed.signed_at)
        .bind(author.as_uuid())
        .bind(unknown.to_text()?))
}

pub(super) fn insert_withdrawal(
    id: RecordId,
    author: MemberId,
    withdrawal: &Withdrawal,
    unknown: &Unknown,
) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into consent_withdrawals (id, consent, patient, kind, at, author, unknown)
         values (?, ?, ?, ?, ?, ?, ?)",
    );
    Ok(query
        .bind(id.as_uuid())
        .bind(withdrawal.consent.as_uuid())
        .bind(withdrawal.patient.as_uuid())
        .bind(withdrawal.kind.name())
        .bind(withdrawal.at)
        .bind(author.as_uuid())
        .bind(unknown.to_text()?))
}

impl FromRow<'_, SqliteRow> for Consent {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let paragraphs: String = row.try_get("paragraphs")?;
        let withdrawn_at: Option<DateTime<Utc>> = row.try_get("withdrawn_at")?;
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            patient: row.try_get::<Uuid, _>("patient")?.into(),
            // The table lets in no second kind.
            kind: ConsentKind::Recording,
            version: row.try_get("version")?,
            title: row.try_get("title")?,
            paragraphs: serde_json::from_str(&paragraphs)
                .map_err(|error| sqlx::Error::Decode(error.into()))?,
            signed_by: Private::new(row.try_get("signed_by")?),
            signed_at: row.try_get("signed_at")?,
            recorded_by: row.try_get::<Uuid, _>("recorded_by")?.into(),
            withdrawn_at,
            live: withdrawn_at.is_none(),
        })
    }
}

impl ConsentKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Recording => "recording",
        }
    }
}

//! The tables `moods` and `mood_amendments`, and the view of both that everyone reads.

use attune_kernel::{Code, MemberId, MoodAmendmentId, MoodId, PatientId, Private};
use attune_store::{ReadTx, Result};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, Row, Sqlite, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Amended, Logged, Mood, Score};
use crate::form::Unknown;

pub(super) async fn get(tx: &mut ReadTx, id: MoodId) -> Result<Mood> {
    tx.one(sqlx::query_as("select * from moods_as_they_stand where id = ?").bind(id.as_uuid())).await
}

pub(super) async fn list(tx: &mut ReadTx, patient: PatientId) -> Result<Vec<Mood>> {
    let query = sqlx::query_as(
        "select * from moods_as_they_stand where patient = ? and withdrawn = 0
         order by felt_at desc, id desc",
    );
    tx.all(query.bind(patient.as_uuid())).await
}

/// When this person last spoke of this mood.
pub(super) async fn last_amended(
    tx: &mut ReadTx,
    mood: MoodId,
    author: MemberId,
) -> Result<Option<DateTime<Utc>>> {
    let query = sqlx::query_as::<_, (DateTime<Utc>,)>(
        "select at from mood_amendments where mood = ? and author = ? order by at desc limit 1",
    );
    Ok(tx.optional(query.bind(mood.as_uuid()).bind(author.as_uuid())).await?.map(|(at,)| at))
}

pub(super) fn insert(
    id: MoodId,
    author: MemberId,
    logged: &Logged,
    unknown: &Unknown,
) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into moods (id, patient, score, words, felt_at, logged_at, author, unknown)
         values (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    Ok(query
        .bind(id.as_uuid())
        .bind(logged.patient.as_uuid())
        .bind(logged.score.get())
        .bind(logged.words.as_ref().map(Private::reveal))
        .bind(logged.felt_at)
        .bind(logged.logged_at)
        .bind(author.as_uuid())
        .bind(unknown.to_text()?))
}

pub(super) fn insert_amendment(
    id: MoodAmendmentId,
    author: MemberId,
    amended: &Amended,
    unknown: &Unknown,
) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into mood_amendments (id, mood, patient, words, withdrawn, at, author, unknown)
         values (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    Ok(query
        .bind(id.as_uuid())
        .bind(amended.mood.as_uuid())
        .bind(amended.patient.as_uuid())
        .bind(amended.words.as_ref().map(Private::reveal))
        .bind(amended.withdrawn)
        .bind(amended.at)
        .bind(author.as_uuid())
        .bind(unknown.to_text()?))
}

impl FromRow<'_, SqliteRow> for Mood {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let score =
            Score::check(row.try_get("score")?).map_err(|code: Code| sqlx::Error::Decode(code.into()))?;
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            patient: row.try_get::<Uuid, _>("patient")?.into(),
            score,
            level: score.level(),
            words: row.try_get::<Option<String>, _>("words")?.map(Private::new),
            felt_at: row.try_get("felt_at")?,
            logged_at: row.try_get("logged_at")?,
            author: row.try_get::<Uuid, _>("author")?.into(),
            by_patient: row.try_get("by_patient")?,
            withdrawn: row.try_get("withdrawn")?,
        })
    }
}

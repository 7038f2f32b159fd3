//! The table `sessions`, and the view that patients keep of their names.

use attune_kernel::{PatientId, Private, SessionId};
use attune_store::{ReadTx, Result};
use sqlx::{FromRow, Row, Sqlite, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Details, Kept, Place, SessionState};
use crate::form::Unknown;

pub(super) async fn get(tx: &mut ReadTx, id: SessionId) -> Result<(Kept, Unknown)> {
    let row: WithUnknown =
        tx.one(sqlx::query_as("select * from sessions where id = ?").bind(id.as_uuid())).await?;
    Ok((row.session, Unknown::from_text(&row.unknown)?))
}

/// What a patient is called; nothing while they are still on the way here.
pub(super) async fn name_of(tx: &mut ReadTx, patient: PatientId) -> Result<Private<String>> {
    let query = sqlx::query_as::<_, (String,)>("select name from names_of_patients where id = ?");
    let found = tx.optional(query.bind(patient.as_uuid())).await?;
    Ok(Private::new(found.map(|(name,)| name).unwrap_or_default()))
}

macro_rules! named {
    ($rest:literal) => {
        concat!(
            "select s.*, coalesce(p.name, '') as patient_name
             from sessions s left join names_of_patients p on p.id = s.patient ",
            $rest
        )
    };
}

pub(super) async fn of_patient(tx: &mut ReadTx, patient: PatientId) -> Result<Vec<(Kept, Private<String>)>> {
    let query = sqlx::query_as(named!("where s.patient = ? order by s.started_at desc, s.id desc"));
    Ok(unwrapped(tx.all(query.bind(patient.as_uuid())).await?))
}

pub(super) async fn lately(tx: &mut ReadTx, limit: u32) -> Result<Vec<(Kept, Private<String>)>> {
    let query = sqlx::query_as(named!("order by s.started_at desc, s.id desc limit ?"));
    Ok(unwrapped(tx.all(query.bind(limit)).await?))
}

fn unwrapped(rows: Vec<Named>) -> Vec<(Kept, Private<String>)> {
    rows.into_iter().map(|row| (row.session, row.patient_name)).collect()
}

pub(super) fn put(session: &Kept, unknown: &Unknown) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into sessions (id, patient, clinician, started_at, ended_at, planned_minutes, place,
            attendees, state, confirmed_at, consent, unknown)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
            patient = excluded.patient, clinician = excluded.clinician, started_at = excluded.started_at,
            ended_at = excluded.ended_at, planned_minutes = excluded.planned_minutes,
            place = excluded.place, attendees = excluded.attendees, state = excluded.state,
            confirmed_at = excluded.confirmed_at, consent = excluded.consent, unknown = excluded.unknown",
    );
    Ok(query
        .bind(session.id.as_uuid())
        .bind(session.patient.as_uuid())
        .bind(session.clinician.as_uuid())
        .bind(session.started_at)
        .bind(session.ended_at)
        .bind(session.details.planned_minutes)
        .bind(session.details.place.name())
        .bind(serde_json::to_string(&session.details.attendees)?)
        .bind(session.state.name())
        .bind(session.confirmed_at)
        .bind(session.consent.map(|consent| consent.as_uuid()))
        .bind(unknown.to_text()?))
}

struct WithUnknown {
    session: Kept,
    unknown: String,
}

struct Named {
    session: Kept,
    patient_name: Private<String>,
}

impl FromRow<'_, SqliteRow> for WithUnknown {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self { session: Kept::from_row(row)?, unknown: row.try_get("unknown")? })
    }
}

impl FromRow<'_, SqliteRow> for Named {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let patient_name = Private::new(row.try_get("patient_name")?);
        Ok(Self { session: Kept::from_row(row)?, patient_name })
    }
}

impl FromRow<'_, SqliteRow> for Kept {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let attendees: String = row.try_get("attendees")?;
        let attendees = serde_json::from_str(&attendees)
            .map_err(|error| sqlx::Error::Decode(attune_store::Error::from(error).into()))?;
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            patient: row.try_get::<Uuid, _>("patient")?.into(),
            clinician: row.try_get::<Uuid, _>("clinician")?.into(),
            started_at: row.try_get("started_at")?,
            ended_at: row.try_get("ended_at")?,
            details: Details {
                planned_minutes: row.try_get("planned_minutes")?,
                place: Place::named(row.try_get("place")?),
                attendees,
            },
            state: SessionState::named(row.try_get("state")?),
            confirmed_at: row.try_get("confirmed_at")?,
            consent: row.try_get::<Option<Uuid>, _>("consent")?.map(Into::into),
        })
    }
}

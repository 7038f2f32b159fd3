//! The table `patients`.

use attune_kernel::{MemberId, PatientId};
use attune_store::{ReadTx, Result};
use chrono::NaiveDate;
use sqlx::{FromRow, Row, Sqlite, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    BornOn, Details, Email, Note, Patient, PatientFound, PatientName, Phone, Pronouns, Reference, Standing,
    find::found_by_of,
};
use crate::{fold::fold, form::Unknown};

pub(super) async fn get(tx: &mut ReadTx, id: PatientId) -> Result<(Patient, Unknown)> {
    let row: WithUnknown =
        tx.one(sqlx::query_as("select * from patients where id = ?").bind(id.as_uuid())).await?;
    Ok((row.patient, Unknown::from_text(&row.unknown)?))
}

pub(super) async fn standing(tx: &mut ReadTx, id: PatientId) -> Result<Standing> {
    let query = sqlx::query_scalar::<_, String>("select standing from patients where id = ?");
    Ok(Standing::named(&tx.scalar(query.bind(id.as_uuid())).await?))
}

pub(super) async fn first_of_clinician(tx: &mut ReadTx, clinician: MemberId) -> Result<Option<PatientId>> {
    let query =
        sqlx::query_as::<_, (Uuid,)>("select id from patients where clinician = ? order by created_at, id");
    Ok(tx.optional(query.bind(clinician.as_uuid())).await?.map(|(id,)| id.into()))
}

/// Everyone, archived or not, for comparing.
pub(super) async fn all(tx: &mut ReadTx) -> Result<Vec<Patient>> {
    tx.all(sqlx::query_as("select * from patients order by folded, id")).await
}

pub(super) fn put(patient: &Patient, unknown: &Unknown) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into patients (id, name, preferred_name, pronouns, reference, email, phone, born_on, note,
            clinician, standing, created_at, changed_at, folded, found_by, unknown)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
            name = excluded.name, preferred_name = excluded.preferred_name, pronouns = excluded.pronouns,
            reference = excluded.reference, email = excluded.email, phone = excluded.phone,
            born_on = excluded.born_on, note = excluded.note, clinician = excluded.clinician,
            standing = excluded.standing, created_at = excluded.created_at, changed_at = excluded.changed_at,
            folded = excluded.folded, found_by = excluded.found_by, unknown = excluded.unknown",
    );
    let details = &patient.details;
    Ok(query
        .bind(patient.id.as_uuid())
        .bind(details.name.reveal())
        .bind(details.preferred_name.as_ref().map(PatientName::reveal))
        .bind(details.pronouns.as_ref().map(Pronouns::reveal))
        .bind(details.reference.as_ref().map(Reference::reveal))
        .bind(details.email.as_ref().map(Email::reveal))
        .bind(details.phone.as_ref().map(Phone::reveal))
        .bind(details.born_on.as_ref().map(BornOn::reveal))
        .bind(details.note.as_ref().map(Note::reveal))
        .bind(patient.clinician.as_uuid())
        .bind(patient.standing.name())
        .bind(patient.created_at)
        .bind(patient.changed_at)
        .bind(fold(details.name.reveal()))
        .bind(found_by_of(details))
        .bind(unknown.to_text()?))
}

/// What everyone of a standing is found by, in the order of their names: one text for all, because the
/// driver hands over five thousand rows far more slowly than SQLite reads them.
pub(super) async fn found_by(tx: &mut ReadTx, standing: Standing) -> Result<String> {
    let query = sqlx::query_scalar(
        "select coalesce(group_concat(hex(id) || char(10) || found_by, char(30) order by folded, id), '')
         from patients where standing = ?",
    );
    tx.scalar(query.bind(standing.name())).await
}

/// One column of a patient's latest mood, from the view that moods keep for others. A subquery for each
/// column and not a join: SQLite would build the whole view first to join it.
macro_rules! latest_mood {
    ($column:literal) => {
        concat!(
            "(select l.",
            $column,
            " from moods_as_they_stand l where l.patient = p.id and l.withdrawn = 0
              order by l.felt_at desc, l.id desc limit 1) as latest_",
            $column
        )
    };
}

macro_rules! found {
    ($rest:literal) => {
        concat!(
            "select p.*, ",
            latest_mood!("score"),
            ", ",
            latest_mood!("felt_at"),
            " from patients p ",
            $rest
        )
    };
}

/// Everyone of a standing by name, each with their latest mood.
pub(super) async fn listed(tx: &mut ReadTx, standing: Standing) -> Result<Vec<PatientFound>> {
    let query = sqlx::query_as(found!("where p.standing = ? order by p.folded, p.id"));
    tx.all(query.bind(standing.name())).await
}

/// These few, in no order of ours, each with their latest mood.
pub(super) async fn these(tx: &mut ReadTx, ids: &[PatientId]) -> Result<Vec<PatientFound>> {
    let hex: Vec<_> = ids.iter().map(|id| id.as_uuid().simple().to_string()).collect();
    let query = sqlx::query_as(found!("where p.id in (select unhex(value) from json_each(?))"));
    tx.all(query.bind(serde_json::to_string(&hex)?)).await
}

struct WithUnknown {
    patient: Patient,
    unknown: String,
}

impl FromRow<'_, SqliteRow> for WithUnknown {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self { patient: Patient::from_row(row)?, unknown: row.try_get("unknown")? })
    }
}

impl FromRow<'_, SqliteRow> for PatientFound {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            patient: Patient::from_row(row)?,
            exact: true,
            latest_mood: row.try_get("latest_score")?,
            latest_mood_at: row.try_get("latest_felt_at")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for Patient {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let text = |column| row.try_get::<Option<String>, _>(column);
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            details: Details {
                name: PatientName::kept(row.try_get("name")?),
                preferred_name: text("preferred_name")?.map(PatientName::kept),
                pronouns: text("pronouns")?.map(Pronouns::kept),
                reference: text("reference")?.map(Reference::kept),
                email: text("email")?.map(Email::kept),
                phone: text("phone")?.map(Phone::kept),
                born_on: row.try_get::<Option<NaiveDate>, _>("born_on")?.map(BornOn::kept),
                note: text("note")?.map(Note::kept),
            },
            clinician: row.try_get::<Uuid, _>("clinician")?.into(),
            standing: Standing::named(row.try_get("standing")?),
            created_at: row.try_get("created_at")?,
            changed_at: row.try_get("changed_at")?,
        })
    }
}

impl Standing {
    const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    fn named(name: &str) -> Self {
        // The table lets in no third word; were there one, the chart that nothing is added to is the safe one.
        if name == "active" { Self::Active } else { Self::Archived }
    }
}

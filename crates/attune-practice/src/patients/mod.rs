//! Patients: the people treated, and their charts.
//!
//! A chart is opened, edited, archived and restored; it is never deleted here, because what was written in
//! it must outlive a slip of the hand. Opening one for the first time also opens its two streams, clinical
//! and shared, so that a server later changes nothing about who may read what. Reading one leaves an audit
//! line. What is looked up, compared and imported lives beside this file, each under its own name.

mod details;
mod find;
mod import;
mod record;
mod resembling;
pub(crate) mod sample;
mod table;
#[cfg(test)]
mod tests;

use attune_kernel::{Code, MemberId, PatientId};
use attune_store::{ReadTx, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::form::Unknown;

pub use details::{BornOn, Details, Email, NewPatient, Note, PatientName, Phone, Pronouns, Reference};
pub use find::{PatientFound, find};
pub use import::{ImportReport, ImportRow, ImportVerdict, import, preview};
pub use record::PATIENT;
pub(crate) use record::replay;
pub use resembling::resembling;

/// A person treated; their record is a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Patient {
    pub id: PatientId,
    #[serde(flatten)]
    pub details: Details,
    /// Who treats them.
    pub clinician: MemberId,
    pub standing: Standing,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

/// Whether a chart is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Active,
    /// Put away: found only among the archived, and nothing new is logged.
    Archived,
}

/// Opens a chart. Its clinician is whoever writes.
pub async fn create(tx: &mut WriteTx, new: &NewPatient) -> Result<Patient> {
    let details = new.check(tx.now().date_naive())?;
    open_chart(tx, details, tx.author().member, tx.now()).await
}

/// Changes what is known of a person. Saying what was already so leaves no trace.
pub async fn edit(tx: &mut WriteTx, id: PatientId, new: &NewPatient) -> Result<Patient> {
    let details = new.check(tx.now().date_naive())?;
    let (mut patient, unknown) = table::get(tx, id).await?;
    if patient.details != details {
        patient.details = details;
        patient.changed_at = tx.now();
        record::write(tx, "edit", &patient, unknown).await?;
    }
    Ok(patient)
}

/// Puts a chart away.
pub async fn archive(tx: &mut WriteTx, id: PatientId) -> Result<Patient> {
    stand(tx, "archive", id, Standing::Archived).await
}

/// Takes a chart back into use.
pub async fn restore(tx: &mut WriteTx, id: PatientId) -> Result<Patient> {
    stand(tx, "restore", id, Standing::Active).await
}

/// Reads a chart, and says in the audit that somebody did.
pub async fn open(tx: &mut WriteTx, id: PatientId) -> Result<Patient> {
    let (patient, _) = table::get(tx, id).await?;
    tx.viewed(PATIENT, id).await?;
    Ok(patient)
}

/// Reads again a chart that is open already: whoever looks at it is in the audit, and its refreshing is not
/// another look.
pub async fn read(tx: &mut ReadTx, id: PatientId) -> Result<Patient> {
    let (patient, _) = table::get(tx, id).await?;
    Ok(patient)
}

/// Refuses to go on where a chart is put away or not there at all.
pub(crate) async fn must_be_active(tx: &mut ReadTx, id: PatientId) -> Result<()> {
    match table::standing(tx, id).await? {
        Standing::Active => Ok(()),
        Standing::Archived => Err(Code::PatientArchived.into()),
    }
}

/// The first chart of one clinician; in a patient's own application, the only one.
pub(crate) async fn of_clinician(tx: &mut ReadTx, clinician: MemberId) -> Result<Option<PatientId>> {
    table::first_of_clinician(tx, clinician).await
}

async fn open_chart(
    tx: &mut WriteTx,
    details: Details,
    clinician: MemberId,
    at: DateTime<Utc>,
) -> Result<Patient> {
    let patient = Patient {
        id: PatientId::new(at),
        details,
        clinician,
        standing: Standing::Active,
        created_at: at,
        changed_at: at,
    };
    tx.open_stream(StreamKind::Clinical, Some(patient.id)).await?;
    tx.open_stream(StreamKind::Shared, Some(patient.id)).await?;
    record::write(tx, "create", &patient, Unknown::default()).await?;
    Ok(patient)
}

async fn stand(tx: &mut WriteTx, action: &'static str, id: PatientId, standing: Standing) -> Result<Patient> {
    let (mut patient, unknown) = table::get(tx, id).await?;
    if patient.standing != standing {
        patient.standing = standing;
        patient.changed_at = tx.now();
        record::write(tx, action, &patient, unknown).await?;
    }
    Ok(patient)
}

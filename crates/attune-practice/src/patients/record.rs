//! The frozen form of a patient.

use attune_kernel::{MemberId, PatientId, Private};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    BornOn, Details, Email, Note, Patient, PatientName, Phone, Pronouns, Reference, Standing, table,
};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
    text,
};

/// What is known of a person, in the stream the care team reads.
pub const PATIENT: Kind = Kind { name: "patient", class: Class::Register, topic: "patients" };

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PatientV1 {
    pub v: u32,
    pub name: Private<String>,
    pub preferred_name: Option<Private<String>>,
    pub pronouns: Option<Private<String>>,
    pub reference: Option<Private<String>>,
    pub email: Option<Private<String>>,
    pub phone: Option<Private<String>>,
    pub born_on: Option<Private<NaiveDate>>,
    pub note: Option<Private<String>>,
    pub clinician: MemberId,
    pub standing: Standing,
    pub created_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read(body: &str) -> Result<PatientV1, Replayed> {
    form::read(body, 1, |v| match v {
        1 => form::parse(body),
        _ => None,
    })
}

/// Changes the row, and sends the form.
pub(super) async fn write(
    tx: &mut WriteTx,
    action: &'static str,
    patient: &Patient,
    unknown: Unknown,
) -> Result<()> {
    let query = table::put(patient, &unknown)?;
    let stream = tx.stream(StreamKind::Clinical, Some(patient.id)).await?;
    let form = PatientV1::of(patient, unknown);
    tx.change(Change::new(PATIENT, patient.id, stream, action, &form)?, query).await
}

/// Applies a patient from elsewhere.
pub(crate) async fn replay(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    let id = PatientId::from(arrived.record);
    if !arrived.lies_in(tx, StreamKind::Clinical, Some(id)).await? {
        return Ok(Replayed::Misplaced);
    }
    let change = Change::new(PATIENT, id, arrived.stream, "receive", &form)?;
    let (patient, unknown) = form.into_patient(id);
    tx.receive(change, table::put(&patient, &unknown)?).await?;
    Ok(Replayed::Applied)
}

impl PatientV1 {
    fn of(patient: &Patient, unknown: Unknown) -> Self {
        let details = &patient.details;
        Self {
            v: 1,
            name: details.name.private(),
            preferred_name: details.preferred_name.as_ref().map(PatientName::private),
            pronouns: details.pronouns.as_ref().map(Pronouns::private),
            reference: details.reference.as_ref().map(Reference::private),
            email: details.email.as_ref().map(Email::private),
            phone: details.phone.as_ref().map(Phone::private),
            born_on: details.born_on.as_ref().map(|born_on| Private::new(born_on.reveal())),
            note: details.note.as_ref().map(Note::private),
            clinician: patient.clinician,
            standing: patient.standing,
            created_at: patient.created_at,
            changed_at: patient.changed_at,
            unknown,
        }
    }

    fn into_patient(self, id: PatientId) -> (Patient, Unknown) {
        let kept = |field: Private<String>| text::tamed(field.reveal());
        let details = Details {
            name: PatientName::kept(kept(self.name)),
            preferred_name: self.preferred_name.map(kept).map(PatientName::kept),
            pronouns: self.pronouns.map(kept).map(Pronouns::kept),
            reference: self.reference.map(kept).map(Reference::kept),
            email: self.email.map(kept).map(Email::kept),
            phone: self.phone.map(kept).map(Phone::kept),
            born_on: self.born_on.map(|born_on| BornOn::kept(born_on.into_inner())),
            note: self.note.map(kept).map(Note::kept),
        };
        let patient = Patient {
            id,
            details,
            clinician: self.clinician,
            standing: self.standing,
            created_at: self.created_at,
            changed_at: self.changed_at,
        };
        (patient, self.unknown)
    }
}

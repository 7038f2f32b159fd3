//! The frozen forms of a consent and of its being taken back.
//!
//! The form holds the whole text that was signed: whoever reads it in ten years has no other copy. Neither
//! form says who wrote it: the envelope it travels in is signed, and a name inside could only lie.

use attune_kernel::{ConsentId, PatientId, Private, RecordId};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ConsentKind, ConsentText, Paragraph, Signed, Withdrawal, table};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
    text,
};

/// What somebody agreed to, in the stream that they and the care team read.
pub const CONSENT: Kind = Kind { name: "consent", class: Class::Append, topic: "consents" };
/// That they took it back, in the same stream.
pub const CONSENT_WITHDRAWAL: Kind =
    Kind { name: "consent_withdrawal", class: Class::Append, topic: "consents" };

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ConsentV1 {
    pub v: u32,
    pub patient: PatientId,
    pub kind: ConsentKind,
    pub version: u32,
    pub title: String,
    pub paragraphs: Vec<Paragraph>,
    pub signed_by: Private<String>,
    pub signed_at: DateTime<Utc>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct WithdrawalV1 {
    pub v: u32,
    pub consent: ConsentId,
    pub patient: PatientId,
    pub kind: ConsentKind,
    pub at: DateTime<Utc>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read(body: &str) -> Result<ConsentV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read_withdrawal(body: &str) -> Result<WithdrawalV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Writes the row, and sends the form.
pub(super) async fn write(tx: &mut WriteTx, id: ConsentId, signed: &Signed) -> Result<()> {
    let stream = tx.stream(StreamKind::Shared, Some(signed.patient)).await?;
    let unknown = Unknown::default();
    let query = table::insert(id, tx.author().member, signed, &unknown)?;
    let form = ConsentV1 {
        v: 1,
        patient: signed.patient,
        kind: signed.text.kind,
        version: signed.text.version,
        title: signed.text.title.clone(),
        paragraphs: signed.text.paragraphs.clone(),
        signed_by: signed.signed_by.clone(),
        signed_at: signed.signed_at,
        unknown,
    };
    tx.change(Change::new(CONSENT, id, stream, "give", &form)?, query).await
}

/// Writes the row, and sends the form.
pub(super) async fn write_withdrawal(tx: &mut WriteTx, id: RecordId, withdrawal: &Withdrawal) -> Result<()> {
    let stream = tx.stream(StreamKind::Shared, Some(withdrawal.patient)).await?;
    let unknown = Unknown::default();
    let query = table::insert_withdrawal(id, tx.author().member, withdrawal, &unknown)?;
    let form = WithdrawalV1 {
        v: 1,
        consent: withdrawal.consent,
        patient: withdrawal.patient,
        kind: withdrawal.kind,
        at: withdrawal.at,
        unknown,
    };
    tx.change(Change::new(CONSENT_WITHDRAWAL, id, stream, "withdraw", &form)?, query).await
}

/// Applies a consent from elsewhere.
pub(crate) async fn replay_consent(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if let Some(why) = arrived.not_once_in(tx, StreamKind::Shared, form.patient).await? {
        return Ok(why);
    }
    let signed_by = text::tamed(form.signed_by.reveal());
    // A consent that nobody signed is none.
    if signed_by.trim().is_empty() || !form::sorts_as_text(form.signed_at) {
        return Ok(Replayed::Unreadable);
    }
    let change = Change::new(CONSENT, arrived.record, arrived.stream, "receive", &form)?;
    let paragraphs = form.paragraphs.into_iter().map(|paragraph| Paragraph {
        heading: text::tamed(&paragraph.heading),
        text: text::tamed(&paragraph.text),
    });
    let signed = Signed {
        patient: form.patient,
        text: ConsentText {
            kind: form.kind,
            version: form.version,
            title: text::tamed(&form.title),
            paragraphs: paragraphs.collect(),
        },
        signed_by: Private::new(signed_by),
        signed_at: form.signed_at,
    };
    let query = table::insert(arrived.record.into(), arrived.author, &signed, &form.unknown)?;
    tx.receive(change, query).await?;
    Ok(Replayed::Applied)
}

/// Applies a withdrawal from elsewhere, though what it takes back may still be on its way.
pub(crate) async fn replay_withdrawal(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read_withdrawal(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if let Some(why) = arrived.not_once_in(tx, StreamKind::Shared, form.patient).await? {
        return Ok(why);
    }
    if !form::sorts_as_text(form.at) {
        return Ok(Replayed::Unreadable);
    }
    let change = Change::new(CONSENT_WITHDRAWAL, arrived.record, arrived.stream, "receive", &form)?;
    let withdrawal =
        Withdrawal { consent: form.consent, patient: form.patient, kind: form.kind, at: form.at };
    let query = table::insert_withdrawal(arrived.record, arrived.author, &withdrawal, &form.unknown)?;
    tx.receive(change, query).await?;
    Ok(Replayed::Applied)
}

//! Consents: what a patient agreed to in writing, and that they may take it back.
//!
//! A consent is signed once and kept word for word as it was shown, because "the current text" is not what
//! anybody put their name to. It is never changed: taking it back is a statement beside it, and holds from
//! that moment for everything of its kind that was signed until then. Nothing here asks a patient for a
//! reason, and nothing asks again on its own.
//!
//! The texts are data (`data/consents`), built in, so that consent can be given without a network.

mod record;
pub(crate) mod sample;
mod table;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use attune_kernel::{Code, ConsentId, MemberId, PatientId, Private, RecordId};
use attune_store::{ReadTx, Result, WriteTx};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{patients, text};

pub use record::{CONSENT, CONSENT_WITHDRAWAL};
pub(crate) use record::{replay_consent, replay_withdrawal};

/// What can be agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// That sessions are recorded, and that this computer works on the recording.
    Recording,
}

/// One heading of a consent, and what stands under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Paragraph {
    pub heading: String,
    pub text: String,
}

/// What is shown to be signed today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConsentText {
    pub kind: ConsentKind,
    pub version: u32,
    pub title: String,
    pub paragraphs: Vec<Paragraph>,
}

/// A consent that was signed, as it stands today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    pub id: ConsentId,
    pub patient: PatientId,
    pub kind: ConsentKind,
    pub version: u32,
    /// The text as it was signed, which may not be today's.
    pub title: String,
    pub paragraphs: Vec<Paragraph>,
    /// The name that was written under it.
    pub signed_by: Private<String>,
    pub signed_at: DateTime<Utc>,
    /// At whose screen.
    pub recorded_by: MemberId,
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Whether it holds now.
    pub live: bool,
}

/// What somebody signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewConsent {
    pub patient: PatientId,
    pub kind: ConsentKind,
    /// Of the text that stood on the screen.
    pub version: u32,
    pub signed_by: Private<String>,
}

const LONGEST_SIGNATURE: usize = 120;

/// The text that is signed today.
pub fn text(kind: ConsentKind) -> ConsentText {
    match kind {
        ConsentKind::Recording => RECORDING.clone(),
    }
}

/// Signs the text that was shown.
pub async fn give(tx: &mut WriteTx, new: &NewConsent) -> Result<Consent> {
    let shown = text(new.kind);
    if new.version != shown.version {
        return Err(Code::ConsentOutdated.into());
    }
    let signed_by = signature(new.signed_by.reveal())?;
    patients::must_be_active(tx, new.patient).await?;
    // Signed after a no, whatever a clock that was set back makes of it.
    let at = match table::last_withdrawn(tx, new.patient, new.kind).await? {
        Some(last) => tx.now().max(last + TimeDelta::milliseconds(1)),
        None => tx.now(),
    };
    sign(tx, new.patient, shown, signed_by, at).await
}

/// Takes a consent back, and with it every other of its kind that was signed until now.
pub async fn withdraw(tx: &mut WriteTx, id: ConsentId) -> Result<Consent> {
    let consent = table::get(tx, id).await?;
    if !consent.live {
        return Ok(consent);
    }
    // Never before what it takes back, whatever a clock that was set back says.
    let newest = table::list(tx, consent.patient).await?.into_iter().map(|other| other.signed_at).max();
    let at = newest.map_or(tx.now(), |newest| newest.max(tx.now()));
    let withdrawal = Withdrawal { consent: id, patient: consent.patient, kind: consent.kind, at };
    record::write_withdrawal(tx, RecordId::new(at), &withdrawal).await?;
    table::get(tx, id).await
}

/// Everything a patient ever signed here, the newest first, taken back or not.
pub async fn list(tx: &mut ReadTx, patient: PatientId) -> Result<Vec<Consent>> {
    table::list(tx, patient).await
}

/// The consent that holds now, if one does: the newest.
pub async fn live(tx: &mut ReadTx, patient: PatientId, kind: ConsentKind) -> Result<Option<Consent>> {
    table::live(tx, patient, kind).await
}

/// Refuses to go on where nobody has agreed to be recorded.
pub async fn must_be_live(tx: &mut ReadTx, patient: PatientId) -> Result<Consent> {
    live(tx, patient, ConsentKind::Recording).await?.ok_or_else(|| Code::ConsentMissing.into())
}

/// What is signed.
struct Signed {
    patient: PatientId,
    text: ConsentText,
    signed_by: Private<String>,
    signed_at: DateTime<Utc>,
}

/// What is taken back.
struct Withdrawal {
    consent: ConsentId,
    patient: PatientId,
    kind: ConsentKind,
    at: DateTime<Utc>,
}

async fn sign(
    tx: &mut WriteTx,
    patient: PatientId,
    text: ConsentText,
    signed_by: Private<String>,
    at: DateTime<Utc>,
) -> Result<Consent> {
    let id = ConsentId::new(at);
    record::write(tx, id, &Signed { patient, text, signed_by, signed_at: at }).await?;
    table::get(tx, id).await
}

fn signature(typed: &str) -> Result<Private<String>, Code> {
    let name = text::line(typed)?.ok_or(Code::SignatureMissing)?;
    text::at_most(name, LONGEST_SIGNATURE, Code::SignatureTooLong).map(Private::new)
}

static RECORDING: LazyLock<ConsentText> = LazyLock::new(|| {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        version: u32,
        title: String,
        paragraphs: Vec<Paragraph>,
    }
    let File { version, title, paragraphs } =
        serde_json::from_str(include_str!("../../data/consents/recording.json"))
            .expect("the file is part of this program, and a test reads it");
    ConsentText { kind: ConsentKind::Recording, version, title, paragraphs }
});

//! Sessions: when who met whom, and whether it was recorded.
//!
//! A session is recorded only where the patient's consent holds and everyone present agreed that day; the
//! alternative is a note without a recording, which asks for neither. Its state is a closed list with a
//! table of steps, so that what cannot happen to a session cannot be written of one. A session is never
//! deleted here, and neither a planned end nor a crash ends one by itself.
//!
//! What was said in it is not here: the sound is `recordings`.

mod details;
mod record;
pub(crate) mod sample;
mod state;
mod table;
#[cfg(test)]
mod tests;

use attune_kernel::{Code, ConsentId, MemberId, PatientId, Private, SessionId};
use attune_store::{ReadTx, Result, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    consents,
    form::Unknown,
    patients,
    recordings::{self, Recording},
};

pub use details::{Place, SessionDetails};
pub use record::SESSION;
pub(crate) use record::replay;
pub use state::SessionState;

use details::Details;
use state::Step;

/// A therapy session, as it stands today.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub id: SessionId,
    pub patient: PatientId,
    /// Empty while the patient is still on the way here.
    pub patient_name: Private<String>,
    /// Who began it.
    pub clinician: MemberId,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub planned_minutes: Option<u32>,
    pub place: Place,
    /// Who else was there, besides the patient and the clinician.
    pub attendees: Vec<Private<String>>,
    pub state: SessionState,
    /// When everyone present agreed to be recorded that day.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// The consent that held then.
    pub consent: Option<ConsentId>,
    pub recordings: Vec<Recording>,
}

/// What is said when a session begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewSession {
    pub patient: PatientId,
    pub planned_minutes: Option<i32>,
    pub place: Place,
    pub attendees: Vec<Private<String>>,
    /// Everyone present agrees to be recorded today.
    pub confirmed: bool,
}

impl NewSession {
    fn details(&self) -> SessionDetails {
        SessionDetails {
            planned_minutes: self.planned_minutes,
            place: self.place,
            attendees: self.attendees.clone(),
        }
    }
}

/// Begins a session that is recorded, where the patient agreed in writing and everyone present today.
pub async fn begin_recorded(tx: &mut WriteTx, new: &NewSession) -> Result<Session> {
    let details = Details::check(&new.details())?;
    patients::must_be_active(tx, new.patient).await?;
    let consent = consents::must_be_live(tx, new.patient).await?;
    if !new.confirmed {
        return Err(Code::ConsentMissing.into());
    }
    let now = tx.now();
    let begun =
        Kept { confirmed_at: Some(now), consent: Some(consent.id), ..Kept::now(tx, new.patient, details) };
    put(tx, "begin", begun, Unknown::default()).await
}

/// Begins a session of which nothing is recorded. Nobody has to agree to that.
pub async fn begin_unrecorded(tx: &mut WriteTx, new: &NewSession) -> Result<Session> {
    let details = Details::check(&new.details())?;
    patients::must_be_active(tx, new.patient).await?;
    let begun = Kept { state: SessionState::Unrecorded, ..Kept::now(tx, new.patient, details) };
    put(tx, "begin", begun, Unknown::default()).await
}

/// Goes on with a session that was interrupted, or whose recording stopped too soon. The consent must still
/// hold.
pub async fn resume(tx: &mut WriteTx, id: SessionId) -> Result<Session> {
    let (mut session, unknown) = table::get(tx, id).await?;
    let state = session.state.after(Step::Resume)?;
    patients::must_be_active(tx, session.patient).await?;
    session.consent = Some(consents::must_be_live(tx, session.patient).await?.id);
    if session.state == state && session.ended_at.is_none() {
        return whole(tx, session).await;
    }
    session.state = state;
    session.ended_at = None;
    put(tx, "resume", session, unknown).await
}

/// Ends a session at a moment that may lie back: a recording can stop while the practice is locked.
pub async fn end(tx: &mut WriteTx, id: SessionId, at: DateTime<Utc>) -> Result<Session> {
    step(tx, "end", id, Step::End, Some(at)).await
}

/// Says that a session's recording fell silent without a word, and when. Somebody should look.
pub async fn interrupt(tx: &mut WriteTx, id: SessionId, at: DateTime<Utc>) -> Result<Session> {
    step(tx, "interrupt", id, Step::Interrupt, Some(at)).await
}

/// Says that somebody looked at what was recovered.
pub async fn seen(tx: &mut WriteTx, id: SessionId) -> Result<Session> {
    step(tx, "see", id, Step::See, None).await
}

/// Puts right what was said of a session. Saying what was already so leaves no trace.
pub async fn change(tx: &mut WriteTx, id: SessionId, details: &SessionDetails) -> Result<Session> {
    let details = Details::check(details)?;
    let (mut session, unknown) = table::get(tx, id).await?;
    if session.details == details {
        return whole(tx, session).await;
    }
    session.details = details;
    put(tx, "change", session, unknown).await
}

/// Opens a session, and says in the audit that somebody did.
pub async fn open(tx: &mut WriteTx, id: SessionId) -> Result<Session> {
    let session = read(tx, id).await?;
    tx.viewed(SESSION, id).await?;
    Ok(session)
}

/// Reads again a session that is open already: its refreshing is not another look.
pub async fn read(tx: &mut ReadTx, id: SessionId) -> Result<Session> {
    let (session, _) = table::get(tx, id).await?;
    whole(tx, session).await
}

/// A chart's sessions, the last one first.
pub async fn of_patient(tx: &mut ReadTx, patient: PatientId) -> Result<Vec<Session>> {
    let kept = table::of_patient(tx, patient).await?;
    all_whole(tx, kept).await
}

/// Everyone's last sessions, the last one first.
pub async fn lately(tx: &mut ReadTx, limit: u32) -> Result<Vec<Session>> {
    let kept = table::lately(tx, limit).await?;
    all_whole(tx, kept).await
}

/// A session as its row keeps it: without the name and the recordings, which others keep.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Kept {
    id: SessionId,
    patient: PatientId,
    clinician: MemberId,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    details: Details,
    state: SessionState,
    confirmed_at: Option<DateTime<Utc>>,
    consent: Option<ConsentId>,
}

impl Kept {
    fn now(tx: &WriteTx, patient: PatientId, details: Details) -> Self {
        Self {
            id: SessionId::new(tx.now()),
            patient,
            clinician: tx.author().member,
            started_at: tx.now(),
            ended_at: None,
            details,
            state: SessionState::Recording,
            confirmed_at: None,
            consent: None,
        }
    }
}

/// Takes a step. Taking one that leads nowhere new leaves no trace.
async fn step(
    tx: &mut WriteTx,
    action: &'static str,
    id: SessionId,
    step: Step,
    at: Option<DateTime<Utc>>,
) -> Result<Session> {
    let (mut session, unknown) = table::get(tx, id).await?;
    let state = session.state.after(step)?;
    if step == Step::End && session.ended_at.is_some() {
        return Err(Code::SessionOver.into());
    }
    // A session does not end before it began, whatever a clock that was set back says.
    let ended_at = match at {
        Some(at) if session.ended_at.is_none() => Some(at.max(session.started_at)),
        _ => session.ended_at,
    };
    if session.state == state && session.ended_at == ended_at {
        return whole(tx, session).await;
    }
    session.state = state;
    session.ended_at = ended_at;
    put(tx, action, session, unknown).await
}

async fn put(tx: &mut WriteTx, action: &'static str, session: Kept, unknown: Unknown) -> Result<Session> {
    record::write(tx, action, &session, unknown).await?;
    whole(tx, session).await
}

async fn whole(tx: &mut ReadTx, session: Kept) -> Result<Session> {
    let patient_name = table::name_of(tx, session.patient).await?;
    let recordings = recordings::of_session(tx, session.id).await?;
    Ok(session.with(patient_name, recordings))
}

async fn all_whole(tx: &mut ReadTx, kept: Vec<(Kept, Private<String>)>) -> Result<Vec<Session>> {
    let ids: Vec<_> = kept.iter().map(|(session, _)| session.id).collect();
    let mut recordings = recordings::of_sessions(tx, &ids).await?;
    let sessions = kept.into_iter().map(|(session, patient_name)| {
        let own = recordings.extract_if(.., |recording| recording.session == session.id).collect();
        session.with(patient_name, own)
    });
    Ok(sessions.collect())
}

impl Kept {
    fn with(self, patient_name: Private<String>, recordings: Vec<Recording>) -> Session {
        Session {
            id: self.id,
            patient: self.patient,
            patient_name,
            clinician: self.clinician,
            started_at: self.started_at,
            ended_at: self.ended_at,
            planned_minutes: self.details.planned_minutes,
            place: self.details.place,
            attendees: self.details.attendees,
            state: self.state,
            confirmed_at: self.confirmed_at,
            consent: self.consent,
            recordings,
        }
    }
}

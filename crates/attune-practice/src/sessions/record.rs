//! The frozen form of a session.

use attune_kernel::{ConsentId, MemberId, PatientId, Private, SessionId};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Details, Kept, Place, SessionState, table};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
};

/// When who met whom, in the stream the care team reads.
pub const SESSION: Kind = Kind { name: "session", class: Class::Register, topic: "sessions" };

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SessionV1 {
    pub v: u32,
    pub patient: PatientId,
    pub clinician: MemberId,
    pub started_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub planned_minutes: Option<u32>,
    pub place: Place,
    pub attendees: Vec<Private<String>>,
    pub state: SessionState,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub consent: Option<ConsentId>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read(body: &str) -> Result<SessionV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Changes the row, and sends the form.
pub(super) async fn write(
    tx: &mut WriteTx,
    action: &'static str,
    session: &Kept,
    unknown: Unknown,
) -> Result<()> {
    let query = table::put(session, &unknown)?;
    let stream = tx.stream(StreamKind::Clinical, Some(session.patient)).await?;
    let form = SessionV1 {
        v: 1,
        patient: session.patient,
        clinician: session.clinician,
        started_at: session.started_at,
        ended_at: session.ended_at,
        planned_minutes: session.details.planned_minutes,
        place: session.details.place,
        attendees: session.details.attendees.clone(),
        state: session.state,
        confirmed_at: session.confirmed_at,
        consent: session.consent,
        unknown,
    };
    tx.change(Change::new(SESSION, session.id, stream, action, &form)?, query).await
}

/// Applies a session from elsewhere.
pub(crate) async fn replay(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if !arrived.lies_in(tx, StreamKind::Clinical, Some(form.patient)).await?
        || !arrived.lies_where_it_lay(tx).await?
    {
        return Ok(Replayed::Misplaced);
    }
    let times = [Some(form.started_at), form.ended_at, form.confirmed_at];
    if !times.into_iter().flatten().all(form::sorts_as_text) {
        return Ok(Replayed::Unreadable);
    }
    let change = Change::new(SESSION, arrived.record, arrived.stream, "receive", &form)?;
    let session = Kept {
        id: SessionId::from(arrived.record),
        patient: form.patient,
        clinician: form.clinician,
        started_at: form.started_at,
        ended_at: form.ended_at,
        details: Details::kept(form.planned_minutes, form.place, &form.attendees),
        state: form.state,
        confirmed_at: form.confirmed_at,
        consent: form.consent,
    };
    tx.receive(change, table::put(&session, &form.unknown)?).await?;
    Ok(Replayed::Applied)
}

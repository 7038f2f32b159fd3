//! The frozen forms of the practice's switch and of a session's permission.

use attune_kernel::{MemberId, PatientId, RemotePermissionId, RemoteTranscriptionId, SessionId};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Permission, Remote, Switch, checked, table};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
};

/// Whether sound may leave the computer and where it goes, in the stream that all staff read.
pub const REMOTE_TRANSCRIPTION: Kind =
    Kind { name: "remote_transcription", class: Class::Register, topic: "transcripts" };
/// That those present agreed for one session, in the stream the care team reads.
pub const REMOTE_PERMISSION: Kind =
    Kind { name: "remote_permission", class: Class::Register, topic: "transcripts" };

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SwitchV1 {
    pub v: u32,
    pub on: bool,
    pub endpoint: String,
    pub model: String,
    pub since: Option<DateTime<Utc>>,
    pub changed_at: DateTime<Utc>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PermissionV1 {
    pub v: u32,
    pub session: SessionId,
    pub patient: PatientId,
    pub agreed_by: MemberId,
    pub at: DateTime<Utc>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read_switch(body: &str) -> Result<SwitchV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read_permission(body: &str) -> Result<PermissionV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Changes the row, and sends the form.
pub(super) async fn write_switch(tx: &mut WriteTx, switch: &Switch) -> Result<()> {
    let stream = tx.stream(StreamKind::Practice, None).await?;
    let form = SwitchV1 {
        v: 1,
        on: switch.remote.on,
        endpoint: switch.remote.endpoint.clone(),
        model: switch.remote.model.clone(),
        since: switch.since,
        changed_at: switch.changed_at,
        unknown: switch.unknown.clone(),
    };
    let change = Change::new(REMOTE_TRANSCRIPTION, switch.id, stream, "change", &form)?;
    tx.change(change, table::put_switch(switch)?).await
}

/// Writes the row, and sends the form.
pub(super) async fn write_permission(tx: &mut WriteTx, permission: &Permission) -> Result<()> {
    let stream = tx.stream(StreamKind::Clinical, Some(permission.patient)).await?;
    let form = PermissionV1 {
        v: 1,
        session: permission.session,
        patient: permission.patient,
        agreed_by: permission.agreed_by,
        at: permission.at,
        unknown: permission.unknown.clone(),
    };
    let change = Change::new(REMOTE_PERMISSION, permission.id, stream, "allow", &form)?;
    tx.change(change, table::put_permission(permission)?).await
}

/// Applies the switch from elsewhere. An older turn of it does not undo a newer one.
pub(crate) async fn replay_switch(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read_switch(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if !arrived.lies_in(tx, StreamKind::Practice, None).await? {
        return Ok(Replayed::Misplaced);
    }
    let remote = Remote { on: form.on, endpoint: form.endpoint.clone(), model: form.model.clone() };
    let times = [Some(form.changed_at), form.since];
    // What today's rules would not let a person say sends no sound anywhere.
    if checked(&remote).as_ref() != Ok(&remote)
        || form.since.is_some() != form.on
        || !times.into_iter().flatten().all(form::sorts_as_text)
    {
        return Ok(Replayed::Unreadable);
    }
    let here = table::changed_at(tx, arrived.record.as_uuid()).await?;
    if here.is_some_and(|here| here > form.changed_at) {
        return Ok(Replayed::Known);
    }
    let change = Change::new(REMOTE_TRANSCRIPTION, arrived.record, arrived.stream, "receive", &form)?;
    let id = RemoteTranscriptionId::from(arrived.record);
    let switch = Switch { id, remote, since: form.since, changed_at: form.changed_at, unknown: form.unknown };
    tx.receive(change, table::put_switch(&switch)?).await?;
    Ok(Replayed::Applied)
}

/// Applies a permission from elsewhere. Nobody gives it in another's name.
pub(crate) async fn replay_permission(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read_permission(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if !arrived.lies_in(tx, StreamKind::Clinical, Some(form.patient)).await?
        || !arrived.lies_where_it_lay(tx).await?
    {
        return Ok(Replayed::Misplaced);
    }
    if form.agreed_by != arrived.author || !form::sorts_as_text(form.at) {
        return Ok(Replayed::Unreadable);
    }
    let change = Change::new(REMOTE_PERMISSION, arrived.record, arrived.stream, "receive", &form)?;
    let permission = Permission {
        id: RemotePermissionId::from(arrived.record),
        session: form.session,
        patient: form.patient,
        agreed_by: form.agreed_by,
        at: form.at,
        unknown: form.unknown,
    };
    tx.receive(change, table::put_permission(&permission)?).await?;
    Ok(Replayed::Applied)
}

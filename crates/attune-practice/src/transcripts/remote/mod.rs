//! Transcription outside this computer: off until somebody says so, and then only for sessions in which
//! everyone agreed.
//!
//! Two things must hold at once. The practice has a switch, which names the server that sound would go to;
//! and for each session somebody said that those present agreed. A permission is given for the switch as it
//! stands: turning it off, or sending sound somewhere else, takes back every permission there was.
//!
//! The key that the server asks for is not here: it lies in the keychain of each computer.

mod record;
mod table;
#[cfg(test)]
mod tests;

use attune_kernel::{Code, MemberId, PatientId, RemotePermissionId, RemoteTranscriptionId, SessionId};
use attune_store::{ReadTx, Result, WriteTx};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{form::Unknown, patients, text};

pub use record::{REMOTE_PERMISSION, REMOTE_TRANSCRIPTION};
pub(crate) use record::{replay_permission, replay_switch};

/// Whether this practice lets sound leave the computer to be written down, and where it goes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Remote {
    pub on: bool,
    pub endpoint: String,
    pub model: String,
}

const LONGEST_ENDPOINT: usize = 500;
const LONGEST_MODEL: usize = 200;

/// How the practice's switch stands; off, where nobody ever touched it.
pub async fn remote(tx: &mut ReadTx) -> Result<Remote> {
    Ok(table::switch(tx).await?.map(|switch| switch.remote).unwrap_or_default())
}

/// Turns the switch, or says where sound goes. Saying what is already so leaves no trace.
pub async fn change(tx: &mut WriteTx, new: &Remote) -> Result<Remote> {
    let remote = checked(new)?;
    let before = table::switch(tx).await?;
    if before.as_ref().map(|before| &before.remote).unwrap_or(&Remote::default()) == &remote {
        return Ok(remote);
    }
    // A permission must not come to be for something else, whatever a clock that was set back says.
    let last = table::last_permission(tx).await?.max(before.as_ref().map(|before| before.changed_at));
    let now = last.map_or(tx.now(), |last| tx.now().max(last + TimeDelta::milliseconds(1)));
    let goes_on = before.as_ref().filter(|before| before.remote.endpoint == remote.endpoint);
    let since = remote.on.then(|| goes_on.and_then(|before| before.since).unwrap_or(now));
    let (id, unknown) = match before {
        Some(before) => (before.id, before.unknown),
        None => (RemoteTranscriptionId::new(tx.now()), Unknown::default()),
    };
    let switch = Switch { id, remote, since, changed_at: now, unknown };
    record::write_switch(tx, &switch).await?;
    Ok(switch.remote)
}

/// Says that those present agreed to have this session's sound sent to the server that the switch names.
/// Saying it again leaves no trace.
pub async fn allow_remote(tx: &mut WriteTx, session: SessionId) -> Result<()> {
    let patient = table::patient_of(tx, session).await?;
    patients::must_be_active(tx, patient).await?;
    let Some(since) = table::switch(tx).await?.and_then(|switch| switch.since) else {
        return Err(Code::RemoteNotAllowed.into());
    };
    if may_go_out(tx, session).await? {
        return Ok(());
    }
    let at = tx.now().max(since);
    let permission = Permission {
        id: RemotePermissionId::new(at),
        session,
        patient,
        agreed_by: tx.author().member,
        at,
        unknown: Unknown::default(),
    };
    record::write_permission(tx, &permission).await
}

/// Whether this session's sound may leave the computer: the switch is on, and somebody agreed since it stands
/// as it does.
pub async fn may_go_out(tx: &mut ReadTx, session: SessionId) -> Result<bool> {
    match table::switch(tx).await?.and_then(|switch| switch.since) {
        Some(since) => table::permitted(tx, session, since).await,
        None => Ok(false),
    }
}

/// The switch as its row keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Switch {
    id: RemoteTranscriptionId,
    remote: Remote,
    /// From when on a permission counts; none while it is off.
    since: Option<DateTime<Utc>>,
    changed_at: DateTime<Utc>,
    unknown: Unknown,
}

/// That those present agreed, for one session.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Permission {
    id: RemotePermissionId,
    session: SessionId,
    patient: PatientId,
    /// Who says that they agreed.
    agreed_by: MemberId,
    at: DateTime<Utc>,
    unknown: Unknown,
}

fn checked(new: &Remote) -> Result<Remote, Code> {
    let endpoint = text::line(&new.endpoint)?.unwrap_or_default();
    let endpoint = text::at_most(endpoint, LONGEST_ENDPOINT, Code::TextTooLong)?;
    let model = text::at_most(text::line(&new.model)?.unwrap_or_default(), LONGEST_MODEL, Code::TextTooLong)?;
    if (new.on || !endpoint.is_empty()) && !is_safe(&endpoint) {
        return Err(Code::AddressInvalid);
    }
    Ok(Remote { on: new.on, endpoint, model })
}

/// Whether sound may be sent to such an address: sealed on its way, or no further than this computer; and
/// without a password in it, which would stand in the clear wherever the address does.
fn is_safe(endpoint: &str) -> bool {
    let (open, rest) = match (endpoint.strip_prefix("https://"), endpoint.strip_prefix("http://")) {
        (Some(rest), _) => (false, rest),
        (None, Some(rest)) => (true, rest),
        (None, None) => return false,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let odd = endpoint.chars().any(|c| c.is_whitespace() || c == '\\') || authority.contains('@');
    !host.is_empty() && !odd && (!open || matches!(host, "localhost" | "127.0.0.1" | "::1"))
}

//! Sessions.

use std::sync::Arc;

use attune_kernel::{PatientId, SessionId};
use attune_practice::sessions::{self, NewSession, Session, SessionDetails};
use tauri::State;

use crate::{Fault, desk::Desk};

type TheDesk<'s> = State<'s, Arc<Desk>>;

#[tauri::command]
#[specta::specta]
pub async fn sessions_of_patient(desk: TheDesk<'_>, patient: PatientId) -> Result<Vec<Session>, Fault> {
    Ok(desk.opened()?.read(async |tx| sessions::of_patient(tx, patient).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn sessions_lately(desk: TheDesk<'_>, limit: u32) -> Result<Vec<Session>, Fault> {
    Ok(desk.opened()?.read(async |tx| sessions::lately(tx, limit).await).await?)
}

/// Opens a session, and says in the audit that it was opened.
#[tauri::command]
#[specta::specta]
pub async fn sessions_open(desk: TheDesk<'_>, id: SessionId) -> Result<Session, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| sessions::open(tx, id).await).await?)
}

/// Reads again a session that is open already, which the audit need not hear of.
#[tauri::command]
#[specta::specta]
pub async fn sessions_read(desk: TheDesk<'_>, id: SessionId) -> Result<Session, Fault> {
    Ok(desk.opened()?.read(async |tx| sessions::read(tx, id).await).await?)
}

/// A session of which nothing is recorded.
#[tauri::command]
#[specta::specta]
pub async fn sessions_begin_unrecorded(desk: TheDesk<'_>, session: NewSession) -> Result<Session, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| sessions::begin_unrecorded(tx, &session).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn sessions_change(
    desk: TheDesk<'_>,
    id: SessionId,
    details: SessionDetails,
) -> Result<Session, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| sessions::change(tx, id, &details).await).await?)
}

/// Somebody looked at what was recovered.
#[tauri::command]
#[specta::specta]
pub async fn sessions_seen(desk: TheDesk<'_>, id: SessionId) -> Result<Session, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| sessions::seen(tx, id).await).await?)
}

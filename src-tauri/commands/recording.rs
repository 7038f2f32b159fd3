//! The recorder: what a person presses while a session goes on. All but starting works behind the lock too.

use std::sync::Arc;

use attune_audio::source::{Device, Wanted};
use attune_kernel::{Code, SessionId};
use attune_practice::{
    recordings,
    sessions::{NewSession, Session},
};
use attune_scribe::{Happening, RecorderState};
use tauri::State;

use crate::{Fault, desk::Desk};

type TheDesk<'s> = State<'s, Arc<Desk>>;

/// Every microphone there is.
#[tauri::command]
#[specta::specta]
pub async fn recording_devices(desk: TheDesk<'_>) -> Result<Vec<Device>, Fault> {
    let scribe = Arc::clone(desk.scribe());
    let devices = tokio::task::spawn_blocking(move || scribe.devices()).await;
    Ok(devices.map_err(|error| attune_scribe::Error::from(std::io::Error::other(error)))??)
}

#[tauri::command]
#[specta::specta]
pub async fn recording_state(desk: TheDesk<'_>) -> Result<RecorderState, Fault> {
    Ok(desk.recorder())
}

/// Opens the microphones and listens. Nothing is kept.
#[tauri::command]
#[specta::specta]
pub async fn recording_listen(desk: TheDesk<'_>, channels: Vec<Wanted>) -> Result<RecorderState, Fault> {
    // Nobody tries a microphone out behind a lock.
    desk.opened()?;
    let state = desk.happen(Happening::Listen(channels)).await?;
    if let Err(locked) = desk.opened() {
        desk.stop_listening().await;
        return Err(locked.into());
    }
    Ok(state)
}

#[tauri::command]
#[specta::specta]
pub async fn recording_leave(desk: TheDesk<'_>) -> Result<RecorderState, Fault> {
    Ok(desk.happen(Happening::Leave).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn recording_start(desk: TheDesk<'_>, session: NewSession) -> Result<Session, Fault> {
    let opened = desk.opened()?;
    let session = desk.scribe().start(&opened, desk.starting(&opened), &session).await?;
    // One that was taken back while it began was not heard of by anything that was being recorded.
    desk.mind_consent(&opened).await;
    Ok(session)
}

/// Goes on recording a session that was interrupted or ended too soon.
#[tauri::command]
#[specta::specta]
pub async fn recording_continue(desk: TheDesk<'_>, session: SessionId) -> Result<Session, Fault> {
    let opened = desk.opened()?;
    let session = desk.scribe().go_on(&opened, desk.starting(&opened), session).await?;
    desk.mind_consent(&opened).await;
    Ok(session)
}

/// A private moment: the microphone is closed.
#[tauri::command]
#[specta::specta]
pub async fn recording_pause(desk: TheDesk<'_>) -> Result<RecorderState, Fault> {
    Ok(desk.happen(Happening::Pause).await?)
}

/// Opens the microphone again. Closing it is anyone's; opening it is for whoever the session belongs to.
#[tauri::command]
#[specta::specta]
pub async fn recording_resume(desk: TheDesk<'_>) -> Result<RecorderState, Fault> {
    desk.opened()?;
    if !desk.recorder().here {
        return Err(Code::NotYours.into());
    }
    Ok(desk.happen(Happening::Resume).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn recording_bookmark(
    desk: TheDesk<'_>,
    word: Option<String>,
    at_ms: Option<u32>,
) -> Result<RecorderState, Fault> {
    let word = recordings::bookmark_word(word.as_deref())?;
    Ok(desk.happen(Happening::Bookmark { word, at_ms: at_ms.map(u64::from) }).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn recording_stop(desk: TheDesk<'_>) -> Result<RecorderState, Fault> {
    Ok(desk.stop_recording().await?)
}

#[tauri::command]
#[specta::specta]
pub async fn recording_extend(desk: TheDesk<'_>, minutes: u32) -> Result<RecorderState, Fault> {
    Ok(desk.happen(Happening::Extend(minutes.clamp(1, 240))).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn recording_still_here(desk: TheDesk<'_>) -> Result<RecorderState, Fault> {
    Ok(desk.happen(Happening::StillHere).await?)
}

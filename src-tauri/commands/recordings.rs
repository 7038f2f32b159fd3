//! Recordings that were made: their outline, taking them in and out as files, deleting their sound.

use std::{io, ops::ControlFlow, path::PathBuf, sync::Arc};

use attune_audio::{
    export,
    spool::{SpoolReader, Waveform},
};
use attune_kernel::RecordingId;
use attune_practice::{
    recordings::{self, Recording},
    sessions::{NewSession, Session},
};
use attune_scribe::Error;
use attune_store::{Opened, Progress, SpoolPlace};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_dialog::DialogExt;

use super::choosing::chosen;
use crate::{
    Fault,
    desk::{Desk, Told},
};

type TheDesk<'s> = State<'s, Arc<Desk>>;

/// What an export is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    Wav,
    Flac,
}

/// Where a recording's sound is, unless somebody deleted it.
pub(super) async fn place_of(opened: &Opened, id: RecordingId) -> Result<SpoolPlace, Error> {
    let (_, place) = opened.read(async |tx| recordings::sound(tx, id).await).await?;
    Ok(place)
}

/// Reads files without holding up anyone else.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> attune_audio::Result<T> + Send + 'static,
) -> Result<T, Error> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(io::Error::other)??)
}

#[tauri::command]
#[specta::specta]
pub async fn recordings_waveform(desk: TheDesk<'_>, id: RecordingId, points: u32) -> Result<Waveform, Fault> {
    let place = place_of(&*desk.opened()?, id).await?;
    Ok(blocking(move || Ok(SpoolReader::open(&place.path, &place.key)?.waveform(points))).await?)
}

/// Deletes the sound for good, and nothing else.
#[tauri::command]
#[specta::specta]
pub async fn recordings_delete_audio(desk: TheDesk<'_>, id: RecordingId) -> Result<Recording, Fault> {
    let opened = desk.opened()?;
    // Nothing may hold the file open, or a system may refuse to remove it.
    desk.playback().close_if(id);
    Ok(opened.write(opened.author(), async |tx| recordings::delete_audio(tx, id).await).await?)
}

/// Makes the sound smaller, for good.
#[tauri::command]
#[specta::specta]
pub async fn recordings_make_smaller(desk: TheDesk<'_>, id: RecordingId) -> Result<Recording, Fault> {
    let opened = desk.opened()?;
    let telling = Arc::clone(&desk);
    let progress = move |done, total| telling.tell(Told::Audio(Progress { done, total }));
    let small = desk.scribe().make_smaller(&opened, id, progress).await?;
    // Whoever was listening meanwhile still holds a file that is forgotten.
    desk.playback().close_if(id);
    Ok(small)
}

/// Asks for a sound file in the system's own dialog. None when the person thinks better of it.
#[tauri::command]
#[specta::specta]
pub async fn recordings_choose<R: Runtime>(
    app: AppHandle<R>,
    save: bool,
    name: Option<String>,
) -> Result<Option<String>, Fault> {
    let dialog = app.dialog().file();
    let dialog = if save {
        dialog.set_file_name(name.unwrap_or_default())
    } else {
        dialog.add_filter("Audio", &["wav", "mp3", "m4a", "aac", "flac", "ogg", "opus"])
    };
    Ok(chosen(dialog, save).await)
}

/// Writes a recording as a file that anyone can read.
#[tauri::command]
#[specta::specta]
pub async fn recordings_export(
    desk: TheDesk<'_>,
    id: RecordingId,
    path: String,
    format: ExportFormat,
) -> Result<(), Fault> {
    let opened = desk.opened()?;
    let place = place_of(&opened, id).await?;
    // What leaves the seal is in the audit, before it does.
    opened.write(opened.author(), async |tx| recordings::exported(tx, id).await).await?;
    let telling = Arc::clone(&desk);
    // Nobody asks it to stop.
    let (ControlFlow::Continue(()) | ControlFlow::Break(())) = blocking(move || {
        let mut spool = SpoolReader::open(&place.path, &place.key)?;
        let mut progress = |done, total| {
            telling.tell(Told::Audio(Progress { done, total }));
            ControlFlow::Continue(())
        };
        let path = PathBuf::from(path);
        match format {
            ExportFormat::Wav => export::wav(&mut spool, &path, &mut progress),
            ExportFormat::Flac => export::flac(&mut spool, &path, &mut progress),
        }
    })
    .await?;
    Ok(())
}

/// Takes in a sound file as the recording of a session.
#[tauri::command]
#[specta::specta]
pub async fn recordings_import(
    desk: TheDesk<'_>,
    session: NewSession,
    path: String,
) -> Result<Session, Fault> {
    let opened = desk.opened()?;
    let (telling, quality) = (Arc::clone(&desk), desk.settings().kept_quality);
    let progress = move |done, total| telling.tell(Told::Audio(Progress { done, total }));
    Ok(desk.scribe().import(&opened, quality, &session, PathBuf::from(path), progress).await?)
}

//! Keeping the store: backups, restoring them, and looking whether all is sound.

use std::{path::Path, sync::Arc};

use attune_store::{BackupMade, Check, profiles::ProfileCard};
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_dialog::DialogExt;

use super::choosing::chosen;
use crate::{
    Fault,
    desk::{Desk, Told},
};

type TheDesk<'s> = State<'s, Arc<Desk>>;

const EXTENSION: &str = "attune-backup";

#[tauri::command]
#[specta::specta]
pub async fn backup_make(desk: TheDesk<'_>, path: String) -> Result<BackupMade, Fault> {
    let (opened, telling) = (desk.opened()?, Arc::clone(&desk));
    let tell = move |progress| telling.tell(Told::Backup(progress));
    Ok(desk.profiles().back_up(&opened, Path::new(&path), tell).await?)
}

/// Restores a backup as a profile of its own. `secret` is its password; or the printed kit, and then
/// `new_password` is set.
#[tauri::command]
#[specta::specta]
pub async fn backup_restore(
    desk: TheDesk<'_>,
    path: String,
    secret: String,
    new_password: Option<String>,
) -> Result<ProfileCard, Fault> {
    let telling = Arc::clone(&desk);
    let tell = move |progress| telling.tell(Told::Backup(progress));
    Ok(desk.profiles().restore(Path::new(&path), &secret, new_password.as_deref(), tell).await?)
}

/// Asks for a file in the system's own dialog. None when the person thinks better of it.
#[tauri::command]
#[specta::specta]
pub async fn backup_choose<R: Runtime>(app: AppHandle<R>, save: bool) -> Result<Option<String>, Fault> {
    let mut dialog = app.dialog().file().add_filter("Attune", &[EXTENSION]);
    if save {
        dialog = dialog.set_file_name(format!("Attune.{EXTENSION}"));
    }
    Ok(chosen(dialog, save).await)
}

#[tauri::command]
#[specta::specta]
pub async fn store_verify(desk: TheDesk<'_>) -> Result<Check, Fault> {
    Ok(desk.opened()?.verify().await?)
}

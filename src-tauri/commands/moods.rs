//! Moods: the exemplar. Each command is one use-case in one transaction.

use std::sync::Arc;

use attune_kernel::{MoodId, PatientId};
use attune_practice::moods::{self, Mood, NewMood};
use tauri::State;

use crate::{Fault, desk::Desk};

type TheDesk<'s> = State<'s, Arc<Desk>>;

#[tauri::command]
#[specta::specta]
pub async fn moods_log(desk: TheDesk<'_>, mood: NewMood) -> Result<Mood, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| moods::log(tx, &mood).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn moods_amend(desk: TheDesk<'_>, id: MoodId, words: Option<String>) -> Result<Mood, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| moods::amend(tx, id, words.as_deref()).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn moods_withdraw(desk: TheDesk<'_>, id: MoodId) -> Result<Mood, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| moods::withdraw(tx, id).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn moods_restore(desk: TheDesk<'_>, id: MoodId) -> Result<Mood, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| moods::restore(tx, id).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn moods_list(desk: TheDesk<'_>, patient: PatientId) -> Result<Vec<Mood>, Fault> {
    Ok(desk.opened()?.read(async |tx| moods::list(tx, patient).await).await?)
}

//! Text that was being written when the window locked, closed or fell over.

use std::sync::Arc;

use tauri::State;

use crate::{Fault, desk::Desk};

type TheDesk<'s> = State<'s, Arc<Desk>>;

#[tauri::command]
#[specta::specta]
pub async fn unsaved_keep(desk: TheDesk<'_>, place: String, text: String) -> Result<(), Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| tx.keep_unsaved(&place, &text).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn unsaved_read(desk: TheDesk<'_>, place: String) -> Result<Option<String>, Fault> {
    Ok(desk.opened()?.read(async |tx| tx.unsaved(&place).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn unsaved_drop(desk: TheDesk<'_>, place: String) -> Result<(), Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| tx.drop_unsaved(&place).await).await?)
}

//! The practice and its people.

use std::sync::Arc;

use attune_kernel::Private;
use attune_practice::team::{self, Member, Practice};
use tauri::State;

use crate::{Fault, desk::Desk};

#[tauri::command]
#[specta::specta]
pub async fn team_members(desk: State<'_, Arc<Desk>>) -> Result<Vec<Member>, Fault> {
    Ok(desk.opened()?.read(async |tx| team::members(tx).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn practice_rename(desk: State<'_, Arc<Desk>>, name: String) -> Result<Practice, Fault> {
    let opened = desk.opened()?;
    let practice = opened.write(opened.author(), async |tx| team::rename(tx, &name).await).await?;
    desk.profiles().rename(opened.id(), Some(Private::new(name.trim().to_owned()))).await?;
    Ok(practice)
}

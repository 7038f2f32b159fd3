//! Consents.

use std::sync::Arc;

use attune_kernel::{ConsentId, PatientId};
use attune_practice::consents::{self, Consent, ConsentKind, ConsentText, NewConsent};
use tauri::State;

use crate::{Fault, desk::Desk};

type TheDesk<'s> = State<'s, Arc<Desk>>;

/// The text that is signed today.
#[tauri::command]
#[specta::specta]
pub fn consents_text(kind: ConsentKind) -> ConsentText {
    consents::text(kind)
}

#[tauri::command]
#[specta::specta]
pub async fn consents_list(desk: TheDesk<'_>, patient: PatientId) -> Result<Vec<Consent>, Fault> {
    Ok(desk.opened()?.read(async |tx| consents::list(tx, patient).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn consents_give(desk: TheDesk<'_>, consent: NewConsent) -> Result<Consent, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| consents::give(tx, &consent).await).await?)
}

/// Takes a consent back. A recording of this patient that is going on ends with it.
#[tauri::command]
#[specta::specta]
pub async fn consents_withdraw(desk: TheDesk<'_>, id: ConsentId) -> Result<Consent, Fault> {
    let opened = desk.opened()?;
    let withdrawn = opened.write(opened.author(), async |tx| consents::withdraw(tx, id).await).await?;
    // Not left to the news of it: the desk may be locked in the same moment.
    desk.mind_consent(&opened).await;
    Ok(withdrawn)
}

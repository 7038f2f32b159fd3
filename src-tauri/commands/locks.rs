//! The locks of an open practice: password, PIN, kit, and how the lock screen greets.

use std::sync::Arc;

use attune_kernel::Private;
use attune_store::profiles::{Kit, ProfileCard, Strength, judge};
use tauri::State;

use crate::{Fault, desk::Desk};

type TheDesk<'s> = State<'s, Arc<Desk>>;

#[tauri::command]
#[specta::specta]
pub async fn password_judge(password: String, about: Vec<String>) -> Result<Strength, Fault> {
    Ok(judge(&password, &about))
}

#[tauri::command]
#[specta::specta]
pub async fn password_change(desk: TheDesk<'_>, current: String, next: String) -> Result<(), Fault> {
    Ok(desk.profiles().change_password(&*desk.opened()?, &current, &next).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn pin_set(desk: TheDesk<'_>, password: String, pin: String) -> Result<(), Fault> {
    Ok(desk.profiles().set_pin(&*desk.opened()?, &password, &pin).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn pin_clear(desk: TheDesk<'_>) -> Result<(), Fault> {
    Ok(desk.profiles().clear_pin(&*desk.opened()?).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn kit_verify(desk: TheDesk<'_>, answers: Vec<String>) -> Result<(), Fault> {
    Ok(desk.profiles().verify_kit(&*desk.opened()?, &answers).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn kit_renew(desk: TheDesk<'_>, password: String) -> Result<Kit, Fault> {
    Ok(desk.profiles().renew_kit(&*desk.opened()?, &password).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn greeting_change(
    desk: TheDesk<'_>,
    greeting: Option<Private<String>>,
) -> Result<ProfileCard, Fault> {
    let id = desk.opened()?.id();
    Ok(desk.profiles().greet(id, greeting).await?)
}

//! Preferences of this device.

use std::sync::Arc;

use tauri::{AppHandle, Runtime, State};

use crate::{
    Fault, Home,
    desk::Desk,
    preferences::{self, Settings},
};

#[tauri::command]
#[specta::specta]
pub async fn settings_read(desk: State<'_, Arc<Desk>>) -> Result<Settings, Fault> {
    Ok(desk.settings())
}

#[tauri::command]
#[specta::specta]
pub async fn settings_change<R: Runtime>(
    app: AppHandle<R>,
    home: State<'_, Home>,
    desk: State<'_, Arc<Desk>>,
    settings: Settings,
) -> Result<Settings, Fault> {
    // Which model writes sessions down is said by choosing it, which looks whether it is there.
    let settings = Settings { speech_model: desk.settings().speech_model, ..settings.in_range() };
    preferences::keep(&app, &home, &settings)?;
    desk.prefer(settings.clone());
    Ok(settings)
}

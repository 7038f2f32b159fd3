//! The mark in the tray: opens the window, locks, quits. It names no one.

use std::sync::Arc;

use tauri::{
    AppHandle, Manager,
    menu::{Menu, MenuItem},
    tray::TrayIconBuilder,
};

use crate::{desk::Desk, fault, window};

/// Hangs the mark. A desktop without a tray is a desktop without the mark, and nothing else.
pub fn hang(app: &AppHandle) {
    if let Err(error) = try_to_hang(app) {
        tracing::info!(%error, "this desktop has no tray");
    }
}

fn try_to_hang(app: &AppHandle) -> tauri::Result<()> {
    let open = MenuItem::with_id(app, "open", "Open Attune", true, None::<&str>)?;
    let lock = MenuItem::with_id(app, "lock", "Lock", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
    let mut tray = TrayIconBuilder::with_id("attune")
        .tooltip("Attune")
        .menu(&Menu::with_items(app, &[&open, &lock, &quit])?)
        .on_menu_event(|app, event| match event.id().as_ref() {
            "open" => window::show(app),
            "lock" => {
                let desk = Arc::clone(&app.state::<Arc<Desk>>());
                tauri::async_runtime::spawn(async move {
                    if let Err(error) = desk.lock_shortly().await {
                        fault::note(&error);
                    }
                });
            }
            _ => app.exit(0),
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)?;
    Ok(())
}

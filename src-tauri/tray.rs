//! The mark in the tray: opens the window, locks, quits. It names no one, and while a session is recorded it
//! wears the recording light.

use std::sync::Arc;

use attune_scribe::{Phase, RecorderState};
use tauri::{
    AppHandle, Manager,
    image::Image,
    menu::{Menu, MenuItem},
    tray::{TrayIcon, TrayIconBuilder},
};
use tokio::sync::broadcast::error::RecvError;

use crate::{
    desk::{Desk, Told},
    fault, window,
};

/// Hangs the mark. A desktop without a tray is a desktop without the mark, and nothing else.
pub fn hang(app: &AppHandle, desk: &Arc<Desk>) {
    match Mark::hang(app) {
        Ok(mark) => follow(mark, desk),
        Err(error) => tracing::info!(%error, "this desktop has no tray"),
    }
}

struct Mark {
    tray: TrayIcon,
    plain: Option<Image<'static>>,
    lit: Option<Image<'static>>,
    stop: MenuItem<tauri::Wry>,
    quit: MenuItem<tauri::Wry>,
}

impl Mark {
    fn hang(app: &AppHandle) -> tauri::Result<Self> {
        let open = MenuItem::with_id(app, "open", "Open Attune", true, None::<&str>)?;
        let stop = MenuItem::with_id(app, "stop", "Stop recording", false, None::<&str>)?;
        let lock = MenuItem::with_id(app, "lock", "Lock", true, None::<&str>)?;
        let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
        let mut tray = TrayIconBuilder::with_id("attune")
            .tooltip("Attune")
            .menu(&Menu::with_items(app, &[&open, &stop, &lock, &quit])?)
            .on_menu_event(|app, event| obey(app, event.id().as_ref()));
        let plain = app.default_window_icon().map(|icon| icon.clone().to_owned());
        if let Some(icon) = &plain {
            tray = tray.icon(icon.clone());
        }
        let lit = plain.as_ref().map(lit);
        Ok(Self { tray: tray.build(app)?, plain, lit, stop, quit })
    }

    fn show(&self, state: &RecorderState) -> tauri::Result<()> {
        let recording = state.is_recording();
        let paused = state.phase == Phase::Paused;
        let words = match (recording, paused) {
            (true, true) => "Attune: paused",
            (true, false) => "Attune: recording",
            (false, _) => "Attune",
        };
        self.tray.set_tooltip(Some(words))?;
        self.tray.set_icon(if recording { self.lit.clone() } else { self.plain.clone() })?;
        self.stop.set_enabled(recording)?;
        self.quit.set_text(if recording { "Quit and stop recording" } else { "Quit" })
    }
}

fn obey(app: &AppHandle, wanted: &str) {
    let desk = Arc::clone(&app.state::<Arc<Desk>>());
    match wanted {
        "open" => window::show(app),
        "stop" => {
            tauri::async_runtime::spawn(async move {
                if let Err(error) = desk.stop_recording().await {
                    fault::note(&error);
                }
            });
        }
        "lock" => {
            tauri::async_runtime::spawn(async move {
                if let Err(error) = desk.lock_shortly().await {
                    fault::note(&error);
                }
            });
        }
        _ => app.exit(0),
    }
}

/// Shows what the recorder does for as long as the application runs.
fn follow(mark: Mark, desk: &Arc<Desk>) {
    let (desk, mut told) = (Arc::clone(desk), desk.listen());
    tauri::async_runtime::spawn(async move {
        loop {
            let state = match told.recv().await {
                Ok(Told::Recorder(state)) => state,
                Err(RecvError::Lagged(_)) => desk.recorder(),
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            };
            if let Err(error) = mark.show(&state) {
                tracing::warn!(%error, "the mark in the tray does not show the recorder");
            }
        }
    });
}

/// The mark with the recording light: a red dot in its lower right corner, with a rim to be told from any
/// ground.
fn lit(icon: &Image<'_>) -> Image<'static> {
    const LIGHT: [u8; 4] = [0xc8, 0x3a, 0x2e, 0xff];
    const RIM: [u8; 4] = [0xff, 0xff, 0xff, 0xff];
    let (width, height) = (icon.width(), icon.height());
    let mut rgba = icon.rgba().to_vec();
    let radius = f64::from(width.min(height)) * 0.26;
    let (middle_x, middle_y) = (f64::from(width) - radius - 1.0, f64::from(height) - radius - 1.0);
    for (at, pixel) in (0_u32..).zip(rgba.chunks_exact_mut(4)) {
        let (x, y) = (f64::from(at % width), f64::from(at / width));
        let distance = (x - middle_x).hypot(y - middle_y);
        if distance <= radius {
            pixel.copy_from_slice(if distance <= radius * 0.8 { &LIGHT } else { &RIM });
        }
    }
    Image::new_owned(rgba, width, height)
}

//! The one window. Its title is always just the application's name, and it goes nowhere but its own pages.

use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";

/// Opens the window.
pub fn open(app: &AppHandle) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Attune")
        .inner_size(1280.0, 720.0)
        .min_inner_size(360.0, 480.0)
        .center()
        .disable_drag_drop_handler()
        .on_navigation(|url| stays_here(url) || !hand_over(url))
        .build()
        .and_then(|window| load_again_when_it_dies(&window))
}

/// The pages run in a process of their own. When that dies they are loaded again: what they showed, Rust
/// still knows.
#[cfg(target_os = "linux")]
fn load_again_when_it_dies(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt;

    window.with_webview(|webview| {
        webview.inner().connect_web_process_terminated(|view, why| {
            tracing::error!(?why, "the window's pages died and are loaded again");
            view.reload();
        });
    })
}

/// Tauri does it, or the system.
#[cfg(not(target_os = "linux"))]
fn load_again_when_it_dies(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Puts the window where it is out of the way and can still be seen to be there.
pub fn put_aside(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    if let Err(error) = window.minimize() {
        tracing::warn!(%error, "the window did not go aside");
    }
}

/// Brings the window to the front.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    for done in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window did not come to the front");
        }
    }
}

fn stays_here(url: &Url) -> bool {
    url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost")
}

/// Telephone numbers and web addresses open where the person is used to. Always true: the window itself
/// never leaves its pages.
fn hand_over(url: &Url) -> bool {
    if matches!(url.scheme(), "tel" | "sms" | "mailto" | "https")
        && let Err(error) = tauri_plugin_opener::open_url(url.as_str(), None::<&str>)
    {
        tracing::warn!(%error, "nothing on this computer opens such a link");
    }
    true
}

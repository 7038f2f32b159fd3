//! Asking for a file in the system's own dialog.

use tauri::Runtime;
use tauri_plugin_dialog::FileDialogBuilder;
use tokio::sync::oneshot;

/// Where to save, or what to open. None when the person thinks better of it.
pub(super) async fn chosen<R: Runtime>(dialog: FileDialogBuilder<R>, save: bool) -> Option<String> {
    let (answer, answered) = oneshot::channel();
    let answer = move |chosen| {
        // The screen that asked may be gone: then nobody is waiting.
        let _gone = answer.send(chosen);
    };
    if save {
        dialog.save_file(answer);
    } else {
        dialog.pick_file(answer);
    }
    answered.await.ok().flatten().map(|chosen| chosen.to_string())
}

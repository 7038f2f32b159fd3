//! Who to call now. Answers locked and without a network.

use attune_practice::safety::{self, CrisisLines};

#[tauri::command]
#[specta::specta]
pub fn safety_lines(country: String) -> CrisisLines {
    safety::lines(&country)
}

//! Who to call now. Answers locked and without a network.

use attune_practice::safety::{self, CrisisLines};

use crate::Fault;

#[tauri::command]
#[specta::specta]
pub async fn safety_lines(country: String) -> Result<CrisisLines, Fault> {
    Ok(safety::lines(&country))
}

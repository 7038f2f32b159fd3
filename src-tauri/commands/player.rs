//! Listening to a recording.

use std::sync::Arc;

use attune_audio::player::Player;
use attune_kernel::RecordingId;
use tauri::State;

use super::recordings::{blocking, place_of};
use crate::{
    Fault,
    desk::{Desk, PlayerState},
};

type TheDesk<'s> = State<'s, Arc<Desk>>;

/// Takes a recording, at its beginning.
#[tauri::command]
#[specta::specta]
pub async fn player_open(desk: TheDesk<'_>, recording: RecordingId) -> Result<PlayerState, Fault> {
    let place = place_of(&*desk.opened()?, recording).await?;
    let playing = Arc::clone(&desk);
    let state = blocking(move || playing.playback().open(recording, &place)).await?;
    // Locked while it was being opened: nothing is to be heard behind a lock.
    if let Err(locked) = desk.opened() {
        desk.playback().close();
        return Err(locked.into());
    }
    Ok(state)
}

#[tauri::command]
#[specta::specta]
pub async fn player_play(desk: TheDesk<'_>) -> Result<PlayerState, Fault> {
    order(desk, Player::play).await
}

#[tauri::command]
#[specta::specta]
pub async fn player_pause(desk: TheDesk<'_>) -> Result<PlayerState, Fault> {
    order(desk, Player::pause).await
}

#[tauri::command]
#[specta::specta]
pub async fn player_seek(desk: TheDesk<'_>, ms: u32) -> Result<PlayerState, Fault> {
    order(desk, move |player| player.seek(ms)).await
}

#[tauri::command]
#[specta::specta]
pub async fn player_speed(desk: TheDesk<'_>, speed: f32) -> Result<PlayerState, Fault> {
    order(desk, move |player| player.speed(speed)).await
}

#[tauri::command]
#[specta::specta]
pub async fn player_skip_silence(desk: TheDesk<'_>, on: bool) -> Result<PlayerState, Fault> {
    order(desk, move |player| player.skip_silence(on)).await
}

/// Falls silent and lets the recording go.
#[tauri::command]
#[specta::specta]
pub async fn player_close(desk: TheDesk<'_>) -> Result<PlayerState, Fault> {
    let desk = Arc::clone(&desk);
    blocking(move || {
        desk.playback().close();
        Ok(())
    })
    .await?;
    Ok(PlayerState::default())
}

/// A loudspeaker that is being opened may take its time: nobody else waits for it.
async fn order(
    desk: TheDesk<'_>,
    order: impl FnOnce(&Player) -> attune_audio::player::PlayerState + Send + 'static,
) -> Result<PlayerState, Fault> {
    desk.opened()?;
    let desk = Arc::clone(&desk);
    Ok(blocking(move || desk.playback().order(order)).await?)
}

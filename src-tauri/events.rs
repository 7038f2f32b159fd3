//! What the shell tells the screens without being asked. Events carry topics and moments, never content.

use std::sync::Arc;

use attune_audio::ear::Levels;
use attune_kernel::RecordingId;
use attune_scribe::{
    RecorderState,
    transcribing::{LiveText, Moved},
};
use attune_store::Topics;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Runtime};
use tauri_specta::Event;
use tokio::sync::broadcast::error::RecvError;

use crate::desk::{Desk, PlayerState, SpeechModels, Told};

/// Rows changed, here or elsewhere: whoever shows one of these topics reads again.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct PracticeChanged {
    pub topics: Vec<String>,
}

/// The practice was locked, or opened. A window that hears `locked` blanks at once.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct LockChanged {
    pub locked: bool,
}

/// Nobody has touched anything for a while: so many seconds until the lock. Any touch puts it off.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct LockNear {
    pub seconds: u32,
}

/// How far a backup or a restore has come.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct BackupProgress {
    #[specta(type = u32)]
    pub done: u64,
    #[specta(type = u32)]
    pub total: u64,
}

/// How far a sound file has come, in or out.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct AudioProgress {
    #[specta(type = u32)]
    pub done: u64,
    #[specta(type = u32)]
    pub total: u64,
}

/// The recorder does something else, or something about it changed.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct RecorderChanged {
    pub state: RecorderState,
}

/// How loud it is; at most ten times a second.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct RecorderLevel {
    pub peak_db: f32,
    pub rms_db: f32,
    /// How much is kept.
    #[specta(type = u32)]
    pub elapsed_ms: u64,
    pub speaking: bool,
    pub channels: Vec<ChannelLevel>,
}

/// How loud one channel is.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChannelLevel {
    pub peak_db: f32,
}

/// The player moved on, or stopped; at most ten times a second.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct PlayerMoved {
    pub state: PlayerState,
}

/// How far the recording that is being written down has come.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
#[serde(rename_all = "camelCase")]
pub struct TranscribingMoved {
    pub recording: RecordingId,
    pub done_ms: u32,
    pub total_ms: u32,
}

/// The last of what was said in the session that is being recorded; only where somebody asked to see it.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct LiveTextMoved {
    pub text: LiveText,
}

/// How the speech models stand; at most five times a second.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct SpeechModelsChanged {
    pub models: SpeechModels,
}

impl From<Levels> for RecorderLevel {
    fn from(levels: Levels) -> Self {
        Self {
            peak_db: levels.peak_db,
            rms_db: levels.rms_db,
            elapsed_ms: levels.kept_ms,
            speaking: levels.speaking,
            channels: levels.channels.into_iter().map(|peak_db| ChannelLevel { peak_db }).collect(),
        }
    }
}

fn changed(topics: &Topics) -> PracticeChanged {
    PracticeChanged { topics: topics.iter().map(str::to_owned).collect() }
}

/// Passes on what the desk tells, for as long as the application runs.
pub fn forward<R: Runtime>(app: &AppHandle<R>, desk: &Arc<Desk>) {
    let (app, desk, mut told) = (app.clone(), Arc::clone(desk), desk.listen());
    tauri::async_runtime::spawn(async move {
        loop {
            let sent = match told.recv().await {
                Ok(Told::Changed(topics)) => changed(&topics).emit(&app),
                Ok(Told::Locked(locked)) => LockChanged { locked }
                    .emit(&app)
                    .and_then(|()| RecorderChanged { state: desk.recorder() }.emit(&app)),
                Ok(Told::LockNear(seconds)) => LockNear { seconds }.emit(&app),
                Ok(Told::Backup(progress)) => {
                    BackupProgress { done: progress.done, total: progress.total }.emit(&app)
                }
                Ok(Told::Audio(progress)) => {
                    AudioProgress { done: progress.done, total: progress.total }.emit(&app)
                }
                // Seen from this desk: behind its lock nobody is named.
                Ok(Told::Recorder(_)) => RecorderChanged { state: desk.recorder() }.emit(&app),
                Ok(Told::Level(levels)) => RecorderLevel::from(levels).emit(&app),
                Ok(Told::Player(state)) => PlayerMoved { state }.emit(&app),
                Ok(Told::Transcribing(Moved { recording, done_ms, total_ms })) => {
                    TranscribingMoved { recording, done_ms, total_ms }.emit(&app)
                }
                // Behind a lock nobody reads what is being said.
                Ok(Told::LiveText(text)) if desk.opened().is_ok() => LiveTextMoved { text }.emit(&app),
                Ok(Told::LiveText(_)) => Ok(()),
                Ok(Told::Models(models)) => SpeechModelsChanged { models }.emit(&app),
                Ok(Told::RecordingEnded) => Ok(()),
                // Too much at once to tell one by one: say that everything may have changed, and above all
                // whether the window must be blank.
                Err(RecvError::Lagged(_)) => LockChanged { locked: desk.opened().is_err() }
                    .emit(&app)
                    .and_then(|()| changed(&Topics::everything()).emit(&app))
                    .and_then(|()| RecorderChanged { state: desk.recorder() }.emit(&app)),
                Err(RecvError::Closed) => return,
            };
            if let Err(error) = sent {
                tracing::error!(%error, "an event did not reach the window");
            }
        }
    });
}

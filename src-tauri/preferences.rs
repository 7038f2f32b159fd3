//! What this device prefers: theme, language, when to lock, where the window stood. Kept by
//! tauri-plugin-store in the clear, so nothing clinical and nobody's name may ever be in it.

use attune_audio::{ear::Quality, source::Wanted};
use attune_kernel::Code;
use attune_store::{Error, Result};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Runtime};
use tauri_plugin_store::StoreExt;

use crate::Home;

const KEY: &str = "settings";

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// The language of the words. `Pseudo` is English made longer and marked, for finding what was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    En,
    Pseudo,
}

/// What becomes of the sound once its note is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AfterSigning {
    /// It stays as it was recorded.
    #[default]
    Keep,
    /// It is made smaller: fine for listening again, no longer every sample.
    Smaller,
}

/// The preferences of this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    pub theme: Theme,
    pub language: Language,
    /// 1 to 60.
    pub lock_after_minutes: u32,
    /// Whether a single key is a command or a mood; off for whoever speaks to the computer.
    pub single_keys: bool,
    pub kept_quality: Quality,
    pub after_signing: AfterSigning,
    /// The chosen microphones, one for each kept channel; none is the system's choice.
    pub channels: Vec<Wanted>,
    /// The model that writes sessions down; none until somebody chose one.
    pub speech_model: Option<String>,
    /// Whether a session is written down while it goes on, gently; else once it is over.
    pub transcribe_while_recording: bool,
    /// Whether the text is shown as it comes.
    pub live_text: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            language: Language::default(),
            lock_after_minutes: 5,
            single_keys: true,
            kept_quality: Quality::default(),
            after_signing: AfterSigning::default(),
            channels: Vec::new(),
            speech_model: None,
            transcribe_while_recording: true,
            live_text: false,
        }
    }
}

impl Settings {
    /// The same, with every number where it can be meant.
    pub fn in_range(self) -> Self {
        Self { lock_after_minutes: self.lock_after_minutes.clamp(1, 60), ..self }
    }
}

/// Reads the preferences; what is missing or does not read is as it comes.
pub fn read<R: Runtime>(app: &AppHandle<R>, home: &Home) -> Settings {
    match app.store(home.preferences()) {
        Ok(store) => store
            .get(KEY)
            .and_then(|value| serde_json::from_value::<Settings>(value).ok())
            .unwrap_or_default()
            .in_range(),
        Err(error) => {
            tracing::warn!(%error, "device preferences do not read");
            Settings::default()
        }
    }
}

/// Keeps the preferences.
pub fn keep<R: Runtime>(app: &AppHandle<R>, home: &Home, settings: &Settings) -> Result<()> {
    let kept = app.store(home.preferences()).and_then(|store| {
        store.set(KEY, serde_json::to_value(settings)?);
        store.save()
    });
    kept.map_err(|error| {
        tracing::warn!(%error, "device preferences were not kept");
        Error::Refused(Code::ReadOnly)
    })
}

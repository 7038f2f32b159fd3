//! What a screen shows of the recorder, and all it needs to. A window that was reloaded asks for it once.

use attune_kernel::{PatientId, ProfileId, SessionId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What the recorder is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    #[default]
    Idle,
    /// The microphone is tried out; nothing is kept.
    Listening,
    Recording,
    Paused,
    /// The microphone is gone and another is looked for. What was kept is safe.
    Searching,
    Stopping,
}

/// Why nothing is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Paused {
    Private,
    Slept,
}

/// What a person should know about the sound now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    DeviceLost,
    MicrophoneDenied,
    NoSignal,
    TooQuiet,
    Clipping,
    DiskLow,
    DiskFailing,
}

impl Warning {
    /// Whether it outlasts a pause: the disk is the same afterwards, the microphone is judged anew.
    pub(crate) const fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::DiskLow | Self::DiskFailing)
    }
}

/// A question a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    PlannedEnd,
    Silence,
    Slept,
}

/// What three seconds of listening have shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    Listening,
    Good,
    TooQuiet,
    NoSignal,
    Clipping,
}

/// Why the last recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    Asked,
    Consent,
    Silence,
    DiskFull,
    DiskFailed,
}

/// The recorder as a screen sees it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecorderState {
    /// Grows with every change: an answer that was overtaken by news is older than it.
    #[specta(type = u32)]
    pub revision: u64,
    pub phase: Phase,
    /// None while the practice it belongs to is locked.
    pub session: Option<SessionId>,
    pub patient: Option<PatientId>,
    /// Whether the recording belongs to the practice that is open.
    pub here: bool,
    pub started_at: Option<DateTime<Utc>>,
    /// How much is kept.
    #[specta(type = u32)]
    pub elapsed_ms: u64,
    pub planned_minutes: Option<u32>,
    pub paused_for: Option<Paused>,
    pub probe: Option<Probe>,
    /// The microphone's name.
    pub device: Option<String>,
    pub bookmarks: u32,
    pub warnings: Vec<Warning>,
    pub prompts: Vec<Prompt>,
    pub disk_minutes: Option<u32>,
    pub ended: Option<Ending>,
    /// Whether it is written down as it goes on.
    pub writing: bool,
    /// Whose recording it is. Never crosses to a screen.
    #[serde(skip)]
    pub profile: Option<ProfileId>,
}

impl RecorderState {
    /// Whether a session is being recorded, paused or not.
    pub const fn is_recording(&self) -> bool {
        matches!(self.phase, Phase::Recording | Phase::Paused | Phase::Searching | Phase::Stopping)
    }

    /// The same as whoever has `open` may see it: behind a lock nobody is named.
    pub fn seen_from(&self, open: Option<ProfileId>) -> Self {
        let here = self.profile.is_some() && self.profile == open;
        let mut seen = Self { here, ..self.clone() };
        if !here {
            (seen.session, seen.patient) = (None, None);
            if self.is_recording() {
                // People name their microphones after themselves.
                seen.device = None;
            }
        }
        seen
    }
}

//! How well a recording went: how loud it was, where sound is missing and why, what it was heard through.
//!
//! All of it is told at the end and kept with the session, so that nobody finds out weeks later why a
//! sentence is missing. These shapes also stand in the frozen form: a field or a reason more is a version
//! of its own.

use attune_kernel::Private;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::LONGEST_BOOKMARK;
use crate::text;

/// A moment that somebody marked, with a word or without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Bookmark {
    #[specta(type = u32)]
    pub at_ms: i64,
    pub word: Option<Private<String>>,
}

/// How well a recording went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// How loud the voices were, in decibels below full scale; none if nothing was heard.
    pub level_db: Option<f32>,
    pub peak_db: Option<f32>,
    pub gaps: Vec<Gap>,
    pub pauses: Vec<Pause>,
    pub devices: Vec<DeviceUse>,
    pub warnings: Vec<HealthWarning>,
}

/// Sound that is missing. It counts in the recording's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    #[specta(type = u32)]
    pub at_ms: i64,
    #[specta(type = u32)]
    pub ms: i64,
    pub why: GapWhy,
}

/// Why sound is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum GapWhy {
    /// The microphone was gone.
    Device,
    /// The computer could not keep up.
    Starved,
    /// A part of the file does not read.
    Damaged,
    /// The computer slept.
    Slept,
}

/// A stretch that was left out on purpose. It does not count in the recording's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Pause {
    #[specta(type = u32)]
    pub at_ms: i64,
    /// How long it lasted.
    #[specta(type = u32)]
    pub ms: i64,
    pub why: PauseWhy,
}

/// Why a stretch was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PauseWhy {
    /// Somebody asked for a private moment.
    Private,
    /// The computer slept.
    Slept,
    /// Consent was taken back.
    Consent,
    /// It was asked whether anybody is still there.
    Asked,
}

/// From when on a channel came from which device. The name is private: people name theirs after themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DeviceUse {
    #[specta(type = u32)]
    pub at_ms: i64,
    pub channel: u32,
    pub name: Private<String>,
}

/// What was warned of while it could still be mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HealthWarning {
    #[specta(type = u32)]
    pub at_ms: i64,
    pub what: HealthWarningKind,
}

/// What can be warned of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HealthWarningKind {
    NoSignal,
    TooQuiet,
    Clipping,
    DiskLow,
    DiskFull,
    ReadOnly,
    ClockChanged,
    /// It came from a file that was damaged or cut short.
    FileDamaged,
}

impl Bookmark {
    /// The same, fit to be shown, whoever wrote it.
    pub(super) fn tamed(&self) -> Self {
        let word = self.word.as_ref().map(|word| tamed(word.reveal()));
        Self { at_ms: self.at_ms.max(0), word: word.filter(|word| !word.reveal().is_empty()) }
    }
}

impl Health {
    /// The same, fit to be shown. A level that is no number is none: JSON has no word for it.
    pub(super) fn tamed(&self) -> Self {
        let named = |device: &DeviceUse| DeviceUse { name: tamed(device.name.reveal()), ..device.clone() };
        Self {
            level_db: self.level_db.filter(|level| level.is_finite()),
            peak_db: self.peak_db.filter(|level| level.is_finite()),
            devices: self.devices.iter().map(named).collect(),
            ..self.clone()
        }
    }
}

fn tamed(text: &str) -> Private<String> {
    let line: String = text::tamed(text).replace('\n', " ").trim().chars().take(LONGEST_BOOKMARK).collect();
    Private::new(line)
}

//! How a session stands, and every step there is from one state to the next.

use attune_kernel::Code;
use serde::{Deserialize, Serialize};
use specta::Type;

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Audio is under way.
    Recording,
    /// Its recording fell silent without a word and was recovered; nobody has looked yet.
    Interrupted,
    Recorded,
    /// A note without a recording.
    Unrecorded,
}

/// All that can happen to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    End,
    Interrupt,
    Resume,
    See,
}

impl SessionState {
    /// Every state there is.
    #[cfg(test)]
    pub(super) const ALL: [Self; 4] = [Self::Recording, Self::Interrupted, Self::Recorded, Self::Unrecorded];

    /// What it is after a step, or why it cannot be taken.
    pub(super) const fn after(self, step: Step) -> Result<Self, Code> {
        match (self, step) {
            (Self::Recording, Step::End) | (Self::Interrupted | Self::Recorded, Step::See) => {
                Ok(Self::Recorded)
            }
            (Self::Recording | Self::Interrupted, Step::Interrupt) => Ok(Self::Interrupted),
            // Stop may be pressed too soon.
            (Self::Recording | Self::Interrupted | Self::Recorded, Step::Resume) => Ok(Self::Recording),
            (Self::Unrecorded, Step::End) => Ok(Self::Unrecorded),
            (Self::Interrupted, Step::End) | (Self::Recorded, Step::End | Step::Interrupt) => {
                Err(Code::SessionOver)
            }
            // What goes on cannot have been looked at.
            (Self::Recording, Step::See) => Err(Code::AlreadyRecording),
            (Self::Unrecorded, Step::Interrupt | Step::Resume | Step::See) => Err(Code::NotRecording),
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Interrupted => "interrupted",
            Self::Recorded => "recorded",
            Self::Unrecorded => "unrecorded",
        }
    }

    pub(super) fn named(name: &str) -> Self {
        match name {
            "recording" => Self::Recording,
            "interrupted" => Self::Interrupted,
            "unrecorded" => Self::Unrecorded,
            // The table lets in no fifth word; were there one, a session that is over is the safe one.
            _ => Self::Recorded,
        }
    }
}

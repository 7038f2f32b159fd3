//! The scale: ten steps to log, five levels to speak of.

use std::fmt;

use attune_kernel::{Code, Private};
use serde::{Serialize, Serializer};
use specta::Type;

/// From 1, as low as can be, to 10. It does not print: it says how somebody is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Type)]
#[specta(transparent)]
pub struct Score(u8);

/// The level a score stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MoodLevel {
    VeryLow,
    Low,
    Neutral,
    Positive,
    VeryPositive,
}

impl Score {
    /// A score somebody gave.
    pub fn check(given: i32) -> Result<Self, Code> {
        match u8::try_from(given) {
            Ok(score @ 1..=10) => Ok(Self(score)),
            _ => Err(Code::ScoreOutOfRange),
        }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// 1–2, 3–4, 5–6, 7–8, 9–10: the mapping every other part of Attune goes by.
    pub const fn level(self) -> MoodLevel {
        match self.0 {
            0..=2 => MoodLevel::VeryLow,
            3..=4 => MoodLevel::Low,
            5..=6 => MoodLevel::Neutral,
            7..=8 => MoodLevel::Positive,
            _ => MoodLevel::VeryPositive,
        }
    }
}

impl fmt::Debug for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Private::new(self.0), f)
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

//! What can be said of a session beforehand and put right later: how long, where, and who else was there.

use attune_kernel::{Code, Private};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::text;

/// Where a session took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Room,
    /// By telephone or video.
    Remote,
}

/// What is put right about a session, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SessionDetails {
    pub planned_minutes: Option<i32>,
    pub place: Place,
    pub attendees: Vec<Private<String>>,
}

/// The same, fit to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Details {
    pub planned_minutes: Option<u32>,
    pub place: Place,
    pub attendees: Vec<Private<String>>,
}

const MOST_ATTENDEES: usize = 12;
const LONGEST_ATTENDEE: usize = 80;

impl Details {
    /// What somebody typed. A line left empty names nobody.
    pub(super) fn check(typed: &SessionDetails) -> Result<Self, Code> {
        let planned_minutes = match typed.planned_minutes {
            None => None,
            Some(minutes @ 5..=480) => Some(minutes.unsigned_abs()),
            Some(_) => return Err(Code::PlannedLengthOutOfRange),
        };
        let mut attendees = Vec::new();
        for name in &typed.attendees {
            if let Some(name) = text::line(name.reveal())? {
                attendees.push(Private::new(text::at_most(name, LONGEST_ATTENDEE, Code::AttendeeTooLong)?));
            }
        }
        if attendees.len() > MOST_ATTENDEES {
            return Err(Code::TooManyAttendees);
        }
        Ok(Self { planned_minutes, place: typed.place, attendees })
    }

    /// What came from elsewhere, kept whatever today's rules say, less what could harm a screen.
    pub(super) fn kept(planned_minutes: Option<u32>, place: Place, attendees: &[Private<String>]) -> Self {
        let attendees = attendees.iter().map(|name| Private::new(text::tamed(name.reveal()))).collect();
        Self { planned_minutes, place, attendees }
    }
}

impl Place {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Room => "room",
            Self::Remote => "remote",
        }
    }

    pub(super) fn named(name: &str) -> Self {
        // The table lets in no third word.
        if name == "remote" { Self::Remote } else { Self::Room }
    }
}

//! What is known of a profile before it is open, and what is asked to make one.

use attune_kernel::{Code, Private, ProfileId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{judge, keyfile::Keyfile};
use crate::Result;

/// Whose application this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProfileKind {
    /// A clinician's practice.
    Practice,
    /// A patient's own.
    Personal,
}

/// Whether the operating system's keychain holds half of the secret. Chosen when the profile was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    Held,
    Absent,
}

/// What the lock screen may show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProfileCard {
    pub id: ProfileId,
    pub kind: ProfileKind,
    /// How to greet, if the person wants to be greeted.
    pub greeting: Option<Private<String>>,
    pub practice: Option<Private<String>>,
    pub country: String,
    pub has_pin: bool,
    /// The sample practice, whose password is no secret.
    pub sample: bool,
    pub locked_at: Option<DateTime<Utc>>,
    /// How long the lock asks to wait after wrong passwords.
    pub wait_seconds: u32,
}

/// The people who share this computer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Everyone {
    /// The most recently locked first.
    pub cards: Vec<ProfileCard>,
    /// How many profiles are here whose file does not read. They keep nobody from their own, but whoever
    /// misses theirs must not be met as if they were new.
    pub unreadable: u32,
}

/// The first run's questions.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewProfile {
    pub kind: ProfileKind,
    pub name: Private<String>,
    pub practice_name: Option<Private<String>>,
    pub country: String,
    pub password: Private<String>,
    /// Only this application makes sample practices; a screen cannot.
    #[serde(skip)]
    pub sample: bool,
}

/// A recovery kit on the screen, and the groups that will be asked back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Kit {
    pub groups: Vec<Private<String>>,
    pub ask: Vec<u32>,
}

impl Keyfile {
    pub(crate) fn card(&self, id: ProfileId, now: DateTime<Utc>) -> ProfileCard {
        ProfileCard {
            id,
            kind: self.kind,
            greeting: self.greeting.clone(),
            practice: self.practice.clone(),
            country: self.country.clone(),
            has_pin: self.pin.is_some(),
            sample: self.sample,
            locked_at: self.locked_at,
            wait_seconds: self.tries.wait(now),
        }
    }

    pub(crate) fn refuse_weak(&self, password: &str) -> Result<()> {
        let about: Vec<String> = [&self.greeting, &self.practice]
            .into_iter()
            .flatten()
            .map(|name| name.reveal().clone())
            .collect();
        if judge(password, &about).enough { Ok(()) } else { Err(Code::WeakPassword.into()) }
    }
}

//! Identifiers: one newtype per thing, so that a mood can never be asked for by a patient's id.
//!
//! All are UUIDv7, made on this device from the given time: they sort by age and need no server.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::{NoContext, Timestamp, Uuid};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
        #[serde(transparent)]
        pub struct $name(#[specta(type = String)] Uuid);

        impl $name {
            /// A new identifier that sorts after those made before `at`.
            pub fn new(at: DateTime<Utc>) -> Self {
                let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
                Self(Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, at.timestamp_subsec_nanos())))
            }

            /// The identifier's sixteen bytes, for headers and keys.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// One person's store on this computer.
    ProfileId,
    /// One installation: what signs "written here".
    DeviceId,
    /// A person who writes: staff, or a patient in their own application.
    MemberId,
    /// A person treated; also the name of their chart.
    PatientId,
    /// Who-may-read: one key, one member list, one feed.
    StreamId,
    /// One thing that is synced, whatever its kind.
    RecordId,
    /// A sealed file.
    FileId,
    /// One logged mood.
    MoodId,
    /// One later word about a mood: its words changed, it was withdrawn or restored.
    MoodAmendmentId,
    /// One consent that was signed.
    ConsentId,
    /// One therapy session.
    SessionId,
    /// One stretch of sealed audio of a session.
    RecordingId,
    /// What one engine wrote down of one recording.
    TranscriptId,
    /// One correction of one segment of a transcript: its words, or who said them.
    TranscriptCorrectionId,
    /// A practice's switch for transcription outside this computer.
    RemoteTranscriptionId,
    /// That somebody agreed, for one session, that its sound may leave the computer.
    RemotePermissionId,
    /// One long piece of work that waits or is under way.
    JobId,
}

macro_rules! records {
    ($($name:ident),+ $(,)?) => {$(
        impl From<$name> for RecordId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }

        impl From<RecordId> for $name {
            fn from(id: RecordId) -> Self {
                Self(id.0)
            }
        }
    )+};
}

// What is synced is a record under its own identifier.
records!(
    MemberId,
    PatientId,
    MoodId,
    MoodAmendmentId,
    ConsentId,
    SessionId,
    RecordingId,
    TranscriptId,
    TranscriptCorrectionId,
    RemoteTranscriptionId,
    RemotePermissionId,
    ProfileId,
);

/// Who writes, and on which device. Nothing clinical is written without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// The person.
    pub member: MemberId,
    /// Where they sat.
    pub device: DeviceId,
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn identifiers_sort_by_the_time_they_were_made() {
        let early = MoodId::new(Utc.timestamp_opt(1_000, 0).unwrap());
        let late = MoodId::new(Utc.timestamp_opt(2_000, 0).unwrap());
        assert!(early < late);
    }

    #[test]
    fn an_identifier_reads_back_from_its_text() {
        let id = PatientId::new(Utc.timestamp_opt(1_000, 0).unwrap());
        assert_eq!(id.to_string().parse::<PatientId>().unwrap(), id);
        assert!("not an id".parse::<PatientId>().is_err());
    }
}

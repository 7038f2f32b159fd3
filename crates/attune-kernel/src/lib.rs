//! The words everything shares: identifiers, time, private values and error codes.
//!
//! It exists so that every other crate can say "this patient", "now", "do not print this" and "this
//! went wrong" in the same way. It does no IO, knows no async, and reads no clock of its own: time
//! always comes in through [`Clock`].

mod clock;
mod code;
mod ids;
mod private;

pub use clock::{Clock, SystemClock};
pub use code::{Code, Coded};
pub use ids::{
    Author, ConsentId, DeviceId, FileId, JobId, MemberId, MoodAmendmentId, MoodId, PatientId, ProfileId,
    RecordId, RecordingId, RemotePermissionId, RemoteTranscriptionId, SessionId, StreamId,
    TranscriptCorrectionId, TranscriptId,
};
pub use private::Private;

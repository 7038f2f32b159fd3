//! What can go wrong, as the screen must tell it apart.
//!
//! A code is a name for a sentence in `ui/src/words`, never the sentence itself, and never carries a
//! value: what a person typed must not travel inside an error. Add a code only when somebody would do
//! something different on reading it.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Every failure a person can be told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    // Unlocking.
    WrongPassword,
    /// Too many wrong tries: the lock asks for a moment.
    SlowDown,
    WrongPin,
    /// Five wrong PINs: only the password opens now.
    PinSpent,
    /// No keychain on this computer, so no PIN either.
    PinUnusable,
    PinShape,
    WrongKit,
    KitMismatch,
    WeakPassword,
    KeychainUnreachable,
    ProfileMissing,
    /// Nothing is open: the practice is locked.
    Locked,

    // The disk.
    StoreDamaged,
    StoreNewer,
    /// Another process has this store open.
    StoreElsewhere,
    /// Something long is being written; it will be over soon.
    Busy,
    DiskFull,
    ReadOnly,
    BackupDamaged,
    BackupForeign,
    BackupNewer,
    BackupExists,
    FileMissing,

    // Anything.
    /// What was asked for is no longer there.
    Gone,
    Unexpected,

    // What people type.
    NameMissing,
    NameTooLong,
    PracticeNameMissing,
    PracticeNameTooLong,
    CountryUnknown,
    TextUnprintable,
    TextTooLong,
    EmailInvalid,
    PhoneInvalid,
    BornInvalid,
    ReferenceTooLong,
    ScoreOutOfRange,
    WordsTooLong,
    FeltInFuture,
    FeltTooLongAgo,
    PatientArchived,
    /// Only whoever wrote it may speak of it again.
    NotYours,

    // Sound and sessions.
    /// No microphone is connected, or the one that was is gone.
    MicrophoneMissing,
    /// The system does not let us listen.
    MicrophoneDenied,
    MicrophoneBusy,
    LoudspeakerMissing,
    /// No live consent to record is on file.
    ConsentMissing,
    /// The text that was shown is no longer the current one.
    ConsentOutdated,
    SignatureMissing,
    SignatureTooLong,
    /// A recording is going on already.
    AlreadyRecording,
    /// Another window or process of Attune records.
    RecordingElsewhere,
    NotRecording,
    /// Too little room on the disk to begin.
    DiskNearlyFull,
    SessionOver,
    PlannedLengthOutOfRange,
    TooManyAttendees,
    AttendeeTooLong,
    BookmarkTooLong,
    /// A recording does not read, or only in part.
    AudioDamaged,
    AudioDeleted,
    /// Not a sound file this computer can read, whatever its name says.
    AudioUnreadable,
    AudioTooLong,
    AudioTooLarge,
    AudioEmpty,

    // Words from sound.
    /// No speech model is chosen, or the one that was is no longer there.
    ModelMissing,
    /// Not a model file this application can use, or cut short.
    ModelUnreadable,
    /// A model of a kind that cannot write down speech.
    ModelForeign,
    /// A model made for a newer engine.
    ModelNewer,
    /// What was downloaded or brought in is not what the catalogue says it is.
    ModelMismatch,
    /// Too little memory for this model.
    ModelTooLarge,
    /// This model does not know the language that was asked for.
    LanguageUnknown,
    /// The processor lacks instructions the engine is built for.
    ProcessorTooOld,
    /// The engine died or hung, and did so again.
    EngineFailed,
    /// A download was stopped by a person; what came is kept.
    Cancelled,
    NetworkUnreachable,
    /// A server answered, and not with what was asked for.
    ServerRefused,
    /// A server asks for a moment.
    ServerBusy,
    /// A server does not accept the key.
    KeyRefused,
    /// Sound may not leave this computer: the practice has not allowed it, or nobody agreed for this session.
    RemoteNotAllowed,
    AddressInvalid,
    TranscriptDeleted,
    /// Too little is said by one voice to know it again.
    VoiceTooShort,

    // Tables from elsewhere.
    CsvEmpty,
    CsvUnreadable,
    CsvNoName,
    CsvTooManyRows,
    CsvTooLarge,
    CsvRowBroken,
}

/// An error that knows which code the screen should hear.
pub trait Coded {
    /// The code for the screen; the chain behind it stays in the local log.
    fn code(&self) -> Code;
}

impl Coded for Code {
    fn code(&self) -> Code {
        *self
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Code {}

//! What can go wrong with sound, and which code a screen hears of it.

use std::io;

use attune_kernel::{Code, Coded};

/// A failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Refused for a reason a person can act on.
    #[error("refused: {0}")]
    Refused(Code),
    /// The disk, or a file on it.
    #[error("the disk")]
    Disk(#[from] io::Error),
    /// The machine's sound system.
    #[error("the sound system")]
    Sound(#[from] cpal::Error),
    /// Something that should have been readable is not.
    #[error("damaged: {0}")]
    Damaged(&'static str),
}

/// What most of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}

impl Coded for Error {
    fn code(&self) -> Code {
        use cpal::ErrorKind;
        match self {
            Self::Refused(code) => *code,
            Self::Damaged(_) => Code::AudioDamaged,
            Self::Disk(error) => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Code::DiskFull,
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::ReadOnly,
                io::ErrorKind::NotFound => Code::FileMissing,
                io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Code::AudioDamaged,
                _ => Code::Unexpected,
            },
            Self::Sound(error) => match error.kind() {
                ErrorKind::PermissionDenied => Code::MicrophoneDenied,
                ErrorKind::DeviceBusy => Code::MicrophoneBusy,
                _ => Code::MicrophoneMissing,
            },
        }
    }
}

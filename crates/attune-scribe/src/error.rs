//! What can go wrong with a long job.

use attune_kernel::{Code, Coded};

/// A failure of this crate.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("refused: {0}")]
    Refused(Code),
    #[error("sound")]
    Sound(#[from] attune_audio::Error),
    #[error("speech")]
    Speech(#[from] attune_speech::Error),
    #[error("the store")]
    Store(#[from] attune_store::Error),
}

/// What most of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Sound(error.into())
    }
}

impl Coded for Error {
    fn code(&self) -> Code {
        match self {
            Self::Refused(code) => *code,
            Self::Sound(error) => error.code(),
            Self::Speech(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

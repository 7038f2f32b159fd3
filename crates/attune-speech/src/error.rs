//! What can go wrong between sound and words.

use attune_kernel::{Code, Coded};

/// A failure of this crate. What the engine said of it stays in the chain; it never holds what was spoken.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("refused: {0}")]
    Refused(Code),
    /// With the last lines the worker wrote on its error output.
    #[error("the engine: {what}{}", .tail.iter().map(|line| format!("\n  {line}")).collect::<String>())]
    Engine { stage: Stage, code: Code, what: String, tail: Vec<String> },
    #[error("the disk")]
    Io(#[from] std::io::Error),
    #[error("the network")]
    Network(#[from] reqwest::Error),
    #[error("an answer that does not read")]
    Json(#[from] serde_json::Error),
}

/// How far an engine had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It was getting ready. No window is to blame, and the next one fares no better.
    Loading,
    /// It was at work. Another window may go well.
    Working,
}

/// What most of this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}

impl Error {
    /// Whether an engine that had been got ready failed at what it was given.
    pub(crate) fn is_of_the_window(&self) -> bool {
        matches!(self, Self::Engine { stage: Stage::Working, code: Code::EngineFailed, .. })
    }
}

impl Coded for Error {
    fn code(&self) -> Code {
        match self {
            Self::Refused(code) | Self::Engine { code, .. } => *code,
            Self::Io(error) => match error.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                    Code::ReadOnly
                }
                std::io::ErrorKind::NotFound => Code::FileMissing,
                _ => Code::Unexpected,
            },
            Self::Network(_) => Code::NetworkUnreachable,
            Self::Json(_) => Code::Unexpected,
        }
    }
}

//! How the store fails. Each failure knows its code for the screen and keeps its chain for the log.

use std::io;

use attune_kernel::{Code, Coded};
use attune_vault::Unsealable;
use thiserror::Error;

/// What went wrong, for the log. The screen hears only [`Coded::code`].
#[derive(Debug, Error)]
pub enum Error {
    /// A rule said no. Nothing is broken.
    #[error("refused: {0}")]
    Refused(Code),
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    #[error("the disk failed")]
    Disk(#[from] io::Error),
    /// Where a stored form does not read. Never what stands there: serde's own words quote it.
    #[error("a stored form does not read, at line {line}, column {column}")]
    Form { line: usize, column: usize },
    #[error("the store is damaged: {0}")]
    Damaged(&'static str),
    #[error(transparent)]
    Unsealable(#[from] Unsealable),
    /// A row changed outside `WriteTx::change`. A mistake in our own code, and refused as one.
    #[error("a row was changed without an outbox record and an audit line")]
    Trespass,
}

/// The store's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::Refused(Code::Gone),
            sqlx::Error::PoolClosed => Self::Refused(Code::Locked),
            sqlx::Error::PoolTimedOut => Self::Refused(Code::Busy),
            sqlx::Error::Io(io) => Self::Disk(io),
            other => Self::Database(other),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Form { line: error.line(), column: error.column() }
    }
}

impl Coded for Error {
    fn code(&self) -> Code {
        match self {
            Self::Refused(code) => *code,
            Self::Database(error) => database_code(error),
            Self::Disk(error) => disk_code(error),
            Self::Form { .. } | Self::Trespass => Code::Unexpected,
            Self::Damaged(_) | Self::Unsealable(_) => Code::StoreDamaged,
        }
    }
}

/// SQLite's primary result codes, as https://sqlite.org/rescode.html numbers them.
fn database_code(error: &sqlx::Error) -> Code {
    let sqlx::Error::Database(error) = error else {
        return Code::Unexpected;
    };
    let extended: i32 = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
    match extended & 0xff {
        8 | 14 => Code::ReadOnly,
        // Reading failed, or gave less than there must be.
        10 if matches!(extended >> 8, 1 | 2 | 32 | 33) => Code::StoreDamaged,
        // Any other I/O error is, on a desktop, a disk that ran out or went away.
        10 | 13 => Code::DiskFull,
        11 | 26 => Code::StoreDamaged,
        5 | 6 => Code::Busy,
        _ => Code::Unexpected,
    }
}

fn disk_code(error: &io::Error) -> Code {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Code::DiskFull
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Code::ReadOnly,
        io::ErrorKind::NotFound => Code::FileMissing,
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Code::StoreDamaged,
        _ => Code::Unexpected,
    }
}

//! One recording at a time in one home, whatever windows and processes there are: a locked file says so. The
//! system lets go of the lock when its process dies, however it dies.

use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

use attune_kernel::Code;

use crate::Result;

/// Held while recording.
#[derive(Debug)]
pub struct OnlyOne {
    _file: File,
}

impl OnlyOne {
    /// Takes the turn, or says that somebody else has it.
    pub fn take(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let file =
            File::options().create(true).truncate(false).write(true).open(folder.join("recording.lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Code::RecordingElsewhere.into()),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use attune_kernel::Coded;

    use super::*;

    #[test]
    fn a_second_recorder_is_told_that_there_is_one_and_may_begin_when_it_is_gone() {
        let folder = tempfile::TempDir::new().unwrap();
        let first = OnlyOne::take(folder.path()).unwrap();
        assert_eq!(OnlyOne::take(folder.path()).unwrap_err().code(), Code::RecordingElsewhere);
        drop(first);
        assert!(OnlyOne::take(folder.path()).is_ok());
    }
}

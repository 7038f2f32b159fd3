//! The file from behind its tags on, mended, counting how far it was read.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use symphonia::core::io::MediaSource;

use super::mending::Mending;
use crate::Result;

/// A file that is read by somebody else's reader.
pub(super) struct Source {
    file: File,
    start: u64,
    /// How long it says it is.
    length: u64,
    patches: Vec<(u64, [u8; 4])>,
    at: u64,
    done: Arc<AtomicU64>,
}

impl Source {
    pub(super) fn new(
        mut file: File,
        start: u64,
        total: u64,
        mending: Mending,
        done: Arc<AtomicU64>,
    ) -> Result<Self> {
        file.seek(SeekFrom::Start(start))?;
        let length = mending.length.unwrap_or_else(|| total.saturating_sub(start));
        Ok(Self { file, start, length, patches: mending.patches, at: 0, done })
    }

    /// Puts the right bytes into what was read from `from` on.
    fn patch(&self, from: u64, read: &mut [u8]) {
        for (place, bytes) in &self.patches {
            for (place, byte) in (*place..).zip(bytes) {
                let at = place.checked_sub(from).and_then(|at| usize::try_from(at).ok());
                if let Some(there) = at.and_then(|at| read.get_mut(at)) {
                    *there = *byte;
                }
            }
        }
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.patch(self.start + self.at, &mut into[..read]);
        self.at += read as u64;
        self.done.store(self.start + self.at, Ordering::Relaxed);
        Ok(read)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        let beyond = || io::Error::from(io::ErrorKind::InvalidInput);
        let at = at.filter(|at| *at <= self.length).ok_or_else(beyond)?;
        self.file.seek(SeekFrom::Start(self.start + at))?;
        self.at = at;
        Ok(at)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        true
    }
    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

//! Numbers and words out of a file nobody vouches for: every length is bounded before anything is set aside for it.

use std::io::{self, ErrorKind, Read};

use attune_kernel::Code;

use crate::{Error, Result};

/// How long a head may be. A large vocabulary with its scores takes about 5 MB.
pub const MOST_HEAD: u64 = 64 * 1024 * 1024;
/// How many values an array of the head may have.
const MOST_ELEMENTS: u64 = 16 * 1024 * 1024;

pub const U32: u32 = 4;
pub const STRING: u32 = 8;
pub const ARRAY: u32 = 9;

/// A file being read, which knows where it is and how far it will go at most.
pub struct Bounded<R> {
    from: R,
    at: u64,
}

impl<R: Read> Bounded<R> {
    pub fn new(from: R) -> Self {
        Self { from, at: 0 }
    }

    /// How many bytes were read.
    pub fn at(&self) -> u64 {
        self.at
    }

    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    pub fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    /// A text of at most `longest` bytes.
    pub fn word(&mut self, longest: u64) -> Result<String> {
        let length = self.u64()?;
        if length > longest {
            return Err(Code::ModelUnreadable.into());
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| Code::ModelUnreadable)?];
        self.fill(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| Code::ModelUnreadable.into())
    }

    /// Passes over a value of this kind.
    pub fn skip_value(&mut self, kind: u32) -> Result<()> {
        if kind == ARRAY {
            let (kind, count) = (self.u32()?, self.u64()?);
            return self.skip_elements(kind, count);
        }
        self.skip_elements(kind, 1)
    }

    /// Passes over so many values of this kind. Arrays hold no arrays: the engine reads none either.
    pub fn skip_elements(&mut self, kind: u32, count: u64) -> Result<()> {
        if count > MOST_ELEMENTS {
            return Err(Code::ModelUnreadable.into());
        }
        if kind == STRING {
            for _ in 0..count {
                let length = self.u64()?;
                self.skip(length)?;
            }
            return Ok(());
        }
        let each = match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            _ => return Err(Code::ModelUnreadable.into()),
        };
        self.skip(count * each)
    }

    fn skip(&mut self, bytes: u64) -> Result<()> {
        self.advance(bytes)?;
        let passed = io::copy(&mut self.from.by_ref().take(bytes), &mut io::sink())?;
        if passed < bytes { Err(Code::ModelUnreadable.into()) } else { Ok(()) }
    }

    fn fill(&mut self, into: &mut [u8]) -> Result<()> {
        self.advance(into.len() as u64)?;
        self.from.read_exact(into).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => Code::ModelUnreadable.into(),
            _ => Error::Io(error),
        })
    }

    fn advance(&mut self, bytes: u64) -> Result<()> {
        self.at = self.at.saturating_add(bytes);
        if self.at > MOST_HEAD { Err(Code::ModelUnreadable.into()) } else { Ok(()) }
    }
}

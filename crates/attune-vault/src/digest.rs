//! SHA-256: the one hash of the system, for the audit chain and for checksums of files.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

/// Thirty-two bytes that stand for a longer text.
pub type Digest = [u8; 32];

/// The digest of several parts, each preceded by its length so that no two lists of parts read alike.
pub fn digest(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Digests everything that is written to it.
#[derive(Default)]
pub struct Digester(Sha256);

impl Digester {
    /// The digest of all that came.
    pub fn finish(self) -> Digest {
        self.0.finalize().into()
    }
}

impl Write for Digester {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_be_shifted_between_each_other() {
        assert_ne!(digest(&[b"ab", b"c"]), digest(&[b"a", b"bc"]));
        assert_eq!(digest(&[b"ab", b"c"]), digest(&[b"ab", b"c"]));
    }
}

//! The practice model, which is inside the application: it hears synthetic voices and a few hundred words.
//!
//! It exists so that the whole road from sound to transcript can be walked without a download. It is laid out as a file,
//! because the engine reads files; it is advised to nobody, and chosen for no real session unless a person does.

use std::{fs, io::Write, path::Path};

use attune_vault::{Digest, Digester};

use super::kept;
use crate::Result;

/// Its id on the shelf.
pub const PRACTICE: &str = "practice";

const BYTES: &[u8] = include_bytes!("../../practice/practice-parakeet-ctc.gguf");

/// How long its file is.
pub const fn length() -> u64 {
    BYTES.len() as u64
}

/// Its digest.
pub fn digest() -> Digest {
    digest_of(BYTES)
}

/// Puts it at `path`, unless it lies there as it should.
pub fn lay_out(path: &Path) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there.len() == BYTES.len() && digest_of(&there) == digest()) {
        return Ok(());
    }
    let beside = path.with_extension("laying-out");
    let mut file = fs::File::create(&beside)?;
    file.write_all(BYTES)?;
    kept(file, &beside, path)
}

fn digest_of(bytes: &[u8]) -> Digest {
    let mut digester = Digester::default();
    digester.write_all(bytes).expect("a digest takes every byte");
    digester.finish()
}

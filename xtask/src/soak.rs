//! `cargo xtask soak recording …`: recordings killed a thousand times, and a working day in minutes.
//!
//! The soak itself is a program of `attune-testkit`, compiled for release; its short forms run with every test.
//! This only starts it, and gives it the time it needs.

use crate::child::{self, minutes};
use crate::{house, packages};
use anyhow::Result;

/// Runs the soak with these words of its own.
pub fn recording(job: &str, words: &[&str]) -> Result<()> {
    packages::install(&[packages::TO_BUILD])?;
    let soak = ["run", "--release", "--package", "attune-testkit", "--bin", "soak", "--", job];
    // Eight hours at their own speed, and the compiler.
    // As in the short form: what is given back is not counted as kept.
    child::run(house::cargo(soak).args(words).env("MALLOC_MMAP_THRESHOLD_", "131072"), minutes(10 * 60))
}

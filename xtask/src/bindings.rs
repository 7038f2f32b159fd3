//! `cargo xtask bindings`: writes `ui/src/bindings.ts` anew from the commands.
//!
//! The test that compares the file with the commands is also the one that writes it, so the two cannot
//! disagree about what belongs in it.

use crate::child::{self, minutes};
use crate::house;
use anyhow::Result;

/// Runs that test with leave to write.
pub fn write() -> Result<()> {
    let mut test = house::cargo(["test", "--package", "attune-tests", "--test", "it", "bindings"]);
    child::run(test.env("UPDATE_BINDINGS", "1"), minutes(60))
}

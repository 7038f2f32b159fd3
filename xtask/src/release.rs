//! `cargo xtask release-check`: what the tests cannot know and a release must not go without.
//!
//! Crisis lines: every number has been looked up by a person within the last 180 days. The tests stay away
//! from this, because a date that passes would break a change that has nothing to do with it.

use crate::child::{self, minutes};
use crate::house;
use anyhow::{Context, Result};

/// Lists what is missing, and fails if anything is.
pub fn check() -> Result<()> {
    let mut lines =
        house::cargo(["run", "--quiet", "--package", "attune-practice", "--example", "stale_lines"]);
    child::run(&mut lines, minutes(60)).context(
        "Not ready for a release: look up each number above at its source, and write the day into \
         crates/attune-practice/data/crisis_lines.json.",
    )?;
    println!("Every crisis line has been checked within the last 180 days.");
    Ok(())
}

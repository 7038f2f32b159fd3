//! Which crisis lines must be checked before a release, and where; ends with 1 if there are any.
//!
//! An example and not a test: that a line grows old is no fault of whoever changes something else that day.
//! `cargo xtask release-check` runs it.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use attune_kernel::{Clock, SystemClock};
use attune_practice::safety;

fn main() -> std::io::Result<ExitCode> {
    let stale = safety::stale(SystemClock.now().date_naive());
    let mut out = stdout().lock();
    for line in &stale {
        let checked = line.verified_on.map_or("never checked".to_owned(), |on| format!("checked on {on}"));
        writeln!(out, "{}: {}: {checked}: {}", line.country, line.name, line.source)?;
    }
    Ok(if stale.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

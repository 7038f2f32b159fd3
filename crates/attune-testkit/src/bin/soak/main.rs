//! The soak: what only many kills, long hours and a scale can show about recordings.
//!
//! Each job records through the real ear, ring, codec and disk, from microphones on a stage; `kills` records in
//! processes of its own and kills them. It prints what it measured, says how, and fails when a promise was
//! broken. The promises themselves stand beside what measures them. It never reads a person's recording.

#![expect(clippy::disallowed_macros, reason = "a program of its own: its figures are what it is for")]

mod asked;
mod disk;
mod figures;
#[cfg(target_os = "linux")]
mod frozen;
mod hours;
mod keep;
mod kills;
mod known;
mod load;
mod process;
mod recorder;
mod start;
mod talk;

use std::process::ExitCode;

use anyhow::{Result, bail};

use self::asked::Asked;

const HELP: &str = "\
soak kills [--count 200] [--workers 12] [--seed N]   kill recorders at random moments; each must recover
soak frozen [--seconds 3]                            stop a whole recorder for a while; on Linux
soak hours [--hours 1] [--speed 60]                  long sessions in little time: memory, drift, processor, disk
soak start [--times 40]                              from the press to the first kept sample
soak disk [--file RECORDING]                         what an hour takes on the disk
soak load [--seconds 20]                             what recording takes of the processor";

fn main() -> ExitCode {
    match obey() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("{fault:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything that was promised held.
fn obey() -> Result<bool> {
    let mut words = std::env::args().skip(1);
    let job = words.next().unwrap_or_default();
    let asked = Asked::read(words)?;
    match job.as_str() {
        "kills" => kills::run(&asked),
        #[cfg(target_os = "linux")]
        "frozen" => frozen::run(&asked),
        "hours" => hours::run(&asked),
        "start" => start::run(&asked),
        "disk" => disk::run(&asked),
        "load" => load::run(&asked),
        "keep" => keep::run(&asked),
        _ => bail!("`{job}` is no job of the soak.\n\n{HELP}"),
    }
}

//! `cargo xtask …`: everything one does to Attune besides writing it.
//!
//! It exists so that a fresh machine with Rust and Node needs two commands and no reading: `run` opens the
//! application, `test` checks all of it. Each command is one file. Nothing here knows how a slice works, and
//! nothing the product needs at run time may live here.

mod bench;
mod bindings;
mod browser;
mod child;
mod descendants;
mod display;
mod house;
mod licences;
mod packages;
mod pictures;
mod release;
mod run;
mod screens;
mod soak;
mod spdx;
mod steps;
mod test;

use anyhow::{Result, bail};
use std::process::ExitCode;

const HELP: &str = "\
Everything one does to Attune besides writing it. Missing packages are installed on the way.

  cargo xtask run [--empty]       open the application on the sample practice, or on an empty one
  cargo xtask test [--quick]      run every check; --quick leaves out the screens in Chromium and the real window
  cargo xtask bindings            write ui/src/bindings.ts anew from the commands
  cargo xtask bench [--release]   measure against the targets; --release also builds the application for release
  cargo xtask bench speech [--model PATH] FILE…         write files down: speed against the bare engine, memory, errors
  cargo xtask soak recording --kills N                  kill N recorders at random moments; each must recover
  cargo xtask soak recording --hours H [--speed 60]     record H hours in little time: memory, drift, processor
  cargo xtask pictures            photograph the screens anew into docs/pictures
  cargo xtask licences [--check]  write docs/licences.md anew, or only check what ships against it
  cargo xtask release-check       list what a release still waits for, such as crisis lines nobody has checked lately";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match obey(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("\n{fault}");
            for reason in fault.chain().skip(1) {
                eprintln!("  {reason}");
            }
            ExitCode::FAILURE
        }
    }
}

fn obey(words: &[&str]) -> Result<()> {
    child::stop_all_when_interrupted()?;
    match words {
        ["run"] => run::run(run::Practice::Sample),
        ["run", "--empty"] => run::run(run::Practice::Empty),
        ["test"] => test::test(test::Extent::Everything),
        ["test", "--quick"] => test::test(test::Extent::Quick),
        ["bindings"] => bindings::write(),
        ["bench", "speech", words @ ..] => bench::speech(words),
        ["bench"] => bench::bench(bench::Application::AsItStands),
        ["bench", "--release"] => bench::bench(bench::Application::Release),
        ["soak", "recording", "--kills", count] => soak::recording("kills", &["--count", count]),
        ["soak", "recording", words @ ..] if words.contains(&"--hours") => soak::recording("hours", words),
        ["pictures"] => pictures::take(),
        ["licences"] => licences::write(),
        ["licences", "--check"] => licences::check(),
        ["release-check"] => release::check(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => bail!("`cargo xtask {}` is not a command here.\n\n{HELP}", words.join(" ")),
    }
}

//! `cargo xtask bench`: the figures we hold ourselves to, measured.
//!
//! What happens below the window (unlock, save, find) is measured by the bench program of `attune-testkit`, and
//! what a recording takes (its start, the processor, the disk) by the soak of the same crate, both compiled for
//! release. What only the window can tell, from its start to a lock screen one can type into, is measured here
//! from outside, by this program's clock, so that loading the executable counts too. Refuses to hide which
//! build was measured.

use crate::child::{self, minutes};
use crate::display::Display;
use crate::{house, packages, screens};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

const STARTS: usize = 10;
const TARGET: Duration = Duration::from_millis(800);

/// Which build of the application is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Application {
    /// The release build where there is one, else the debug build: a release build of the whole shell takes a
    /// quarter of an hour.
    AsItStands,
    Release,
}

/// Prints every figure beside its target.
pub fn bench(application: Application) -> Result<()> {
    packages::install(&[packages::TO_BUILD, packages::TO_TEST])?;
    screens::set_up()?;
    screens::build()?;
    let profile = build(application)?;
    let below = ["run", "--release", "--package", "attune-testkit", "--bin", "bench"];
    child::run(&mut house::cargo(below), minutes(90))?;
    for job in ["start", "load", "disk"] {
        let recording = ["run", "--release", "--package", "attune-testkit", "--bin", "soak", "--", job];
        child::run(&mut house::cargo(recording), minutes(10))?;
    }
    if !cfg!(target_os = "linux") {
        println!("cold start: measured on Linux only, where a display can be made");
        return Ok(());
    }
    cold_start(profile)
}

/// Writes sound files down, by the product and by the bare engine, and prints how the two compare. The sample session and
/// the practice model where nothing else is named.
pub fn speech(words: &[&str]) -> Result<()> {
    packages::install(&[packages::TO_BUILD])?;
    let (model, files) = match words {
        ["--model", model, files @ ..] => (Some(*model), files),
        files => (None, files),
    };
    let practice = house::root().join("crates").join("attune-speech").join("practice");
    let sample = practice.join("sample-session.flac");
    let release = |package, bin| house::cargo(["build", "--release", "--package", package, "--bin", bin]);
    child::run(&mut release("attune-speech", "speech-worker"), minutes(60))?;
    child::run(&mut release("attune-testkit", "speech"), minutes(60))?;
    let mut bench = Command::new(house::built("release", "speech")?);
    bench.arg("--worker").arg(house::built("release", "speech-worker")?);
    bench.arg("--model").arg(model.map_or_else(|| practice.join("practice-parakeet-ctc.gguf"), Into::into));
    if files.is_empty() {
        bench.arg(sample);
    }
    child::run(bench.args(files), minutes(90))
}

fn build(application: Application) -> Result<&'static str> {
    let release = house::built("release", "attune")?.exists();
    let mut cargo = match application {
        Application::AsItStands if release => return Ok("release"),
        Application::AsItStands => house::cargo(["build", "--package", "attune", "--bin", "attune"]),
        Application::Release => house::cargo([
            "build",
            "--release",
            "--package",
            "attune",
            "--bin",
            "attune",
            "--features",
            "custom-protocol",
        ]),
    };
    child::run(&mut cargo, minutes(90))?;
    Ok(if application == Application::Release { "release" } else { "debug" })
}

fn cold_start(profile: &str) -> Result<()> {
    let attune = house::built(profile, "attune")?;
    let home = house::target()?.join("run").join("bench");
    let mut sample = Command::new(&attune);
    sample.args(["headless", "sample", "--home"]).arg(&home).stdout(Stdio::null());
    child::run(&mut sample, minutes(5)).context("The sample practice could not be made")?;

    let display = Display::start()?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(until_usable(&attune, &home, &display)?);
    }
    let first = times[0];
    times.sort_unstable();
    let (p50, p95) = (percentile(&times, 50), percentile(&times, 95));
    let verdict = if p50 <= TARGET { "met" } else { "MISSED" };
    println!(
        "cold start to usable lock screen   p50 {} ms   p95 {} ms   target p50 {} ms   {verdict}   \
         ({profile} build, {STARTS} starts, the first {} ms; the system's file cache is not emptied between them)",
        p50.as_millis(),
        p95.as_millis(),
        TARGET.as_millis(),
        first.as_millis(),
    );
    Ok(())
}

/// From the start of the process to the line it prints once the lock screen has been painted.
fn until_usable(attune: &Path, home: &Path, display: &Display) -> Result<Duration> {
    let mut command = Command::new(attune);
    display.lend(command.env("ATTUNE_HOME", home).env("ATTUNE_MEASURE_START", "1"));
    let start = Instant::now();
    let mut running = child::start(command.stdout(Stdio::piped()))?;
    let output = running.child()?.stdout.take().context("Attune has no output")?;
    let (tell, told) = channel();
    thread::spawn(move || {
        let usable =
            BufReader::new(output).lines().map_while(Result::ok).any(|line| line.starts_with("usable "));
        tell.send(usable.then(|| start.elapsed()))
    });
    match told.recv_timeout(Duration::from_secs(60)) {
        Ok(Some(time)) => Ok(time),
        Ok(None) => bail!("Attune ended before its lock screen was painted"),
        Err(_) => bail!("The lock screen was not painted within a minute"),
    }
}

/// The nearest rank: the smallest measured value that `share` percent of the values do not exceed.
fn percentile(sorted: &[Duration], share: usize) -> Duration {
    let rank = (sorted.len() * share).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(values: &[u64]) -> Vec<Duration> {
        values.iter().copied().map(Duration::from_millis).collect()
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let ten = milliseconds(&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
        assert_eq!(percentile(&ten, 50), Duration::from_millis(50));
        assert_eq!(percentile(&ten, 95), Duration::from_millis(100));
        assert_eq!(percentile(&milliseconds(&[7]), 50), Duration::from_millis(7));
        assert_eq!(percentile(&[], 95), Duration::ZERO);
    }
}

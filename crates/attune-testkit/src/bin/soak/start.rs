//! How soon after the press the first sample is kept.
//!
//! Measured where it counts: the first sample in the file tells when its microphone delivered it. A ring that
//! already held something when the press came makes a recording begin before it; that counts as no wait. The
//! microphone is on a stage and opens at once: what a real one takes to wake is not in these figures.

use std::{
    path::Path,
    sync::{Arc, mpsc::channel},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use attune_audio::{
    ear::{Ear, Heard, Pace, Quality, SteadyPace},
    source::Wanted,
    spool::{SpoolReader, SpoolWriter, Why},
};
use attune_kernel::SystemClock;
use attune_testkit::stage::Stage;
use attune_vault::FileKey;

use crate::{
    asked::Asked,
    figures::Spread,
    known::{RATE, place_of, sample},
};

/// What the person who pressed may wait, in the middle.
const TARGET: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_secs(20);

/// What was open before the press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Listening,
    Nothing,
}

/// What one press led to.
struct Pressed {
    /// Until the first sample that is kept was delivered.
    kept: Duration,
    /// Until the ear said that it keeps.
    said: Duration,
}

/// Presses so many times, and prints how long that took beside the target.
pub fn run(asked: &Asked) -> Result<bool> {
    let times = asked.or("times", 40_u32)?;
    asked.nothing_else()?;
    let folder = tempfile::tempdir()?;
    for (before, name) in [(Before::Listening, "already listening"), (Before::Nothing, "nothing open")] {
        let pressed: Vec<Pressed> = (0..times)
            .map(|time| press(before, &folder.path().join(format!("{before:?}-{time}"))))
            .collect::<Result<_>>()?;
        let kept: Spread = pressed.iter().map(|pressed| pressed.kept).collect();
        let said: Spread = pressed.iter().map(|pressed| pressed.said).collect();
        let verdict = if kept.at(50) <= TARGET { "met" } else { "MISSED" };
        println!("press → first kept sample, {name:<18} {}   target p50 {TARGET:?}   {verdict}", kept.line());
        println!("press → it says that it keeps, {name:<14} {}", said.line());
    }
    Ok(true)
}

fn press(before: Before, file: &Path) -> Result<Pressed> {
    let pace = Arc::new(SteadyPace::default());
    let stage = Stage::new(pace.clone());
    stage.plug("desk", RATE, 1, Arc::new(|index| f32::from(sample(index)) / 32_768.0));
    let listen = || {
        let (tell, told) = channel();
        let (now, stage) = (pace.clone(), Arc::new(stage.clone()));
        let tell = Box::new(move |heard| {
            let _nobody_listens = tell.send((now.now(), heard));
        });
        Ear::listen(stage, vec![Wanted::Default], Arc::new(SystemClock), pace.clone(), tell)
            .map(|ear| (ear, told))
    };
    let until = |told: &std::sync::mpsc::Receiver<(Duration, Heard)>, wanted: fn(&Heard) -> bool| {
        let began = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(began.elapsed());
            let (moment, heard) = told.recv_timeout(left).context("the ear says nothing")?;
            if wanted(&heard) {
                return anyhow::Ok(moment);
            }
        }
    };
    let open = match before {
        Before::Listening => {
            let (ear, told) = listen()?;
            until(&told, |heard| matches!(heard, Heard::Level(_)))?;
            Some((ear, told))
        }
        Before::Nothing => None,
    };
    let (key, pressed) = (FileKey::random(), pace.now());
    let (ear, told) = match open {
        Some(open) => open,
        None => listen()?,
    };
    let (to, with) = (file.to_owned(), key.clone());
    ear.keep(Quality::Voice, Box::new(move |begun| SpoolWriter::create(&to, &with, begun)))?;
    let said = until(&told, |heard| *heard == Heard::Keeping)?.saturating_sub(pressed);
    ear.stop(Why::Asked)?.context("something was kept")?;
    let mut spool = SpoolReader::open(file, &key)?;
    let mut samples = vec![0; usize::try_from(spool.story().end)?];
    spool.read(0, &mut samples)?;
    let delivered = (pace.now().as_secs_f64() * f64::from(RATE)) as u64;
    let first = place_of(&samples, delivered).context("what is kept was not delivered like that")?;
    let first = Duration::from_secs_f64(first as f64 / f64::from(RATE));
    Ok(Pressed { kept: first.saturating_sub(pressed), said })
}

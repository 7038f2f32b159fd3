//! What recording takes of the processor and of memory, at the speed at which sessions happen.

use std::{
    sync::{Arc, mpsc::channel},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use attune_audio::{
    ear::{Ear, Heard, Quality, SteadyPace},
    source::Wanted,
    spool::{SpoolWriter, Why},
};
use attune_kernel::SystemClock;
use attune_testkit::stage::Stage;
use attune_vault::FileKey;

use crate::{
    asked::Asked,
    process::{self, UNKNOWN},
    talk::{ROOM_DB, talk},
};

/// Records for so many seconds through one microphone, then through two.
pub fn run(asked: &Asked) -> Result<bool> {
    let seconds = asked.or("seconds", 20_u64)?;
    asked.nothing_else()?;
    for (microphones, name) in [(1, "one microphone"), (2, "two microphones")] {
        match record(microphones, Duration::from_secs(seconds))? {
            Some((share, bytes)) => println!(
                "processor while recording, {name:<18} {:.2} % of one core over {seconds} s   memory of this program {:.1} MB",
                share * 100.0,
                bytes as f64 / (1024.0 * 1024.0)
            ),
            None => println!("processor while recording, {name:<18} {UNKNOWN}"),
        }
    }
    Ok(true)
}

/// Which share of one core keeping took, and how much was in memory at the end.
fn record(microphones: usize, long: Duration) -> Result<Option<(f64, u64)>> {
    let pace = Arc::new(SteadyPace::default());
    let stage = Stage::new(pace.clone());
    let sound = Arc::new(talk(48_000, 30, ROOM_DB));
    let wanted = (0..microphones)
        .map(|number| {
            let (sound, ahead) = (Arc::clone(&sound), number as u64 * 400_000);
            let script = Arc::new(move |at| sound[((at + ahead) % sound.len() as u64) as usize]);
            Wanted::Device(stage.plug(&format!("desk {number}"), 48_000, 2, script))
        })
        .collect();
    let (tell, told) = channel();
    let tell = Box::new(move |heard| {
        let _nobody_listens = tell.send(heard);
    });
    let ear = Ear::listen(Arc::new(stage), wanted, Arc::new(SystemClock), pace, tell)?;
    let (folder, key) = (tempfile::tempdir()?, FileKey::random());
    let file = folder.path().join("load.spool");
    ear.keep(Quality::Voice, Box::new(move |begun| SpoolWriter::create(&file, &key, begun)))?;
    let mut from = None;
    while let Ok(heard) = told.recv_timeout(Duration::from_secs(20)) {
        match (heard, from) {
            // From when a second is kept: opening is not recording.
            (Heard::Level(levels), None) if levels.kept_ms >= 1_000 => {
                from = Some((Instant::now(), process::keeping()));
            }
            (Heard::Ended(outcome), _) => bail!("the recording ended by itself: {outcome:?}"),
            (_, Some((began, worked))) if began.elapsed() >= long => {
                let share = process::keeping().zip(worked).map(|(now, before)| {
                    now.saturating_sub(before).as_secs_f64() / began.elapsed().as_secs_f64()
                });
                let resident = process::resident();
                ear.stop(Why::Asked)?.context("something was kept")?;
                return Ok(share.zip(resident));
            }
            _ => {}
        }
    }
    bail!("the ear fell silent")
}

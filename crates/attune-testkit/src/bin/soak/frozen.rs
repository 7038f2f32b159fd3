//! Stops a whole recorder for some seconds, as a machine does that has no time for it, and lets it go on.
//!
//! Promised: every sample that is kept stands where it was delivered. What the microphone could not hand over
//! meanwhile is a gap as long as what is missing, never a jump that nothing tells of.

use std::{process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use attune_audio::spool::SpoolReader;
use attune_vault::FileKey;
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    asked::Asked,
    keep::Key,
    known::{RATE, place_of},
    recorder::Recorder,
};

/// How far the time line may be off behind a gap, in samples: what two looks at a device cannot tell.
const OFF: u64 = RATE as u64 * 150 / 1_000;

/// Freezes one recorder for so long. Whether its recording tells the truth.
pub fn run(asked: &Asked) -> Result<bool> {
    let seconds = asked.or("seconds", 3_u64)?;
    asked.nothing_else()?;
    let (folder, key) = (tempfile::tempdir()?, Key(FileKey::random()));
    let file = folder.path().join("frozen.spool");
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["keep", "--key", &key.text(), "--file"]).arg(&file);
    let mut recorder = Recorder::start(&mut command)?;
    recorder.until(|said| said.keeping && said.reached > u64::from(RATE) * 2)?;
    let pid = Pid::from_child(recorder.child());
    kill_process(pid, Signal::STOP)?;
    // The time for which it is frozen is what is tested.
    std::thread::park_timeout(Duration::from_secs(seconds));
    kill_process(pid, Signal::CONT)?;
    let frozen = recorder.said().reached;
    recorder.until(|said| said.reached > frozen + u64::from(RATE) * (seconds + 3))?;
    let said = recorder.kill()?;

    let mut spool = SpoolReader::open(&file, &key.0)?;
    let story = spool.story().clone();
    ensure!(story.damaged == 0, "{} frames do not read", story.damaged);
    let (mut at, mut before) = (0, None);
    for (upto, behind) in
        story.gaps.iter().map(|gap| (gap.at, gap.at + gap.samples)).chain([(story.end, story.end)])
    {
        let mut samples = vec![0; usize::try_from(upto - at)?];
        spool.read(at, &mut samples)?;
        if !samples.is_empty() {
            let place = place_of(&samples, said.reached).with_context(|| {
                format!("from {at} to {upto} is not what was delivered: {:?}", story.gaps)
            })?;
            let ahead = place as i64 - at as i64;
            let first = *before.get_or_insert(ahead);
            let off = ahead - first;
            ensure!(off.unsigned_abs() <= OFF, "{off} samples off behind a gap: {:?}", story.gaps);
        }
        at = behind;
    }
    let missing: u64 = story.gaps.iter().map(|gap| gap.samples).sum();
    println!(
        "frozen for {seconds} s: {:.1} s kept in step, {} gaps of {:.2} s marked",
        (story.end - missing) as f64 / f64::from(RATE),
        story.gaps.len(),
        missing as f64 / f64::from(RATE)
    );
    Ok(true)
}

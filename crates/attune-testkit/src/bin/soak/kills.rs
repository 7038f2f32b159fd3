//! Kills recorders at random moments and looks at what is on the disk.
//!
//! Promised: once the recorder has said that it keeps, its spool opens and decodes; every sample follows the
//! one before it; no more than [`LIMIT`] is lost of what the microphone delivered; and nothing readable stands
//! in the file. A kill before that word finds a whole spool, the beginning of one, or none, and is counted by
//! itself.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    process::Command,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::channel,
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use attune_audio::{
    codec::Encoder,
    spool::{SpoolReader, frame_samples},
};
use attune_vault::FileKey;

use crate::{
    asked::Asked,
    figures::Spread,
    keep::Key,
    known::{RATE, place_of},
    recorder::{Recorder, Said},
};

/// What a kill may cost.
const LIMIT: Duration = Duration::from_millis(250);
/// A recorder is killed within so long of the first sample its microphone delivers.
const LONGEST_LIFE: Duration = Duration::from_millis(1_500);

/// What one kill left behind.
enum Left {
    /// A recording, and how much of it is missing.
    Recovered { lost: Duration, late: Duration },
    /// It had not said yet that it keeps anything.
    NotBegun,
}

/// Kills so many, and prints what they lost. Whether all kept the promise.
pub fn run(asked: &Asked) -> Result<bool> {
    let (count, workers) = (asked.or("count", 200_u64)?, asked.or("workers", 12_usize)?);
    let seed = asked.or("seed", u64::from(std::process::id()) << 20)?;
    asked.nothing_else()?;

    let (folder, began) = (tempfile::tempdir()?, Instant::now());
    let (next, (tell, told)) = (AtomicU64::new(0), channel());
    thread::scope(|scope| {
        for _ in 0..workers.max(1) {
            let (next, folder, tell) = (&next, folder.path(), tell.clone());
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::AcqRel);
                    if number >= count || tell.send((number, kill_one(seed, number, folder))).is_err() {
                        return;
                    }
                }
            });
        }
    });
    drop(tell);
    let (mut lost, mut late, mut not_begun, mut broken) = (Vec::new(), Vec::new(), 0, 0);
    for (number, left) in told {
        match left {
            Ok(Left::Recovered { lost: missing, late: after }) => {
                lost.push(missing);
                late.push(after);
            }
            Ok(Left::NotBegun) => not_begun += 1,
            Err(fault) => {
                broken += 1;
                println!("kill {number} of seed {seed}: {fault:#}");
            }
        }
    }
    println!(
        "{count} kills in {:.0} s, {workers} at once, seed {seed}: {} recovered, {not_begun} came before the \
         recorder had said that it keeps, {broken} broken",
        began.elapsed().as_secs_f64(),
        lost.len(),
    );
    let lost: Spread = lost.into_iter().collect();
    println!("lost         {}   limit {} ms", lost.line(), LIMIT.as_millis());
    println!("{}", lost.picture(Duration::from_millis(25)));
    println!("cut at start {}", late.into_iter().collect::<Spread>().line());
    Ok(broken == 0)
}

fn kill_one(seed: u64, number: u64, folder: &Path) -> Result<Left> {
    let dice = scatter(seed.wrapping_add(number));
    let life = LONGEST_LIFE.mul_f64((dice >> 11) as f64 / (1_u64 << 53) as f64);
    let (file, key) = (folder.join(format!("{number}.spool")), Key(FileKey::random()));
    let mut recorder = Command::new(std::env::current_exe()?);
    recorder.args(["keep", "--cold", if dice & 1 == 0 { "true" } else { "false" }, "--key", &key.text()]);
    let mut recorder = Recorder::start(recorder.arg("--file").arg(&file))?;
    recorder.until(|said| said.first.is_some())?;
    recorder.for_another(life)?;
    let said = recorder.kill()?;
    let left = examine(&file, &key.0, &said).with_context(|| {
        format!("killed {:.0} ms after the first sample, {said:?}", life.as_secs_f64() * 1e3)
    });
    if left.is_ok() {
        // Those that broke stay for as long as the folder does; the others need not wait.
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    left
}

fn examine(file: &Path, key: &FileKey, said: &Said) -> Result<Left> {
    let mut spool = match SpoolReader::open(file, key) {
        Ok(spool) => spool,
        Err(_) if !said.keeping => return Ok(Left::NotBegun),
        Err(error) => return Err(error).context("its spool does not open"),
    };
    let story = spool.story().clone();
    ensure!(story.damaged == 0, "{} frames do not read", story.damaged);
    ensure!(story.gaps.is_empty(), "gaps that nothing caused: {:?}", story.gaps);
    ensure!(story.ended.is_none(), "it says that it was ended");
    let mut samples = vec![0; usize::try_from(story.end)?];
    let read = spool.read(0, &mut samples).context("it does not decode")?;
    ensure!(read == samples.len(), "{read} of {} samples decode", samples.len());
    if samples.is_empty() && !said.keeping {
        return Ok(Left::NotBegun);
    }
    nothing_readable(&fs::read(file)?, &samples)?;
    // It was asked before the microphone's first sample, or while it delivered.
    let wanted = said.first.context("no sample")?.max(said.asked.unwrap_or(0));
    let (from, upto) = match samples.len() as u64 {
        0 => (wanted, wanted),
        kept => {
            let from =
                place_of(&samples, said.reached).context("what is kept was not delivered like that")?;
            (from, from + kept)
        }
    };
    let lost = time(said.reached.saturating_sub(upto));
    ensure!(lost <= LIMIT, "lost {} ms", lost.as_millis());
    let late = time(from.saturating_sub(wanted));
    ensure!(late <= LIMIT, "{} ms after it was asked for are not kept", late.as_millis());
    Ok(Left::Recovered { lost, late })
}

/// Looks for the samples as they are, as they are encoded, and for the words of the spool's own.
fn nothing_readable(bytes: &[u8], samples: &[i16]) -> Result<()> {
    const NEEDLE: usize = 12;
    let mut needles: HashSet<[u8; NEEDLE]> = HashSet::new();
    let mut look_for = |bytes: &[u8]| {
        needles.extend(bytes.get(..NEEDLE).and_then(|bytes| <[u8; NEEDLE]>::try_from(bytes).ok()));
    };
    let mut encoder = Encoder::new(attune_audio::codec::Codec::Flac, RATE, 1)?;
    for frame in samples.chunks(frame_samples(RATE)) {
        look_for(&frame.iter().take(NEEDLE).flat_map(|sample| sample.to_le_bytes()).collect::<Vec<u8>>());
        look_for(&frame.iter().take(NEEDLE).flat_map(|sample| sample.to_be_bytes()).collect::<Vec<u8>>());
        let encoded = encoder.encode(frame)?;
        look_for(&encoded[encoded.len() / 2..]);
    }
    look_for(b"stage-microphone");
    look_for(b"\"entry\":\"begun\"");
    ensure!(
        !bytes
            .windows(NEEDLE)
            .any(|window| <[u8; NEEDLE]>::try_from(window).is_ok_and(|it| needles.contains(&it))),
        "something readable stands in the file"
    );
    Ok(())
}

fn time(samples: u64) -> Duration {
    Duration::from_micros(samples * 1_000_000 / u64::from(RATE))
}

/// A number that has nothing to do with its neighbours'.
const fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

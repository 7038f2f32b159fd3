//! What an hour of a session takes on the disk.
//!
//! Of made-up talk, or of a file that somebody names: what a recording's size depends on most is how loud its
//! room is, and no made-up room is everybody's.

use std::path::PathBuf;

use anyhow::{Context, Result};
use attune_audio::{
    codec::Codec,
    ear::Quality,
    import,
    spool::{Begun, Framer, SpoolReader, SpoolWriter, Why},
};
use attune_kernel::{Clock, SystemClock};
use attune_vault::FileKey;

use crate::{asked::Asked, talk::talk};

/// What an hour of voices may take, in millions of bytes.
const TARGET: f64 = 60.0;
/// How much talk is made up.
const SECONDS: u32 = 300;

/// Prints the sizes. Whether voices, as they are kept by default, take no more than they may.
pub fn run(asked: &Asked) -> Result<bool> {
    let file: Option<PathBuf> = asked.given("file")?;
    asked.nothing_else()?;
    match file {
        Some(file) => [(Quality::Voice, "voices"), (Quality::Everything, "everything")].into_iter().try_fold(
            true,
            |within, (quality, name)| {
                let (hourly, rate) = imported(&file, quality)?;
                Ok(print(name, rate, 1, hourly, quality == Quality::Voice) & within)
            },
        ),
        None => {
            println!("made-up talk at -30 dBFS in a room of -60 dBFS:");
            let shapes =
                [("voices", 24_000, 1), ("voices, two microphones", 24_000, 2), ("everything", 48_000, 1)];
            shapes.into_iter().try_fold(true, |within, (name, rate, channels)| {
                let hourly = made_up(rate, channels)?;
                Ok(print(name, rate, channels, hourly, (rate, channels) == (24_000, 1)) & within)
            })
        }
    }
}

fn print(name: &str, rate: u32, channels: u16, hourly: f64, judged: bool) -> bool {
    let over = judged && hourly > TARGET;
    println!(
        "an hour on the disk, {name:<24} {hourly:>6.1} MB   ({} kHz, {channels} channel{}){}{}",
        f64::from(rate) / 1e3,
        if channels == 1 { "" } else { "s" },
        if judged { format!("   target {TARGET} MB") } else { String::new() },
        if over { "   OVER" } else { "" },
    );
    !over
}

fn made_up(rate: u32, channels: u16) -> Result<f64> {
    let sound = talk(rate, SECONDS);
    let (folder, key) = (tempfile::tempdir()?, FileKey::random());
    let begun = Begun { v: 1, rate, channels, codec: Codec::Flac, at: SystemClock.now() };
    let mut framer = Framer::new(SpoolWriter::create(&folder.path().join("talk.spool"), &key, begun)?)?;
    let whole = framer.whole();
    // The second microphone hears the same at another moment: no two are in the same place.
    let later = sound[sound.len() / 3..].iter().chain(&sound).copied().collect::<Vec<f32>>();
    for at in (0..sound.len() - whole).step_by(whole) {
        let both = [&sound, &later].map(|sound| sound[at..at + whole].to_vec());
        framer.write(&both[..usize::from(channels)])?;
    }
    let seconds = framer.position() as f64 / f64::from(rate);
    Ok(framer.end(Why::Asked, SystemClock.now())? as f64 / seconds * 3_600.0 / 1e6)
}

fn imported(file: &std::path::Path, quality: Quality) -> Result<(f64, u32)> {
    let (folder, key) = (tempfile::tempdir()?, FileKey::random());
    let (found, to) = (import::probe(file).context("what is in the file")?, folder.path().join("file.spool"));
    import::into_spool(
        file,
        &found,
        quality,
        SystemClock.now(),
        |_, _| (),
        |begun| SpoolWriter::create(&to, &key, begun),
    )?;
    let story = SpoolReader::open(&to, &key)?.story().clone();
    let hours = story.end as f64 / f64::from(story.begun.rate) / 3_600.0;
    Ok((std::fs::metadata(&to)?.len() as f64 / hours / 1e6, story.begun.rate))
}

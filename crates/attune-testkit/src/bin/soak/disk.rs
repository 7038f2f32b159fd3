//! What an hour of a session takes on the disk.
//!
//! Of made-up talk, or of a file that somebody names: what a recording's size depends on most is how loud its
//! room is, and no made-up room is everybody's.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use attune_audio::{
    codec::Codec,
    ear::Quality,
    import,
    spool::{Begun, Framer, SpoolReader, SpoolWriter, Story, Why},
};
use attune_kernel::{Clock, SystemClock};
use attune_vault::FileKey;

use crate::{
    asked::Asked,
    talk::{ROOM_DB, talk},
};

/// What an hour of voices may take, in millions of bytes.
const TARGET: f64 = 60.0;
/// How much talk is made up.
const SECONDS: u32 = 300;

/// Rooms from a studio to one with a fan, in dBFS.
const ROOMS: [f32; 4] = [-75.0, -68.0, -60.0, -50.0];

/// Prints the sizes beside the target. A figure, not a verdict: the room decides.
pub fn run(asked: &Asked) -> Result<bool> {
    let file: Option<PathBuf> = asked.given("file")?;
    asked.nothing_else()?;
    match file {
        Some(file) => {
            for (quality, name) in [(Quality::Voice, "voices"), (Quality::Everything, "everything")] {
                let (hourly, story) = imported(&file, quality)?;
                print(name, story.begun.rate, story.begun.channels, hourly);
            }
        }
        None => {
            println!("made-up talk at -30 dBFS:");
            for room in ROOMS {
                print(&format!("voices, room of {room} dBFS"), 24_000, 1, made_up(24_000, 1, room)?);
            }
            print("voices, two microphones", 24_000, 2, made_up(24_000, 2, ROOM_DB)?);
            print("everything", 48_000, 1, made_up(48_000, 1, ROOM_DB)?);
        }
    }
    Ok(true)
}

fn print(name: &str, rate: u32, channels: u16, hourly: f64) {
    // What is kept unless somebody wants more.
    let judged = match (rate, channels) {
        (24_000, 1) if hourly <= TARGET => "   target 60 MB   met",
        (24_000, 1) => "   target 60 MB   MISSED",
        _ => "",
    };
    println!(
        "an hour on the disk, {name:<28} {hourly:>6.1} MB   ({} kHz, {channels} channel{}){judged}",
        f64::from(rate) / 1e3,
        if channels == 1 { "" } else { "s" },
    );
}

fn made_up(rate: u32, channels: u16, room_db: f32) -> Result<f64> {
    let sound = talk(rate, SECONDS, room_db);
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

fn imported(file: &Path, quality: Quality) -> Result<(f64, Story)> {
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
    Ok((std::fs::metadata(&to)?.len() as f64 / hours / 1e6, story))
}

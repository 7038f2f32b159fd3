//! Microphones, recording and recovering without a window.

use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

use anyhow::bail;
use attune_audio::{
    CpalHost, Microphones,
    ear::Quality,
    source::{DeviceKind, Wanted},
    spool::Story,
};
use attune_kernel::{ProfileId, SystemClock};
use attune_practice::{recordings::RecordingState, sessions};
use attune_scribe::alone;

use super::{open, told};
use crate::{Equipment, Home, desk::Desk, journal, preferences::Settings};

pub fn devices() -> anyhow::Result<ExitCode> {
    let devices = CpalHost.list().map_err(told)?;
    if devices.is_empty() {
        println!("no microphone");
    }
    for device in devices {
        let kind = match device.kind {
            DeviceKind::Microphone => "microphone",
            DeviceKind::SystemSound => "what the computer plays",
        };
        let default = if device.default { "  (the system's choice)" } else { "" };
        println!("{}  {} Hz, {} channels, {kind}{default}", device.name, device.rate, device.channels);
        println!("    {}", device.key.0);
    }
    Ok(ExitCode::SUCCESS)
}

pub fn record(seconds: u32, device: Option<&str>, out: &Path, everything: bool) -> anyhow::Result<ExitCode> {
    let wanted = match device {
        Some(named) => Wanted::Device(alone::find(&CpalHost, named).map_err(told)?.key),
        None => Wanted::Default,
    };
    let quality = if everything { Quality::Everything } else { Quality::Voice };
    let length = Duration::from_secs(seconds.into());
    let made = alone::record(Arc::new(CpalHost), wanted, Arc::new(SystemClock), quality, length, out, || {
        println!("recording");
    })
    .map_err(told)?;
    println!("{}  {}", made.file.display(), tale(&made.story));
    Ok(ExitCode::SUCCESS)
}

pub async fn recover(folder: &Path, profile: Option<ProfileId>) -> anyhow::Result<ExitCode> {
    if !folder.is_dir() {
        bail!("{} is not a folder.", folder.display());
    }
    if folder.join("profiles").is_dir() {
        return recover_practice(folder, profile).await;
    }
    let made = alone::recover(folder).map_err(told)?;
    if made.is_empty() {
        println!("nothing to recover");
    }
    let mut code = ExitCode::SUCCESS;
    for (found, made) in made {
        match made.map_err(told) {
            Ok(made) => println!("{}  {}", made.file.display(), tale(&made.story)),
            Err(error) => {
                eprintln!("{}  {error:#}", found.display());
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

/// Opening a practice recovers what it has; what was recovered and not yet looked at is listed.
async fn recover_practice(folder: &Path, profile: Option<ProfileId>) -> anyhow::Result<ExitCode> {
    let home = Home::at(folder);
    let _journal = journal::begin(&home);
    let desk = Arc::new(Desk::new(&home, Settings::default(), Equipment::of_this_machine()?)?);
    let opened = open(&desk, profile).await?;
    let sessions = opened.read(async |tx| sessions::lately(tx, 1_000).await).await.map_err(told)?;
    let mut found = 0;
    for recording in sessions.iter().flat_map(|session| &session.recordings) {
        if recording.state == RecordingState::Recovered {
            found += 1;
            println!(
                "{}  {}  {:.1} s, {} gaps",
                recording.id,
                recording.began_at,
                recording.duration_ms as f64 / 1000.0,
                recording.health.gaps.len()
            );
        }
    }
    println!("{found} recovered");
    drop(opened);
    desk.lock().await.map_err(told)?;
    Ok(ExitCode::SUCCESS)
}

fn tale(story: &Story) -> String {
    format!(
        "{:.2} s, {} Hz, {} channels, {} gaps{}",
        story.ms() as f64 / 1000.0,
        story.begun.rate,
        story.begun.channels,
        story.gaps.len(),
        if story.ended.is_none() { ", cut off and recovered" } else { "" },
    )
}

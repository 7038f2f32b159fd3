//! Recording without a practice: for scripts, and for checking a release on a machine nobody works at.
//!
//! The sound is kept in the same spool as any session's, in a folder beside the file that was asked for, and
//! becomes that file when it ends. After a crash the folder is still there, and [`recover`] makes the file of
//! it. The folder holds its own key: it protects the proof that the disk never held the sound in the clear,
//! and no secret.

use std::{
    fs::{self, File},
    io::Write,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::{Arc, mpsc::channel},
    time::{Duration, Instant},
};

use attune_audio::{
    ear::{Ear, Heard, Quality, SteadyPace},
    export,
    source::{Device, Microphones, Wanted},
    spool::{SpoolReader, SpoolWriter, Story, Why},
};
use attune_kernel::{Clock, Code};
use attune_vault::FileKey;

use crate::Result;

const ENDING: &str = "recording";
/// How long a device may take before it delivers anything at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a recording came to.
#[derive(Debug)]
pub struct Made {
    pub file: PathBuf,
    pub story: Story,
}

/// Finds a device by its key, or by a part of its name.
pub fn find(microphones: &dyn Microphones, named: &str) -> Result<Device> {
    let devices = microphones.list()?;
    let folded = named.to_lowercase();
    let exact = devices.iter().find(|device| device.key.0 == named || device.name == named);
    let near = || devices.iter().find(|device| device.name.to_lowercase().contains(&folded));
    Ok(exact.or_else(near).cloned().ok_or(Code::MicrophoneMissing)?)
}

/// Records for so long into `out`. Its ending says whether it becomes FLAC or WAV.
pub fn record(
    microphones: Arc<dyn Microphones>,
    wanted: Wanted,
    clock: Arc<dyn Clock>,
    quality: Quality,
    length: Duration,
    out: &Path,
    mut began: impl FnMut(),
) -> Result<Made> {
    let folder = beside(out);
    fs::create_dir_all(out.parent().unwrap_or(Path::new(".")))?;
    // What an earlier recording left there is not written over.
    fs::create_dir(&folder)?;
    let key = FileKey::random();
    let mut kept = File::create_new(folder.join("key"))?;
    kept.write_all(key.bytes())?;
    kept.sync_all()?;

    let (tell, heard) = channel();
    let tell = Box::new(move |said| {
        // Whoever listened may have gone on.
        let _gone = tell.send(said);
    });
    let ear = Ear::listen(microphones, vec![wanted], clock, Arc::new(SteadyPace::default()), tell)?;
    let (path, sealing) = (folder.join("sound.spool"), key.clone());
    ear.keep(quality, Box::new(move |begun| SpoolWriter::create(&path, &sealing, begun)))?;
    let started = Instant::now();
    let mut until = None;
    loop {
        let left = until.unwrap_or(started + PATIENCE).saturating_duration_since(Instant::now());
        match heard.recv_timeout(left) {
            Ok(Heard::Keeping) => {
                until = Some(Instant::now() + length);
                began();
            }
            Ok(Heard::Deaf(code)) => tracing::warn!(?code, "no microphone opens"),
            Ok(Heard::Ended(_)) => break,
            Ok(_) => {}
            Err(_) => break,
        }
    }
    let outcome = ear.stop(Why::Asked)?;
    if until.is_none() || outcome.is_none() {
        // Not a sample was kept, so there is nothing here to recover.
        fs::remove_dir_all(&folder)?;
        return Err(Code::MicrophoneMissing.into());
    }
    let made = write(&folder, out)?;
    // The file is whole and on the disk.
    fs::remove_dir_all(&folder)?;
    Ok(made)
}

/// Makes the files of all recordings that were cut off in `folder`. Removes nothing. One that does not read
/// keeps no other from it.
pub fn recover(folder: &Path) -> Result<Vec<(PathBuf, Result<Made>)>> {
    let mut made = Vec::new();
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    for entry in entries.into_iter().filter(|entry| entry.extension().is_some_and(|end| end == ENDING)) {
        let out = entry.with_extension("");
        if entry.join("sound.spool").exists() && !out.exists() {
            let written = write(&entry, &out);
            made.push((entry, written));
        }
    }
    Ok(made)
}

fn beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".");
    name.push(ENDING);
    name.into()
}

fn write(folder: &Path, out: &Path) -> Result<Made> {
    let key: [u8; 32] =
        fs::read(folder.join("key"))?.try_into().map_err(|_| attune_audio::Error::Damaged("a key"))?;
    let mut spool = SpoolReader::open(&folder.join("sound.spool"), &FileKey::from_bytes(key))?;
    let mut progress = |_, _| ControlFlow::Continue(());
    let flow = if out.extension().is_some_and(|end| end.eq_ignore_ascii_case("flac")) {
        export::flac(&mut spool, out, &mut progress)
    } else {
        export::wav(&mut spool, out, &mut progress)
    };
    // Nothing here asks it to stop.
    let (ControlFlow::Continue(()) | ControlFlow::Break(())) = flow?;
    Ok(Made { file: out.to_owned(), story: spool.story().clone() })
}

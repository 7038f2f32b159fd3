//! Sound that was recorded elsewhere: WAV, MP3, M4A, AAC, FLAC, and Ogg with Vorbis or Opus.
//!
//! A file is judged by what is in it; its name is never looked at. It is read piece by piece, and every way in
//! which it can be wrong is an answer, never a panic: files come from telephones, from mail and from strangers.
//! What can be read of a damaged file is kept in its place on the time line, and that it is damaged is said.

mod decoding;
mod keeping;
mod kind;
mod mending;
mod mixing;
mod source;

use std::{ops::ControlFlow, path::Path, time::Duration};

use attune_kernel::Code;
use serde::{Deserialize, Serialize};
use specta::Type;

pub use keeping::into_spool;

use self::{
    decoding::{Opened, Step},
    mixing::Mixer,
};
use crate::{Error, Result};

/// What a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub longest: Duration,
    pub largest: u64,
}

/// Ten hours and 4 GiB: more than any session, less than a folder's worth chosen by mistake.
pub const LIMITS: Limits = Limits { longest: Duration::from_secs(10 * 3_600), largest: 4 << 30 };

/// What a file is, as its content says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Wav,
    Mp3,
    M4a,
    Aac,
    Flac,
    Ogg,
}

/// What is known of a file before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub format: Format,
    /// As its decoder calls it.
    pub codec: &'static str,
    pub rate: u32,
    pub channels: u16,
    /// As the file says of itself, where it does.
    pub duration_ms: Option<u64>,
}

/// What came out of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// One or two.
    pub channels: u16,
    /// Samples of each channel, at the kept rate.
    pub frames: u64,
    /// The file ends before its end.
    pub cut_short: bool,
    /// How much in the middle could not be read. There is silence in its place.
    pub damaged_ms: u64,
}

/// Any rate will do to see whether a file can be read: the one with the least work.
const CHECKED_AT: u32 = 16_000;

/// Takes interleaved samples at the kept rate, and the number of channels, which never changes.
pub type Sink<'a> = dyn FnMut(&[f32], u16) -> Result<()> + 'a;
/// Hears how many of how many bytes are done, and may say that it is enough.
pub type Progress<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

/// Looks into a file without reading all of it.
pub fn probe(path: &Path) -> Result<Found> {
    let opened = Opened::open(path, &LIMITS)?;
    opened.found()
}

/// Reads a whole file. `Break` where it was told to stop.
pub fn decode(
    path: &Path,
    kept_rate: u32,
    sink: &mut Sink<'_>,
    progress: &mut Progress<'_>,
) -> Result<ControlFlow<(), Imported>> {
    decode_within(&LIMITS, path, kept_rate, sink, progress)
}

/// Reads a whole file and keeps nothing: whether it can be read, before anything is begun for it.
pub fn check(path: &Path, mut progress: impl FnMut(u64, u64)) -> Result<()> {
    let mut heard = |done, total| {
        progress(done, total);
        ControlFlow::Continue(())
    };
    // Nobody asked for a break.
    let (ControlFlow::Continue(_) | ControlFlow::Break(())) =
        decode(path, CHECKED_AT, &mut |_, _| Ok(()), &mut heard)?;
    Ok(())
}

fn decode_within(
    limits: &Limits,
    path: &Path,
    kept_rate: u32,
    sink: &mut Sink<'_>,
    progress: &mut Progress<'_>,
) -> Result<ControlFlow<(), Imported>> {
    let mut opened = Opened::open(path, limits)?;
    let claimed_ms = opened.found()?.duration_ms;
    let mut mixer = Mixer::new(kept_rate);
    let longest = limits.longest.as_secs() * u64::from(kept_rate);
    let (mut samples, mut cut_short, mut damaged_ms, mut owed_ms) = (Vec::new(), false, 0, 0);
    for steps in 0_u64.. {
        if steps.is_multiple_of(decoding::OFTEN) && progress(opened.done(), opened.total()).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        match opened.step(&mut samples)? {
            Step::Sound { rate, channels, missing_ms } => {
                owed_ms += missing_ms;
                // Silence stands in for what was lost only where something follows it.
                mixer.silence(owed_ms, sink)?;
                damaged_ms += std::mem::take(&mut owed_ms);
                mixer.push(&samples, rate, channels, sink)?;
            }
            Step::Lost { ms } => owed_ms += ms,
            Step::End => break,
            Step::Torn => {
                cut_short = true;
                break;
            }
        }
        if mixer.frames() > longest || owed_ms > limits.longest.as_millis().try_into().unwrap_or(u64::MAX) {
            return Err(Code::AudioTooLong.into());
        }
    }
    mixer.finish(sink)?;
    if mixer.frames() == 0 {
        let torn = cut_short || owed_ms > 0;
        return Err(Error::Refused(if torn { Code::AudioUnreadable } else { Code::AudioEmpty }));
    }
    let have_ms = mixer.frames() * 1_000 / u64::from(kept_rate);
    cut_short |= owed_ms > 0 || claimed_ms.is_some_and(|claimed| have_ms + decoding::TOLERANCE_MS < claimed);
    if progress(opened.total(), opened.total()).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    Ok(ControlFlow::Continue(Imported {
        channels: mixer.channels(),
        frames: mixer.frames(),
        cut_short,
        damaged_ms,
    }))
}

#[cfg(test)]
mod tests;

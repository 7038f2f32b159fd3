//! The sound of a recording, as speech wants it: 16 kHz, in order, from the spool it is sealed in.
//!
//! The spool may still be growing: then there is as much as the disk has, and more later. Nothing is unsealed but the
//! stretch that is being read.

use std::{
    cell::Cell,
    ops::ControlFlow,
    path::PathBuf,
    sync::mpsc::{Receiver, sync_channel},
};

use attune_audio::{Resampler, import, spool::SpoolReader};
use attune_kernel::Coded;
use attune_practice::transcripts::Span;
use attune_speech::{
    Error, Result,
    sound::{RATE, Sound},
};
use attune_store::SpoolPlace;

/// How much is read at once: a second.
const SLICE_MS: u64 = 1_000;

/// A spool that is read from its beginning to its end, or from one moment to another.
pub(crate) struct SpoolSound {
    reader: SpoolReader,
    at: u64,
    /// Where to stop, though there is more.
    until: Option<u64>,
    resamplers: Vec<Resampler>,
    read: Vec<i16>,
    one: Vec<f32>,
    drained: bool,
}

impl SpoolSound {
    /// All of a spool.
    pub fn open(place: &SpoolPlace) -> attune_audio::Result<Self> {
        Self::over(SpoolReader::open(&place.path, &place.key)?)
    }

    /// A part of a spool, and where it begins in milliseconds.
    pub fn of(place: &SpoolPlace, part: Span) -> attune_audio::Result<Self> {
        let mut sound = Self::open(place)?;
        let rate = u64::from(sound.reader.story().begun.rate);
        sound.at = u64::from(part.t0) * rate / 1_000;
        sound.until = Some(u64::from(part.t1) * rate / 1_000);
        Ok(sound)
    }

    fn over(reader: SpoolReader) -> attune_audio::Result<Self> {
        let begun = &reader.story().begun;
        let (rate, channels) = (begun.rate, usize::from(begun.channels));
        let resamplers = (0..channels).map(|_| Resampler::new(rate, RATE)).collect::<Result<_, _>>()?;
        let slice = usize::try_from(SLICE_MS * u64::from(rate) / 1_000).unwrap_or(usize::MAX) * channels;
        Ok(Self {
            reader,
            at: 0,
            until: None,
            resamplers,
            read: vec![0; slice],
            one: Vec::new(),
            drained: false,
        })
    }

    /// Looks what was written since.
    pub fn refresh(&mut self) -> attune_audio::Result<()> {
        self.reader.refresh()
    }

    /// How long it is by now, in milliseconds.
    pub fn ms(&self) -> u32 {
        let story = self.reader.story();
        let end = self.until.unwrap_or(story.end).min(story.end);
        u32::try_from(end * 1_000 / u64::from(story.begun.rate)).unwrap_or(u32::MAX)
    }

    /// What the filters still hold, once there is no more to come.
    pub fn drain(&mut self, into: &mut [Vec<f32>]) -> usize {
        if std::mem::replace(&mut self.drained, true) {
            return 0;
        }
        let before = into.first().map_or(0, Vec::len);
        for (resampler, into) in self.resamplers.iter_mut().zip(into.iter_mut()) {
            resampler.finish(into);
        }
        into.first().map_or(0, Vec::len) - before
    }

    fn read(&mut self, into: &mut [Vec<f32>]) -> attune_audio::Result<usize> {
        let channels = self.resamplers.len();
        let before = into.first().map_or(0, Vec::len);
        // The first slices only fill the filters: nothing coming out is not the end.
        while into.first().map_or(0, Vec::len) == before {
            let left = self.until.map_or(u64::MAX, |until| until.saturating_sub(self.at));
            let room =
                self.read.len().min(usize::try_from(left).unwrap_or(usize::MAX).saturating_mul(channels));
            let frames = self.reader.read(self.at, &mut self.read[..room])?;
            if frames == 0 {
                break;
            }
            self.at += frames as u64;
            for (channel, (resampler, into)) in self.resamplers.iter_mut().zip(into.iter_mut()).enumerate() {
                let samples = self.read[..frames * channels].iter().skip(channel).step_by(channels);
                self.one.clear();
                self.one.extend(samples.map(|sample| f32::from(*sample) / 32_768.0));
                resampler.push(&self.one, into);
            }
        }
        Ok(into.first().map_or(0, Vec::len) - before)
    }
}

/// How much sound is held at once for a model that wants all of it: two hours.
const MOST_AT_ONCE_MS: u32 = 2 * 60 * 60 * 1_000;

/// All of a recording of one channel. None where there are two, or it is too long to be held.
pub(crate) fn one_channel(place: &SpoolPlace) -> crate::Result<Option<Vec<f32>>> {
    let mut sound = SpoolSound::open(place)?;
    if sound.channels() != 1 || sound.ms() > MOST_AT_ONCE_MS {
        return Ok(None);
    }
    let mut heard = [Vec::new()];
    while sound.next(&mut heard)? > 0 {}
    sound.drain(&mut heard);
    let [heard] = heard;
    Ok(Some(heard))
}

impl Sound for SpoolSound {
    fn channels(&self) -> usize {
        self.resamplers.len()
    }

    fn next(&mut self, into: &mut [Vec<f32>]) -> Result<usize> {
        self.read(into).map_err(|error| {
            tracing::warn!(%error, "a recording does not read");
            Error::Refused(error.code())
        })
    }
}

/// A sound file anyone made, decoded as it is read.
pub struct FileSound {
    channels: usize,
    slices: Receiver<attune_audio::Result<Vec<f32>>>,
}

/// How many decoded slices may wait.
const AHEAD: usize = 16;

impl FileSound {
    /// Begins to read a file. What it is, its content says.
    pub fn open(path: PathBuf) -> attune_audio::Result<Self> {
        let channels = usize::from(import::probe(&path)?.channels.min(2));
        let (full, slices) = sync_channel(AHEAD);
        std::thread::Builder::new().name("attune-decode".into()).spawn(move || {
            // Whoever reads may have had enough: then nothing more is decoded.
            let gone = Cell::new(false);
            let mut sink = |samples: &[f32], _| {
                gone.set(full.send(Ok(samples.to_vec())).is_err());
                Ok(())
            };
            let mut on = |_, _| if gone.get() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            if let Err(error) = import::decode(&path, RATE, &mut sink, &mut on) {
                gone.set(full.send(Err(error)).is_err());
            }
        })?;
        Ok(Self { channels, slices })
    }
}

impl Sound for FileSound {
    fn channels(&self) -> usize {
        self.channels
    }

    fn next(&mut self, into: &mut [Vec<f32>]) -> Result<usize> {
        // A closed channel is the end of the file.
        let Ok(slice) = self.slices.recv() else { return Ok(0) };
        let slice = slice.map_err(|error| Error::Refused(error.code()))?;
        for (channel, into) in into.iter_mut().enumerate() {
            into.extend(slice.iter().skip(channel).step_by(self.channels));
        }
        Ok(slice.len() / self.channels)
    }
}

//! Reading a spool: what it tells, and its sound from anywhere, a frame in memory at a time. A spool that is
//! still being written can be read too, and asked again for what came since.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use attune_vault::{FileKey, FrameAt, FrameReader, Next};
use serde::Serialize;
use specta::Type;

use super::{
    entry::{Entry, Held, held},
    story::Story,
};
use crate::{
    Error, Result,
    codec::{Codec, Decoder},
};

/// Where a stretch of sound lies in the file, and what is said of it there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub at: u64,
    pub samples: u32,
    pub peak: [u16; 2],
    pub rms: [u16; 2],
    pub voiced: bool,
    frame: FrameAt,
}

/// A word about the sound, and how many blocks stand before it.
struct Said {
    after: usize,
    frame: FrameAt,
}

/// A spool opened for reading.
pub struct SpoolReader<R: Read + Seek = BufReader<File>> {
    frames: FrameReader<R>,
    story: Story,
    blocks: Vec<Block>,
    said: Vec<Said>,
    decoder: Decoder,
    held: Option<(usize, Vec<i16>)>,
}

/// What a waveform is drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Waveform {
    pub duration_ms: u32,
    /// The loudest sample of each stretch, 0 to 1.
    pub peaks: Vec<f32>,
    /// Stretches in which nobody speaks, from and to, in milliseconds.
    pub silent: Vec<(u32, u32)>,
}

impl SpoolReader {
    /// Opens the spool at `path`.
    pub fn open(path: &Path, key: &FileKey) -> Result<Self> {
        Self::over(BufReader::with_capacity(64 * 1024, File::open(path)?), key)
    }
}

impl<R: Read + Seek> SpoolReader<R> {
    /// Opens a spool from anywhere. Walks all of it: every frame is opened once, and only what opened counts.
    pub fn over(from: R, key: &FileKey) -> Result<Self> {
        let mut frames = key.frames(from)?;
        let first = match frames.advance()? {
            Some(Next::Frame { plain, .. }) => plain,
            Some(Next::Damage { .. }) | None => {
                return Err(Error::Damaged("a spool without its first frame"));
            }
        };
        let Held::Entry(Entry::Begun(begun)) = held(&first)? else {
            return Err(Error::Damaged("a spool that does not say how it is read"));
        };
        if begun.v != 1 {
            return Err(Error::Damaged("a spool of a newer Attune"));
        }
        if !(1..=2).contains(&begun.channels) || !(8_000..=48_000).contains(&begun.rate) {
            return Err(Error::Damaged("a spool of a shape nobody writes"));
        }
        let decoder = Decoder::new(begun.codec, begun.rate, begun.channels)?;
        let mut reader = Self {
            frames,
            story: Story::new(begun),
            blocks: Vec::new(),
            said: Vec::new(),
            decoder,
            held: None,
        };
        reader.refresh()?;
        Ok(reader)
    }

    /// Reads what was written since.
    pub fn refresh(&mut self) -> Result<()> {
        while let Some(next) = self.frames.advance()? {
            let (at, plain) = match next {
                Next::Frame { at, plain } => (at, plain),
                Next::Damage { frames } => {
                    self.story.damaged += frames;
                    continue;
                }
            };
            match held(&plain) {
                // Positions only grow: a frame that says otherwise was written by something else.
                Ok(Held::Sound(sound)) if sound.at >= self.story.end => {
                    self.story.hear(&sound);
                    let block = Block {
                        at: sound.at,
                        samples: sound.samples,
                        peak: sound.peak,
                        rms: sound.rms,
                        voiced: sound.voiced,
                        frame: at,
                    };
                    self.blocks.push(block);
                }
                Ok(Held::Entry(entry)) => {
                    self.said.push(Said { after: self.blocks.len(), frame: at });
                    self.story.learn(entry);
                }
                Ok(Held::Sound(_)) | Err(_) => self.story.damaged += 1,
            }
        }
        Ok(())
    }

    /// What the spool tells.
    pub const fn story(&self) -> &Story {
        &self.story
    }

    /// How many bytes of the file are whole frames.
    pub const fn bytes(&self) -> u64 {
        self.frames.reached()
    }

    /// Whether the file ends in bytes that are no whole frame.
    pub const fn torn(&self) -> bool {
        self.frames.torn()
    }

    /// Fills `into` with interleaved samples from position `at`, and gives how many of each channel there
    /// were. Where sound is missing it is silent.
    pub fn read(&mut self, at: u64, into: &mut [i16]) -> Result<usize> {
        let channels = usize::from(self.story.begun.channels);
        let left = usize::try_from(self.story.end.saturating_sub(at)).unwrap_or(usize::MAX);
        let wanted = (into.len() / channels).min(left);
        let into = &mut into[..wanted * channels];
        into.fill(0);
        let mut index = self.blocks.partition_point(|block| block.at + u64::from(block.samples) <= at);
        while let Some(block) = self.blocks.get(index).copied() {
            if block.at >= at + wanted as u64 {
                break;
            }
            let from = at.max(block.at);
            let to = (at + wanted as u64).min(block.at + u64::from(block.samples));
            let place = |position: u64| (position - at) as usize * channels;
            let within = |position: u64| (position - block.at) as usize * channels;
            let sound = self.decoded(index)?;
            let end = within(to).min(sound.len());
            let start = within(from).min(end);
            into[place(from)..place(from) + (end - start)].copy_from_slice(&sound[start..end]);
            index += 1;
        }
        Ok(wanted)
    }

    /// The samples of a block.
    pub(super) fn decoded(&mut self, index: usize) -> Result<&[i16]> {
        let held = self.held.as_ref().map(|(held, _)| *held);
        if held != Some(index) {
            // After a jump the decoder is still elsewhere: the block before brings it there.
            let arrives = self.story.begun.codec == Codec::Flac || held.map_or(0, |held| held + 1) == index;
            if !arrives && index > 0 {
                self.decode(index - 1)?;
            }
            self.decode(index)?;
        }
        Ok(self.held.as_ref().map_or(&[], |(_, samples)| samples.as_slice()))
    }

    fn decode(&mut self, index: usize) -> Result<()> {
        let plain = self.frames.read_at(self.blocks[index].frame)?;
        let Held::Sound(sound) = held(&plain)? else { return Err(Error::Damaged("a frame of sound")) };
        let mut samples = self.held.take().map(|(_, samples)| samples).unwrap_or_default();
        samples.clear();
        self.decoder.decode(sound.encoded, &mut samples)?;
        self.held = Some((index, samples));
        Ok(())
    }

    /// Where sound is, in its order.
    pub(super) fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The words that stand between the block before this one and itself.
    pub(super) fn said_before(&mut self, block: usize) -> Result<Vec<Entry>> {
        let from = self.said.partition_point(|said| said.after < block);
        let to = self.said.partition_point(|said| said.after <= block);
        let mut entries = Vec::with_capacity(to - from);
        for said in &self.said[from..to] {
            let plain = self.frames.read_at(said.frame)?;
            let Held::Entry(entry) = held(&plain)? else { return Err(Error::Damaged("an entry")) };
            entries.push(entry);
        }
        Ok(entries)
    }

    /// The outline of the sound in so many points, and where nobody speaks. Decodes nothing.
    pub fn waveform(&self, points: u32) -> Waveform {
        let points = points.clamp(1, 20_000) as usize;
        let mut peaks = vec![0.0_f32; points];
        let end = self.story.end.max(1);
        for block in &self.blocks {
            let peak = f32::from(block.peak[0].max(block.peak[1])) / 32_768.0;
            let point = |position: u64| ((position * points as u64) / end) as usize;
            let last = point(block.at + u64::from(block.samples) - 1).min(points - 1);
            for value in &mut peaks[point(block.at).min(points - 1)..=last] {
                *value = value.max(peak);
            }
        }
        let ms = |position| u32::try_from(super::to_ms(position, self.story.begun.rate)).unwrap_or(u32::MAX);
        let silent = self.silent().into_iter().map(|(from, to)| (ms(from), ms(to))).collect();
        Waveform { duration_ms: ms(self.story.end), peaks, silent }
    }

    /// Stretches of half a second and more in which nobody speaks, gaps included.
    pub fn silent(&self) -> Vec<(u64, u64)> {
        let least = u64::from(self.story.begun.rate) / 2;
        // A voice is known to be one a moment after it began.
        let before = super::frame_samples(self.story.begun.rate) as u64;
        let (mut silent, mut since) = (Vec::new(), 0);
        for block in self.blocks.iter().filter(|block| block.voiced) {
            if block.at >= since + least + before {
                silent.push((since, block.at - before));
            }
            since = block.at + u64::from(block.samples);
        }
        if self.story.end >= since + least {
            silent.push((since, self.story.end));
        }
        silent
    }

    /// The sound as a stream of bytes.
    pub const fn into_pcm(self) -> Pcm<R> {
        Pcm { spool: self, at: 0 }
    }
}

/// The sound as little-endian 16-bit samples, to be read from anywhere. Holds one frame.
pub struct Pcm<R: Read + Seek = BufReader<File>> {
    spool: SpoolReader<R>,
    at: u64,
}

impl<R: Read + Seek> Pcm<R> {
    fn frame_bytes(&self) -> u64 {
        u64::from(self.spool.story.begun.channels) * 2
    }

    /// How many bytes there are.
    pub fn len(&self) -> u64 {
        self.spool.story.end * self.frame_bytes()
    }

    /// Whether there is no sound.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<R: Read + Seek> Read for Pcm<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let frame = self.frame_bytes();
        let (position, ahead) = (self.at / frame, (self.at % frame) as usize);
        let wanted = (into.len() + ahead).div_ceil(frame as usize).min(4096);
        let mut samples = vec![0_i16; wanted * frame as usize / 2];
        let frames = self.spool.read(position, &mut samples).map_err(io::Error::other)?;
        let bytes: Vec<u8> = samples[..frames * frame as usize / 2]
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .skip(ahead)
            .take(into.len())
            .collect();
        into[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl<R: Read + Seek> Seek for Pcm<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = target.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "sound has nothing before its start")
        })?;
        Ok(self.at)
    }
}

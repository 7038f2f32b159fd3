//! The same recording in less room: every frame and every word of a spool again, with its sound as Opus.
//!
//! The time line stays as it is: positions, gaps, pauses, bookmarks, and what a waveform is drawn from. Only the
//! samples change. The spool that is read is not touched, and the new one is worth nothing until it was read back
//! beside it ([`tells_the_same`]). What does not read whole, or holds words of a newer Attune, is not made smaller:
//! what cannot be carried over would be lost for good.

use std::{
    io::{Read, Seek},
    mem,
};

use attune_kernel::Code;

use super::{
    entry::{Begun, DeviceUse, Ended, Entry, Gap, Mark, Pause, Sound},
    reader::SpoolReader,
    story::{PauseSpan, Story},
    writer::SpoolWriter,
};
use crate::{
    Error, Result,
    codec::{Codec, Encoder, opus_rate},
    resample::Resampler,
};

/// How often progress is told, in frames: every 16 s of sound.
const OFTEN: usize = 100;

/// Writes all of a spool that will not grow any more into the one that `begin` begins, and waits for the disk.
/// Gives how long the new one is. `progress` hears how many of how many frames are done.
pub fn smaller<R: Read + Seek>(
    mut spool: SpoolReader<R>,
    begin: impl FnOnce(Begun) -> Result<SpoolWriter>,
    mut progress: impl FnMut(u64, u64),
) -> Result<u64> {
    whole(spool.story())?;
    let begun = spool.story().begun.clone();
    let scale = Scale { from: begun.rate, to: opus_rate(begun.rate) };
    let channels = begun.channels;
    let mut encoder = Encoder::new(Codec::Opus, scale.to, channels)?;
    let mut feed = Feed::new(scale, channels, encoder.delay()?)?;
    let mut writer = begin(Begun { rate: scale.to, codec: Codec::Opus, ..begun })?;
    let total = spool.blocks().len();
    let mut interleaved = Vec::new();
    for index in 0..total {
        for entry in spool.said_before(index)? {
            writer.say(&scale.entry(entry)?)?;
        }
        let block = spool.blocks()[index];
        let (at, end) = (scale.position(block.at), scale.position(block.at + u64::from(block.samples)));
        let samples = u32::try_from(end - at).map_err(|_| Error::Damaged("a frame of sound"))?;
        feed.take(&mut spool, index, samples as usize, &mut interleaved)?;
        // A frame of a sample or two may come to less than one.
        if samples > 0 {
            let encoded = encoder.encode(&interleaved)?;
            let (peak, rms, voiced) = (block.peak, block.rms, block.voiced);
            writer.sound(&Sound { at, samples, peak, rms, voiced, encoded: &encoded })?;
        }
        if index % OFTEN == 0 {
            progress(index as u64, total as u64);
        }
    }
    let mut last = Ok(());
    for entry in spool.said_before(total)? {
        last = writer.say(&scale.entry(entry)?);
        if last.is_err() {
            break;
        }
    }
    let bytes = writer.close(last)?;
    progress(total as u64, total as u64);
    Ok(bytes)
}

/// Whether a spool that was made smaller says what the one it was made from says, and all of its sound reads.
pub fn tells_the_same<R: Read + Seek>(of: &Story, made: &mut SpoolReader<R>) -> Result<()> {
    let story = made.story();
    let scale = Scale { from: of.begun.rate, to: story.begun.rate };
    let begun = Begun { rate: story.begun.rate, codec: Codec::Opus, ..of.begun.clone() };
    let same = story.begun == begun
        && story.end == scale.position(of.end)
        && story.ended == of.ended.map(|ended| scale.ended(ended))
        && story.peak == of.peak
        && each(&of.gaps, &story.gaps, |gap| scale.gap(*gap))
        && each(&of.marks, &story.marks, |mark| scale.mark(mark.clone()))
        && each(&of.pauses, &story.pauses, |pause| PauseSpan { at: scale.position(pause.at), ..*pause })
        && each(&of.devices, &story.devices, |device| scale.device(device.clone()))
        && each(&of.worries, &story.worries, |(at, what)| (scale.position(*at), *what));
    whole(story)?;
    if !same || made.torn() {
        return Err(Error::Damaged("a copy that tells something else"));
    }
    for index in 0..made.blocks().len() {
        let samples = made.blocks()[index].samples as usize * usize::from(begun.channels);
        if made.decoded(index)?.len() != samples {
            return Err(Error::Damaged("a copy whose sound is shorter than it says"));
        }
    }
    Ok(())
}

fn whole(story: &Story) -> Result<()> {
    if story.damaged == 0 { Ok(()) } else { Err(Error::Damaged("frames that do not read")) }
}

fn each<T: PartialEq>(of: &[T], made: &[T], brought: impl Fn(&T) -> T) -> bool {
    of.len() == made.len() && of.iter().zip(made).all(|(of, made)| brought(of) == *made)
}

/// From positions at one rate to positions at another. What met before meets after.
#[derive(Clone, Copy)]
struct Scale {
    from: u32,
    to: u32,
}

impl Scale {
    fn position(self, at: u64) -> u64 {
        let (from, to) = (u128::from(self.from), u128::from(self.to));
        u64::try_from((u128::from(at) * to * 2 + from) / (2 * from)).unwrap_or(u64::MAX)
    }

    fn gap(self, gap: Gap) -> Gap {
        let at = self.position(gap.at);
        Gap { at, samples: self.position(gap.at.saturating_add(gap.samples)) - at, ..gap }
    }

    fn mark(self, mark: Mark) -> Mark {
        Mark { at: self.position(mark.at), ..mark }
    }

    /// Its own rate is what the device said, and stays.
    fn device(self, device: DeviceUse) -> DeviceUse {
        DeviceUse { at: self.position(device.at), ..device }
    }

    fn ended(self, ended: Ended) -> Ended {
        Ended { at: self.position(ended.at), ..ended }
    }

    fn entry(self, entry: Entry) -> Result<Entry> {
        Ok(match entry {
            Entry::Device(device) => Entry::Device(self.device(device)),
            Entry::Gap(gap) => Entry::Gap(self.gap(gap)),
            Entry::Mark(mark) => Entry::Mark(self.mark(mark)),
            Entry::Pause(pause) => Entry::Pause(Pause { at: self.position(pause.at), ..pause }),
            Entry::Resume { at, on } => Entry::Resume { at: self.position(at), on },
            Entry::Worry { at, what } => Entry::Worry { at: self.position(at), what },
            Entry::Ended(ended) => Entry::Ended(self.ended(ended)),
            Entry::Begun(_) => return Err(Error::Damaged("a spool that begins twice")),
            Entry::Unknown => return Err(Code::StoreNewer.into()),
        })
    }
}

/// Takes the sound out ahead of where it stands, by as much as the codec gives it back late. Sound that follows
/// on without a gap goes through in one piece. Where it begins anew, that much of it is not kept: 6.5 ms.
struct Feed {
    resamplers: Vec<Resampler>,
    ready: Vec<Vec<f32>>,
    voice: Vec<f32>,
    delay: usize,
    /// How much at the front was given back late, and is left out.
    skip: usize,
    /// The first block that was not taken yet.
    next: usize,
}

impl Feed {
    fn new(scale: Scale, channels: u16, delay: usize) -> Result<Self> {
        let resamplers =
            (0..channels).map(|_| Resampler::new(scale.from, scale.to)).collect::<Result<_>>()?;
        let ready = vec![Vec::new(); usize::from(channels)];
        Ok(Self { resamplers, ready, voice: Vec::new(), delay, skip: 0, next: 0 })
    }

    /// Fills `out` with as many samples of each channel as block `index` has at the new rate.
    fn take<R: Read + Seek>(
        &mut self,
        spool: &mut SpoolReader<R>,
        index: usize,
        samples: usize,
        out: &mut Vec<i16>,
    ) -> Result<()> {
        if self.next == index {
            self.ready.iter_mut().for_each(Vec::clear);
            self.skip = self.delay;
        }
        while self.ready[0].len() < self.skip + samples {
            if self.next == index || follows(spool, self.next) {
                self.push(spool)?;
            } else {
                self.finish(self.skip + samples);
            }
        }
        out.clear();
        for at in self.skip..self.skip + samples {
            out.extend(self.ready.iter().map(|channel| (channel[at] * 32_768.0).round() as i16));
        }
        let taken = mem::take(&mut self.skip) + samples;
        self.ready.iter_mut().for_each(|channel| drop(channel.drain(..taken)));
        Ok(())
    }

    /// Takes the next block in.
    fn push<R: Read + Seek>(&mut self, spool: &mut SpoolReader<R>) -> Result<()> {
        let (channels, block) = (self.ready.len(), spool.blocks()[self.next]);
        let sound = spool.decoded(self.next)?;
        if sound.len() != block.samples as usize * channels {
            return Err(Error::Damaged("a frame that is shorter than it says"));
        }
        for (channel, (resampler, ready)) in self.resamplers.iter_mut().zip(&mut self.ready).enumerate() {
            self.voice.clear();
            let samples = sound.iter().skip(channel).step_by(channels);
            self.voice.extend(samples.map(|sample| f32::from(*sample) / 32_768.0));
            resampler.push(&self.voice, ready);
        }
        self.next += 1;
        Ok(())
    }

    /// Nothing follows: what the filter still holds, and silence.
    fn finish(&mut self, wanted: usize) {
        for (resampler, ready) in self.resamplers.iter_mut().zip(&mut self.ready) {
            resampler.finish(ready);
            if ready.len() < wanted {
                ready.resize(wanted, 0.0);
            }
        }
    }
}

/// Whether a block begins where the one before it ends.
fn follows<R: Read + Seek>(spool: &SpoolReader<R>, index: usize) -> bool {
    let blocks = spool.blocks();
    match (index.checked_sub(1).and_then(|before| blocks.get(before)), blocks.get(index)) {
        (Some(before), Some(block)) => before.at + u64::from(before.samples) == block.at,
        _ => false,
    }
}

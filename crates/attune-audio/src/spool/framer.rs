//! From samples to frames of a spool: measured, encoded, written. The recorder and the import both end here,
//! so that a recording is the same thing wherever it came from.

use chrono::{DateTime, Utc};

use super::{
    entry::{Begun, Ended, Entry, Gap, GapReason, Sound, Why},
    frame_samples,
    writer::SpoolWriter,
};
use crate::{Result, codec::Encoder, voice::VoiceActivity};

/// Writes one spool, frame by frame.
pub struct Framer {
    spool: SpoolWriter,
    encoder: Encoder,
    voice: VoiceActivity,
    position: u64,
    interleaved: Vec<i16>,
}

impl Framer {
    /// Goes on where the spool was begun.
    pub fn new(spool: SpoolWriter) -> Result<Self> {
        let Begun { codec, rate, channels, .. } = *spool.begun();
        let (encoder, voice) = (Encoder::new(codec, rate, channels)?, VoiceActivity::new(rate)?);
        Ok(Self { spool, encoder, voice, position: 0, interleaved: Vec::new() })
    }

    /// Writes a frame: the samples of each channel, no more than a frame holds.
    pub fn write(&mut self, channels: &[Vec<f32>]) -> Result<()> {
        let samples = channels.first().map_or(0, Vec::len);
        let mut sound = Sound {
            at: self.position,
            samples: u32::try_from(samples).unwrap_or(u32::MAX),
            peak: [0; 2],
            rms: [0; 2],
            voiced: false,
            encoded: &[],
        };
        for (channel, samples) in channels.iter().enumerate().take(2) {
            let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
            let energy: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
            let scale = |value: f64| (value * 32_768.0).min(32_767.0) as u16;
            sound.peak[channel] = scale(f64::from(peak));
            sound.rms[channel] = scale((energy / samples.len().max(1) as f64).sqrt());
        }
        let loudest = usize::from(sound.rms[1] > sound.rms[0]);
        sound.voiced = self.voice.hear(&channels[loudest]);
        self.interleaved.clear();
        for at in 0..samples {
            self.interleaved.extend(channels.iter().map(|channel| (channel[at] * 32_768.0).round() as i16));
        }
        let encoded = self.encoder.encode(&self.interleaved)?;
        sound.encoded = &encoded;
        self.spool.sound(&sound)?;
        self.position += samples as u64;
        Ok(())
    }

    /// Lets time pass without sound.
    pub fn gap(&mut self, samples: u64, why: GapReason) -> Result<()> {
        self.spool.say(&Entry::Gap(Gap { at: self.position, samples, why }))?;
        self.position += samples;
        Ok(())
    }

    /// Writes a word about the sound.
    pub fn say(&mut self, entry: &Entry) -> Result<()> {
        self.spool.say(entry)
    }

    /// Writes the last frame and waits for the disk.
    pub fn end(self, why: Why, on: DateTime<Utc>) -> Result<u64> {
        let ended = Ended { at: self.position, why, on };
        self.spool.end(ended)
    }

    /// Where the time line stands.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// The kept rate.
    pub const fn rate(&self) -> u32 {
        self.spool.begun().rate
    }

    /// How many samples a whole frame holds.
    pub const fn whole(&self) -> usize {
        frame_samples(self.rate())
    }

    /// Whether somebody speaks in the last frame.
    pub const fn speaking(&self) -> bool {
        self.voice.speaking()
    }

    /// The file.
    pub const fn spool(&self) -> &SpoolWriter {
        &self.spool
    }
}

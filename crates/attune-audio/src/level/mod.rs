//! How loud it is, and whether what is heard can be any good.
//!
//! Everything is counted in samples, so that the same sound gives the same judgement at any speed and in any
//! pieces. A warning comes only for what lasts, and goes only when it has clearly ended.

mod beat;
mod signs;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use specta::Type;

use self::{beat::Beats, signs::Signs};

/// Silence, as far as a meter can show it.
pub const FLOOR_DB: f32 = -120.0;

/// What is wrong with the sound, for as long as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warning {
    /// Not even noise: the microphone is off, or it is the wrong one.
    NoSignal,
    TooQuiet,
    /// Louder than can be kept.
    Clipping,
}

/// What three seconds of listening have shown. The worst comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Good,
    TooQuiet,
    Clipping,
    NoSignal,
}

/// How loud it was since somebody last asked, in dBFS.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Of the loudest channel.
    pub peak_db: f32,
    pub rms_db: f32,
    /// The peak of each.
    pub channels: Vec<f32>,
}

/// Measures the channels of one recording.
pub struct Meter {
    channels: Vec<Channel>,
    told: Vec<Warning>,
    verdict: Option<Verdict>,
}

#[derive(Default)]
struct Channel {
    /// None before anything was heard.
    ears: Option<(Beats, Signs)>,
    may_be_silent: bool,
    peak: f32,
    energy: f64,
    samples: u64,
}

impl Meter {
    /// For this many channels.
    pub fn new(channels: usize) -> Self {
        let channels = (0..channels).map(|_| Channel::default()).collect();
        Self { channels, told: Vec::new(), verdict: None }
    }

    /// Says that another device is heard on this channel: it is judged from the start. One that hears what a
    /// computer plays may rightly hear nothing at all.
    pub fn another_device(&mut self, channel: usize, may_be_silent: bool) {
        if let Some(channel) = self.channels.get_mut(channel) {
            (channel.ears, channel.may_be_silent) = (None, may_be_silent);
        }
    }

    /// Judges every channel from the start, as if nothing had been heard or told.
    pub fn judge_anew(&mut self) {
        self.channels.iter_mut().for_each(|channel| channel.ears = None);
        (self.told, self.verdict) = (Vec::new(), None);
    }

    /// Takes what one channel heard. Another rate is another device, and is judged from the start.
    pub fn hear(&mut self, channel: usize, samples: &[f32], rate: u32) {
        if let Some(channel) = self.channels.get_mut(channel) {
            channel.hear(samples, rate);
        }
    }

    /// How loud it was since this was last asked.
    pub fn level(&mut self) -> Level {
        let mut level = Level { peak_db: FLOOR_DB, rms_db: FLOOR_DB, channels: Vec::new() };
        for channel in &mut self.channels {
            let peak = to_db(f64::from(channel.peak));
            level.peak_db = level.peak_db.max(peak);
            level.rms_db = level.rms_db.max(to_db((channel.energy / channel.samples.max(1) as f64).sqrt()));
            level.channels.push(peak);
            (channel.peak, channel.energy, channel.samples) = (0.0, 0.0, 0);
        }
        level
    }

    /// Which warnings began or ended since this was last asked.
    pub fn changed(&mut self) -> Vec<(Warning, bool)> {
        let mut changed = Vec::new();
        for warning in [Warning::NoSignal, Warning::TooQuiet, Warning::Clipping] {
            let on = self.channels.iter().any(|channel| channel.warns(warning));
            let told = self.told.contains(&warning);
            if on != told {
                changed.push((warning, on));
            }
            if on && !told {
                self.told.push(warning);
            }
            if !on {
                self.told.retain(|other| *other != warning);
            }
        }
        changed
    }

    /// The verdict on the worst channel, when there is one and it is not the one told last.
    pub fn verdict(&mut self) -> Option<Verdict> {
        let verdict = self.channels.iter().filter_map(Channel::verdict).max();
        if verdict == self.verdict {
            return None;
        }
        self.verdict = verdict;
        verdict
    }
}

impl Channel {
    fn hear(&mut self, samples: &[f32], rate: u32) {
        for sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.energy += f64::from(*sample).powi(2);
        }
        self.samples += samples.len() as u64;
        let (beats, signs) = match &mut self.ears {
            Some(ears) if ears.0.rate() == rate => ears,
            ears => ears.insert((Beats::new(rate), Signs::default())),
        };
        beats.hear(samples, |beat| signs.take(&beat));
    }

    fn warns(&self, warning: Warning) -> bool {
        let excused = self.may_be_silent && warning != Warning::Clipping;
        self.ears.as_ref().is_some_and(|(_, signs)| signs.warns(warning)) && !excused
    }

    fn verdict(&self) -> Option<Verdict> {
        let verdict = self.ears.as_ref()?.1.verdict()?;
        let excused = self.may_be_silent && verdict != Verdict::Clipping;
        Some(if excused { Verdict::Good } else { verdict })
    }
}

/// Of full scale; nothing is quieter than the floor, and what is no number is at it.
fn to_db(amplitude: f64) -> f32 {
    let db = (20.0 * amplitude.log10()) as f32;
    if db.is_nan() { FLOOR_DB } else { db.clamp(FLOOR_DB, -FLOOR_DB) }
}

//! Cuts what one channel hears into beats of a tenth of a second, and says of each what stands out.

use super::to_db;
use crate::voice::VoiceActivity;

/// Beats in a second.
pub(super) const SECOND: u32 = 10;
/// A sample from here on is as loud as can be kept.
const FULL: f32 = 0.999;
/// This many of them in a row are no accident; neither is one in a thousand.
const FULL_RUN: u32 = 3;
/// Samples that differ by less are the same: less than half the last bit of anything a microphone delivers.
const SAME: f32 = 0.000_01;

/// A tenth of a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Beat {
    pub rms_db: f32,
    /// Not one sample differs from another: no microphone is that quiet.
    pub still: bool,
    pub clipped: bool,
    pub voiced: bool,
}

/// Makes beats of pieces of any length.
pub(super) struct Beats {
    rate: u32,
    /// None at rates the detector cannot be brought to: then no beat is a voice's.
    voice: Option<VoiceActivity>,
    samples: u32,
    energy: f64,
    resting: f32,
    moved: bool,
    voiced: bool,
    full_run: u32,
    longest_run: u32,
    full: u32,
}

impl Beats {
    pub(super) fn new(rate: u32) -> Self {
        Self {
            rate,
            voice: VoiceActivity::new(rate).ok(),
            samples: 0,
            energy: 0.0,
            resting: 0.0,
            moved: false,
            voiced: false,
            full_run: 0,
            longest_run: 0,
            full: 0,
        }
    }

    pub(super) const fn rate(&self) -> u32 {
        self.rate
    }

    /// Takes a piece and gives each beat it completes.
    pub(super) fn hear(&mut self, mut samples: &[f32], mut give: impl FnMut(Beat)) {
        let whole = (self.rate / SECOND).max(1);
        while !samples.is_empty() {
            let room = ((whole - self.samples) as usize).min(samples.len());
            let (piece, rest) = samples.split_at(room);
            samples = rest;
            self.voiced |= self.voice.as_mut().is_some_and(|voice| voice.hear(piece));
            piece.iter().for_each(|sample| self.count(*sample));
            self.samples += u32::try_from(room).unwrap_or(whole);
            if self.samples >= whole {
                give(self.turn());
            }
        }
    }

    fn count(&mut self, sample: f32) {
        self.energy += f64::from(sample).powi(2);
        // Written so that what is no number at all counts as moved.
        let same = (sample - self.resting).abs() < SAME;
        if !same {
            self.moved = true;
            self.resting = sample;
        }
        if sample.abs() >= FULL {
            self.full += 1;
            self.full_run += 1;
            self.longest_run = self.longest_run.max(self.full_run);
        } else {
            self.full_run = 0;
        }
    }

    fn turn(&mut self) -> Beat {
        let beat = Beat {
            rms_db: to_db((self.energy / f64::from(self.samples.max(1))).sqrt()),
            still: !self.moved,
            clipped: self.longest_run >= FULL_RUN || self.full > self.samples / 1_000,
            voiced: self.voiced,
        };
        (self.samples, self.energy, self.longest_run, self.full) = (0, 0.0, 0, 0);
        (self.moved, self.voiced) = (false, false);
        beat
    }
}

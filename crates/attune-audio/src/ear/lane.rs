//! One kept channel: from what its device delivers to mono samples at the kept rate.

use std::{collections::VecDeque, time::Duration};

use super::punctual::Punctual;
use crate::{Result, resample::Resampler, tap::Drain};

/// How much of a second channel waits, so that the two need not arrive in step.
const SLACK_MS: u32 = 60;

/// What feeds a channel at the moment.
struct Feed {
    drain: Drain,
    channels: usize,
    rate: u32,
    resampler: Resampler,
    punctual: Punctual,
}

/// One channel.
#[derive(Default)]
pub struct Lane {
    feed: Option<Feed>,
    rate: u32,
    raw: Vec<f32>,
    mono: Vec<f32>,
    brought: Vec<f32>,
    waiting: VecDeque<f32>,
    /// When something last arrived.
    heard: Option<Duration>,
    /// Whether enough waits to follow another lane.
    in_step: bool,
    /// How much more waits than should, over many frames.
    surplus: f64,
    /// The part of a sample that is still to be taken more, or less.
    owed: f64,
}

/// What one look at a lane brought.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Brought {
    /// How many kept samples arrived.
    pub samples: usize,
    /// How many before them are known to be missing.
    pub missing: u64,
}

impl Lane {
    /// A device delivers from now on.
    pub fn feed(&mut self, drain: Drain, rate: u32, channels: u16, kept: u32, speed: f64) -> Result<()> {
        let resampler = Resampler::new(rate, kept)?;
        let punctual = Punctual::new(rate, speed);
        self.rate = kept;
        self.feed = Some(Feed { drain, channels: usize::from(channels.max(1)), rate, resampler, punctual });
        Ok(())
    }

    /// The device is gone. What it had delivered still counts.
    pub fn starve(&mut self) -> Result<()> {
        self.look(self.heard.unwrap_or_default())?;
        if let Some(mut feed) = self.feed.take() {
            self.brought.clear();
            feed.resampler.finish(&mut self.brought);
            self.waiting.extend(&self.brought);
        }
        Ok(())
    }

    /// Brings everything to another kept rate, and forgets what waits: nothing of it is kept yet.
    pub fn keep_at(&mut self, kept: u32) -> Result<()> {
        self.waiting.clear();
        self.rate = kept;
        if let Some(feed) = &mut self.feed {
            feed.resampler = Resampler::new(feed.rate, kept)?;
        }
        Ok(())
    }

    pub const fn is_fed(&self) -> bool {
        self.feed.is_some()
    }

    /// The rate its device delivers at.
    pub fn device_rate(&self) -> Option<u32> {
        self.feed.as_ref().map(|feed| feed.rate)
    }

    /// The kept rate.
    pub const fn rate(&self) -> u32 {
        self.rate
    }

    pub const fn heard(&self) -> Option<Duration> {
        self.heard
    }

    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Empties the ring.
    pub fn look(&mut self, now: Duration) -> Result<Brought> {
        let Some(feed) = &mut self.feed else { return Ok(Brought::default()) };
        self.raw.clear();
        feed.drain.read(&mut self.raw);
        let left_out = feed.drain.left_out() / feed.channels as u64;
        feed.punctual.known_missing(left_out);
        if self.raw.is_empty() && left_out == 0 {
            return Ok(Brought::default());
        }
        self.heard = Some(now);
        self.mono.clear();
        let share = 1.0 / feed.channels as f32;
        self.mono.extend(self.raw.chunks_exact(feed.channels).map(|frame| frame.iter().sum::<f32>() * share));
        let missing = left_out + feed.punctual.arrived(self.mono.len(), now).unwrap_or(0);
        self.brought.clear();
        feed.resampler.push(&self.mono, &mut self.brought);
        self.waiting.extend(&self.brought);
        let missing = missing * u64::from(self.rate) / u64::from(feed.rate);
        Ok(Brought { samples: self.brought.len(), missing })
    }

    /// What was brought by the last look, for meters.
    pub fn lately(&self) -> &[f32] {
        &self.brought
    }

    /// Takes the next `samples`, in step with the time line because this lane leads it.
    pub fn lead(&mut self, samples: usize, into: &mut Vec<f32>) {
        let samples = samples.min(self.waiting.len());
        into.extend(self.waiting.drain(..samples));
    }

    /// Takes what belongs to the next `samples` of another lane's time. Two devices have two crystals: a
    /// hair more or less is taken than asked for and stretched to fit, so slowly that nobody hears it, so that
    /// neither runs away. Where too little waits, it is silent until enough does.
    pub fn follow(&mut self, samples: usize, into: &mut Vec<f32>) {
        let slack = (self.rate as usize * SLACK_MS as usize) / 1000;
        let due = samples + slack;
        // Far behind after a stall of the other: jump, rather than hear it late for minutes.
        if self.waiting.len() > due + self.rate as usize {
            let surplus = self.waiting.len() - due;
            self.waiting.drain(..surplus);
            self.surplus = 0.0;
        }
        if self.waiting.len() < samples {
            self.in_step = false;
        } else if self.waiting.len() >= due {
            self.in_step = true;
        }
        if !self.in_step {
            self.surplus = 0.0;
            into.extend(std::iter::repeat_n(0.0, samples));
            return;
        }
        // Arrivals come in bursts; only what stays over many frames is a difference of crystals.
        self.surplus += 0.03 * (self.waiting.len() as f64 - due as f64 - self.surplus);
        let most = samples as f64 / 2_000.0;
        self.owed += (self.surplus * 0.02).clamp(-most, most);
        let more = self.owed.trunc();
        self.owed -= more;
        let take = samples.saturating_add_signed(more as isize).min(self.waiting.len());
        let taken: Vec<f32> = self.waiting.drain(..take).collect();
        if take == samples {
            into.extend(taken);
            return;
        }
        let step = (take - 1) as f64 / (samples - 1).max(1) as f64;
        into.extend((0..samples).map(|at| {
            let place = at as f64 * step;
            let (before, part) = (place as usize, place.fract() as f32);
            let after = (before + 1).min(take - 1);
            taken[before] * (1.0 - part) + taken[after] * part
        }));
    }

    /// Forgets what waits.
    pub fn forget(&mut self) {
        self.waiting.clear();
    }
}

//! From slices of any size to frames: one voice for the engine, and what is to be remembered of it.
//!
//! Both microphones are mixed for the engine, because a word may be clearer on either; which was louder is remembered.
//! Whatever is not a number, or louder than loud, is held in bounds here, so that nothing behind has to ask.

use super::activity::Activity;
use crate::speakers::{
    timbre::Timbre,
    trace::{FRAME, Trace},
};

/// Hears sound as frames.
pub struct Ear {
    /// Of each channel, what has been heard and does not fill a frame.
    rest: Vec<Vec<f32>>,
    samples: u64,
    activity: Activity,
    timbre: Timbre,
}

impl Ear {
    /// For one channel or two.
    pub fn of(channels: usize) -> Self {
        Self {
            rest: vec![Vec::with_capacity(FRAME); channels],
            samples: 0,
            activity: Activity::new(),
            timbre: Timbre::new(),
        }
    }

    /// How many samples of each channel were heard.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// More sound, as many samples of each channel. Each frame that is full goes to `full`.
    pub fn hear(&mut self, channels: &[&[f32]], mut full: impl FnMut(&[f32; FRAME], Trace)) {
        if channels.len() < self.rest.len() {
            return;
        }
        let length = channels.iter().take(self.rest.len()).map(|channel| channel.len()).min().unwrap_or(0);
        self.samples += length as u64;
        let mut at = 0;
        while at < length {
            let room = (FRAME - self.rest[0].len()).min(length - at);
            for (rest, channel) in self.rest.iter_mut().zip(channels) {
                rest.extend_from_slice(&channel[at..at + room]);
            }
            at += room;
            if self.rest[0].len() == FRAME {
                let (mixed, trace) = self.frame();
                full(&mixed, trace);
            }
        }
    }

    /// There is no more: the frame that is not full, filled with silence.
    pub fn end(&mut self) -> Option<([f32; FRAME], Trace)> {
        if self.rest[0].is_empty() {
            return None;
        }
        for rest in &mut self.rest {
            rest.resize(FRAME, 0.0);
        }
        Some(self.frame())
    }

    fn frame(&mut self) -> ([f32; FRAME], Trace) {
        let mut mixed = [0.0f32; FRAME];
        let mut powers = [0.0f32; 2];
        let share = 1.0 / self.rest.len() as f32;
        for (rest, power) in self.rest.iter_mut().zip(&mut powers) {
            for (mixed, sample) in mixed.iter_mut().zip(rest.iter()) {
                let sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
                *mixed += sample * share;
                *power += sample * sample;
            }
            rest.clear();
        }
        self.timbre.pass(&mixed);
        if !self.activity.hear(&mixed) {
            return (mixed, Trace::QUIET);
        }
        let lean =
            if self.rest.len() == 2 { 10.0 * ((powers[0] + 1e-9) / (powers[1] + 1e-9)).log10() } else { 0.0 };
        (mixed, self.timbre.trace(lean))
    }
}

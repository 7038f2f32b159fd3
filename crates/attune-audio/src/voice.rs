//! Whether somebody speaks.
//!
//! A small network inside the program listens to 16 ms at a time; nothing leaves the machine and nothing is
//! understood. It serves the silence prompt, skipping silence, and judging the level of a voice by itself.

use earshot::Detector;

use crate::{Result, resample::Resampler};

/// What the detector was taught on.
const RATE: u32 = 16_000;
const FRAME: usize = 256;
/// From here on it is rather a voice than not.
const VOICE: f32 = 0.5;
/// A voice holds its breath for this many samples without having stopped: 200 ms.
const HANGOVER: usize = RATE as usize / 5;
/// The detector is deaf to faint voices, and a microphone far away makes every voice faint. What it hears is
/// brought to about this level, as measured by the loudest of the last seconds, but never amplified so far
/// that a silent room begins to hiss.
const WANTED: f32 = 0.04;
const MOST: f32 = 16.0;
/// What a frame leaves of the loudest: half of it after four seconds.
const FADE: f32 = 0.9972;

/// Listens for a voice on one channel.
pub struct VoiceActivity {
    resampler: Resampler,
    detector: Box<Detector>,
    /// At the detector's rate, not yet listened to.
    waiting: Vec<f32>,
    /// Samples until a voice that was heard counts as having stopped.
    holding: usize,
    loudest: f32,
    speaking: bool,
}

impl VoiceActivity {
    /// For sound at this rate.
    pub fn new(rate: u32) -> Result<Self> {
        Ok(Self {
            resampler: Resampler::new(rate, RATE)?,
            detector: Detector::default_boxed(),
            waiting: Vec::new(),
            holding: 0,
            loudest: 0.0,
            speaking: false,
        })
    }

    /// Whether a voice was heard in this piece, or just before it. Pieces that are too short to tell repeat
    /// what the last one said; the answer comes some 50 ms after the voice.
    pub fn hear(&mut self, samples: &[f32]) -> bool {
        self.resampler.push(samples, &mut self.waiting);
        let whole = self.waiting.len() / FRAME * FRAME;
        let mut heard = false;
        for frame in self.waiting[..whole].chunks_exact_mut(FRAME) {
            let rms = (frame.iter().map(|sample| sample * sample).sum::<f32>() / FRAME as f32).sqrt();
            self.loudest = rms.max(self.loudest * FADE);
            let gain = (WANTED / self.loudest).clamp(1.0, MOST);
            for sample in frame.iter_mut() {
                // The detector takes nothing beyond full scale.
                *sample = (*sample * gain).clamp(-1.0, 1.0);
            }
            if self.detector.predict_f32(frame) >= VOICE {
                self.holding = HANGOVER;
            } else {
                self.holding = self.holding.saturating_sub(FRAME);
            }
            heard |= self.holding > 0;
        }
        if whole > 0 {
            self.speaking = heard;
            self.waiting.drain(..whole);
        }
        self.speaking
    }

    /// What [`Self::hear`] said last.
    pub const fn speaking(&self) -> bool {
        self.speaking
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::f64::consts::TAU;

    use super::*;

    /// Something like a vowel: a buzz of many harmonics, shaped by a mouth, rising and falling in syllables.
    pub(crate) fn vowels(rate: u32, seconds: f64) -> Vec<f32> {
        let samples = (f64::from(rate) * seconds) as usize;
        let mut phase = 0.0;
        (0..samples)
            .map(|n| {
                let at = n as f64 / f64::from(rate);
                phase += TAU * (120.0 + 15.0 * (TAU * 0.7 * at).sin()) / f64::from(rate);
                let shape = |h: f64| {
                    let hertz = h * 120.0;
                    let near = |centre: f64, width: f64| (-((hertz - centre) / width).powi(2)).exp();
                    near(650.0, 150.0) + 0.6 * near(1_150.0, 200.0) + 0.3 * near(2_500.0, 300.0) + 0.02
                };
                let buzz: f64 = (1..30).map(|h| shape(f64::from(h)) * (f64::from(h) * phase).sin()).sum();
                let syllable = (TAU * 3.5 * at).sin().max(0.0);
                (0.12 * buzz * syllable) as f32
            })
            .collect()
    }

    fn share(rate: u32, sound: &[f32]) -> f64 {
        let mut voice = VoiceActivity::new(rate).unwrap();
        let pieces: Vec<bool> = sound.chunks(rate as usize / 50).map(|piece| voice.hear(piece)).collect();
        pieces.iter().filter(|voiced| **voiced).count() as f64 / pieces.len() as f64
    }

    #[test]
    fn a_voice_is_heard_at_every_rate() {
        for rate in [16_000, 24_000, 44_100, 48_000] {
            let share = share(rate, &vowels(rate, 4.0));
            assert!(share > 0.6, "{share} at {rate}");
        }
    }

    #[test]
    fn a_voice_far_away_is_a_voice() {
        for gain in [0.1, 0.02] {
            let faint: Vec<f32> = vowels(24_000, 4.0).iter().map(|sample| sample * gain).collect();
            let share = share(24_000, &faint);
            assert!(share > 0.6, "{share} at {gain}");
        }
    }

    #[test]
    fn silence_a_hum_and_a_noisy_room_are_no_voice() {
        let hum: Vec<f32> =
            (0..96_000).map(|n| (0.05 * (TAU * 50.0 * n as f64 / 24_000.0).sin()) as f32).collect();
        let mut state = 7_u32;
        let mut noise = |loud: f32| -> Vec<f32> {
            let mut next = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            };
            (0..240_000).map(|_| loud * next()).collect()
        };
        for sound in [vec![0.0; 96_000], hum, noise(0.000_5), noise(0.01), noise(0.1)] {
            let share = share(24_000, &sound);
            assert!(share < 0.15, "{share}");
        }
    }

    #[test]
    fn a_voice_that_stopped_is_held_for_a_moment_only() {
        let mut voice = VoiceActivity::new(24_000).unwrap();
        let mut sound = vowels(24_000, 3.0);
        sound.extend(vec![0.0; 24_000]);
        let voiced: Vec<bool> = sound.chunks(480).map(|piece| voice.hear(piece)).collect();
        assert!(voiced[..150].iter().any(|voiced| *voiced));
        assert!(!voiced[190] && !voice.speaking(), "less than a second later it is silent");
    }

    #[test]
    fn impossible_samples_are_taken_for_silence() {
        let mut voice = VoiceActivity::new(16_000).unwrap();
        for sample in [f32::NAN, f32::INFINITY, 1e30, -7.0] {
            voice.hear(&[sample; 1_024]);
        }
    }
}

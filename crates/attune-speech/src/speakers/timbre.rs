//! From a frame of sound to what is kept of it: mel cepstra, pitch and level.
//!
//! It looks back 64 ms, at most, and costs some ten microseconds a frame, so it may run beside a recording. It decides
//! nothing.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};

use super::trace::{CEPSTRA, FRAME, Trace};
use crate::sound::RATE;

const BACK: usize = 1024;
const SHORT: usize = 512;
const PITCHED: usize = 640;
const MELS: usize = 30;
/// Between these a voice's pitch is looked for, in samples of a period.
const PERIODS: std::ops::RangeInclusive<usize> = 40..=228;
/// So far below a frame's own loudness nothing is listened to: what is there is the room's, or the microphone's.
const FLOOR: f32 = 0.003;
/// How alike one period and the next must be to be called a pitch.
const PERIODIC: f32 = 0.45;

/// Listens to the timbre of whoever speaks.
pub struct Timbre {
    back: Vec<f32>,
    spectrum: Arc<dyn RealToComplex<f32>>,
    long: Arc<dyn RealToComplex<f32>>,
    correlate: Arc<dyn ComplexToReal<f32>>,
    hann: Vec<f32>,
    hann_long: Vec<f32>,
    /// How the long window resembles itself, shifted: what pitch is measured against.
    own: Vec<f32>,
    mels: Vec<(usize, Vec<f32>)>,
    cosines: Vec<[f32; MELS]>,
    time: Vec<f32>,
    bins: Vec<Complex<f32>>,
}

impl Timbre {
    /// One that has heard nothing.
    pub fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let mut timbre = Self {
            back: vec![0.0; BACK],
            spectrum: planner.plan_fft_forward(SHORT),
            long: planner.plan_fft_forward(BACK),
            correlate: planner.plan_fft_inverse(BACK),
            hann: hann(SHORT),
            hann_long: hann(PITCHED),
            own: Vec::new(),
            mels: mel_bands(),
            cosines: cosines(),
            time: vec![0.0; BACK],
            bins: Vec::with_capacity(BACK / 2 + 1),
        };
        let ones = vec![1.0; PITCHED];
        timbre.resemble(&ones);
        timbre.own = timbre.time[..=*PERIODS.end()].iter().map(|at| at / timbre.time[0]).collect();
        timbre
    }

    /// The next frame goes by. It has to be called for each, also where nobody speaks.
    pub fn pass(&mut self, frame: &[f32; FRAME]) {
        self.back.copy_within(FRAME.., 0);
        self.back[BACK - FRAME..].copy_from_slice(frame);
    }

    /// What there is to keep of the frame that went by last.
    pub fn trace(&mut self, lean: f32) -> Trace {
        let frame = &self.back[BACK - FRAME..];
        let power = frame.iter().map(|sample| sample * sample).sum::<f32>() / FRAME as f32;
        let cepstra = self.cepstra();
        let hertz = self.pitch();
        Trace::new(&cepstra, hertz, 10.0 * (power + 1e-12).log10(), lean)
    }

    fn cepstra(&mut self) -> [f32; CEPSTRA] {
        let frame = &self.back[BACK - SHORT..];
        for ((into, sample), weight) in self.time.iter_mut().zip(frame).zip(&self.hann) {
            *into = sample * weight;
        }
        self.bins.resize(SHORT / 2 + 1, Complex::default());
        // The lengths are the plan's own, so that this cannot fail.
        let _ = self.spectrum.process(&mut self.time[..SHORT], &mut self.bins);
        let mut logs = [0.0; MELS];
        for (log, (from, weights)) in logs.iter_mut().zip(&self.mels) {
            *log = weights.iter().zip(&self.bins[*from..]).map(|(weight, bin)| weight * bin.norm_sqr()).sum();
        }
        let floor = logs.iter().sum::<f32>() / MELS as f32 * FLOOR + 1e-7;
        for log in &mut logs {
            *log = (*log + floor).ln();
        }
        let mut cepstra = [0.0; CEPSTRA];
        for (into, row) in cepstra.iter_mut().zip(&self.cosines) {
            *into = row.iter().zip(&logs).map(|(cosine, log)| cosine * log).sum();
        }
        cepstra
    }

    /// The lag at which the sound resembles itself most, unless half of it does nearly as well.
    fn pitch(&mut self) -> Option<f32> {
        let stretch = self.back[BACK - PITCHED..].to_vec();
        let mean = stretch.iter().sum::<f32>() / PITCHED as f32;
        let centred: Vec<f32> = stretch.iter().map(|sample| sample - mean).collect();
        self.resemble(&centred);
        let whole = self.time[0];
        if whole <= 1e-6 {
            return None;
        }
        let alike = |lag: usize| self.time[lag] / whole / self.own[lag];
        let (mut best, mut found) = (0.0, None);
        for lag in PERIODS {
            let here = alike(lag);
            if here < PERIODIC || here < alike(lag - 1) || here < alike((lag + 1).min(*PERIODS.end())) {
                continue;
            }
            // A longer period has to be clearly better: twice a period is as good as one.
            let worth = here - 0.02 * (lag as f32 / *PERIODS.start() as f32).log2();
            if worth > best {
                (best, found) = (worth, Some(lag));
            }
        }
        found.map(|lag| RATE as f32 / lag as f32)
    }

    /// Leaves in `time` how a stretch resembles itself at each lag.
    fn resemble(&mut self, stretch: &[f32]) {
        self.time.fill(0.0);
        for ((into, sample), weight) in self.time.iter_mut().zip(stretch).zip(&self.hann_long) {
            *into = sample * weight;
        }
        self.bins.resize(BACK / 2 + 1, Complex::default());
        let _ = self.long.process(&mut self.time, &mut self.bins);
        for bin in &mut self.bins {
            *bin = Complex::new(bin.norm_sqr(), 0.0);
        }
        let _ = self.correlate.process(&mut self.bins, &mut self.time);
    }
}

impl Default for Timbre {
    fn default() -> Self {
        Self::new()
    }
}

fn hann(length: usize) -> Vec<f32> {
    (0..length)
        .map(|at| 0.5 - 0.5 * (2.0 * std::f32::consts::PI * (at as f32 + 0.5) / length as f32).cos())
        .collect()
}

fn mel_bands() -> Vec<(usize, Vec<f32>)> {
    let mel = |hertz: f32| 2595.0 * (1.0 + hertz / 700.0).log10();
    let hertz = |mel: f32| 700.0 * (10f32.powf(mel / 2595.0) - 1.0);
    let (low, high) = (mel(80.0), mel(7600.0));
    let edge =
        |at: usize| hertz(low + (high - low) * at as f32 / (MELS + 1) as f32) * SHORT as f32 / RATE as f32;
    (0..MELS)
        .map(|band| {
            let (left, middle, right) = (edge(band), edge(band + 1), edge(band + 2));
            let from = left.floor() as usize;
            let weights = (from..=right.ceil() as usize)
                .map(|bin| {
                    let bin = bin as f32;
                    ((bin - left) / (middle - left)).min((right - bin) / (right - middle)).max(0.0)
                })
                .collect();
            (from, weights)
        })
        .collect()
}

fn cosines() -> Vec<[f32; MELS]> {
    let scale = (2.0 / MELS as f32).sqrt();
    (1..=CEPSTRA)
        .map(|row| {
            std::array::from_fn(|band| {
                scale * (std::f32::consts::PI * row as f32 * (band as f32 + 0.5) / MELS as f32).cos()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(timbre: &mut Timbre, sound: impl Fn(f32) -> f32) -> Trace {
        for frame in 0..6 {
            let samples = std::array::from_fn(|at| sound((frame * FRAME + at) as f32 / RATE as f32));
            timbre.pass(&samples);
        }
        timbre.trace(0.0)
    }

    #[test]
    fn a_voice_of_so_many_hertz_is_heard_at_that_pitch() {
        for hertz in [82.0f32, 110.0, 175.0, 240.0, 330.0] {
            let trace = hear(&mut Timbre::new(), |t| {
                (1..12)
                    .map(|k| (2.0 * std::f32::consts::PI * hertz * k as f32 * t).sin() / k as f32)
                    .sum::<f32>()
                    * 0.1
            });
            let heard = 62.5 * trace.octaves().unwrap().exp2();
            assert!((heard / hertz - 1.0).abs() < 0.03, "{hertz} Hz is heard as {heard}");
        }
    }

    #[test]
    fn silence_and_noise_have_no_pitch() {
        assert_eq!(hear(&mut Timbre::new(), |_| 0.0).octaves(), None);
        let noise = |t: f32| {
            let mut bits = (t * RATE as f32) as u32;
            bits = (bits ^ 0x9E37_79B9).wrapping_mul(0x85EB_CA6B);
            bits = (bits ^ (bits >> 13)).wrapping_mul(0xC2B2_AE35);
            ((bits ^ (bits >> 16)) as f32 / u32::MAX as f32 - 0.5) * 0.2
        };
        assert_eq!(hear(&mut Timbre::new(), noise).octaves(), None);
    }

    #[test]
    fn louder_is_the_same_timbre() {
        let sound = |t: f32| {
            (2.0 * std::f32::consts::PI * 150.0 * t).sin()
                + (2.0 * std::f32::consts::PI * 1900.0 * t).sin() * 0.3
        };
        let near = hear(&mut Timbre::new(), |t| 0.3 * sound(t));
        let far = hear(&mut Timbre::new(), |t| 0.1 * sound(t));
        assert_eq!(near.level - far.level, 10);
    }
}

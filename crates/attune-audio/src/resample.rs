//! Brings sound from one rate to another, piece by piece, without moving it in time.
//!
//! A resampler's filter holds sound back and a stream ends in the middle of its block; both would shift or
//! shorten a recording. Here the first sample out belongs to the first sample in, and at the end exactly as
//! much came out as went in, counted at the other rate. Nothing grows with the length of the stream.

use attune_kernel::Code;
use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use crate::Result;

/// The rates there are: from a telephone to the best interface.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// Length of the filter in samples of the slower side, about: long enough to keep all that can be heard.
const BLOCK: u32 = 512;
/// Nothing that is sound is louder.
const LOUDEST: f32 = 16.0;

/// A stream of one channel from one rate to another.
pub struct Resampler {
    from: u32,
    to: u32,
    /// None where both rates are the same.
    filter: Option<Filter>,
    taken: u64,
    given: u64,
}

struct Filter {
    fft: Fft<f32>,
    /// What waits for a whole block.
    waiting: Vec<f32>,
    block: Vec<f32>,
    /// How many samples are still to be left out at the front, for the filter's delay.
    ahead: usize,
}

impl Resampler {
    /// Refuses rates at which nobody records.
    pub fn new(from: u32, to: u32) -> Result<Self> {
        if !RATES.contains(&from) || !RATES.contains(&to) {
            return Err(Code::AudioUnreadable.into());
        }
        let filter = if from == to { None } else { Some(Filter::new(from, to)?) };
        Ok(Self { from, to, filter, taken: 0, given: 0 })
    }

    /// Takes any number of samples and appends what is ready to `out`.
    pub fn push(&mut self, input: &[f32], out: &mut Vec<f32>) {
        self.taken += input.len() as u64;
        let before = out.len();
        match &mut self.filter {
            None => out.extend(input.iter().copied().map(bounded)),
            Some(filter) => filter.push(input, out),
        }
        self.given += (out.len() - before) as u64;
    }

    /// Appends the rest, so that all of `out` is as long as all of the input was, and begins anew.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        let due = self.due();
        if let Some(filter) = &mut self.filter {
            let before = out.len();
            let missing = usize::try_from(due.saturating_sub(self.given)).unwrap_or(usize::MAX);
            while out.len() - before < missing {
                filter.flush(out);
            }
            out.truncate(before + missing);
            filter.reset();
        }
        self.taken = 0;
        self.given = 0;
    }

    /// How much is to come out for what went in.
    fn due(&self) -> u64 {
        let (from, to) = (u128::from(self.from), u128::from(self.to));
        let rounded = (u128::from(self.taken) * to * 2 + from) / (2 * from);
        u64::try_from(rounded).unwrap_or(u64::MAX)
    }
}

/// A broken driver or a hostile file may deliver what is no number at all: the filter would carry it on to its
/// neighbours, and at worst end the thread it runs on. Sound a little beyond full scale stays as it is.
const fn bounded(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-LOUDEST, LOUDEST) } else { 0.0 }
}

impl Filter {
    fn new(from: u32, to: u32) -> Result<Self> {
        let block = u64::from(BLOCK) * u64::from(from) / u64::from(from.min(to));
        let block = usize::try_from(block).map_err(|_| Code::AudioUnreadable)?;
        let fft = Fft::new_custom(
            from as usize,
            to as usize,
            block,
            1,
            1,
            rubato::WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .map_err(|_| Code::AudioUnreadable)?;
        let waiting = Vec::with_capacity(fft.input_frames_max());
        let ready = vec![0.0; fft.output_frames_max()];
        let ahead = fft.output_delay();
        Ok(Self { fft, waiting, block: ready, ahead })
    }

    fn push(&mut self, mut input: &[f32], out: &mut Vec<f32>) {
        let whole = self.fft.input_frames_next();
        while !input.is_empty() {
            let room = (whole - self.waiting.len()).min(input.len());
            self.waiting.extend(input[..room].iter().copied().map(bounded));
            input = &input[room..];
            if self.waiting.len() == whole {
                self.turn(out);
            }
        }
    }

    /// Fills what waits with silence and turns it over.
    fn flush(&mut self, out: &mut Vec<f32>) {
        self.waiting.resize(self.fft.input_frames_next(), 0.0);
        self.turn(out);
    }

    /// Turns one whole block over.
    fn turn(&mut self, out: &mut Vec<f32>) {
        let (frames_in, frames_out) = (self.waiting.len(), self.block.len());
        let from =
            InterleavedSlice::new(&self.waiting, 1, frames_in).expect("one channel always fits itself");
        let mut to = InterleavedSlice::new_mut(&mut self.block, 1, frames_out)
            .expect("one channel always fits itself");
        let (_, made) = self
            .fft
            .process_into_buffer(&from, &mut to, None)
            .expect("both buffers have the sizes the filter named");
        let skipped = self.ahead.min(made);
        self.ahead -= skipped;
        out.extend_from_slice(&self.block[skipped..made]);
        self.waiting.clear();
    }

    fn reset(&mut self) {
        self.fft.reset();
        self.waiting.clear();
        self.ahead = self.fft.output_delay();
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    const PAIRS: [(u32, u32); 9] = [
        (8_000, 16_000),
        (16_000, 24_000),
        (22_050, 24_000),
        (24_000, 16_000),
        (44_100, 16_000),
        (44_100, 24_000),
        (48_000, 24_000),
        (96_000, 24_000),
        (192_000, 16_000),
    ];

    fn sine(rate: u32, hertz: f64, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| (0.5 * (TAU * hertz * n as f64 / f64::from(rate)).sin()) as f32).collect()
    }

    fn all(from: u32, to: u32, input: &[f32], piece: usize) -> Vec<f32> {
        let mut resampler = Resampler::new(from, to).unwrap();
        let mut out = Vec::new();
        for piece in input.chunks(piece) {
            resampler.push(piece, &mut out);
        }
        resampler.finish(&mut out);
        out
    }

    fn due(samples: usize, from: u32, to: u32) -> usize {
        (samples as f64 * f64::from(to) / f64::from(from)).round() as usize
    }

    #[test]
    fn as_much_comes_out_as_went_in_whatever_the_pieces() {
        for (from, to) in PAIRS {
            for (samples, piece) in [(0, 1), (1, 1), (7, 3), (441, 441), (10_007, 480), (50_000, 4_096)] {
                let out = all(from, to, &vec![0.25; samples], piece);
                assert_eq!(out.len(), due(samples, from, to), "{samples} from {from} to {to}");
            }
        }
    }

    #[test]
    fn the_pieces_make_no_difference() {
        let input = sine(44_100, 330.0, 20_000);
        assert_eq!(all(44_100, 24_000, &input, 20_000), all(44_100, 24_000, &input, 37));
    }

    #[test]
    fn a_tone_keeps_its_pitch_its_level_and_its_place() {
        for (from, to) in PAIRS {
            let samples = from as usize;
            let out = all(from, to, &sine(from, 440.0, samples), 480);
            let wanted = sine(to, 440.0, out.len());
            // Half a sample's step, at most: the middle of a filter of odd length lies between two samples.
            let step = (0.5 * TAU * 440.0 / f64::from(to)) as f32;
            let (quiet, end) = (to as usize / 20, out.len() - to as usize / 20);
            let worst = (quiet..end).map(|n| (out[n] - wanted[n]).abs()).fold(0.0, f32::max);
            assert!(worst < step * 0.55, "{worst} from {from} to {to}");
        }
    }

    #[test]
    fn the_first_and_the_last_sound_are_there() {
        for (from, to) in PAIRS {
            let samples = from as usize / 2;
            let mut input = vec![0.0; samples];
            let click = from as usize / 500;
            input[..click].fill(0.5);
            input[samples - click..].fill(0.5);
            let out = all(from, to, &input, 160);
            let near = to as usize / 400;
            assert!(out[..near].iter().any(|sample| *sample > 0.4), "the first went, from {from} to {to}");
            assert!(out[out.len() - near..].iter().any(|sample| *sample > 0.4), "the last, {from} to {to}");
        }
    }

    #[test]
    fn equal_rates_change_nothing() {
        let input = sine(48_000, 1_000.0, 1_234);
        assert_eq!(all(48_000, 48_000, &input, 100), input);
    }

    #[test]
    fn eight_hours_are_eight_hours() {
        let (from, to) = (11_025_u32, 8_000_u32);
        let mut resampler = Resampler::new(from, to).unwrap();
        let piece = vec![0.1; from as usize];
        let mut out = Vec::with_capacity(to as usize * 2);
        let room = out.capacity();
        let mut given = 0;
        for _ in 0..8 * 3_600 {
            out.clear();
            resampler.push(&piece, &mut out);
            given += out.len();
        }
        out.clear();
        resampler.finish(&mut out);
        assert_eq!(given + out.len(), 8 * 3_600 * to as usize);
        assert_eq!(out.capacity(), room, "nothing grew");
    }

    #[test]
    fn a_finished_resampler_begins_anew() {
        let mut resampler = Resampler::new(44_100, 16_000).unwrap();
        let input = sine(44_100, 200.0, 5_000);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        resampler.push(&input, &mut first);
        resampler.finish(&mut first);
        resampler.push(&input, &mut second);
        resampler.finish(&mut second);
        assert_eq!(first, second);
    }

    #[test]
    fn what_is_no_number_becomes_silence() {
        for to in [16_000, 24_000] {
            let mut input = vec![0.0; 5_000];
            input[1_000] = f32::NAN;
            input[1_001] = f32::INFINITY;
            input[1_002] = -1e38;
            let out = all(24_000, to, &input, 333);
            assert!(out.iter().all(|sample| sample.is_finite() && sample.abs() < 20.0));
        }
    }

    #[test]
    fn rates_nobody_uses_are_refused() {
        for (from, to) in [(0, 16_000), (16_000, 0), (1, 16_000), (u32::MAX, 16_000)] {
            assert!(Resampler::new(from, to).is_err());
        }
    }
}

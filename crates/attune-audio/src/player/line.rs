//! From the recording to the loudspeaker's rate: reads, leaves silences out, stretches, resamples. Every sample
//! that comes out says which moment of the recording it is.

use std::collections::VecDeque;

use super::{
    PcmSource,
    stretch::{Placed, Stretch},
};
use crate::{Result, resample::Resampler};

/// A silence is left out from this length on, in milliseconds.
const LONG: u64 = 700;
/// What is left of it on each side.
const LEFT: u64 = 200;
/// How long sound takes to come or go where it is cut, so that nothing clicks.
const FADE: u64 = 5;

/// Makes what is to be played.
pub struct Line {
    rate: u32,
    out_rate: u32,
    /// What is read next.
    at: u64,
    skip_silence: bool,
    stretch: Stretch,
    resampler: Resampler,
    /// Where the samples stand that went into the resampler, for as long as any of them can come out.
    places: VecDeque<u64>,
    /// How many of those were let go.
    passed: u64,
    /// How many came out of the resampler.
    made: u64,
    ready: VecDeque<Placed>,
    ended: bool,
    read: Vec<f32>,
}

impl Line {
    /// At normal speed, from `at`, for a loudspeaker at `out_rate`.
    pub fn new(rate: u32, out_rate: u32, at: u64) -> Result<Self> {
        Ok(Self {
            rate,
            out_rate,
            at,
            skip_silence: false,
            stretch: Stretch::new(rate),
            resampler: Resampler::new(rate, out_rate)?,
            places: VecDeque::new(),
            passed: 0,
            made: 0,
            ready: VecDeque::new(),
            ended: false,
            read: vec![0.0; (rate as usize / 50).max(1)],
        })
    }

    /// From what is read next.
    pub fn set_speed(&mut self, speed: f32) {
        self.stretch.set_speed(speed);
    }

    /// From what is read next.
    pub fn set_skip_silence(&mut self, on: bool) {
        self.skip_silence = on;
    }

    /// Goes on at another place.
    pub fn go_to(&mut self, at: u64) {
        self.at = at;
        self.stretch.clear();
        // What it still holds belongs to the place before.
        self.resampler.finish(&mut Vec::new());
        self.places.clear();
        self.passed = 0;
        self.made = 0;
        self.ready.clear();
        self.ended = false;
    }

    /// The next sample; none at the end.
    pub fn next(&mut self, source: &mut dyn PcmSource) -> Result<Option<Placed>> {
        while self.ready.is_empty() && !self.ended {
            self.read(source)?;
        }
        Ok(self.ready.pop_front())
    }

    fn read(&mut self, source: &mut dyn PcmSource) -> Result<()> {
        let cut = if self.skip_silence { self.cut_ahead(source.silent_spans()) } else { None };
        if let Some((from, to)) = cut
            && (from..to).contains(&self.at)
        {
            self.at = to;
        }
        let end = source.samples();
        let until = cut.map(|(from, _)| from).filter(|from| *from > self.at).unwrap_or(end);
        let room = usize::try_from(until.saturating_sub(self.at)).unwrap_or(usize::MAX).min(self.read.len());
        let read = if room == 0 { 0 } else { source.read(self.at, &mut self.read[..room])?.min(room) };
        let mut out = Vec::new();
        if read == 0 {
            self.stretch.finish(&mut out);
            self.resample(&out, true);
            self.ended = true;
            return Ok(());
        }
        let fade = self.ms(FADE);
        // Sound goes before a cut and before the end, and comes back after a cut.
        let gain = |at: u64| {
            let before = until.saturating_sub(at);
            let after = cut.filter(|(_, to)| at >= *to).map_or(fade, |(_, to)| at - to + 1);
            before.min(after).min(fade) as f32 / fade as f32
        };
        let placed: Vec<Placed> = (self.at..)
            .zip(&self.read[..read])
            .map(|(at, value)| Placed { value: value * gain(at), at })
            .collect();
        self.at += read as u64;
        self.stretch.push(&placed, &mut out);
        self.resample(&out, false);
        Ok(())
    }

    /// What is to be left out next, or was left out a moment ago.
    fn cut_ahead(&self, silences: &[(u64, u64)]) -> Option<(u64, u64)> {
        let just_past = self.at.saturating_sub(self.ms(FADE));
        let first = silences.partition_point(|(_, to)| to.saturating_sub(self.ms(LEFT)) <= just_past);
        silences[first..]
            .iter()
            .find(|(from, to)| to.saturating_sub(*from) > self.ms(LONG))
            .map(|(from, to)| (from + self.ms(LEFT), to - self.ms(LEFT)))
    }

    fn ms(&self, ms: u64) -> u64 {
        (u64::from(self.rate) * ms / 1_000).max(1)
    }

    fn resample(&mut self, input: &[Placed], last: bool) {
        let values: Vec<f32> = input.iter().map(|placed| placed.value).collect();
        self.places.extend(input.iter().map(|placed| placed.at));
        let mut out = Vec::new();
        self.resampler.push(&values, &mut out);
        if last {
            self.resampler.finish(&mut out);
        }
        for value in out {
            let place = self.made * u64::from(self.rate) / u64::from(self.out_rate);
            let past = usize::try_from(place.saturating_sub(self.passed)).unwrap_or(usize::MAX);
            // At the very end rounding may ask for one more than there is.
            let past = past.min(self.places.len().saturating_sub(1));
            self.places.drain(..past);
            self.passed += past as u64;
            let at = self.places.front().copied().unwrap_or(self.at);
            self.ready.push_back(Placed { value, at });
            self.made += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts its samples, so that one can see which came out.
    struct Counted {
        samples: u64,
        silences: Vec<(u64, u64)>,
    }

    impl PcmSource for Counted {
        fn rate(&self) -> u32 {
            24_000
        }

        fn samples(&self) -> u64 {
            self.samples
        }

        fn read(&mut self, at: u64, into: &mut [f32]) -> Result<usize> {
            let left = usize::try_from(self.samples.saturating_sub(at)).unwrap();
            let read = into.len().min(left);
            for (at, sample) in (at..).zip(&mut into[..read]) {
                *sample = at as f32 / self.samples as f32;
            }
            Ok(read)
        }

        fn silent_spans(&self) -> &[(u64, u64)] {
            &self.silences
        }
    }

    fn all(line: &mut Line, source: &mut Counted) -> Vec<Placed> {
        std::iter::from_fn(|| line.next(source).unwrap()).collect()
    }

    #[test]
    fn at_its_own_rate_and_speed_a_recording_comes_out_as_it_is() {
        let mut source = Counted { samples: 30_001, silences: vec![] };
        let out = all(&mut Line::new(24_000, 24_000, 0).unwrap(), &mut source);
        assert_eq!(out.len(), 30_001);
        // All but the last 5 ms, which fade.
        for (at, placed) in out.iter().enumerate().take(30_001 - 120) {
            assert_eq!(*placed, Placed { value: at as f32 / 30_001.0, at: at as u64 });
        }
    }

    #[test]
    fn at_another_rate_every_sample_still_knows_its_moment() {
        for out_rate in [16_000, 44_100, 48_000] {
            let mut source = Counted { samples: 48_000, silences: vec![] };
            let out = all(&mut Line::new(24_000, out_rate, 12_000).unwrap(), &mut source);
            let wanted = 36_000 * u64::from(out_rate) / 24_000;
            assert!(out.len().abs_diff(wanted as usize) <= 1, "{} at {out_rate}", out.len());
            for (n, placed) in out.iter().enumerate() {
                let wanted = 12_000 + n as u64 * 24_000 / u64::from(out_rate);
                assert!(placed.at.abs_diff(wanted) <= 1, "{} for {wanted} at {out_rate}", placed.at);
            }
        }
    }

    #[test]
    fn long_silences_are_left_out_but_for_their_edges_and_short_ones_stay() {
        let second = 24_000;
        let silences =
            vec![(second, 3 * second), (4 * second, 4 * second + second / 2), (6 * second, 7 * second)];
        let mut source = Counted { samples: 8 * second, silences };
        let mut line = Line::new(24_000, 24_000, 0).unwrap();
        line.set_skip_silence(true);
        let out = all(&mut line, &mut source);
        let left_out = (2 * second - second * 2 / 5) + (second - second * 2 / 5);
        assert_eq!(out.len() as u64, 8 * second - left_out);
        let edge = second / 5;
        assert!(!out.iter().any(|placed| (second + edge..3 * second - edge).contains(&placed.at)));
        assert!(!out.iter().any(|placed| (6 * second + edge..7 * second - edge).contains(&placed.at)));
        assert!(out.iter().any(|placed| placed.at == 4 * second + second / 4), "a short pause stays");
    }

    #[test]
    fn sound_fades_where_it_is_cut() {
        let second = 24_000;
        let mut source = Counted { samples: 4 * second, silences: vec![(second, 3 * second)] };
        let mut line = Line::new(24_000, 24_000, 0).unwrap();
        line.set_skip_silence(true);
        let out = all(&mut line, &mut source);
        for two in out.windows(2) {
            assert!((two[1].value - two[0].value).abs() < 0.02, "a step of {:?}", two);
        }
    }

    #[test]
    fn a_place_inside_a_silence_can_be_gone_to() {
        let second = 24_000;
        let mut source = Counted { samples: 4 * second, silences: vec![(second, 3 * second)] };
        let mut line = Line::new(24_000, 48_000, 0).unwrap();
        line.set_skip_silence(true);
        let mut first = |line: &mut Line, at| {
            line.go_to(at);
            line.next(&mut source).unwrap().map(|placed| placed.at)
        };
        assert_eq!(first(&mut line, 2 * second), Some(3 * second - second / 5));
        assert_eq!(first(&mut line, second / 2), Some(second / 2));
        assert_eq!(first(&mut line, 4 * second), None);
        assert_eq!(first(&mut line, 9 * second), None);
    }
}

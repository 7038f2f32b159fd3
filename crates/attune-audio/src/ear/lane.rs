//! One kept channel: from what its device delivers to mono samples at the kept rate.

use std::{collections::VecDeque, time::Duration};

use super::punctual::Punctual;
use crate::{Result, resample::Resampler, tap::Drain};

/// How much of two channels waits, so that they need not arrive in step. It is taken out of the frame, not put
/// on top of it: what waits is what a crash would cost.
const SLACK_MS: usize = 60;

/// What arrives is from now, but for what arrives after a machine had no time: where less came than time passed
/// by so much, more is on its way, or lost.
const BEHIND: Duration = Duration::from_millis(250);

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
    /// Up to when something has arrived.
    heard: Option<Duration>,
    /// The same of the device that feeds it now.
    upto: Option<Duration>,
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
        (self.rate, self.upto) = (kept, None);
        self.feed = Some(Feed { drain, channels: usize::from(channels.max(1)), rate, resampler, punctual });
        Ok(())
    }

    /// The device is gone. What it had delivered still counts.
    pub fn starve(&mut self, now: Duration) -> Result<()> {
        self.look(now)?;
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
        self.mono.clear();
        let share = 1.0 / feed.channels as f32;
        self.mono.extend(self.raw.chunks_exact(feed.channels).map(|frame| frame.iter().sum::<f32>() * share));
        let missing = left_out + feed.punctual.arrived(self.mono.len(), now).unwrap_or(0);
        let came = Duration::from_secs_f64((self.mono.len() as f64 + missing as f64) / f64::from(feed.rate));
        let upto = self.upto.map(|before| before + came).filter(|upto| now.saturating_sub(*upto) > BEHIND);
        self.upto = Some(upto.unwrap_or(now));
        self.heard = self.upto;
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
    fn lead(&mut self, samples: usize, into: &mut Vec<f32>) {
        let samples = samples.min(self.waiting.len());
        into.extend(self.waiting.drain(..samples));
    }

    /// Takes what belongs to the next `samples` of another lane's time, of which `ahead` more wait there. Two
    /// devices have two crystals: a hair more or less is taken than asked for and stretched to fit, so slowly
    /// that nobody hears it, so that neither runs away. Where too little waits, it is silent until enough does,
    /// and what there is comes at its end, where it belongs.
    fn follow(&mut self, samples: usize, ahead: usize, into: &mut Vec<f32>) {
        let due = samples + ahead;
        // Far behind after a stall of the other: jump, rather than hear it late for minutes.
        if self.waiting.len() > due + self.rate as usize {
            let surplus = self.waiting.len() - due;
            self.waiting.drain(..surplus);
            self.surplus = 0.0;
        }
        if !self.in_step || self.waiting.len() < samples {
            let there = self.waiting.len().saturating_sub(ahead).min(samples);
            self.in_step = there > 0;
            self.surplus = 0.0;
            into.extend(std::iter::repeat_n(0.0, samples - there));
            into.extend(self.waiting.drain(..there));
            return;
        }
        // Arrivals come in bursts; only what stays over many frames is a difference of crystals.
        self.surplus += 0.03 * (self.waiting.len() as f64 - due as f64 - self.surplus);
        let most = samples as f64 / 2_000.0;
        self.owed += (self.surplus * 0.02).clamp(-most, most);
        let more = self.owed.trunc();
        self.owed -= more;
        let take = samples.saturating_add_signed(more as isize).clamp(1, self.waiting.len());
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

/// Takes a frame of no more than `whole` samples from every lane, in step with the one that leads. False where
/// not enough waits for one, or, where everything is to go, where nothing does.
pub fn take_frame(lanes: &mut [Lane], whole: usize, everything: bool, frame: &mut [Vec<f32>]) -> bool {
    let leader = lanes.iter().position(Lane::is_fed);
    let Some(leader) = leader.or_else(|| lanes.iter().position(|lane| lane.waiting() > 0)) else {
        return false;
    };
    let waiting = lanes[leader].waiting();
    if waiting == 0 || (waiting < whole && !everything) {
        return false;
    }
    let slack =
        if lanes.len() > 1 && !everything { lanes[leader].rate as usize * SLACK_MS / 1000 } else { 0 };
    let samples = (waiting - slack).min(whole);
    for (channel, (lane, into)) in lanes.iter_mut().zip(frame).enumerate() {
        into.clear();
        if channel == leader {
            lane.lead(samples, into);
        } else {
            lane.follow(samples, waiting - samples, into);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tap::{Tap, tap};

    const RATE: u32 = 8_000;
    const WHOLE: usize = 1_280;
    /// How long a ramp is, in seconds: what is delivered tells when it was.
    const RAMP: f64 = 16.0;

    /// A device with a crystal of its own, that delivers so many milliseconds at once.
    struct Crystal {
        tap: Tap,
        off: f64,
        burst: f64,
        delivered: u64,
    }

    impl Crystal {
        fn feeding(lane: &mut Lane, off: f64, burst: f64) -> Self {
            let (tap, drain, _) = tap(RATE, 1);
            lane.feed(drain, RATE, 1, RATE, 1.0).unwrap();
            Self { tap, off, burst, delivered: 0 }
        }

        fn deliver(&mut self, now: f64) {
            let rate = f64::from(RATE) * (1.0 + self.off);
            let due = ((now / self.burst).floor() * self.burst * rate) as u64;
            let moments = (self.delivered..due).map(|at| (at as f64 / rate % RAMP / RAMP) as f32);
            self.tap.take(&moments.collect::<Vec<f32>>(), |moment| moment);
            self.delivered = due;
        }
    }

    /// Hears two devices for so long, and gives how far apart in time what stands beside each other was
    /// delivered, from the first second on: at the most, and how much of the second one was silent.
    fn apart(seconds: u32, off: f64, bursts: [f64; 2]) -> (f64, usize) {
        let mut lanes = [Lane::default(), Lane::default()];
        let mut devices =
            [0, 1].map(|at| Crystal::feeding(&mut lanes[at], if at == 0 { 0.0 } else { off }, bursts[at]));
        let (mut frame, mut most, mut silent) = ([Vec::new(), Vec::new()], 0.0_f64, 0);
        for step in 1..=seconds * 100 {
            let now = f64::from(step) / 100.0;
            for (lane, device) in lanes.iter_mut().zip(&mut devices) {
                device.deliver(now);
                lane.look(Duration::from_secs_f64(now)).unwrap();
            }
            while take_frame(&mut lanes, WHOLE, false, &mut frame) {
                assert_eq!(frame[0].len(), frame[1].len());
                for (first, second) in frame[0].iter().zip(&frame[1]).step_by(97).filter(|_| now > 1.0) {
                    // Where a ramp begins anew, a stretched sample lies between its end and its beginning.
                    if (0.05..0.95).contains(first) {
                        silent += usize::from(*second == 0.0);
                        most = most.max((f64::from(second - first) * RAMP).abs());
                    }
                }
            }
        }
        (most, silent)
    }

    #[test]
    fn what_a_busy_machine_had_no_time_for_is_from_when_it_was_heard() {
        let second = Duration::from_secs(1);
        let mut lane = Lane::default();
        let mut device = Crystal::feeding(&mut lane, 0.0, 0.010);
        for step in 1..=100_u32 {
            device.deliver(f64::from(step) / 100.0);
            lane.look(second * step / 100).unwrap();
        }
        assert_eq!(lane.heard(), Some(second));
        // Three seconds later a third of them has been handed over, and then the device is given up.
        device.deliver(2.0);
        lane.starve(second * 4).unwrap();
        assert_eq!(lane.heard(), Some(second * 2));
    }

    #[test]
    fn two_crystals_far_apart_stay_within_forty_milliseconds_for_an_hour() {
        for off in [200e-6, -200e-6] {
            let (most, silent) = apart(3_600, off, [0.010, 0.020]);
            assert!(most < 0.040 && silent == 0, "{off}: {:.1} ms apart, {silent} silent", most * 1e3);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn two_devices_stay_in_step_whatever_their_crystals_and_their_manners(
            off in -250e-6..250e-6_f64,
            first in 0.005..0.045_f64,
            second in 0.005..0.045_f64,
        ) {
            let (most, silent) = apart(240, off, [first, second]);
            prop_assert!(most < 0.050 && silent == 0, "{:.1} ms apart, {} silent", most * 1e3, silent);
        }
    }
}

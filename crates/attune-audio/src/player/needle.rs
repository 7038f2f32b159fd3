//! What takes from the ring: the callback's end.
//!
//! The callback follows two wishes, whether it plays and which stretch of playing it is in (one begins at every
//! jump), and comes and goes softly with each. It never waits, allocates or locks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use cpal::{FromSample, Sample};
use rtrb::{Consumer, Producer, RingBuffer};

use super::stretch::Placed;

/// How far ahead sound is made, in parts of a second: more than the system asks for at a time.
const AHEAD: u32 = 3;
/// How long sound takes to come or go, in parts of a second: 5 ms.
const FADE: u32 = 200;
/// What no loudspeaker keeps back: a stamp further ahead is a mistake of the system's.
const LONGEST: Duration = Duration::from_secs(1);

/// One sample on its way.
pub struct Ready {
    pub placed: Placed,
    /// Which stretch of playing it belongs to.
    pub stretch: u32,
}

/// What the callback and the player know of each other.
pub struct Shared {
    began: Instant,
    pub playing: AtomicBool,
    pub stretch: AtomicU32,
    /// The stretch of which enough is ready to begin it.
    pub primed: AtomicU32,
    /// Whether the callback has fallen silent after it was told to.
    pub still: AtomicBool,
    /// Whether the loudspeaker is gone.
    pub lost: AtomicBool,
    /// Where the last sample taken stands in the recording, its stretch, and when it is heard, in microseconds
    /// since `began`.
    pub at: AtomicU64,
    pub taken: AtomicU32,
    pub heard: AtomicU64,
    /// Microseconds since `began` at the last callback.
    pub called: AtomicU64,
}

impl Shared {
    /// Microseconds since `began`.
    pub fn now(&self) -> u64 {
        micros(self.began.elapsed())
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The two ends of the ring, and what they know of each other.
pub fn ring(rate: u32, channels: u16) -> (Producer<Ready>, Needle, Arc<Shared>) {
    let (ring, taken) = RingBuffer::new((rate / AHEAD) as usize);
    let shared = Arc::new(Shared {
        began: Instant::now(),
        playing: AtomicBool::new(false),
        stretch: AtomicU32::new(1),
        primed: AtomicU32::new(0),
        still: AtomicBool::new(false),
        lost: AtomicBool::new(false),
        at: AtomicU64::new(0),
        taken: AtomicU32::new(0),
        heard: AtomicU64::new(0),
        called: AtomicU64::new(0),
    });
    let needle = Needle {
        ring: taken,
        shared: Arc::clone(&shared),
        rate,
        channels: channels.into(),
        gain: 0.0,
        step: FADE as f32 / rate as f32,
        stretch: 0,
    };
    (ring, needle, shared)
}

/// The callback's end.
pub struct Needle {
    ring: Consumer<Ready>,
    pub shared: Arc<Shared>,
    rate: u32,
    channels: usize,
    gain: f32,
    step: f32,
    /// The stretch of playing the last sample belonged to.
    stretch: u32,
}

impl Needle {
    /// What the callback does: fills what it is given, which is heard after `latency`.
    pub fn fill<T: Sample + FromSample<f32>>(&mut self, out: &mut [T], latency: Duration) {
        let playing = self.shared.playing.load(Ordering::Acquire);
        let stretch = self.shared.stretch.load(Ordering::Acquire);
        let is_primed = self.shared.primed.load(Ordering::Acquire) == stretch;
        let now = self.shared.now();
        let mut last = None;
        for (n, frame) in out.chunks_mut(self.channels.max(1)).enumerate() {
            let value = match self.next(playing && is_primed, stretch) {
                Some(Placed { value, at }) => {
                    last = Some((n as u64 + 1, at));
                    value
                }
                None => 0.0,
            };
            frame.fill(T::from_sample(value));
        }
        if let Some((n, at)) = last {
            let heard = now + micros(latency.min(LONGEST)) + n * 1_000_000 / u64::from(self.rate);
            self.shared.heard.store(heard, Ordering::Release);
            self.shared.at.store(at, Ordering::Release);
            self.shared.taken.store(self.stretch, Ordering::Release);
        }
        self.shared.still.store(!playing && self.gain <= 0.0, Ordering::Release);
        self.shared.called.store(now, Ordering::Release);
    }

    fn next(&mut self, playing: bool, stretch: u32) -> Option<Placed> {
        loop {
            let Ok(Ready { placed, stretch: its }) = self.ring.peek() else {
                self.gain = 0.0;
                return None;
            };
            let (Placed { value, at }, its) = (*placed, *its);
            let is_past = its != stretch;
            let goes = is_past || !playing;
            if goes && self.gain <= 0.0 {
                if !is_past {
                    return None;
                }
                // What was ready before the jump. There is never more of it than the ring holds.
                self.ring.pop().ok();
                continue;
            }
            if its != self.stretch {
                self.stretch = its;
                self.gain = 0.0;
            }
            self.gain = (self.gain + if goes { -self.step } else { self.step }).clamp(0.0, 1.0);
            self.ring.pop().ok();
            return Some(Placed { value: value * self.gain, at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::player::speaker::Speaker;

    const RATE: u32 = 48_000;

    /// A loudspeaker without a system behind it: `take` is its callback.
    struct Bench {
        speaker: Speaker,
        needle: Needle,
        next: u64,
        heard: Vec<f32>,
    }

    impl Bench {
        fn new() -> Self {
            let (ring, needle, shared) = ring(RATE, 2);
            let speaker = Speaker::without_a_system(RATE, ring, shared);
            Self { speaker, needle, next: 0, heard: Vec::new() }
        }

        fn supply(&mut self) {
            while self.speaker.room() > 0 {
                self.speaker.push(Placed { value: 0.8, at: self.next });
                self.next += 1;
            }
            self.speaker.prime();
        }

        fn take(&mut self, samples: usize) {
            let mut out = vec![0.0_f32; samples * 2];
            self.needle.fill(&mut out, Duration::ZERO);
            assert!(out.chunks(2).all(|pair| pair[0] == pair[1]), "every channel plays the same");
            self.heard.extend(out.iter().step_by(2));
        }

        fn steepest(&self) -> f32 {
            self.heard.windows(2).map(|two| (two[1] - two[0]).abs()).fold(0.0, f32::max)
        }
    }

    #[test]
    fn it_comes_and_goes_softly_when_it_is_paused_and_goes_on() {
        let mut bench = Bench::new();
        bench.supply();
        bench.take(500);
        assert!(bench.heard.iter().all(|sample| *sample == 0.0), "nothing before it is told to play");
        for on in [true, false, true] {
            bench.speaker.play(on);
            bench.take(1_000);
            bench.supply();
            assert_eq!(bench.heard.last() == Some(&0.8), on);
        }
        assert!(bench.steepest() <= 0.8 / 240.0 + 1e-6, "{}", bench.steepest());
    }

    #[test]
    fn a_pause_takes_nothing_out_of_the_recording() {
        let mut bench = Bench::new();
        bench.supply();
        bench.speaker.play(true);
        bench.take(2_000);
        bench.speaker.play(false);
        bench.take(2_000);
        assert!(bench.needle.shared.still.load(Ordering::Acquire));
        let stands = bench.needle.shared.at.load(Ordering::Acquire);
        assert!((2_000..2_300).contains(&stands), "it goes on for as long as it fades: {stands}");
        bench.speaker.play(true);
        bench.take(1);
        assert_eq!(bench.needle.shared.at.load(Ordering::Acquire), stands + 1);
    }

    #[test]
    fn a_jump_leaves_out_what_was_ready_and_is_soft_on_both_sides() {
        let mut bench = Bench::new();
        bench.supply();
        bench.speaker.play(true);
        bench.take(2_000);
        bench.speaker.jump();
        assert_eq!(bench.speaker.heard(48_000.0), None, "nothing of the new place was heard yet");
        bench.take(1_000);
        bench.next = 1_000_000;
        bench.supply();
        bench.take(1_000);
        assert!(bench.speaker.heard(48_000.0).is_some_and(|at| (900_000..1_001_000).contains(&at)));
        assert_eq!(bench.heard.last(), Some(&0.8));
        assert!(bench.steepest() <= 0.8 / 240.0 + 1e-6, "{}", bench.steepest());
    }

    #[test]
    fn a_jump_waits_until_enough_is_ready() {
        let mut bench = Bench::new();
        bench.supply();
        bench.speaker.play(true);
        bench.take(2_000);
        bench.speaker.jump();
        bench.take(1_000);
        bench.speaker.push(Placed { value: 0.8, at: 1_000_000 });
        bench.take(1_000);
        assert_eq!(bench.heard.last(), Some(&0.0));
        bench.next = 1_000_001;
        bench.supply();
        bench.take(1_000);
        assert_eq!(bench.heard.last(), Some(&0.8));
        assert!(bench.steepest() <= 0.8 / 240.0 + 1e-6, "{}", bench.steepest());
    }

    #[test]
    fn it_is_played_out_once_the_last_sample_was_heard() {
        let mut bench = Bench::new();
        bench.speaker.push(Placed { value: 0.1, at: 0 });
        bench.speaker.prime();
        bench.speaker.play(true);
        assert!(!bench.speaker.is_played_out());
        bench.take(10);
        while !bench.speaker.is_played_out() {
            std::thread::yield_now();
        }
    }
}

//! The loudspeaker: a ring of what is ready, and the callback that takes from it.
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

use cpal::{
    Device, ErrorKind, FromSample, Host, I24, Sample, SampleFormat, SizedSample, StreamConfig, U24,
    traits::{DeviceTrait, HostTrait},
};
use rtrb::{Consumer, Producer, RingBuffer};

use super::stretch::Placed;
use crate::{
    Result,
    cpal_host::{Watch, ask, in_pieces, let_go, start, watch_over},
};

/// How far ahead sound is made, in parts of a second: more than the system asks for at a time.
const AHEAD: u32 = 3;
/// How much PulseAudio asks for at a time, in parts of a second; it keeps twice that. With much more, pauses and
/// jumps are late; with much less, a busy machine is heard.
const ASKED: u32 = 10;
/// How long sound takes to come or go, in parts of a second: 5 ms.
const FADE: u32 = 200;
/// What no loudspeaker keeps back: a stamp further ahead is a mistake of the system's.
const LONGEST: Duration = Duration::from_secs(1);

/// One sample on its way.
struct Ready {
    placed: Placed,
    /// Which stretch of playing it belongs to.
    stretch: u32,
}

/// What the callback and the player know of each other.
struct Shared {
    began: Instant,
    playing: AtomicBool,
    stretch: AtomicU32,
    /// The stretch of which enough is ready to begin it.
    primed: AtomicU32,
    /// Whether the callback has fallen silent after it was told to.
    still: AtomicBool,
    /// Whether the loudspeaker is gone.
    lost: AtomicBool,
    /// Where the last sample taken stands in the recording, its stretch, and when it is heard, in microseconds
    /// since `began`.
    at: AtomicU64,
    taken: AtomicU32,
    heard: AtomicU64,
    /// Microseconds since `began` at the last callback.
    called: AtomicU64,
}

impl Shared {
    fn now(&self) -> u64 {
        micros(self.began.elapsed())
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// An open loudspeaker. Dropping it closes it.
pub struct Speaker {
    rate: u32,
    ring: Producer<Ready>,
    shared: Arc<Shared>,
    stream: Option<cpal::Stream>,
    _watch: Option<Watch>,
}

impl Speaker {
    /// Opens what the system takes now. It asks for nothing until it is started.
    pub fn open() -> Result<Self> {
        ask(open)
    }

    /// Starts it, once something is ready: what it asks for before that would be silence to wait through.
    pub fn start(&mut self) -> Result<()> {
        if let Some(stream) = self.stream.take() {
            self.stream = Some(start(stream)?);
        }
        self.shared.called.fetch_max(self.shared.now(), Ordering::AcqRel);
        Ok(())
    }

    /// Samples a second.
    pub const fn rate(&self) -> u32 {
        self.rate
    }

    /// Plays what is ready, or falls silent.
    pub fn play(&self, on: bool) {
        self.shared.still.store(false, Ordering::Release);
        self.shared.playing.store(on, Ordering::Release);
    }

    /// Whether nothing is heard any more since it was told to fall silent.
    pub fn is_still(&self) -> bool {
        self.shared.still.load(Ordering::Acquire) && self.is_heard_out()
    }

    /// Leaves out what was made ready until now.
    pub fn jump(&self) {
        self.shared.stretch.fetch_add(1, Ordering::AcqRel);
    }

    /// How many more samples find room.
    pub fn room(&self) -> usize {
        self.ring.slots()
    }

    /// Makes one more ready.
    pub fn push(&mut self, placed: Placed) {
        let stretch = self.shared.stretch.load(Ordering::Acquire);
        // The caller has asked for the room.
        self.ring.push(Ready { placed, stretch }).ok();
    }

    /// Says that enough is ready to play. Begun with the first samples, it would run dry on them after a jump.
    pub fn prime(&self) {
        self.shared.primed.store(self.shared.stretch.load(Ordering::Acquire), Ordering::Release);
    }

    /// Where in the recording that is which is heard now, at this many samples of it a second. None where
    /// nothing was heard since the last jump.
    pub fn heard(&self, samples_a_second: f64) -> Option<u64> {
        if self.shared.taken.load(Ordering::Acquire) != self.shared.stretch.load(Ordering::Acquire) {
            return None;
        }
        let ahead = self.shared.heard.load(Ordering::Acquire).saturating_sub(self.shared.now());
        let ahead = (ahead as f64 / 1e6 * samples_a_second) as u64;
        Some(self.shared.at.load(Ordering::Acquire).saturating_sub(ahead))
    }

    /// Whether everything that was made ready has been heard.
    pub fn is_played_out(&self) -> bool {
        self.ring.slots() == self.ring.buffer().capacity() && self.is_heard_out()
    }

    fn is_heard_out(&self) -> bool {
        self.shared.now() >= self.shared.heard.load(Ordering::Acquire)
    }

    /// Whether the loudspeaker is gone, or takes nothing any more.
    pub fn is_lost(&self) -> bool {
        let called = self.shared.called.load(Ordering::Acquire);
        let quiet = Duration::from_micros(self.shared.now().saturating_sub(called));
        self.shared.lost.load(Ordering::Acquire) || quiet > LONGEST
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            let_go(stream);
        }
    }
}

fn open(host: &Arc<Host>) -> Result<Speaker, cpal::Error> {
    // A host whose server has gone names no device; asking for all of them says that it has.
    let _reached = host.devices()?;
    let device =
        host.default_output_device().ok_or_else(|| cpal::Error::new(ErrorKind::DeviceNotAvailable))?;
    let config = device.default_output_config()?;
    let rate = config.sample_rate();
    let (ring, needle, shared) = ring(rate, config.channels());
    let asked = in_pieces(host.id(), config.config(), ASKED);
    let stream = build_any(&device, config.sample_format(), asked, needle)?;
    let lost = Arc::clone(&shared);
    let watch = watch_over(host, &device, move || lost.lost.store(true, Ordering::Release));
    Ok(Speaker { rate, ring, shared, stream: Some(stream), _watch: watch })
}

/// The two ends of the ring, and what they know of each other.
fn ring(rate: u32, channels: u16) -> (Producer<Ready>, Needle, Arc<Shared>) {
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

fn build_any(
    device: &Device,
    format: SampleFormat,
    config: StreamConfig,
    needle: Needle,
) -> Result<cpal::Stream, cpal::Error> {
    match format {
        SampleFormat::I8 => build::<i8>(device, config, needle),
        SampleFormat::I16 => build::<i16>(device, config, needle),
        SampleFormat::I24 => build::<I24>(device, config, needle),
        SampleFormat::I32 => build::<i32>(device, config, needle),
        SampleFormat::I64 => build::<i64>(device, config, needle),
        SampleFormat::U8 => build::<u8>(device, config, needle),
        SampleFormat::U16 => build::<u16>(device, config, needle),
        SampleFormat::U24 => build::<U24>(device, config, needle),
        SampleFormat::U32 => build::<u32>(device, config, needle),
        SampleFormat::U64 => build::<u64>(device, config, needle),
        SampleFormat::F32 => build::<f32>(device, config, needle),
        SampleFormat::F64 => build::<f64>(device, config, needle),
        _ => Err(ErrorKind::UnsupportedConfig.into()),
    }
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    mut needle: Needle,
) -> Result<cpal::Stream, cpal::Error> {
    let shared = Arc::clone(&needle.shared);
    device.build_output_stream::<T, _, _>(
        config,
        move |out, info| {
            let stamp = info.timestamp();
            needle.fill(out, stamp.playback.saturating_duration_since(stamp.callback));
        },
        move |error| match error.kind() {
            // It goes on, at a lower priority or after a moment's gap. Rerouted is not among these: see above.
            ErrorKind::RealtimeDenied | ErrorKind::Xrun => {}
            _ => shared.lost.store(true, Ordering::Release),
        },
        None,
    )
}

/// The callback's end.
struct Needle {
    ring: Consumer<Ready>,
    shared: Arc<Shared>,
    rate: u32,
    channels: usize,
    gain: f32,
    step: f32,
    /// The stretch of playing the last sample belonged to.
    stretch: u32,
}

impl Needle {
    fn fill<T: Sample + FromSample<f32>>(&mut self, out: &mut [T], latency: Duration) {
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
            let speaker = Speaker { rate: RATE, ring, shared, stream: None, _watch: None };
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

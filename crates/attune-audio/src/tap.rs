//! The ring between the operating system's callback and everything else.
//!
//! The callback holds a [`Tap`] and does nothing but copy: it never allocates, locks, logs or waits. When the
//! ring is full it counts what it had to leave out, so that a gap is known to the sample.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rtrb::{Consumer, Producer, RingBuffer};

/// How much a ring holds: longer than the slowest disk makes anyone wait.
const SECONDS: usize = 12;

/// Why a stream ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The device is gone, or its stream is no longer valid.
    Gone,
    /// The system took the permission away.
    Denied,
}

struct Shared {
    began: Instant,
    /// Microseconds since `began` at the last callback; 0 before the first.
    heard: AtomicU64,
    /// Samples that found no room.
    left_out: AtomicU64,
    failure: AtomicU8,
    closed: AtomicBool,
}

/// The callback's end.
pub struct Tap {
    ring: Producer<f32>,
    shared: Arc<Shared>,
}

/// The keeping end.
pub struct Drain {
    ring: Consumer<f32>,
    shared: Arc<Shared>,
}

/// Tells the keeping end, from the stream's error callback, that nothing more will come.
#[derive(Clone)]
pub struct Alarm(Arc<Shared>);

/// A ring for a device that delivers `rate` × `channels` samples a second.
pub fn tap(rate: u32, channels: u16) -> (Tap, Drain, Alarm) {
    let (producer, consumer) = RingBuffer::new(rate as usize * usize::from(channels) * SECONDS);
    let shared = Arc::new(Shared {
        began: Instant::now(),
        heard: AtomicU64::new(0),
        left_out: AtomicU64::new(0),
        failure: AtomicU8::new(0),
        closed: AtomicBool::new(false),
    });
    let alarm = Alarm(Arc::clone(&shared));
    (Tap { ring: producer, shared: Arc::clone(&shared) }, Drain { ring: consumer, shared }, alarm)
}

impl Tap {
    /// Copies what the device delivered. Whole deliveries only: one that finds no room is counted, not torn,
    /// so that channels never change places.
    pub fn take<T: Copy>(&mut self, samples: &[T], to_f32: impl Fn(T) -> f32) {
        let heard = u64::try_from(self.shared.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.shared.heard.store(heard.max(1), Ordering::Release);
        match self.ring.write_chunk_uninit(samples.len()) {
            Ok(chunk) => {
                chunk.fill_from_iter(samples.iter().map(|sample| to_f32(*sample)));
            }
            Err(_) => {
                self.shared.left_out.fetch_add(samples.len() as u64, Ordering::AcqRel);
            }
        }
    }

    /// How many samples there is room for. No callback asks: a device does not wait. A simulated one that plays
    /// faster than life does.
    pub fn room(&self) -> usize {
        self.ring.slots()
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
    }
}

impl Drain {
    /// Moves everything that waits to the end of `into`.
    pub fn read(&mut self, into: &mut Vec<f32>) {
        let waiting = self.ring.slots();
        if let Ok(chunk) = self.ring.read_chunk(waiting) {
            let (first, second) = chunk.as_slices();
            into.extend_from_slice(first);
            into.extend_from_slice(second);
            chunk.commit_all();
        }
    }

    /// How many samples found no room since this was last asked.
    pub fn left_out(&self) -> u64 {
        self.shared.left_out.swap(0, Ordering::AcqRel)
    }

    /// How long ago the device last delivered; none before its first delivery.
    pub fn quiet_for(&self) -> Option<Duration> {
        match self.shared.heard.load(Ordering::Acquire) {
            0 => None,
            heard => Some(self.shared.began.elapsed().saturating_sub(Duration::from_micros(heard))),
        }
    }

    /// Watches the same stream from another thread.
    pub fn watch(&self) -> Alarm {
        Alarm(Arc::clone(&self.shared))
    }
}

impl Alarm {
    /// The stream ended.
    pub fn raise(&self, failure: Failure) {
        let code = match failure {
            Failure::Gone => 1,
            Failure::Denied => 2,
        };
        self.0.failure.store(code, Ordering::Release);
    }

    /// Whether and why the stream ended.
    pub fn raised(&self) -> Option<Failure> {
        match self.0.failure.load(Ordering::Acquire) {
            0 if self.0.closed.load(Ordering::Acquire) => Some(Failure::Gone),
            0 => None,
            2 => Some(Failure::Denied),
            _ => Some(Failure::Gone),
        }
    }

    /// How long the device has delivered nothing: since it was opened, where it never did.
    pub fn silent_for(&self) -> Duration {
        let heard = Duration::from_micros(self.0.heard.load(Ordering::Acquire));
        self.0.began.elapsed().saturating_sub(heard)
    }
}

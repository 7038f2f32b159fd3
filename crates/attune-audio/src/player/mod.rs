//! Plays a recording: at any speed with its pitch kept, over its silences, from anywhere in it.
//!
//! Sound is read, stretched and brought to the loudspeaker's rate on a thread of its own, a third of a second
//! ahead; the system's callback only takes what is ready. The position told is the one that is heard, not the
//! one that is read. While it is paused nothing is open, so the next start goes to whatever loudspeaker the
//! system then takes.
//!
//! What this refuses: to go on from another loudspeaker when the one in use is pulled out. Those were somebody's
//! headphones, and this is a session.

mod line;
mod needle;
mod speaker;
mod stretch;
mod turntable;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use attune_kernel::Code;
use serde::Serialize;
use specta::Type;

use crate::Result;
use turntable::Turntable;

/// A recording as it is played: one channel, from anywhere.
pub trait PcmSource: Send {
    /// Samples a second.
    fn rate(&self) -> u32;
    /// How many there are.
    fn samples(&self) -> u64;
    /// Reads from `at`, all channels mixed to one. Says how much was read: less than asked for only at the
    /// end, where it is nothing.
    fn read(&mut self, at: u64, into: &mut [f32]) -> Result<usize>;
    /// Where nobody speaks, from and to, in samples and in order.
    fn silent_spans(&self) -> &[(u64, u64)];
}

/// The slowest and the fastest a recording is played.
pub const SPEEDS: std::ops::RangeInclusive<f32> = 0.75..=2.0;

/// How a recording is being played.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlayerState {
    /// Grows with every change, from one recording to the next: an answer that was overtaken by news is older
    /// than it.
    #[specta(type = u32)]
    pub revision: u64,
    pub playing: bool,
    /// What is heard now.
    pub at_ms: u32,
    pub duration_ms: u32,
    pub speed: f32,
    pub skip_silence: bool,
    /// Why it stopped by itself, until it is started again.
    pub fault: Option<Code>,
}

/// Hears of every change, and of the position while it plays: at most ten times a second. It is called on the
/// player's thread, also before an order returns, and must not wait for anyone who gives orders.
pub type Told = Box<dyn Fn(PlayerState) + Send>;

/// What a person does with it.
enum Order {
    Play,
    Pause,
    /// To a moment, in milliseconds.
    Seek(u32),
    Speed(f32),
    SkipSilence(bool),
    Say,
}

/// A recording that can be played. Dropping it falls silent and lets the recording go.
pub struct Player {
    orders: Option<Sender<(Order, Sender<PlayerState>)>>,
    thread: Option<JoinHandle<()>>,
    duration: Duration,
    revisions: Arc<AtomicU64>,
}

impl Player {
    /// Takes a recording, at its beginning. Opens no loudspeaker yet. `revisions` counts on from the player
    /// before.
    pub fn open(source: Box<dyn PcmSource>, told: Told, revisions: Arc<AtomicU64>) -> Result<Self> {
        let duration = Duration::from_secs_f64(source.samples() as f64 / f64::from(source.rate().max(1)));
        let turntable = Turntable::new(source, told, Arc::clone(&revisions))?;
        let (orders, taken) = mpsc::channel();
        let thread =
            thread::Builder::new().name("attune-player".to_owned()).spawn(move || turntable.run(&taken))?;
        Ok(Self { orders: Some(orders), thread: Some(thread), duration, revisions })
    }

    /// Plays from where it stands, or from the beginning where it stands at the end.
    pub fn play(&self) -> PlayerState {
        self.order(Order::Play)
    }

    /// Pauses, without a click.
    pub fn pause(&self) -> PlayerState {
        self.order(Order::Pause)
    }

    /// Goes to another place; plays on from there if it plays.
    pub fn seek(&self, at_ms: u32) -> PlayerState {
        self.order(Order::Seek(at_ms))
    }

    /// Plays slower or faster. What is out of [`SPEEDS`] is brought to its edge.
    pub fn speed(&self, speed: f32) -> PlayerState {
        self.order(Order::Speed(speed))
    }

    /// Leaves out what is silent for long, or no longer does.
    pub fn skip_silence(&self, on: bool) -> PlayerState {
        self.order(Order::SkipSilence(on))
    }

    /// How it is being played now.
    pub fn state(&self) -> PlayerState {
        self.order(Order::Say)
    }

    fn order(&self, order: Order) -> PlayerState {
        let (answer, answered) = mpsc::channel();
        let sent = self.orders.as_ref().is_some_and(|orders| orders.send((order, answer)).is_ok());
        let state = if sent { answered.recv().ok() } else { None };
        // The thread ends only with this, unless it fell over: then nothing plays any more.
        state.unwrap_or_else(|| PlayerState {
            revision: next(&self.revisions),
            playing: false,
            at_ms: 0,
            duration_ms: in_ms(self.duration),
            speed: 1.0,
            skip_silence: false,
            fault: Some(Code::Unexpected),
        })
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the player fell over");
        }
    }
}

fn next(revisions: &AtomicU64) -> u64 {
    revisions.fetch_add(1, Ordering::AcqRel) + 1
}

fn in_ms(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

//! The ear: listens first, and keeps from the moment it is told to.
//!
//! Three threads that never wait for each other. The system's own thread copies into a ring. *Holding* opens
//! devices, notices within a second when one went, and finds the next; its calls may block. The *keeper*
//! empties the rings every ten milliseconds, makes frames and hands them to the spool. What the keeper tells
//! goes through a function it is given, which must not block.
//!
//! The ear decides nothing about consent or about who is treated, and never ends a recording for any reason
//! but being asked, and a disk that is full or refuses.

mod holding;
mod keeper;
mod lane;
mod punctual;

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use attune_kernel::{Clock, Code, Private};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Result,
    level::Verdict,
    source::{Microphones, Wanted},
    spool::{Begun, PauseReason, SpoolWriter, Why, Worry},
};

use self::{
    holding::{Holding, Order},
    keeper::{Ask, Keeper},
};

/// How much of what the microphone hears is kept. Both are lossless from there on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// All there is in a voice: 24 000 samples a second.
    #[default]
    Voice,
    /// All the device delivers, up to 48 000.
    Everything,
}

impl Quality {
    /// The kept rate for a device that delivers `rate`.
    pub const fn rate(self, rate: u32) -> u32 {
        match self {
            Self::Voice => 24_000,
            Self::Everything if rate < 16_000 => 16_000,
            Self::Everything if rate > 48_000 => 48_000,
            Self::Everything => rate,
        }
    }
}

/// Where steady time comes from: this machine's, or in a soak one that runs faster.
pub trait Pace: Send + Sync + 'static {
    /// Steady time since some moment.
    fn now(&self) -> Duration;
    /// How much faster it runs than the machine's.
    fn speed(&self) -> f64 {
        1.0
    }
}

/// This machine's steady time.
#[derive(Debug)]
pub struct SteadyPace(Instant);

impl Default for SteadyPace {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Pace for SteadyPace {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// How loud it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Levels {
    /// Of all channels together, in dBFS.
    pub peak_db: f32,
    pub rms_db: f32,
    pub channels: Vec<f32>,
    pub speaking: bool,
    /// How much is kept so far.
    pub kept_ms: u64,
}

/// How a recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub why: Why,
    /// Whether the last frame stands in the file. Where it does not, the file is read as after a crash.
    pub whole: bool,
}

/// Everything the ear tells, as it happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// At most ten times a second.
    Level(Levels),
    /// A device delivers this channel from now on.
    Listening {
        channel: usize,
        device: String,
    },
    /// The device of this channel went; another is looked for.
    Lost {
        channel: usize,
    },
    /// No device could be opened, and why.
    Deaf(Code),
    /// What three seconds of listening have shown.
    Verdict(Verdict),
    /// Something to worry about began or ended.
    Worry {
        what: Worry,
        on: bool,
    },
    /// How many minutes the disk has room for.
    Room {
        minutes: u32,
    },
    /// The first sample is kept.
    Keeping,
    Paused(PauseReason),
    Resumed,
    /// The recording ended: because it was asked to, or by itself.
    Ended(Outcome),
}

/// Begins a spool when the ear knows what it will hold.
pub type BeginSpool = Box<dyn FnOnce(Begun) -> Result<SpoolWriter> + Send>;

/// What the ear tells is handed to this. It must not block.
pub type Tell = Box<dyn Fn(Heard) + Send>;

/// Listens until it is dropped.
pub struct Ear {
    asks: Sender<Ask>,
    keeper: Option<JoinHandle<()>>,
}

impl Ear {
    /// Opens the devices and listens. Nothing is kept.
    pub fn listen(
        microphones: Arc<dyn Microphones>,
        channels: Vec<Wanted>,
        clock: Arc<dyn Clock>,
        pace: Arc<dyn Pace>,
        tell: Tell,
    ) -> Result<Self> {
        let (asks, asked) = channel();
        let (orders, ordered): (Sender<Order>, Receiver<Order>) = channel();
        let holding = Holding::new(microphones, ordered, asks.clone());
        // Ends by itself when nobody gives it orders any more. Nobody waits for it: closing a device of a
        // sound system that hangs may take as long as it hangs.
        std::thread::Builder::new().name("attune-devices".into()).spawn(move || holding.run())?;
        let keeper = Keeper::new(asked, orders, channels, clock, pace, tell);
        let keeper = std::thread::Builder::new().name("attune-keeper".into()).spawn(move || keeper.run())?;
        Ok(Self { asks, keeper: Some(keeper) })
    }

    /// Listens through other devices from now on.
    pub fn choose(&self, channels: Vec<Wanted>) -> Result<()> {
        self.ask(Ask::Choose(channels))
    }

    /// Keeps from now on, in the spool that `begin` begins.
    pub fn keep(&self, quality: Quality, begin: BeginSpool) -> Result<()> {
        let (answer, answered) = channel();
        self.ask(Ask::Keep { quality, begin, answer })?;
        answered.recv().map_err(|_| Code::NotRecording)?
    }

    /// Closes the microphones and leaves a mark.
    pub fn pause(&self, why: PauseReason) -> Result<()> {
        self.ask(Ask::Pause(why))
    }

    /// Opens them again.
    pub fn resume(&self) -> Result<()> {
        self.ask(Ask::Resume)
    }

    /// Marks this place, or one a moment ago: a word takes its time to be typed.
    pub fn mark(&self, word: Option<Private<String>>, at_ms: Option<u64>) -> Result<()> {
        self.ask(Ask::Mark { word, at_ms })
    }

    /// Says something in the spool that the ear cannot know by itself.
    pub fn worry(&self, what: Worry) -> Result<()> {
        self.ask(Ask::Worry(what))
    }

    /// Ends the recording, and comes back when the disk is sure of it. None where nothing was kept.
    pub fn stop(mut self, why: Why) -> Result<Option<Outcome>> {
        let (answer, answered) = channel();
        self.ask(Ask::Stop { why, answer })?;
        let outcome = answered.recv().map_err(|_| Code::NotRecording)?;
        self.join();
        Ok(outcome)
    }

    /// Whether its own thread still runs, as it does until the ear is stopped, unless it ended in a fault.
    pub fn is_there(&self) -> bool {
        self.keeper.as_ref().is_some_and(|keeper| !keeper.is_finished())
    }

    fn ask(&self, ask: Ask) -> Result<()> {
        self.asks.send(ask).map_err(|_| Code::NotRecording.into())
    }

    fn join(&mut self) {
        if let Some(keeper) = self.keeper.take()
            && keeper.join().is_err()
        {
            tracing::error!("the keeper of a recording ended in a fault");
        }
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        // Nobody is left to ask: the keeper ends what it keeps, cleanly, and goes.
        let (answer, _) = channel();
        if self.keeper.is_some() && self.ask(Ask::Stop { why: Why::Asked, answer }).is_ok() {
            self.join();
        }
    }
}

//! Where time comes from. Rules never ask the machine; they are handed a [`Clock`].

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// A source of the present moment.
pub trait Clock: Send + Sync + 'static {
    /// Now, cut to whole milliseconds: what is stored is what was meant, digit for digit.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        let now = Utc::now();
        now.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(now)
    }
}

//! A clock that moves only when told.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use attune_kernel::Clock;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};

/// Stands at Tuesday, 14 April 2026, 10:00 UTC until it is moved.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<AtomicI64>);

impl Default for FixedClock {
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(1_776_160_800_000)))
    }
}

impl FixedClock {
    /// Moves on, or back.
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_milliseconds(), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        Utc.timestamp_millis_opt(self.0.load(Ordering::SeqCst))
            .single()
            .expect("the clock stands within chrono's range")
    }
}

//! Whether the machine slept. A clock that was set looks the same on the wall, so the machine's own count of
//! the time since it was started is asked, where the system keeps one that runs on in sleep.

use std::time::{Duration, Instant};

use attune_kernel::Clock;
#[cfg(not(target_os = "linux"))]
use chrono::{DateTime, Utc};

/// Less is a machine that was busy.
const SLEEP: Duration = Duration::from_secs(15);

/// Compares two clocks, one of which stands still in sleep.
pub struct Asleep {
    steady: Instant,
    #[cfg(target_os = "linux")]
    since_boot: Duration,
    #[cfg(not(target_os = "linux"))]
    wall: DateTime<Utc>,
}

impl Asleep {
    #[cfg(target_os = "linux")]
    pub fn new(_: &dyn Clock) -> Self {
        Self { steady: Instant::now(), since_boot: since_boot() }
    }

    #[cfg(not(target_os = "linux"))]
    pub fn new(clock: &dyn Clock) -> Self {
        Self { steady: Instant::now(), wall: clock.now() }
    }

    /// Whether the machine slept since the last look.
    pub fn look(&mut self, clock: &dyn Clock) -> bool {
        let before = std::mem::replace(self, Self::new(clock));
        let awake = self.steady.saturating_duration_since(before.steady);
        // Windows' steady clock runs on in sleep. There it is the time between two looks, a second apart when
        // awake, that tells.
        let unseen = if cfg!(windows) { awake } else { self.passed(&before).saturating_sub(awake) };
        unseen > SLEEP
    }

    #[cfg(target_os = "linux")]
    fn passed(&self, before: &Self) -> Duration {
        self.since_boot.saturating_sub(before.since_boot)
    }

    #[cfg(not(target_os = "linux"))]
    fn passed(&self, before: &Self) -> Duration {
        (self.wall - before.wall).to_std().unwrap_or_default()
    }
}

#[cfg(target_os = "linux")]
fn since_boot() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), nanos)
}

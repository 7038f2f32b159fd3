//! When nobody has been here for long enough. Two clocks are read: the steady one counts idleness, and
//! the wall clock shows that the machine slept, since the steady one stands still meanwhile.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

/// A gap between two looks longer than this means that the machine was asleep, not busy.
const SLEPT: TimeDelta = TimeDelta::seconds(20);

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Stay,
    /// The lock is near: so many seconds. Said once for each second.
    Near(u32),
    Lock,
}

/// How long nobody has touched anything.
#[derive(Debug)]
pub struct Idle {
    limit: Duration,
    touched: Instant,
    looked: DateTime<Utc>,
    said: Option<u32>,
}

impl Idle {
    pub const fn new(limit: Duration, now: Instant, wall: DateTime<Utc>) -> Self {
        Self { limit, touched: now, looked: wall, said: None }
    }

    pub const fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }

    pub const fn touch(&mut self, now: Instant) {
        self.touched = now;
        self.said = None;
    }

    /// Looks at both clocks.
    pub fn look(&mut self, now: Instant, wall: DateTime<Utc>) -> Verdict {
        let asleep = wall - self.looked > SLEPT;
        self.looked = wall;
        let idle = now.saturating_duration_since(self.touched);
        if asleep || idle >= self.limit {
            self.touch(now);
            return Verdict::Lock;
        }
        let left = u32::try_from((self.limit - idle).as_secs_f64().ceil() as u64).unwrap_or(u32::MAX);
        if left <= self.warning() && self.said != Some(left) {
            self.said = Some(left);
            return Verdict::Near(left);
        }
        Verdict::Stay
    }

    /// Two minutes before, or a third of the limit where that is less.
    fn warning(&self) -> u32 {
        u32::try_from(self.limit.as_secs() / 3).unwrap_or(u32::MAX).min(120)
    }
}

#[cfg(test)]
mod tests {
    use attune_kernel::{Clock, SystemClock};

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Looks every half second for a while, and gives what was decided.
    fn look_on(idle: &mut Idle, from: Instant, wall: DateTime<Utc>, passed: Duration) -> Vec<Verdict> {
        (0..=passed.as_millis() / 500)
            .map(|tick| Duration::from_millis(u64::try_from(tick).unwrap() * 500))
            .map(|after| idle.look(from + after, wall + after))
            .filter(|verdict| *verdict != Verdict::Stay)
            .collect()
    }

    #[test]
    fn nobody_for_the_whole_limit_locks_once_after_a_warning() {
        let (now, wall) = (Instant::now(), SystemClock.now());
        let mut idle = Idle::new(5 * MINUTE, now, wall);
        let decided = look_on(&mut idle, now, wall, 5 * MINUTE);
        assert_eq!(decided.first(), Some(&Verdict::Near(100)));
        assert_eq!(decided.last(), Some(&Verdict::Lock));
        assert_eq!(decided.len(), 101, "one warning a second, then the lock");
    }

    #[test]
    fn a_touch_puts_the_lock_off() {
        let (now, wall) = (Instant::now(), SystemClock.now());
        let mut idle = Idle::new(MINUTE, now, wall);
        let decided = look_on(&mut idle, now, wall, MINUTE - Duration::from_secs(1));
        assert!(!decided.contains(&Verdict::Lock) && !decided.is_empty());
        idle.touch(now + MINUTE);
        assert_eq!(idle.look(now + MINUTE, wall + MINUTE), Verdict::Stay);
    }

    #[test]
    fn a_machine_that_slept_is_locked_when_it_wakes() {
        let (now, wall) = (Instant::now(), SystemClock.now());
        let mut idle = Idle::new(60 * MINUTE, now, wall);
        // The steady clock stood still; the wall clock went on.
        assert_eq!(idle.look(now + Duration::from_millis(500), wall + 10 * MINUTE), Verdict::Lock);
    }

    #[test]
    fn a_clock_set_back_a_year_neither_locks_nor_keeps_open() {
        let (now, wall) = (Instant::now(), SystemClock.now());
        let mut idle = Idle::new(MINUTE, now, wall);
        let back = wall - 365 * 24 * 60 * MINUTE;
        assert_eq!(idle.look(now + Duration::from_secs(1), back), Verdict::Stay);
        assert_eq!(idle.look(now + MINUTE, back + MINUTE / 60 * 10), Verdict::Lock);
    }
}

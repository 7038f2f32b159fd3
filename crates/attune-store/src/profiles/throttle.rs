//! Wrong passwords slow down: one second, two, four, up to a minute, and a restart does not forget.
//!
//! The try is counted before it is made, so that pulling the plug is no way around. The clock of the
//! machine may jump: set back, the wait starts over from now and is never longer than a minute.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

const LONGEST: i64 = 60;

/// How often the password was wrong in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    wrong: u32,
    last: Option<DateTime<Utc>>,
}

impl Tries {
    /// None yet.
    pub const NONE: Self = Self { wrong: 0, last: None };

    /// How many whole seconds to wait before the next try.
    pub fn wait(&self, now: DateTime<Utc>) -> u32 {
        let Some(last) = self.last.filter(|_| self.wrong > 0) else { return 0 };
        let pause = (1i64 << (self.wrong - 1).min(6)).min(LONGEST);
        let passed = (now - last).max(TimeDelta::zero());
        let left = TimeDelta::seconds(pause) - passed;
        u32::try_from((left.num_milliseconds() + 999) / 1000).unwrap_or(0)
    }

    /// Counts a try that is about to be made.
    pub fn count(&mut self, now: DateTime<Utc>) {
        self.wrong = self.wrong.saturating_add(1);
        self.last = Some(now);
    }

    /// Whether the clock now says less than it said at the last try.
    pub fn clock_went_back(&self, now: DateTime<Utc>) -> bool {
        self.last.is_some_and(|last| now < last)
    }

    /// Starts the wait over from now: the old moment means nothing on the new clock.
    pub fn rebase(&mut self, now: DateTime<Utc>) {
        self.last = Some(now);
    }

    /// The right password: all is forgotten.
    pub fn forget(&mut self) {
        *self = Self::NONE;
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        Utc.timestamp_opt(1_000_000 + second, 0).unwrap()
    }

    #[test]
    fn each_wrong_try_doubles_the_wait_up_to_a_minute() {
        let mut tries = Tries::default();
        let waits: Vec<u32> = (0..100)
            .map(|_| {
                tries.count(at(0));
                tries.wait(at(0))
            })
            .collect();
        assert_eq!(waits[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(waits[8..].iter().all(|wait| *wait == 60));
    }

    #[test]
    fn waiting_counts_down_and_the_right_password_ends_it() {
        let mut tries = Tries::default();
        assert_eq!(tries.wait(at(0)), 0);
        (0..4).for_each(|_| tries.count(at(0)));
        assert_eq!((tries.wait(at(3)), tries.wait(at(8))), (5, 0));
        tries.forget();
        assert_eq!(tries.wait(at(0)), 0);
    }

    #[test]
    fn a_clock_set_back_a_year_costs_a_minute_at_most() {
        let mut tries = Tries::default();
        (0..10).for_each(|_| tries.count(at(365 * 86_400)));
        assert!(tries.clock_went_back(at(0)));
        assert_eq!(tries.wait(at(0)), 60);
        tries.rebase(at(0));
        assert_eq!(tries.wait(at(60)), 0);
    }
}

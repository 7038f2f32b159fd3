//! Whether a device delivers as much as time passes. A machine too busy to run the callback loses sound
//! without a word: what arrives then is simply less than should have, from one moment to the next. A clock
//! that runs a little fast or slow is no loss.

use std::time::Duration;

const WINDOW: f64 = 2.0;
const LEAST: f64 = 0.1;

/// Compares what arrived with the time that passed.
#[derive(Debug)]
pub struct Punctual {
    rate: f64,
    speed: f64,
    since: Option<Duration>,
    received: u64,
    window_ends: f64,
    least_late: f64,
    usual: Option<f64>,
}

impl Punctual {
    pub fn new(rate: u32, speed: f64) -> Self {
        Self {
            rate: f64::from(rate),
            speed,
            since: None,
            received: 0,
            window_ends: WINDOW * speed,
            least_late: f64::INFINITY,
            usual: None,
        }
    }

    /// So many samples arrived. Gives how many are missing, where some are.
    pub fn arrived(&mut self, samples: usize, now: Duration) -> Option<u64> {
        let since = *self.since.get_or_insert(now);
        self.received += samples as u64;
        let elapsed = (now - since).as_secs_f64();
        let late = elapsed - self.received as f64 / self.rate;
        self.least_late = self.least_late.min(late);
        if elapsed < self.window_ends {
            return None;
        }
        let late = self.least_late;
        (self.window_ends, self.least_late) = (elapsed + WINDOW * self.speed, f64::INFINITY);
        let usual = *self.usual.get_or_insert(late);
        if late - usual > LEAST * self.speed {
            let missing = ((late - usual) * self.rate) as u64;
            self.received += missing;
            return Some(missing);
        }
        // Follows a clock that drifts; at once where the device is ahead.
        self.usual = Some(if late < usual { late } else { usual + 0.2 * (late - usual) });
        None
    }

    /// So many samples are known to be missing already.
    pub const fn known_missing(&mut self, samples: u64) {
        self.received += samples;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Delivers blocks of 10 ms for a while, leaving out those in `left_out`, on a clock that runs so much
    /// off, and gives what was said to be missing.
    fn deliver(seconds: f64, off: f64, left_out: std::ops::Range<f64>, jitter: f64) -> u64 {
        let mut punctual = Punctual::new(48_000, 1.0);
        let mut missing = 0;
        let mut at = 0.0;
        while at < seconds {
            at += 0.01;
            if left_out.contains(&at) {
                continue;
            }
            let late = jitter * (at * 77.0).sin().abs();
            let now = Duration::from_secs_f64(at * (1.0 + off) + late);
            missing += punctual.arrived(480, now).unwrap_or(0);
        }
        missing
    }

    #[test]
    fn a_device_that_delivers_as_time_passes_misses_nothing() {
        assert_eq!(deliver(120.0, 0.0, 0.0..0.0, 0.03), 0);
    }

    #[test]
    fn a_crystal_that_is_a_little_off_is_no_loss() {
        assert_eq!(deliver(600.0, 150e-6, 0.0..0.0, 0.01), 0);
        assert_eq!(deliver(600.0, -150e-6, 0.0..0.0, 0.01), 0);
    }

    #[test]
    fn half_a_second_that_never_came_is_missed_to_within_a_hundredth() {
        let missing = deliver(30.0, 0.0, 10.0..10.5, 0.005);
        assert!(missing.abs_diff(24_000) < 720, "{missing}");
    }
}

//! Many measurements as a few lines: percentiles, and a picture of how they spread.

use std::time::Duration;

/// Measured times.
#[derive(Debug, Clone, Default)]
pub struct Spread(Vec<Duration>);

impl FromIterator<Duration> for Spread {
    fn from_iter<T: IntoIterator<Item = Duration>>(times: T) -> Self {
        let mut times: Vec<Duration> = times.into_iter().collect();
        times.sort_unstable();
        Self(times)
    }
}

impl Spread {
    /// The nearest rank: the smallest measured value that `percent` of the values do not exceed.
    pub fn at(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100);
        self.0.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    pub fn most(&self) -> Duration {
        self.0.last().copied().unwrap_or_default()
    }

    pub fn line(&self) -> String {
        format!(
            "p50 {}   p95 {}   p99 {}   most {}   ({} measured)",
            shown(self.at(50)),
            shown(self.at(95)),
            shown(self.at(99)),
            shown(self.most()),
            self.0.len(),
        )
    }

    /// A line for each stretch of `wide`, as long as it is full.
    pub fn picture(&self, wide: Duration) -> String {
        let place = |time: &Duration| (time.as_micros() / wide.as_micros().max(1)) as usize;
        let mut counts = vec![0_usize; self.0.last().map_or(0, |most| place(most) + 1)];
        self.0.iter().for_each(|time| counts[place(time)] += 1);
        let longest = counts.iter().copied().max().unwrap_or(1).max(1);
        let wide = wide.as_millis() as usize;
        let lines = counts.iter().enumerate().map(|(at, count)| {
            let bar = "█".repeat((count * 40).div_ceil(longest));
            format!("  {:>4} – {:>4} ms  {count:>5}  {bar}", at * wide, (at + 1) * wide)
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let spread: Spread = (1..=10).rev().map(Duration::from_millis).collect();
        assert_eq!(spread.at(50), Duration::from_millis(5));
        assert_eq!(spread.at(95), spread.most());
        assert_eq!(Spread::default().at(50), Duration::ZERO);
    }

    #[test]
    fn every_value_stands_in_the_picture_once() {
        let spread: Spread = [0, 24, 25, 60].map(Duration::from_millis).into_iter().collect();
        let picture = spread.picture(Duration::from_millis(25));
        let counts: Vec<&str> =
            picture.lines().filter_map(|line| line.split("ms").nth(1)?.split_whitespace().next()).collect();
        assert_eq!(counts, ["2", "1", "1"]);
    }
}

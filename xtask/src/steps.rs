//! The numbered progress of a long command, with times, and the summary at its end.
//!
//! The first step that fails ends the run: what follows would mostly fail for the same reason, and the
//! summary says what was not reached.

use anyhow::{Context, Result};
use std::time::{Duration, Instant};

type Action<'a> = Box<dyn FnOnce() -> Result<()> + 'a>;

/// A list of things to do one after the other.
#[derive(Default)]
pub struct Steps<'a> {
    planned: Vec<(&'static str, Action<'a>)>,
}

impl<'a> Steps<'a> {
    /// Adds a step. Its name is read alone in the progress and in the summary.
    pub fn then(mut self, name: &'static str, action: impl FnOnce() -> Result<()> + 'a) -> Self {
        self.planned.push((name, Box::new(action)));
        self
    }

    /// Does them all, or stops at the first that fails and names it.
    pub fn run(self) -> Result<()> {
        let (began, total) = (Instant::now(), self.planned.len());
        let names: Vec<&str> = self.planned.iter().map(|(name, _)| *name).collect();
        let mut times = Vec::new();
        let mut outcome = Ok(());
        for (index, (name, action)) in self.planned.into_iter().enumerate() {
            println!("\n[{:>2}/{total}] {name}", index + 1);
            let start = Instant::now();
            outcome = action();
            times.push(start.elapsed());
            if outcome.is_err() {
                break;
            }
            println!("        done in {}", spoken(start.elapsed()));
        }
        println!("\n{}", summary(&names, &times, outcome.is_ok(), began.elapsed()));
        let failed = names.get(times.len().saturating_sub(1)).copied().unwrap_or_default();
        outcome.with_context(|| format!("Step {} of {total} failed: {failed}", times.len()))
    }
}

fn summary(names: &[&str], times: &[Duration], passed: bool, total: Duration) -> String {
    let mut lines = vec![if passed { "All steps done" } else { "Stopped at a step that failed" }.into()];
    for (index, name) in names.iter().enumerate() {
        let (word, time) = match times.get(index) {
            None => ("not run", String::new()),
            Some(time) if !passed && index + 1 == times.len() => ("FAILED", spoken(*time)),
            Some(time) => ("ok", spoken(*time)),
        };
        lines.push(format!("  {word:<8}{time:>10}  {name}"));
    }
    lines.push(format!("  {:<8}{:>10}", "total", spoken(total)));
    lines.join("\n")
}

/// A time as one says it: tenths of a second while they matter, then minutes.
pub fn spoken(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 60.. => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;
    use std::cell::Cell;

    #[test]
    fn the_failed_step_is_named_and_the_rest_is_not_run() {
        let reached = Cell::new(false);
        let steps = Steps::default().then("Walk", || Ok(())).then("Stumble", || bail!("a stone")).then(
            "Arrive",
            || {
                reached.set(true);
                Ok(())
            },
        );
        let fault = steps.run().unwrap_err();
        assert_eq!(format!("{fault:#}"), "Step 2 of 3 failed: Stumble: a stone");
        assert!(!reached.get());
    }

    #[test]
    fn the_summary_says_what_passed_what_failed_and_what_was_not_reached() {
        let times = [Duration::from_millis(1240), Duration::from_secs(75)];
        let text = summary(&["Walk", "Stumble", "Arrive"], &times, false, Duration::from_secs(77));
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(
            lines,
            [
                "Stopped at a step that failed",
                "ok           1.2 s  Walk",
                "FAILED  1 min 15 s  Stumble",
                "not run             Arrive",
                "total   1 min 17 s",
            ]
        );
    }
}

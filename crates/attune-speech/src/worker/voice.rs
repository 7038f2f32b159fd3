//! How a worker answers, and how it is told to stop.

use std::{
    io::{self, Write},
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use transcribe_cpp::CancelToken;

use super::line::Tell;

/// How often it says that it is still at it.
const EVERY: Duration = Duration::from_secs(1);

/// Says one line.
pub fn say(tell: &Tell) -> io::Result<()> {
    let mut line = serde_json::to_vec(tell)?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}

/// Does some work, and says every second that it is still at it.
pub fn say_while<T>(id: u64, work: impl FnOnce() -> T) -> T {
    thread::scope(|scope| {
        let (done, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            let began = Instant::now();
            while ended.recv_timeout(EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
                let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                // Nobody listens any more: the reader of the asks has noticed as well, and ends the work.
                if say(&Tell::Progress { id, elapsed_ms }).is_err() {
                    break;
                }
            }
        });
        let answer = work();
        drop(done);
        answer
    })
}

/// Which work is no longer wanted. Asks are numbered upwards.
#[derive(Debug, Default)]
pub struct Wanted {
    token: CancelToken,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    at: u64,
    unwanted: u64,
}

impl Wanted {
    /// The worker turns to an ask. False when that one is unwanted already.
    pub fn begin(&self, id: u64) -> bool {
        let mut state = self.state();
        state.at = id;
        if id <= state.unwanted {
            return false;
        }
        self.token.reset();
        true
    }

    /// This ask and those before it are no longer wanted.
    pub fn cancel(&self, id: u64) {
        let mut state = self.state();
        state.unwanted = state.unwanted.max(id);
        if state.at <= state.unwanted {
            self.token.cancel();
        }
    }

    /// What the engine looks at while it works.
    pub fn token(&self) -> &CancelToken {
        &self.token
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cancelled_before_it_begins_never_begins_and_what_comes_after_it_does() {
        let wanted = Wanted::default();
        assert!(wanted.begin(1));
        wanted.cancel(2);
        assert!(wanted.token().is_cancelled(), "one that is at work stops");
        assert!(!wanted.begin(2));
        assert!(wanted.begin(3) && !wanted.token().is_cancelled());
        wanted.cancel(1);
        assert!(!wanted.token().is_cancelled(), "an old word does not stop newer work");
    }
}

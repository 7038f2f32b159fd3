//! An ask that waits for its answer. Dropped before it came, it is cancelled, and a worker that does not obey is killed.

use std::time::Duration;

use tokio::{
    runtime::Handle,
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    line::Ask,
    pipes::{Kill, end_now},
};

/// Within which it obeys.
const OBEY: Duration = Duration::from_secs(2);

/// An ask that waits for its answer.
pub struct Asked {
    id: u64,
    over: bool,
    asks: mpsc::UnboundedSender<(Ask, Vec<u8>)>,
    answered: watch::Receiver<u64>,
    kill: Kill,
}

impl Asked {
    /// One that was just sent.
    pub fn new(
        id: u64,
        asks: &mpsc::UnboundedSender<(Ask, Vec<u8>)>,
        answered: &watch::Receiver<u64>,
        kill: &Kill,
    ) -> Self {
        Self { id, over: false, asks: asks.clone(), answered: answered.clone(), kill: kill.clone() }
    }

    /// It was answered, or will never be.
    pub fn is_over(&mut self) {
        self.over = true;
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        // One that has ended already is not told, and need not be.
        if self.asks.send((Ask::Cancel { id: self.id }, Vec::new())).is_err() {
            return;
        }
        match Handle::try_current() {
            Ok(runtime) => {
                let (id, kill, mut answered) = (self.id, self.kill.clone(), self.answered.clone());
                runtime.spawn(async move {
                    if timeout(OBEY, answered.wait_for(|answered| *answered >= id)).await.is_err() {
                        end_now(&kill);
                    }
                });
            }
            Err(_) => end_now(&self.kill),
        }
    }
}

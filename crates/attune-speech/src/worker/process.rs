//! One worker process, seen from the application.
//!
//! Its pipes belong to tasks of their own, so that a future that is dropped in the middle never leaves half a message in
//! one. Whoever drops the answer cancels the ask; a worker that does not obey within two seconds is killed. When a
//! [`Process`] is dropped its worker sees the end of its pipe and goes.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use attune_kernel::Code;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, timeout},
};

use super::{
    Program,
    asked::Asked,
    line::{Ask, PROTOCOL, Tell},
    pipes::{Kill, LEAVE, Pipes, end_now},
    tail::Tail,
};

/// How long one may take from its start to its ready line, on a machine that is busy.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How a worker was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Nothing was asked of it for a while, so it went. It is no failure.
    Idle,
    /// It died, or was killed.
    Gone(String),
    /// It said nothing for too long, or was at one thing for too long.
    Hung,
    /// It said what no worker says.
    Babbled,
    /// It cannot work on this computer.
    Refused(Code),
}

/// A worker that runs.
#[derive(Debug)]
pub struct Process {
    pid: u32,
    gpus: Vec<String>,
    asks: mpsc::UnboundedSender<(Ask, Vec<u8>)>,
    tells: mpsc::UnboundedReceiver<io::Result<Tell>>,
    /// The highest number that was answered.
    answered: watch::Receiver<u64>,
    ended: watch::Receiver<Option<String>>,
    kill: Kill,
    tail: Arc<Mutex<Tail>>,
    last: u64,
    /// How long it may be silent.
    silence: Duration,
}

impl Process {
    /// Starts a worker and waits for its ready line. With what it said before it was lost, where it was.
    pub async fn start(
        program: &Program,
        gpu: bool,
        idle: Duration,
        silence: Duration,
    ) -> io::Result<Result<Self, (Lost, Vec<String>)>> {
        let Pipes { pid, asks, tells, answered, ended, kill, tail } = Pipes::lay(program.start()?)?;
        let mut process =
            Self { pid, gpus: Vec::new(), asks, tells, answered, ended, kill, tail, last: 0, silence };
        match process.begin(gpu, idle).await {
            Ok(gpus) => {
                process.gpus = gpus;
                Ok(Ok(process))
            }
            Err(lost) => {
                let lost = process.lost(lost).await;
                Ok(Err((lost, process.tail())))
            }
        }
    }

    async fn begin(&mut self, gpu: bool, idle: Duration) -> Result<Vec<String>, Lost> {
        let idle_ms = u64::try_from(idle.as_millis()).unwrap_or(u64::MAX);
        self.send(Ask::Begin { gpu, idle_ms }, Vec::new());
        loop {
            match self.next_within(READY_WITHIN).await? {
                Tell::Ready { protocol: PROTOCOL, gpus } => return Ok(gpus),
                Tell::Refused { code } => return Err(Lost::Refused(code)),
                Tell::Progress { .. } => {}
                _ => return Err(Lost::Babbled),
            }
        }
    }

    /// Asks under a number of its own and waits for the answer, at most `within`. Dropped before, the ask is cancelled.
    pub async fn ask(
        &mut self,
        ask: impl FnOnce(u64) -> Ask,
        payload: Vec<u8>,
        within: Duration,
    ) -> Result<Tell, Lost> {
        self.settle().await;
        self.last += 1;
        let id = self.last;
        let until = Instant::now() + within;
        self.send(ask(id), payload);
        let mut asked = Asked::new(id, &self.asks, &self.answered, &self.kill);
        let told = loop {
            match self.next_within(self.silence).await {
                Ok(Tell::Idle) => break Err(Lost::Idle),
                Ok(tell) if tell.ends() == Some(id) => break Ok(tell),
                Ok(_) if Instant::now() < until => {}
                Ok(_) => break Err(Lost::Hung),
                Err(lost) => break Err(lost),
            }
        };
        asked.is_over();
        match told {
            Ok(tell) => Ok(tell),
            Err(lost) => Err(self.lost(lost).await),
        }
    }

    /// Waits until what was cancelled before has ended, one way or the other.
    async fn settle(&mut self) {
        let last = self.last;
        // The one error is that its pipe has ended, and then nothing is left to wait for.
        drop(self.answered.wait_for(|answered| *answered >= last).await);
    }

    fn send(&self, ask: Ask, payload: Vec<u8>) {
        // The writer goes when the pipe breaks. That is seen where the answer is waited for.
        self.asks.send((ask, payload)).unwrap_or_default();
    }

    async fn next_within(&mut self, silence: Duration) -> Result<Tell, Lost> {
        match timeout(silence, self.tells.recv()).await {
            Ok(Some(Ok(tell))) => Ok(tell),
            Ok(Some(Err(_))) => Err(Lost::Babbled),
            Ok(None) => Err(Lost::Gone(String::new())),
            Err(_) => Err(Lost::Hung),
        }
    }

    /// Sees a lost worker to its end, and says how it ended.
    async fn lost(&mut self, lost: Lost) -> Lost {
        if matches!(lost, Lost::Hung | Lost::Babbled) {
            end_now(&self.kill);
        }
        let how = self.end().await;
        match lost {
            Lost::Gone(_) => Lost::Gone(how),
            lost => lost,
        }
    }

    /// Waits for its end; kills it when that does not come.
    async fn end(&mut self) -> String {
        if timeout(LEAVE, self.ended.wait_for(Option::is_some)).await.is_err() {
            end_now(&self.kill);
        }
        match self.ended.wait_for(Option::is_some).await {
            Ok(how) => how.clone().unwrap_or_default(),
            // The runtime that watched over it is going down, and took it along.
            Err(_) => String::new(),
        }
    }

    /// Lets it go, and waits until it has gone.
    pub async fn leave(mut self) {
        // Nothing can be asked any more: the writer ends, and with it the pipe.
        let (asks, _) = mpsc::unbounded_channel();
        self.asks = asks;
        self.end().await;
    }

    /// Whether it has ended, or is about to.
    pub fn is_gone(&self) -> bool {
        self.asks.is_closed() || self.ended.borrow().is_some() || self.tells.is_closed()
    }

    /// The number the system gave it.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it sees a graphics processor.
    pub fn has_gpu(&self) -> bool {
        !self.gpus.is_empty()
    }

    /// The last lines of its error output.
    pub fn tail(&self) -> Vec<String> {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).lines()
    }

    /// Keeps this path out of those lines.
    pub fn hide(&self, model: &Path) {
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).hide(model);
    }
}

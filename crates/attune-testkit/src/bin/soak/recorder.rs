//! A recorder in a process of its own, and what it says of itself.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use crate::keep::STEP;

/// A recorder that does not come so far is a fault of this program.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a recorder said so far, in samples of its microphone.
#[derive(Debug, Default)]
pub struct Said {
    /// Its first sample.
    pub first: Option<u64>,
    /// Where it was when it was asked to keep.
    pub asked: Option<u64>,
    /// Whether it has said that it keeps.
    pub keeping: bool,
    /// How far it has come.
    pub reached: u64,
}

impl Said {
    fn hear(&mut self, line: &str) -> Result<()> {
        match line.split_once(' ') {
            Some(("reached", number)) => {
                self.reached = number.parse()?;
                self.first.get_or_insert(self.reached.saturating_sub(STEP));
            }
            Some(("asked", number)) => self.asked = Some(number.parse()?),
            None if line == "keeping" => self.keeping = true,
            _ => bail!("a recorder said `{line}`"),
        }
        Ok(())
    }
}

/// A running recorder. Dropping it kills it.
pub struct Recorder {
    child: Child,
    lines: Receiver<String>,
    reader: Option<JoinHandle<()>>,
    said: Said,
}

impl Recorder {
    pub fn start(command: &mut Command) -> Result<Self> {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("a recorder starts")?;
        let output = child.stdout.take().context("a recorder has an output")?;
        let (tell, lines) = channel();
        let reader = thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, lines, reader: Some(reader), said: Said::default() })
    }

    /// Listens until it has come so far.
    pub fn until(&mut self, far: impl Fn(&Said) -> bool) -> Result<()> {
        let began = Instant::now();
        while !far(&self.said) {
            match self.lines.recv_timeout(PATIENCE.saturating_sub(began.elapsed())) {
                Ok(line) => self.said.hear(&line)?,
                Err(_) => bail!("a recorder ended, or never came so far: {:?}", self.said),
            }
        }
        Ok(())
    }

    /// Listens for so long.
    pub fn for_another(&mut self, long: Duration) -> Result<()> {
        let until = Instant::now() + long;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => self.said.hear(&line)?,
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Err(RecvTimeoutError::Disconnected) => bail!("a recorder ended: {:?}", self.said),
            }
        }
    }

    #[cfg(target_os = "linux")]
    pub const fn child(&self) -> &Child {
        &self.child
    }

    #[cfg(target_os = "linux")]
    pub const fn said(&self) -> &Said {
        &self.said
    }

    /// Kills it without a word of warning, and gives what it had said, to the last line.
    pub fn kill(mut self) -> Result<Said> {
        self.child.kill()?;
        self.child.wait()?;
        while let Ok(line) = self.lines.recv() {
            self.said.hear(&line)?;
        }
        let ended = self.reader.take().is_none_or(|reader| reader.join().is_ok());
        ensure!(ended, "the reader of a recorder's output ends");
        Ok(std::mem::take(&mut self.said))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // That it has ended already is what is wanted, so neither answer is looked at.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

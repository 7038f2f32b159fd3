//! The pipes of a worker, each in the hands of a task, and its end.
//!
//! No future that is dropped in the middle leaves half a message in a pipe: what is sent is sent by a task that nobody
//! drops, and what comes is read by another.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout},
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    line::{Ask, Tell},
    tail::Tail,
};

/// How long a worker may take to go by itself once its pipe has ended.
pub const LEAVE: Duration = Duration::from_secs(4);

/// Ends the process now. That nobody holds one any more ends it as well, with time to go by itself.
pub type Kill = mpsc::UnboundedSender<()>;

/// The ends that the application holds.
pub struct Pipes {
    pub pid: u32,
    pub asks: mpsc::UnboundedSender<(Ask, Vec<u8>)>,
    pub tells: mpsc::UnboundedReceiver<io::Result<Tell>>,
    /// The highest number that was answered.
    pub answered: watch::Receiver<u64>,
    /// How it ended, once it has.
    pub ended: watch::Receiver<Option<String>>,
    pub kill: Kill,
    pub tail: Arc<Mutex<Tail>>,
}

impl Pipes {
    /// Puts a task at each end of a process that was just started.
    pub fn lay(mut child: Child) -> io::Result<Self> {
        let (Some(pid), Some(stdin), Some(stdout), Some(stderr)) =
            (child.id(), child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        };
        let (asks, asked) = mpsc::unbounded_channel();
        let (say, tells) = mpsc::unbounded_channel();
        let (answer, answered) = watch::channel(0);
        let (end, ended) = watch::channel(None);
        let (kill, killed) = mpsc::unbounded_channel();
        let tail = Arc::new(Mutex::new(Tail::default()));
        tokio::spawn(write_asks(stdin, asked));
        tokio::spawn(read_tells(stdout, say, answer));
        let errors = tokio::spawn(read_errors(stderr, Arc::clone(&tail)));
        tokio::spawn(async move {
            let mut how = keep(child, killed).await;
            // Its last words are still on their way, unless somebody else holds its error output open.
            if timeout(LEAVE, errors).await.is_err() {
                how.push_str(", and somebody goes on writing in its name");
            }
            end.send_replace(Some(how));
        });
        Ok(Self { pid, asks, tells, answered, ended, kill, tail })
    }
}

/// Kills it, and lets nobody wait for it to go by itself.
pub fn end_now(kill: &Kill) {
    // One that has ended is past killing.
    kill.send(()).unwrap_or_default();
}

/// Waits for the end of a process, and brings it about when asked. Says how it ended.
async fn keep(mut child: Child, mut killed: mpsc::UnboundedReceiver<()>) -> String {
    let ended = tokio::select! {
        ended = child.wait() => ended,
        word = killed.recv() => {
            if word.is_none()
                && let Ok(ended) = timeout(LEAVE, child.wait()).await
            {
                ended
            } else {
                match child.kill().await {
                    Ok(()) => child.wait().await,
                    Err(error) => Err(error),
                }
            }
        }
    };
    ended.map_or_else(|error| error.kind().to_string(), |status| status.to_string())
}

async fn write_asks(mut to: ChildStdin, mut asked: mpsc::UnboundedReceiver<(Ask, Vec<u8>)>) {
    while let Some((ask, payload)) = asked.recv().await {
        let Ok(mut line) = serde_json::to_vec(&ask) else {
            break;
        };
        line.push(b'\n');
        // A pipe that breaks is noticed where its answers are read.
        if to.write_all(&line).await.is_err()
            || to.write_all(&payload).await.is_err()
            || to.flush().await.is_err()
        {
            break;
        }
    }
}

async fn read_tells(
    from: ChildStdout,
    say: mpsc::UnboundedSender<io::Result<Tell>>,
    answer: watch::Sender<u64>,
) {
    let mut lines = BufReader::new(from).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        // What does not read may hold somebody's words, so only that it does not read goes on.
        let tell =
            serde_json::from_slice::<Tell>(&line).map_err(|_| io::Error::from(io::ErrorKind::InvalidData));
        if let Ok(Some(id)) = tell.as_ref().map(Tell::ends) {
            answer.send_modify(|answered| *answered = id.max(*answered));
        }
        if say.send(tell).is_err() {
            break;
        }
    }
}

async fn read_errors(from: ChildStderr, tail: Arc<Mutex<Tail>>) {
    let mut lines = BufReader::new(from).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        tail.lock().unwrap_or_else(PoisonError::into_inner).push(&String::from_utf8_lossy(&line));
    }
}

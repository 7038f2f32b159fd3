//! Reaching the machine's sound system, also when it hangs or has been started anew.
//!
//! Every question is asked on a thread of its own and given up after a while: a sound server that has stopped
//! answers nothing and refuses nothing, and whoever waited for it would wait for ever.

use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use cpal::{BufferSize, ErrorKind, Host, HostId, StreamConfig, traits::StreamTrait};

use crate::Result;

/// How long an answer may take. Reaching PulseAudio alone gives up after two seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long closing a stream may hold up whoever closes it.
const CLOSING: Duration = Duration::from_secs(1);

/// The host that answered last, where reaching it anew would cost something. One for the whole process: each
/// connection to PulseAudio keeps a thread and a socket for as long as the server lives.
static KNOWN: Mutex<Option<Arc<Host>>> = Mutex::new(None);

/// Asks the host there is. Where the one known has gone, the question is put to its successor.
pub(crate) fn ask<T: Send + 'static>(
    question: impl Fn(&Arc<Host>) -> Result<T, cpal::Error> + Send + 'static,
) -> Result<T> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (host, answer) = patiently(move || put(known, &question))?;
    *KNOWN.lock().unwrap_or_else(PoisonError::into_inner) = host;
    Ok(answer?)
}

/// Starts a stream.
pub(crate) fn start(stream: cpal::Stream) -> Result<cpal::Stream> {
    let started = patiently(move || stream.play().map(|()| stream))?;
    Ok(started?)
}

fn patiently<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let (tell, told) = mpsc::channel();
    thread::Builder::new().name("attune-sound".to_owned()).spawn(move || {
        // Nobody listens any more where the answer comes too late, and what it holds is closed by that.
        tell.send(work()).ok();
    })?;
    let silent = "the sound system does not answer";
    let answer = told.recv_timeout(PATIENCE);
    answer.map_err(|_| cpal::Error::with_message(ErrorKind::HostUnavailable, silent).into())
}

type Answered<T> = (Option<Arc<Host>>, Result<T, cpal::Error>);

fn put<T>(known: Option<Arc<Host>>, question: &impl Fn(&Arc<Host>) -> Result<T, cpal::Error>) -> Answered<T> {
    if let Some(host) = known {
        match question(&host) {
            Err(error) if is_gone(error.kind()) => {}
            answer => return (Some(host), answer),
        }
    }
    match connect() {
        Ok((host, worth_keeping)) => {
            let host = Arc::new(host);
            let answer = question(&host);
            (worth_keeping.then_some(host), answer)
        }
        Err(error) => (None, Err(error)),
    }
}

/// Whether the server itself went, and not just a device of it.
fn is_gone(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::HostUnavailable | ErrorKind::StreamInvalidated)
}

/// The best host that answers, and whether to keep it. One that only stands in is not kept, so that the other
/// is taken as soon as it is back.
fn connect() -> Result<(Host, bool), cpal::Error> {
    let (mut there, others): (Vec<HostId>, _) = cpal::available_hosts().into_iter().partition(is_pulse);
    let has_pulse = !there.is_empty();
    there.extend(others);
    let host = there.into_iter().find_map(|id| cpal::host_from_id(id).ok());
    let host = host.ok_or_else(|| cpal::Error::new(ErrorKind::HostUnavailable))?;
    let stands_in = has_pulse && !is_pulse(&host.id());
    Ok((host, !stands_in))
}

/// Whether a host is PulseAudio, or PipeWire in its place. By its name: cpal knows it on Linux alone.
pub(crate) fn is_pulse(host: &HostId) -> bool {
    host.name() == "PulseAudio"
}

/// Asks PulseAudio to deal in pieces of one `part` of a second. By itself it deals in pieces of up to two
/// seconds; other hosts know better.
pub(crate) fn in_pieces(host: HostId, mut config: StreamConfig, part: u32) -> StreamConfig {
    if is_pulse(&host) {
        config.buffer_size = BufferSize::Fixed(config.sample_rate / part);
    }
    config
}

/// Closes a stream. Its threads are joined by that, and they may be waiting for a server that hangs; but a
/// device that is opened again at once must have been closed, so this waits a little.
pub(crate) fn let_go(stream: cpal::Stream) {
    let (tell, told) = mpsc::channel();
    let closing = thread::Builder::new().name("attune-sound".to_owned()).spawn(move || {
        drop(stream);
        tell.send(()).ok();
    });
    // Where there is no thread to be had, the stream has been closed here by now.
    if closing.is_ok() && told.recv_timeout(CLOSING).is_err() {
        tracing::warn!("a sound stream is slow to close");
    }
}

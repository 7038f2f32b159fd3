//! The worker's own side: a process that holds a model and answers on its pipes.
//!
//! It asks for little: it steps back behind everything else on the machine, leaves no core file in which somebody's
//! words would stand, and goes when nothing was asked for a while or when nobody is there to ask. It opens no file but
//! the model.

use std::{
    io::{self, BufReader, Write},
    panic::PanicHookInfo,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    holding::{self, Failure, Holding},
    line::{Ask, PROTOCOL, Tell, samples_of},
    processor,
    voice::{Wanted, say, say_while},
};
use attune_kernel::Code;

/// How long it waits for the first word.
const FIRST_WORD: Duration = Duration::from_secs(60);
/// How long work may go on after nobody is there any more.
const LEAVE_WITHIN: Duration = Duration::from_secs(2);

type Asked = (Ask, Vec<u8>);

/// Works until nobody asks any more. Called before anything of a window is made.
pub fn serve() -> ExitCode {
    std::panic::set_hook(Box::new(say_where));
    step_back();
    let wanted = Arc::new(Wanted::default());
    let (asks, asked) = mpsc::channel();
    let reader = {
        let wanted = Arc::clone(&wanted);
        thread::Builder::new().name("asks".to_owned()).spawn(move || listen(asks, &wanted))
    };
    match reader.and_then(|_| work(&asked, &wanted)) {
        Ok(()) => ExitCode::SUCCESS,
        // The pipe is closed, or what came through it is no ask.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Takes asks from the pipe; ends the work, and with it the process, when the pipe ends.
fn listen(asks: Sender<Asked>, wanted: &Wanted) {
    let mut from = BufReader::new(io::stdin());
    while let Ok(Some(asked)) = Ask::read(&mut from) {
        if let Ask::Cancel { id } = asked.0 {
            wanted.cancel(id);
        } else if asks.send(asked).is_err() {
            break;
        }
    }
    drop(asks);
    wanted.cancel(u64::MAX);
    let leave_by = Instant::now() + LEAVE_WITHIN;
    // The process goes when its work does. Work that does not stop is left behind with it.
    while let Some(left) = leave_by.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        thread::park_timeout(left);
    }
    vanish();
}

fn work(asked: &Receiver<Asked>, wanted: &Wanted) -> io::Result<()> {
    let Ok((Ask::Begin { gpu, idle_ms }, _)) = asked.recv_timeout(FIRST_WORD) else {
        return Ok(());
    };
    if let Err(code) = processor::check(processor::NEEDED, processor::here) {
        return say(&Tell::Refused { code });
    }
    match say_while(0, || holding::wake(gpu)) {
        Ok(gpus) => say(&Tell::Ready { protocol: PROTOCOL, gpus })?,
        Err(_) => return say(&Tell::Refused { code: Code::EngineFailed }),
    }
    let idle = Duration::from_millis(idle_ms);
    let mut held = None;
    loop {
        match asked.recv_timeout(idle) {
            Ok((ask, payload)) => {
                if let Some(tell) = answer(&mut held, ask, payload, wanted) {
                    say(&tell)?;
                }
            }
            Err(RecvTimeoutError::Timeout) => return say(&Tell::Idle),
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn answer(held: &mut Option<Holding>, ask: Ask, payload: Vec<u8>, wanted: &Wanted) -> Option<Tell> {
    let id = match ask {
        Ask::Begin { .. } | Ask::Cancel { .. } => return None,
        Ask::Load { id, .. } | Ask::Hear { id, .. } | Ask::TellApart { id, .. } => id,
    };
    if !wanted.begin(id) {
        return Some(Tell::Cancelled { id });
    }
    let done = say_while(id, || match ask {
        Ask::Begin { .. } | Ask::Cancel { .. } => Err(Failure::Cancelled),
        Ask::Load { duty, .. } => {
            // The former model goes before the next comes: there may be no room for two.
            *held = None;
            let loaded = Holding::load(path_of(payload)?, duty)?;
            let tell = Tell::Loaded { id, loaded: loaded.loaded() };
            *held = Some(loaded);
            Ok(tell)
        }
        Ask::Hear { threads, language, .. } => {
            let written = holding(held)?.hear(&samples_of(&payload), language, threads, wanted.token())?;
            let holding::Written { language, words, cut_short } = written;
            Ok(Tell::Heard { id, language, words, cut_short })
        }
        Ask::TellApart { threads, .. } => {
            let turns = holding(held)?.tell_apart(&samples_of(&payload), threads, wanted.token())?;
            Ok(Tell::Turns { id, turns })
        }
    });
    Some(done.unwrap_or_else(|failure| match failure {
        Failure::Cancelled => Tell::Cancelled { id },
        Failure::Because { code, what } => Tell::Failed { id, code, what },
    }))
}

fn holding(held: &mut Option<Holding>) -> Result<&mut Holding, Failure> {
    let nothing = || Failure::Because { code: Code::ModelMissing, what: "nothing is loaded".to_owned() };
    held.as_mut().ok_or_else(nothing)
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> Result<PathBuf, Failure> {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    Ok(PathBuf::from(OsString::from_vec(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Result<PathBuf, Failure> {
    let unreadable =
        || Failure::Because { code: Code::ModelUnreadable, what: "a path that does not read".to_owned() };
    String::from_utf8(bytes).map(PathBuf::from).map_err(|_| unreadable())
}

/// Where it went wrong, without the values: they may be what somebody said.
fn say_where(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    // Without an error output there is nobody to tell.
    drop(writeln!(io::stderr(), "the worker broke at {place}"));
}

/// Behind everything else, and without a core file. Neither is worth failing for.
#[cfg(unix)]
fn step_back() {
    use rustix::process::{Resource, Rlimit, nice, setrlimit};
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if nice(10).is_err() || setrlimit(Resource::Core, none).is_err() {
        drop(writeln!(io::stderr(), "the worker could not step back"));
    }
}

/// On Windows whoever starts the worker says how much it may have.
#[cfg(not(unix))]
fn step_back() {}

/// Ends the process at once, whatever its threads are at.
fn vanish() -> ! {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, kill_process};
        // Where even that is refused, the way out below is tried.
        kill_process(getpid(), Signal::KILL).unwrap_or_default();
    }
    std::process::exit(1)
}

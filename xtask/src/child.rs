//! Starting other programs, and never leaving one behind.
//!
//! Each child leads a process group of its own and reads nothing. When it ends, overstays its limit, or this
//! program is interrupted, the whole group is killed: a browser that outlives its test keeps the output open,
//! and whoever reads it waits for ever. Refuses to run anything without a time limit, except what a person is
//! looking at.

use crate::descendants;
use anyhow::{Context, Result, bail, ensure};
use std::io::IsTerminal;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

static LIVE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// A limit in minutes. Each is several times what the step takes on two slow cores: it is there for what
/// hangs, not for what is slow.
pub const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

/// From now on Ctrl-C, a hang-up and a polite kill end the children as well.
pub fn stop_all_when_interrupted() -> Result<()> {
    ctrlc::set_handler(|| {
        for id in live().drain(..) {
            stop(id);
        }
        // What a shell reports for Ctrl-C.
        std::process::exit(130);
    })
    .context("cannot listen for Ctrl-C")
}

/// Runs to the end, with its output where ours goes.
pub fn run(command: &mut Command, limit: Duration) -> Result<()> {
    let shown = shown(command);
    let status = start(command)?.wait(Some(limit)).with_context(|| format!("`{shown}`"))?;
    ensure!(status.success(), "`{shown}` ended with {status}");
    Ok(())
}

/// As [`run`], but where a person sits at the keyboard they may be asked (sudo wants a password), and then
/// they are the time limit.
pub fn run_asking(command: &mut Command, limit: Duration) -> Result<()> {
    if !std::io::stdin().is_terminal() {
        return run(command, limit);
    }
    let shown = shown(command);
    let status = command.status().with_context(|| format!("`{shown}` cannot be started"))?;
    ensure!(status.success(), "`{shown}` ended with {status}");
    Ok(())
}

/// What a program says on its standard output, or the reason it said nothing.
pub fn answer(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output =
        command.stdin(Stdio::null()).output().with_context(|| format!("`{shown}` cannot be started"))?;
    ensure!(
        output.status.success(),
        "`{shown}` ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` did not answer in text"))
}

/// Starts a program that stays until it is dropped.
pub fn start(command: &mut Command) -> Result<Running> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let child = command
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("`{}` cannot be started", shown(command)))?;
    let id = child.id();
    live().push(id);
    Ok(Running { id, child: Some(child) })
}

/// A started program. Dropping it kills it and everything it started.
pub struct Running {
    id: u32,
    child: Option<Child>,
}

impl Running {
    /// The child itself, for its output.
    pub fn child(&mut self) -> Result<&mut Child> {
        self.child.as_mut().context("the program has already been waited for")
    }

    /// Waits until it ends, or kills it at the limit.
    pub fn wait(mut self, limit: Option<Duration>) -> Result<ExitStatus> {
        let mut child = self.child.take().context("the program has already been waited for")?;
        let Some(limit) = limit else {
            return Ok(child.wait()?);
        };
        let (tell, ended) = channel();
        thread::spawn(move || tell.send(child.wait()));
        match ended.recv_timeout(limit) {
            Ok(status) => Ok(status?),
            Err(RecvTimeoutError::Timeout) => {
                bail!("was stopped after {} minutes", limit.as_secs() / 60)
            }
            Err(RecvTimeoutError::Disconnected) => bail!("was lost sight of"),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        stop(self.id);
        live().retain(|id| *id != self.id);
        if let Some(mut child) = self.child.take() {
            // Only to reap it: it has just been killed, and how it ended says nothing.
            child.wait().ok();
        }
    }
}

fn live() -> MutexGuard<'static, Vec<u32>> {
    // A list of numbers is whole even where a thread died holding it.
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Kills a child, its group, and those of its descendants that made groups of their own. That one of them
/// has ended meanwhile is what was wanted, so the answers are not looked at.
#[cfg(unix)]
fn stop(id: u32) {
    use nix::sys::signal::{
        Signal::{SIGKILL, SIGSTOP},
        kill, killpg,
    };
    use nix::unistd::Pid;
    let Ok(group) = i32::try_from(id) else { return };
    // Whoever is stopped starts nobody: stopped first, all can be named before the first is killed. One that
    // was just starting another shows it at the next look, so they are looked for until a look finds nobody new.
    killpg(Pid::from_raw(group), SIGSTOP).ok();
    let (mut strays, mut quiet) = (Vec::new(), 0);
    while quiet < 3 {
        let new: Vec<i32> =
            descendants::of(group).into_iter().filter(|found| !strays.contains(found)).collect();
        quiet = if new.is_empty() { quiet + 1 } else { 0 };
        for stray in new {
            kill(Pid::from_raw(stray), SIGSTOP).ok();
            strays.push(stray);
        }
    }
    killpg(Pid::from_raw(group), SIGKILL).ok();
    for stray in strays {
        kill(Pid::from_raw(stray), SIGKILL).ok();
    }
}

#[cfg(not(unix))]
fn stop(id: u32) {
    Command::new("taskkill").args(["/PID", &id.to_string(), "/T", "/F"]).output().ok();
}

/// The command as one would type it.
pub fn shown(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_program_that_fails_is_named_with_its_arguments() {
        let fault = run(Command::new("/bin/sh").args(["-c", "exit 3"]), minutes(1)).unwrap_err();
        assert_eq!(fault.to_string(), "`sh -c exit 3` ended with exit status: 3");
    }

    #[test]
    fn a_program_that_overstays_its_limit_is_stopped() {
        let fault = run(Command::new("sleep").arg("600"), Duration::from_millis(20)).unwrap_err();
        assert!(format!("{fault:#}").contains("was stopped"), "{fault:#}");
    }

    #[test]
    fn nothing_a_program_started_outlives_it() {
        assert_output_ends_when_dropped("sleep 600 & echo started; wait");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn not_even_what_went_into_a_group_of_its_own() {
        assert_output_ends_when_dropped("setsid sh -c 'echo started; sleep 600' & wait");
    }

    fn assert_output_ends_when_dropped(script: &str) {
        let mut running = start(Command::new("/bin/sh").args(["-c", script]).stdout(Stdio::piped())).unwrap();
        let mut output = running.child().unwrap().stdout.take().unwrap();
        let mut word = [0; 8];
        output.read_exact(&mut word).unwrap();
        assert_eq!(&word, b"started\n");
        drop(running);
        // The end of the pipe is reached only once the last holder of its other end is gone.
        assert_eq!(output.read(&mut word).unwrap(), 0, "something still holds the output");
    }

    #[test]
    fn an_answer_that_failed_carries_what_was_said() {
        let fault =
            answer(Command::new("/bin/sh").args(["-c", "echo no such thing >&2; exit 1"])).unwrap_err();
        assert!(fault.to_string().ends_with("no such thing"), "{fault}");
    }
}

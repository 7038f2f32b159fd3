//! A sound server of one's own, with microphones and a loudspeaker that are not there but behave as if.
//!
//! It is a real PulseAudio on a private socket, so what records and plays here is what records and plays on a
//! desk: only the air is missing. What is said to a microphone arrives in it to the sample. Devices can be
//! pulled out and put back, and the server frozen, killed and started anew.
//!
//! Programs find it through their environment, which a process cannot safely change for itself. A test that
//! listens or plays in its own process therefore runs in a second one: see [`VirtualSound::within`].

mod server;
mod streams;

use std::{
    env,
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
pub use streams::{Hearing, Saying};
use tempfile::TempDir;

/// In a process that [`VirtualSound::within`] started: the folder of the server it is to use.
const LENT: &str = "ATTUNE_VIRTUAL_SOUND";
/// How long anything may take here before a test fails by it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What can be recorded from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Microphone {
    /// The default at the start. 48 kHz, stereo.
    First,
    /// Another of the same kind.
    Second,
    /// 44.1 kHz, one channel.
    Old,
}

impl Microphone {
    /// As a person reads it in a list.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "FirstMicrophone",
            Self::Second => "SecondMicrophone",
            Self::Old => "OldMicrophone",
        }
    }

    /// As the server knows it.
    pub fn source(self) -> &'static str {
        match self {
            Self::First => "first_microphone",
            Self::Second => "second_microphone",
            Self::Old => "old_microphone",
        }
    }

    /// What is played into this is heard by the microphone.
    fn mouth(self) -> &'static str {
        match self {
            Self::First => "first_mouth",
            Self::Second => "second_mouth",
            Self::Old => "old_mouth",
        }
    }
}

/// A running server. Dropping it ends it.
pub struct VirtualSound {
    folder: PathBuf,
    /// Held by the process that started the server, not by one it is lent to.
    owned: Option<TempDir>,
}

impl VirtualSound {
    /// Starts one. Where PulseAudio is not installed, the error says what to do.
    pub fn start() -> io::Result<Self> {
        let owned = tempfile::Builder::new().prefix("attune-sound").tempdir()?;
        let sound = Self { folder: owned.path().to_owned(), owned: Some(owned) };
        server::configure(&sound.folder)?;
        server::start(&sound)?;
        Ok(sound)
    }

    /// Runs a test with sound in its own process: the calling test, named by `test`, is run once more in a
    /// process that has the server's environment, and `body` is what it does there.
    pub fn within(test: &str, body: impl FnOnce(&Self)) {
        if let Some(folder) = env::var_os(LENT) {
            return body(&Self { folder: folder.into(), owned: None });
        }
        // One at a time: what is measured here is time, and they would take it from each other.
        static ALONE: Mutex<()> = Mutex::new(());
        let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let sound = Self::start().unwrap_or_else(|error| panic!("{error}"));
        let this = env::current_exe().expect("a test knows its own program");
        let mut again = Command::new(this);
        again.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(LENT, &sound.folder);
        let output = sound.lend(&mut again).output().expect("a test can be started again");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && told.contains("1 passed"),
            "{told}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Makes a program hear and play here and nowhere else.
    pub fn lend<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.envs(self.environment())
    }

    /// What tells a program where this is.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let mut server = OsString::from("unix:");
        server.push(self.socket());
        vec![
            ("PULSE_SERVER", server),
            ("PULSE_RUNTIME_PATH", self.folder.join("run").into()),
            ("PULSE_STATE_PATH", self.folder.join("state").into()),
            ("PULSE_COOKIE", self.folder.join("cookie").into()),
            ("ALSA_CONFIG_PATH", self.folder.join("alsa.conf").into()),
        ]
    }

    /// Says what is in a WAV file to a microphone.
    pub fn say(&self, to: Microphone, wav: &Path) -> Saying {
        Saying::start(self, to.mouth(), wav)
    }

    /// Hears what the loudspeaker plays, one channel at 48 kHz. Returns once it hears.
    pub fn hear(&self) -> Hearing {
        Hearing::start(self)
    }

    /// Pulls a microphone out.
    pub fn unplug(&self, microphone: Microphone) {
        self.unload(&format!("source_name={}", microphone.source()));
    }

    /// Puts it back.
    pub fn plug(&self, microphone: Microphone) {
        self.load(&server::microphone(microphone));
    }

    /// Pulls the loudspeaker out.
    pub fn unplug_loudspeaker(&self) {
        self.unload(&format!("sink_name={}", server::LOUDSPEAKER));
    }

    /// Puts it back, as the default.
    pub fn plug_loudspeaker(&self) {
        self.load(&server::loudspeaker());
        self.control(&["set-default-sink", server::LOUDSPEAKER]);
    }

    /// Makes a microphone the one the system takes.
    pub fn make_default(&self, microphone: Microphone) {
        self.control(&["set-default-source", microphone.source()]);
    }

    /// Stops the server as it is: it delivers nothing and answers nothing.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    /// Kills the server.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
        until("the server is gone", || !self.answers());
    }

    /// Starts it anew after it was killed.
    pub fn restart(&self) {
        server::start(self).unwrap_or_else(|error| panic!("{error}"));
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("run").join("native")
    }

    fn answers(&self) -> bool {
        std::os::unix::net::UnixStream::connect(self.socket()).is_ok()
    }

    fn signal(&self, signal: Signal) {
        let server = server::id(&self.folder).expect("the server has been started");
        rustix::process::kill_process(server, signal).expect("a server of one's own takes signals");
    }

    fn load(&self, module: &str) {
        let mut arguments = vec!["load-module"];
        arguments.extend(module.split(' '));
        self.control(&arguments);
    }

    fn unload(&self, argument: &str) {
        let modules = self.control(&["list", "short", "modules"]);
        let modules = String::from_utf8_lossy(&modules.stdout).into_owned();
        let line = modules.lines().find(|line| line.contains(argument));
        let number = line.and_then(|line| line.split('\t').next());
        self.control(&["unload-module", number.expect("what is pulled out is plugged in")]);
    }

    fn control(&self, arguments: &[&str]) -> Output {
        let output = self
            .lend(Command::new("pactl").args(arguments))
            .output()
            .expect("pactl comes with PulseAudio's tools");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "pactl {}: {told}", arguments.join(" "));
        output
    }
}

impl Drop for VirtualSound {
    fn drop(&mut self) {
        // Whoever it is lent to may have started it anew, so the one to end is looked up.
        if self.owned.is_some()
            && let Some(server) = server::id(&self.folder)
        {
            // It may have been killed by the test.
            rustix::process::kill_process(server, Signal::KILL).ok();
        }
    }
}

/// Waits for a condition, and fails the test where it does not come about.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        thread::park_timeout(Duration::from_millis(5));
    }
}

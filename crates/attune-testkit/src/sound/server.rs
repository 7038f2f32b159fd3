//! The server itself: what it is told at its start, and how it is found again.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use rustix::process::Pid;

use super::{Microphone, VirtualSound, until};

/// What is played where nobody says otherwise.
pub const LOUDSPEAKER: &str = "loudspeaker";

/// The module that is a microphone.
pub fn microphone(which: Microphone) -> String {
    format!(
        "module-remap-source source_name={} master={}.monitor source_properties=device.description={}",
        which.source(),
        which.mouth(),
        which.name()
    )
}

/// The module that is the loudspeaker.
pub fn loudspeaker() -> String {
    sink(LOUDSPEAKER, "rate=48000 channels=2", "Loudspeaker")
}

/// `norewinds`, or what is played shows up two seconds later at the other end and the beginning is lost.
fn sink(name: &str, sound: &str, description: &str) -> String {
    format!(
        "module-null-sink sink_name={name} {sound} format=s16le norewinds=1 \
         sink_properties=device.description={description}"
    )
}

/// Writes what the server reads at its start.
pub fn configure(folder: &Path) -> io::Result<()> {
    for name in ["run", "state"] {
        fs::DirBuilder::new().mode(0o700).create(folder.join(name))?;
    }
    let socket = folder.join("run").join("native");
    let mut script = vec![
        format!("module-native-protocol-unix socket={} auth-anonymous=1", socket.display()),
        loudspeaker(),
    ];
    for (which, sound) in [
        (Microphone::First, "rate=48000 channels=2"),
        (Microphone::Second, "rate=48000 channels=2"),
        (Microphone::Old, "rate=44100 channels=1"),
    ] {
        script.push(sink(which.mouth(), sound, which.mouth()));
        script.push(microphone(which));
    }
    let mut script: String = script.iter().map(|module| format!("load-module {module}\n")).collect();
    script += &format!("set-default-sink {LOUDSPEAKER}\n");
    script += &format!("set-default-source {}\n", Microphone::First.source());
    fs::write(folder.join("default.pa"), script)?;
    fs::write(folder.join("asoundrc"), "pcm.!default { type pulse }\nctl.!default { type pulse }\n")?;
    fs::write(
        folder.join("alsa.conf"),
        format!("</usr/share/alsa/alsa.conf>\n<{}>\n", folder.join("asoundrc").display()),
    )
}

/// Starts it and waits until it answers.
pub fn start(sound: &VirtualSound) -> io::Result<()> {
    let folder = &sound.folder;
    let mut server = Command::new("pulseaudio");
    server
        .args(["-n", "--exit-idle-time=-1", "--disallow-exit", "--use-pid-file=no", "--daemonize=no"])
        .args(["--realtime=no", "--high-priority=no"])
        .arg(format!("--file={}", folder.join("default.pa").display()))
        .arg(format!("--log-target=file:{}", folder.join("log").display()))
        // Its own, or it would ask the desktop for devices and for a place on the bus.
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .env("HOME", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut running = sound.lend(&mut server).spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(
            error.kind(),
            "PulseAudio is not installed, so nothing can be recorded: `cargo xtask setup` installs it, or \
             `sudo apt-get install pulseaudio pulseaudio-utils`",
        ),
        _ => error,
    })?;
    fs::write(folder.join("id"), running.id().to_string())?;
    // Reaps it when it ends, whoever ends it.
    thread::spawn(move || running.wait());
    until("the sound server answers", || sound.answers() && has_begun(sound));
    Ok(())
}

/// Whether it has come to the end of what it reads at its start.
fn has_begun(sound: &VirtualSound) -> bool {
    let asked = sound.lend(Command::new("pactl").arg("get-default-source")).output();
    asked.is_ok_and(|answer| answer.stdout.trim_ascii() == Microphone::First.source().as_bytes())
}

/// The process that was started last.
pub fn id(folder: &Path) -> Option<Pid> {
    Pid::from_raw(fs::read_to_string(folder.join("id")).ok()?.parse().ok()?)
}

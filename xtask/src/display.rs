//! A display nobody sees, for the tests that open the real window.

use crate::child::{self, Running};
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// A running Xvfb. Dropping it ends it.
pub struct Display {
    name: String,
    _server: Running,
}

impl Display {
    /// Starts one under a number that is free.
    pub fn start() -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1366x900x24", "-nolisten", "tcp"]);
        let mut server = child::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let output = server.child()?.stdout.take().context("Xvfb has no output")?;
        let (tell, told) = channel();
        thread::spawn(move || {
            let mut number = String::new();
            let read = BufReader::new(output).read_line(&mut number);
            tell.send(read.map(|_| number))
        });
        let number = told
            .recv_timeout(Duration::from_secs(30))
            .context("Xvfb did not come up within 30 seconds")??;
        let number: u16 = number.trim().parse().context("Xvfb ended before it named its display")?;
        Ok(Self { name: format!(":{number}"), _server: server })
    }

    /// Makes a command open its windows here, in English, apart from the desktop this was called from: on its
    /// session bus a test would meet the person's own Attune and their own keychain.
    pub fn lend(&self, command: &mut Command) {
        command
            .env("DISPLAY", &self.name)
            .env("GDK_BACKEND", "x11")
            .env("LANG", "en_US.UTF-8")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("NO_AT_BRIDGE", "1")
            .env_remove("LC_ALL")
            .env_remove("WAYLAND_DISPLAY");
    }
}

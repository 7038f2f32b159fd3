//! Which program is the worker, and how it is started.

use std::{ffi::OsString, io, path::PathBuf, process::Stdio};

use tokio::process::{Child, Command};

/// The program that is the worker, and with which arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub program: PathBuf,
    pub args: Vec<OsString>,
}

impl Program {
    /// Starts it with pipes on all three ends. It ends with whoever drops the child.
    pub fn start(&self) -> io::Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // The engine listens to switches in the environment; some of them write what it hears to the disk.
        for (name, _) in std::env::vars_os() {
            let name_read = name.to_string_lossy();
            if name_read.starts_with("TRANSCRIBE_") || name_read.starts_with("GGML_") {
                command.env_remove(&name);
            }
        }
        // When it breaks it would start a debugger on itself.
        command.env("GGML_NO_BACKTRACE", "1");
        #[cfg(windows)]
        command.creation_flags(BELOW_NORMAL_PRIORITY_CLASS | CREATE_NO_WINDOW);
        command.spawn()
    }
}

#[cfg(windows)]
const BELOW_NORMAL_PRIORITY_CLASS: u32 = 0x0000_4000;
#[cfg(windows)]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

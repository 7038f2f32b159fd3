//! The built program without a window, as a script uses it.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// The built application, beside this test's own folder.
pub fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests
        .parent()
        .and_then(Path::parent)
        .unwrap()
        .join(format!("attune{}", std::env::consts::EXE_SUFFIX));
    assert!(program.is_file(), "build the application first: cargo build --package attune");
    program
}

pub fn headless(home: &Path, arguments: &[&str], typed: &str) -> Output {
    let mut child = Command::new(program())
        .arg("headless")
        .args(arguments)
        .arg("--home")
        .arg(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_sample_practice_is_made_shown_verified_and_checked_for_damage() {
    let home = TempDir::new().unwrap();
    let walked = headless(home.path(), &["sample"], "");
    assert!(walked.status.success(), "{}", String::from_utf8_lossy(&walked.stderr));
    let shown = said(&walked);
    assert!(shown.contains("11 patients") && shown.contains("Logged a mood of 6"), "{shown}");
    assert!(shown.contains("Client: I had a panic attack at work on Monday morning."), "{shown}");

    let verified = headless(home.path(), &["verify"], "open-the-window-26\n");
    assert!(verified.status.success());
    assert!(said(&verified).contains("unbroken"), "{}", said(&verified));

    let store = std::fs::read_dir(home.path().join("profiles"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path()
        .join("store.db");
    let mut bytes = std::fs::read(&store).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0x5a);
    std::fs::write(&store, bytes).unwrap();
    let damaged = headless(home.path(), &["verify"], "open-the-window-26\n");
    let heard = format!("{}{}", said(&damaged), String::from_utf8_lossy(&damaged.stderr));
    assert!(!damaged.status.success(), "{heard}");
    assert!(heard.contains("DAMAGED") || heard.contains("StoreDamaged"), "{heard}");

    let wrong = headless(home.path(), &["verify"], "open-the-door-26\n");
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("WrongPassword"));
}

#[test]
fn an_empty_home_is_said_to_be_empty() {
    let home = TempDir::new().unwrap();
    let verified = headless(home.path(), &["verify"], "");
    assert!(!verified.status.success());
    assert!(String::from_utf8_lossy(&verified.stderr).contains("no profile here yet"));
}

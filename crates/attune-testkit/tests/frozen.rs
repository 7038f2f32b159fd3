//! A machine that has no time for a recorder for seconds leaves a recording that says so, or lost nothing.

#![cfg(target_os = "linux")]

use std::process::Command;

#[test]
fn a_recorder_that_is_frozen_for_three_seconds_loses_nothing_that_it_does_not_mark() {
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(["frozen", "--seconds", "3"])
        .output()
        .expect("the soak starts");
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{complained}");
}

//! Recorders that are killed lose next to nothing, and never what was already on the disk. How it is measured
//! stands in the soak, which this starts; `cargo xtask soak recording --kills 1000` is the long run.

use std::process::Command;

#[test]
fn two_hundred_recorders_that_are_killed_at_any_moment_lose_a_quarter_of_a_second_at_most() {
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(["kills", "--count", "200", "--workers", "12"])
        .output()
        .expect("the soak starts");
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.contains(" 0 broken"), "{said}");
}

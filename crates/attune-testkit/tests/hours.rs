//! An hour of a session with all that befalls one takes no more memory at its end than after its first quarter,
//! and its time line keeps step with the clock. One hour, because this runs with every test: the eight of a
//! working day are `cargo xtask soak recording --hours 8`.

use std::process::Command;

#[test]
fn an_hour_with_a_pause_and_three_changes_of_device_takes_no_memory_and_does_not_drift() {
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(["hours", "--hours", "1", "--speed", "240"])
        // What is given back goes back to the system at once. Otherwise a ring of two megabytes may lie in the
        // allocator of one thread before a change of device, and in that of another after it, and looks like growth.
        .env("MALLOC_MMAP_THRESHOLD_", "131072")
        .output()
        .expect("the soak starts");
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{complained}");
    assert!(said.contains("drift") && !said.contains("OVER"), "{said}");
}

//! What this process takes of the machine, as Linux tells it; elsewhere nobody is asked.

use std::time::Duration;

/// How much of this process is in memory, in bytes.
#[cfg(target_os = "linux")]
pub fn resident() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let told = told.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    told.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1_024)
}

/// How long the processor has worked for those of this process's threads that keep sound: its callback's
/// copying aside, all that a recording takes. Nothing of the stage is in it.
#[cfg(target_os = "linux")]
pub fn keeping() -> Option<Duration> {
    let mut worked = Duration::ZERO;
    for thread in std::fs::read_dir("/proc/self/task").ok()?.flatten() {
        // A thread may have ended since it was listed.
        let Ok(name) = std::fs::read_to_string(thread.path().join("comm")) else { continue };
        if name.starts_with("attune-") {
            let Ok(told) = std::fs::read_to_string(thread.path().join("schedstat")) else { continue };
            worked += Duration::from_nanos(told.split_whitespace().next()?.parse().ok()?);
        }
    }
    Some(worked)
}

#[cfg(not(target_os = "linux"))]
pub const fn resident() -> Option<u64> {
    None
}

#[cfg(not(target_os = "linux"))]
pub const fn keeping() -> Option<Duration> {
    None
}

/// What is said in the place of a figure nobody can give.
pub const UNKNOWN: &str = "not measured: only Linux is asked";

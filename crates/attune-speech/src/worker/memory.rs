//! How much memory a process holds.

/// What a process holds now, and what it held at its most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    pub resident_bytes: u64,
    /// Only where the system tells.
    pub peak_bytes: Option<u64>,
}

/// What the process of this number holds. None when there is none.
#[cfg(target_os = "linux")]
pub fn of(pid: u32) -> Option<Memory> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let told = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim_start_matches(':').trim().strip_suffix(" kB")?.parse::<u64>().ok()
    };
    // A process that has ended and was not yet asked how holds nothing, and says nothing of it.
    Some(Memory { resident_bytes: told("VmRSS")? * 1024, peak_bytes: told("VmHWM").map(|peak| peak * 1024) })
}

/// What the process of this number holds. None when there is none.
#[cfg(not(target_os = "linux"))]
pub fn of(pid: u32) -> Option<Memory> {
    use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};
    let pid = Pid::from_u32(pid);
    let mut system = System::new();
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing().with_memory(),
    );
    system.process(pid).map(|process| Memory { resident_bytes: process.memory(), peak_bytes: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_runs_holds_memory_and_one_that_does_not_holds_none() {
        let own = of(std::process::id()).unwrap();
        assert!(own.resident_bytes > 1_000_000);
        assert!(own.peak_bytes.is_none_or(|peak| peak >= own.resident_bytes));
        assert_eq!(of(u32::MAX / 2), None);
    }
}

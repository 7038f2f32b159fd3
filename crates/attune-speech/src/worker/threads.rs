//! How many threads an engine may take.
//!
//! The threads of the engine wait for each other by turning in circles. One more than there are cores makes all of them
//! slow, and everything else on the machine with them. (Its very first step over a window, a few milliseconds, takes a
//! thread for each core whatever it is told; the worker's low priority is what keeps those out of the way.)

/// How many threads an engine may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// What this machine can spare: all cores but one, and half of them while a session is recorded.
    Spare,
    /// So many, at most.
    AtMost(u32),
}

impl Threads {
    /// How many now, while a session is recorded (`gentle`) or not.
    pub fn count(self, gentle: bool) -> u32 {
        let cores = num_cpus::get_physical().min(num_cpus::get());
        let spare = of(u32::try_from(cores).unwrap_or(u32::MAX), gentle);
        match self {
            Self::Spare => spare,
            Self::AtMost(most) if gentle => most.clamp(1, spare),
            Self::AtMost(most) => most.max(1),
        }
    }
}

fn of(cores: u32, gentle: bool) -> u32 {
    let spare = if gentle { cores / 2 } else { cores.saturating_sub(1) };
    spare.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_core_stays_free_and_while_a_session_is_recorded_half_of_them() {
        for (cores, spare, gentle) in [(1, 1, 1), (2, 1, 1), (4, 3, 2), (8, 7, 4), (64, 63, 32)] {
            assert_eq!((of(cores, false), of(cores, true)), (spare, gentle), "{cores} cores");
        }
    }

    #[test]
    fn no_setting_takes_more_while_a_session_is_recorded_than_the_machine_can_spare() {
        assert_eq!(Threads::AtMost(0).count(false), 1);
        assert_eq!(Threads::AtMost(3).count(false), 3);
        assert!(Threads::AtMost(1000).count(true) <= Threads::Spare.count(true));
    }
}

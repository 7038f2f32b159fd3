//! What went wrong with a worker, and whether to try again.

use std::io;

use attune_kernel::{Code, Coded};

use super::{
    line::Tell,
    process::{Lost, Process},
};
use crate::{Error, Stage};

/// What went wrong.
#[derive(Debug)]
pub struct Failure {
    pub error: Error,
    sort: Sort,
    /// Whether a graphics processor was, or may have been, in use.
    gpu: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// It went because it had nothing to do, just as it was asked.
    Idle,
    /// It died, hung, or could not do it: another may.
    Perhaps,
    /// Another would say the same.
    Surely,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Again,
    /// Again, on the processor alone.
    WithoutGpu,
    GiveUp,
}

/// The tries at one thing.
#[derive(Debug, Default)]
pub struct Tries {
    failed: u32,
    idle: u32,
}

impl Tries {
    /// What to do after another failure. One is forgiven.
    pub fn after(&mut self, failure: &Failure) -> Next {
        match failure.sort {
            Sort::Surely => return Next::GiveUp,
            // One that goes idle the moment it is asked, again and again, has no other excuse.
            Sort::Idle if self.idle < 3 => {
                self.idle += 1;
                return Next::Again;
            }
            Sort::Idle | Sort::Perhaps => self.failed += 1,
        }
        match (self.failed, failure.gpu) {
            (1, true) => Next::WithoutGpu,
            (1, false) => Next::Again,
            _ => Next::GiveUp,
        }
    }
}

impl Failure {
    /// It could not even be started.
    pub fn unstarted(error: io::Error) -> Self {
        let what = format!("the worker did not start: {}", error.kind());
        let error = Error::Engine { stage: Stage::Loading, code: Code::EngineFailed, what, tail: Vec::new() };
        Self { error, sort: Sort::Perhaps, gpu: false }
    }

    /// It was lost, having said so much on its error output.
    pub fn lost(lost: Lost, stage: Stage, tail: Vec<String>, gpu: bool) -> Self {
        let (sort, code, what) = match lost {
            Lost::Idle => (Sort::Idle, Code::EngineFailed, "the worker went idle".to_owned()),
            Lost::Gone(how) => (Sort::Perhaps, Code::EngineFailed, format!("the worker ended: {how}")),
            Lost::Hung => (Sort::Perhaps, Code::EngineFailed, "the worker hung and was killed".to_owned()),
            Lost::Babbled => {
                (Sort::Perhaps, Code::EngineFailed, "the worker said what does not read".to_owned())
            }
            Lost::Refused(code) => {
                let sort = if code == Code::ProcessorTooOld { Sort::Surely } else { Sort::Perhaps };
                (sort, code, "the worker cannot work on this computer".to_owned())
            }
        };
        Self { error: Error::Engine { stage, code, what, tail }, sort, gpu }
    }

    /// What it answered is not what it was asked for.
    pub fn of(told: Result<Tell, Lost>, stage: Stage, process: &Process) -> Self {
        let (gpu, tail) = (process.has_gpu(), process.tail());
        match told {
            Ok(Tell::Failed { code, what, .. }) => {
                // The memory of a graphics processor is not the machine's.
                let may_be_gpu = gpu && code == Code::ModelTooLarge;
                let sort =
                    if code == Code::EngineFailed || may_be_gpu { Sort::Perhaps } else { Sort::Surely };
                Self { error: Error::Engine { stage, code, what, tail }, sort, gpu }
            }
            Ok(_) => Self::lost(Lost::Babbled, stage, tail, gpu),
            Err(lost) => Self::lost(lost, stage, tail, gpu),
        }
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self { error: code.into(), sort: Sort::Surely, gpu: false }
    }
}

impl Coded for Failure {
    fn code(&self) -> Code {
        self.error.code()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn died(gpu: bool) -> Failure {
        Failure::lost(
            Lost::Gone("signal: 9".to_owned()),
            Stage::Working,
            vec!["out of memory".to_owned()],
            gpu,
        )
    }

    #[test]
    fn one_death_is_forgiven_and_a_second_is_not() {
        let mut tries = Tries::default();
        assert_eq!(tries.after(&died(false)), Next::Again);
        assert_eq!(tries.after(&died(false)), Next::GiveUp);
    }

    #[test]
    fn a_death_on_a_graphics_processor_is_tried_again_without_it() {
        let mut tries = Tries::default();
        assert_eq!(tries.after(&died(true)), Next::WithoutGpu);
        assert_eq!(tries.after(&died(false)), Next::GiveUp);
        let hung = Failure::lost(Lost::Hung, Stage::Working, Vec::new(), true);
        assert_eq!(Tries::default().after(&hung), Next::WithoutGpu);
    }

    #[test]
    fn what_another_worker_would_say_as_well_is_not_tried_again() {
        let too_old = Failure::lost(Lost::Refused(Code::ProcessorTooOld), Stage::Loading, Vec::new(), true);
        assert_eq!(Tries::default().after(&too_old), Next::GiveUp);
        assert_eq!(too_old.code(), Code::ProcessorTooOld);
        assert_eq!(Tries::default().after(&Code::LanguageUnknown.into()), Next::GiveUp);
    }

    #[test]
    fn a_worker_that_went_idle_as_it_was_asked_costs_no_try_until_it_does_nothing_else() {
        let idle = || Failure::lost(Lost::Idle, Stage::Working, Vec::new(), false);
        let mut tries = Tries::default();
        assert_eq!([(); 3].map(|()| tries.after(&idle())), [Next::Again; 3]);
        assert_eq!(tries.after(&died(false)), Next::Again);
        assert_eq!(tries.after(&idle()), Next::GiveUp);
    }

    #[test]
    fn what_the_worker_said_at_last_stands_in_the_error() {
        let said = died(false).error.to_string();
        assert!(said.contains("signal: 9") && said.contains("out of memory"), "{said}");
    }
}

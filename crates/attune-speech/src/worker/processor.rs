//! Whether this processor has the instructions the engine is compiled for.
//!
//! It is asked before anything of the engine runs: a missing instruction is no error one could catch, the process is
//! simply gone. What the engine is compiled for is said in `.cargo/config.toml`; a test compares that with what is asked
//! for here, and the build refuses an engine that was tuned to the machine that built it (`build.rs`).

use attune_kernel::Code;

/// What the engine may use without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instruction {
    Sse42,
    Avx,
    Avx2,
    Bmi2,
    Fma,
    F16c,
}

/// What the engine is compiled for. Every desktop processor since about 2015 has it; other architectures have one
/// base that all of them share.
pub const NEEDED: &[Instruction] = if cfg!(target_arch = "x86_64") {
    &[
        Instruction::Sse42,
        Instruction::Avx,
        Instruction::Avx2,
        Instruction::Bmi2,
        Instruction::Fma,
        Instruction::F16c,
    ]
} else {
    &[]
};

/// Refuses a processor that lacks one of what is needed.
pub fn check(needed: &[Instruction], has: impl Fn(Instruction) -> bool) -> Result<(), Code> {
    if needed.iter().all(|instruction| has(*instruction)) { Ok(()) } else { Err(Code::ProcessorTooOld) }
}

/// Whether the processor this runs on, and the system on it, have an instruction.
#[cfg(target_arch = "x86_64")]
pub fn here(instruction: Instruction) -> bool {
    match instruction {
        Instruction::Sse42 => is_x86_feature_detected!("sse4.2"),
        Instruction::Avx => is_x86_feature_detected!("avx"),
        Instruction::Avx2 => is_x86_feature_detected!("avx2"),
        Instruction::Bmi2 => is_x86_feature_detected!("bmi2"),
        Instruction::Fma => is_x86_feature_detected!("fma"),
        Instruction::F16c => is_x86_feature_detected!("f16c"),
    }
}

/// No other architecture needs one of these.
#[cfg(not(target_arch = "x86_64"))]
pub fn here(_: Instruction) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_that_lacks_any_one_of_them_is_too_old_and_none_that_has_them_all() {
        let all = [
            Instruction::Sse42,
            Instruction::Avx,
            Instruction::Avx2,
            Instruction::Bmi2,
            Instruction::Fma,
            Instruction::F16c,
        ];
        assert_eq!(check(&all, |_| true), Ok(()));
        for lacking in all {
            assert_eq!(check(&all, |one| one != lacking), Err(Code::ProcessorTooOld), "{lacking:?}");
        }
        assert_eq!(check(&[], |_| false), Ok(()), "where nothing is needed nothing is missing");
    }

    #[test]
    fn the_engine_is_compiled_for_what_is_asked_of_the_processor_and_for_nothing_else() {
        let mut compiled: Vec<&str> = env!("ATTUNE_ENGINE_COMPILED_FOR").split_whitespace().collect();
        let mut asked: Vec<String> =
            NEEDED.iter().map(|instruction| format!("{instruction:?}").to_uppercase()).collect();
        compiled.sort_unstable();
        asked.sort_unstable();
        if cfg!(target_arch = "x86_64") {
            assert_eq!(compiled, asked);
        }
        assert!(!compiled.contains(&"NATIVE"), "tuned to the machine that built it");
    }
}

//! Which model a machine can carry, and which one it should be offered first.
//!
//! Pure: the machine is handed in, so that every machine can stand in a table of tests. The figures behind it are the
//! publishers' own, taken on one laptop; they are good enough to choose by and are never shown as a promise.

use serde::{Deserialize, Serialize};

use super::catalogue::Model;

/// Taken for granted where a system does not say.
const USUAL_MEMORY: u64 = 8_000_000_000;
/// What system, window and recorder need beside the model.
const TAKEN: u64 = 2_500_000_000;
/// What an engine holds beside its weights while it works on a window of half a minute.
const BESIDE_WEIGHTS: u64 = 350_000_000;
/// The cores the published paces were taken on.
const PUBLISHED_CORES: f32 = 8.0;
/// More cores than this make none of the models faster that we know of.
const USEFUL_CORES: usize = 16;
/// Times faster than speech a model must be on half the cores, so that a session is written down while it goes on. Less
/// than once is enough: pauses are not given to an engine, and no conversation is without.
const KEEPS_UP: f32 = 0.8;
/// So fast, and there is room for a dense conversation or another busy program.
const AHEAD: f32 = 1.3;
/// Word error rates that differ by less, in per cent, are the same to whoever reads.
const SAME_ERRORS: f32 = 0.25;

/// What a computer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    pub memory_bytes: u64,
    pub physical_cores: usize,
}

impl Machine {
    /// This one.
    pub fn this() -> Self {
        let memory =
            sysinfo::RefreshKind::nothing().with_memory(sysinfo::MemoryRefreshKind::nothing().with_ram());
        Self {
            memory_bytes: sysinfo::System::new_with_specifics(memory)
                .map_or(USUAL_MEMORY, |system| system.total_memory()),
            physical_cores: num_cpus::get_physical().max(1),
        }
    }

    /// How much memory a file of weights so long takes while it works.
    pub fn takes(bytes: u64) -> u64 {
        // Weights are unpacked into buffers of their own in part.
        bytes + bytes / 4 + BESIDE_WEIGHTS
    }

    /// Whether weights of this length go into the memory.
    pub fn fits(&self, bytes: u64) -> Fits {
        let free = self.memory_bytes.saturating_sub(TAKEN);
        match Self::takes(bytes) {
            takes if takes <= free / 2 => Fits::Well,
            takes if takes <= free => Fits::Tight,
            _ => Fits::No,
        }
    }

    /// Times faster than speech, on half the cores, as while a session is recorded.
    fn pace_beside_recording(&self, published: f32) -> f32 {
        let cores = self.physical_cores.clamp(1, USEFUL_CORES);
        published * (cores as f32 / 2.0).max(1.0) / PUBLISHED_CORES
    }
}

/// Whether a model goes into a machine's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Fits {
    Well,
    /// It works, and little else beside it.
    Tight,
    No,
}

/// A model as it suits a machine and a language.
#[derive(Debug, Clone, PartialEq)]
pub struct Advised<'a> {
    pub model: &'a Model,
    pub fits: Fits,
    /// Whether a session can be written down while it goes on.
    pub keeps_up: bool,
}

/// The models that know `language`, the best for this machine first. Without a language, those that know several.
///
/// A model that goes in well comes before one that is tight; one that keeps up with speech before one that does not; among
/// those the fewer errors, and among equals the smaller file. What does not go in at all is last, and stays choosable
/// by nobody.
pub fn advice<'a>(models: &'a [Model], machine: &Machine, language: Option<&str>) -> Vec<Advised<'a>> {
    let mut advised: Vec<(Advised<'a>, f32)> = models
        .iter()
        .filter(|model| model.family.writes() && model.download.is_some())
        .filter(|model| language.map_or(model.languages.len() > 1, |asked| model.knows(asked)))
        .map(|model| {
            let pace = machine.pace_beside_recording(pace_of(model, models));
            let fits = machine.fits(model.about_bytes);
            (Advised { model, fits, keeps_up: pace >= KEEPS_UP }, pace)
        })
        .collect();
    let behind = |pace: f32| match pace {
        ahead if ahead >= AHEAD => 0,
        enough if enough >= KEEPS_UP => 1,
        _ => 2,
    };
    // Of those that fall behind, the one that falls behind least.
    let late = |pace: f32| if pace < KEEPS_UP { -pace } else { 0.0 };
    advised.sort_by(|(a, a_pace), (b, b_pace)| {
        (a.fits, behind(*a_pace))
            .cmp(&(b.fits, behind(*b_pace)))
            .then_with(|| late(*a_pace).total_cmp(&late(*b_pace)))
            .then_with(|| errors(a.model).cmp(&errors(b.model)))
            .then_with(|| a.model.about_bytes.cmp(&b.model.about_bytes))
            .then_with(|| a.model.id.cmp(&b.model.id))
    });
    advised.into_iter().map(|(advised, _)| advised).collect()
}

/// In steps nobody would notice within. What is not published comes after what is.
fn errors(model: &Model) -> u32 {
    model.wer.map_or(u32::MAX, |wer| (wer / SAME_ERRORS) as u32)
}

/// As published, or judged by the size of the nearest model of its family that has a figure.
fn pace_of(model: &Model, models: &[Model]) -> f32 {
    let siblings = models.iter().filter(|other| other.family == model.family);
    let measured = siblings.filter_map(|other| other.pace.map(|pace| (other, pace)));
    let nearest = measured.min_by_key(|(other, _)| {
        (other.quantisation != model.quantisation, other.about_bytes.abs_diff(model.about_bytes))
    });
    match (model.pace, nearest) {
        (Some(pace), _) => pace,
        (None, Some((other, pace))) => pace * other.about_bytes as f32 / model.about_bytes as f32,
        (None, None) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Catalogue;

    const GB: u64 = 1_000_000_000;

    fn first(memory_gb: u64, physical_cores: usize, language: Option<&str>) -> String {
        let ours = Catalogue::ours();
        let machine = Machine { memory_bytes: memory_gb * GB, physical_cores };
        advice(ours.models(), &machine, language)[0].model.id.clone()
    }

    #[test]
    fn every_machine_is_offered_what_it_can_carry_in_the_language_that_is_spoken() {
        for (memory, cores, language, expected) in [
            // English: the small one where there is little, the one with the fewest errors where there is room.
            (4, 2, Some("en"), "parakeet-tdt_ctc-110m-Q8_0"),
            (8, 2, Some("en"), "parakeet-tdt_ctc-110m-Q8_0"),
            (8, 4, Some("en"), "parakeet-tdt-0.6b-v2-Q8_0"),
            (16, 8, Some("en"), "parakeet-tdt-0.6b-v2-Q8_0"),
            // The languages of Europe.
            (8, 4, Some("de"), "parakeet-tdt-0.6b-v3-Q4_K_M"),
            (16, 8, Some("uk"), "parakeet-tdt-0.6b-v3-Q4_K_M"),
            // Too little memory for it.
            (4, 4, Some("de"), "whisper-base-Q8_0"),
            (8, 2, Some("de"), "parakeet-tdt-0.6b-v3-Q4_K_M"),
            // The rest of the world.
            (4, 2, Some("he"), "whisper-base-Q8_0"),
            (8, 4, Some("ja"), "whisper-base-Q8_0"),
            (16, 8, Some("he"), "whisper-small-Q5_K_M"),
            // Nobody said what is spoken.
            (16, 8, None, "parakeet-tdt-0.6b-v3-Q4_K_M"),
        ] {
            assert_eq!(first(memory, cores, language), expected, "{memory} GB, {cores} cores, {language:?}");
        }
    }

    #[test]
    fn nobody_is_offered_a_model_that_does_not_know_the_language_or_writes_nothing_down() {
        let ours = Catalogue::ours();
        let machine = Machine { memory_bytes: 32 * GB, physical_cores: 8 };
        let german = advice(ours.models(), &machine, Some("de"));
        assert!(german.iter().all(|one| one.model.knows("de") && one.model.family.writes()));
        assert!(advice(ours.models(), &machine, Some("tlh")).is_empty());
    }

    #[test]
    fn what_does_not_go_in_comes_last_and_says_so() {
        let ours = Catalogue::ours();
        let machine = Machine { memory_bytes: 3 * GB, physical_cores: 2 };
        let advised = advice(ours.models(), &machine, Some("en"));
        let refused = advised.iter().position(|one| one.fits == Fits::No).unwrap();
        assert!(advised[refused..].iter().all(|one| one.fits == Fits::No));
        assert_ne!(advised[0].fits, Fits::No);
    }

    #[test]
    fn a_model_is_tight_before_it_does_not_go_in() {
        let machine = |tenths: u64| Machine { memory_bytes: tenths * GB / 10, physical_cores: 4 };
        let bytes = 740_000_000;
        assert_eq!(machine(160).fits(bytes), Fits::Well);
        assert_eq!(machine(40).fits(bytes), Fits::Tight);
        assert_eq!(machine(20).fits(bytes), Fits::No);
        assert_eq!(machine(0).fits(bytes), Fits::No);
    }

    #[test]
    fn this_machine_has_memory_and_cores() {
        let this = Machine::this();
        assert!(this.memory_bytes > GB && this.physical_cores >= 1, "{this:?}");
    }
}

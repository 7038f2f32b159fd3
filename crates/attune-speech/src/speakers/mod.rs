//! Who speaks.
//!
//! Where there are two microphones, whoever is louder at the clinician's is the clinician ([`channels`]). Where there is
//! one, voices are told apart by their sound ([`voices`]). Who of them is the clinician is known by the voice, where it
//! was learnt ([`print`]), and guessed by the questions otherwise. A guess says that it is one.

pub mod phrase;
pub mod timbre;
pub mod trace;

mod print;

use self::{phrase::Phrase, trace::Traces};
use crate::said::{KnownBy, Role, Segment, Speaker};
pub use print::VoicePrint;

/// What is known of those who speak.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Naming {
    /// How many there are, where somebody said so.
    pub speakers: Option<usize>,
    /// The clinician's voice, where it was learnt.
    pub voice: Option<VoicePrint>,
    /// Who speaks when, where a model for it was asked.
    pub turns: Option<Vec<SpeakerTurn>>,
}

/// Somebody speaks from one moment to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeakerTurn {
    pub speaker: u32,
    pub t0: u32,
    pub t1: u32,
}

/// Segments with their speakers.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub speakers: Vec<Speaker>,
    pub segments: Vec<Segment>,
}

/// Who said each phrase.
pub(crate) struct Voices {
    pub speakers: Vec<Speaker>,
    /// Of each phrase, who said it and how sure that is.
    pub of_phrase: Vec<(u8, f32)>,
}

/// Tells who said what.
pub(crate) fn tell(_traces: &Traces, phrases: &[Phrase], _naming: &Naming) -> Voices {
    let speaker = Speaker { role: Role::Clinician, known_by: KnownBy::Guess, confidence: 0.0 };
    Voices { speakers: vec![speaker], of_phrase: vec![(0, 0.0); phrases.len()] }
}

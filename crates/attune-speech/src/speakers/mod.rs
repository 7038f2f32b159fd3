//! Who speaks.
//!
//! Where there are two microphones, whoever is louder at the clinician's is the clinician ([`channels`]). Where there is
//! one, voices are told apart by their sound ([`voices`]), or by a model that was asked ([`turns`]). Who of them is the
//! clinician is known by the voice, where it was learnt ([`print`]), and guessed by the questions otherwise ([`naming`]).
//! A guess says that it is one.

mod axes;
mod channels;
mod count;
mod means;
mod naming;
pub(crate) mod phrase;
mod print;
mod sample;
pub(crate) mod timbre;
pub(crate) mod trace;
mod turns;
mod voices;

use self::{
    naming::Spoken,
    phrase::{Phrase, pieces},
    sample::{Sample, loud, samples},
    trace::Traces,
};
use crate::said::{KnownBy, Role, Segment, Speaker, Word};
pub use print::VoicePrint;

/// What is known of those who speak.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Naming {
    /// How many there are, where somebody said so.
    pub speakers: Option<usize>,
    /// The clinician's voice, where it was learnt.
    pub voice: Option<VoicePrint>,
    /// Who speaks when, where a model for it was asked. Believed unless somebody said another number than it found.
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

/// Phrases of one voice each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Voices {
    pub speakers: Vec<Speaker>,
    /// Each phrase with its speaker and how sure that is.
    pub phrases: Vec<(Phrase, u8, f32)>,
}

/// More than this many in a room nobody asks for.
const MOST: usize = 8;

/// Tells who said what.
pub(crate) fn tell(traces: &Traces, words: &[Word], phrases: Vec<Phrase>, naming: &Naming) -> Voices {
    let many = naming.speakers.map(|many| many.clamp(1, MOST));
    if phrases.is_empty() {
        return Voices { speakers: Vec::new(), phrases: Vec::new() };
    }
    if many == Some(1) {
        let of = vec![(0, 1.0); phrases.len()];
        return by_sound(traces, phrases, of, &[1.0], naming);
    }
    let turns = naming.turns.as_ref().filter(|turns| !turns.is_empty());
    let told = turns.map(|turns| turns::tell_apart(turns, words));
    if let Some((told, found)) = told.filter(|(_, found)| many.is_none_or(|many| many == *found)) {
        let (phrases, of) = pieces(words, phrases, &told);
        let apart = stand_apart(&phrases, &of, found);
        return by_sound(traces, phrases, of, &apart, naming);
    }
    let told = if traces.channels == 2 { channels::tell_apart(traces, words, loud(traces)) } else { None };
    let Some(told) = told else {
        let apart = voices::tell_apart(&samples(traces, &phrases), &phrases, many);
        return by_sound(traces, phrases, apart.of, &apart.voices, naming);
    };
    let (phrases, of) = pieces(words, phrases, &told);
    by_channel(traces, phrases, of, many.unwrap_or(2))
}

/// Two microphones: the first is the clinician's; behind the second there may be several.
fn by_channel(traces: &Traces, phrases: Vec<Phrase>, mut of: Vec<(usize, f32)>, many: usize) -> Voices {
    let mut apart = stand_apart(&phrases, &of, 2);
    if many > 2 {
        let others: Vec<usize> = (0..phrases.len()).filter(|at| of[*at].0 == 1).collect();
        let theirs: Vec<Phrase> = others.iter().map(|at| phrases[*at].clone()).collect();
        let told = voices::tell_apart(&samples(traces, &theirs), &theirs, Some(many - 1));
        for (at, (voice, sure)) in others.into_iter().zip(told.of) {
            of[at] = (1 + voice, of[at].1.min(sure));
        }
        apart.truncate(1);
        apart.extend(told.voices);
    }
    let speakers = (apart.iter().enumerate())
        .map(|(at, confidence)| Speaker {
            role: match (at, apart.len()) {
                (0, _) => Role::Clinician,
                (_, 2) => Role::Client,
                _ => Role::Other,
            },
            known_by: KnownBy::Channel,
            confidence: *confidence,
        })
        .collect();
    let phrases =
        phrases.into_iter().zip(of).map(|(phrase, (voice, sure))| (phrase, voice as u8, sure)).collect();
    Voices { speakers, phrases }
}

/// One microphone: who of the voices is the clinician has to be found out.
fn by_sound(
    traces: &Traces,
    phrases: Vec<Phrase>,
    of: Vec<(usize, f32)>,
    apart: &[f32],
    naming: &Naming,
) -> Voices {
    let samples: Vec<Option<Sample>> = samples(traces, &phrases);
    let spoken: Vec<Spoken<'_>> = phrases
        .iter()
        .zip(&of)
        .zip(&samples)
        .map(|((phrase, (voice, _)), sample)| Spoken { phrase, voice: *voice, sample: sample.as_ref() })
        .collect();
    let (speakers, place) = naming::name(&spoken, apart, naming.voice.as_ref());
    let phrases =
        phrases.into_iter().zip(of).map(|(phrase, (voice, sure))| (phrase, place[voice], sure)).collect();
    Voices { speakers, phrases }
}

/// How sure each speaker's phrases are, on average.
fn stand_apart(phrases: &[Phrase], of: &[(usize, f32)], many: usize) -> Vec<f32> {
    let (mut sure, mut total) = (vec![0.0f32; many], vec![0.0f32; many]);
    for (phrase, (voice, confidence)) in phrases.iter().zip(of) {
        let length = (phrase.span.t1 - phrase.span.t0).max(1) as f32;
        sure[*voice] += confidence * length;
        total[*voice] += length;
    }
    sure.iter().zip(&total).map(|(sure, total)| sure / total.max(1.0)).collect()
}

//! Who of those who speak is the clinician.
//!
//! By the voice, where it was learnt and one of them is near enough to it. Otherwise by who asks more questions in a minute
//! of their own speech, and between equals by who spoke first: a guess, which says so.

use super::{phrase::Phrase, print::VoicePrint, sample::Sample};
use crate::said::{KnownBy, Role, Speaker};

/// A phrase with whose it is, as a number among `many`, and how it sounds.
pub struct Spoken<'a> {
    pub phrase: &'a Phrase,
    pub voice: usize,
    pub sample: Option<&'a Sample>,
}

/// Those who speak, the clinician first and the others as they began; and which of them each voice is.
pub fn name(spoken: &[Spoken<'_>], apart: &[f32], print: Option<&VoicePrint>) -> (Vec<Speaker>, Vec<u8>) {
    let many = apart.len();
    let voices: Vec<Vec<Sample>> = (0..many)
        .map(|voice| {
            spoken.iter().filter(|said| said.voice == voice).filter_map(|said| said.sample.cloned()).collect()
        })
        .collect();
    let known = print.and_then(|print| print.find(&voices));
    let clinician = match (&known, print, many) {
        (Some((voice, _)), ..) => Some(*voice),
        // The clinician's voice is known, and the only one there is is not it.
        (None, Some(_), 1) => None,
        _ => guess(spoken, many),
    };
    let known_by = if known.is_some() { KnownBy::Voice } else { KnownBy::Guess };
    let mut order: Vec<usize> = (0..many).collect();
    order.sort_by_key(|voice| {
        let began = spoken.iter().filter(|said| said.voice == *voice).map(|said| said.phrase.span.t0).min();
        (Some(*voice) != clinician, began.unwrap_or(u32::MAX), *voice)
    });
    let speakers = order
        .iter()
        .map(|voice| Speaker {
            role: match (Some(*voice) == clinician, many) {
                (true, _) => Role::Clinician,
                (false, 1 | 2) => Role::Client,
                (false, _) => Role::Other,
            },
            known_by,
            confidence: apart[*voice],
        })
        .collect();
    let mut of = vec![0; many];
    for (at, voice) in order.into_iter().enumerate() {
        of[voice] = at as u8;
    }
    (speakers, of)
}

/// Who asks most.
fn guess(spoken: &[Spoken<'_>], many: usize) -> Option<usize> {
    let asks = |voice: usize| {
        let (mut questions, mut length, mut began) = (0, 0, u32::MAX);
        for said in spoken.iter().filter(|said| said.voice == voice) {
            questions += said.phrase.questions;
            length += said.phrase.span.t1 - said.phrase.span.t0;
            began = began.min(said.phrase.span.t0);
        }
        // A minute at least: who says one word and asks it is not the one who asks.
        (f64::from(questions) / f64::from(length.max(60_000)), began)
    };
    (0..many).min_by(|a, b| {
        let ((left, first), (right, second)) = (asks(*a), asks(*b));
        right.total_cmp(&left).then(first.cmp(&second))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::Span;

    fn phrase(t0: u32, questions: u32) -> Phrase {
        Phrase { words: 0..1, span: Span { t0, t1: t0 + 30_000 }, questions }
    }

    fn named(said: &[(usize, &Phrase)], many: usize) -> (Vec<Speaker>, Vec<u8>) {
        let spoken: Vec<Spoken<'_>> =
            said.iter().map(|(voice, phrase)| Spoken { phrase, voice: *voice, sample: None }).collect();
        name(&spoken, &vec![0.5; many], None)
    }

    #[test]
    fn who_asks_more_is_guessed_to_be_the_clinician() {
        let (first, second) = (phrase(0, 1), phrase(30_000, 4));
        let (speakers, of) = named(&[(0, &first), (1, &second)], 2);
        assert_eq!(of, [1, 0]);
        assert_eq!((speakers[0].role, speakers[1].role), (Role::Clinician, Role::Client));
        assert_eq!(speakers[0].known_by, KnownBy::Guess);
    }

    #[test]
    fn between_equals_it_is_who_spoke_first_and_of_three_only_one() {
        let (first, second, third) = (phrase(0, 0), phrase(30_000, 0), phrase(60_000, 0));
        let (speakers, of) = named(&[(2, &first), (1, &second), (0, &third)], 3);
        assert_eq!(of, [2, 1, 0]);
        assert_eq!(
            speakers.iter().map(|speaker| speaker.role).collect::<Vec<_>>(),
            [Role::Clinician, Role::Other, Role::Other]
        );
    }
}

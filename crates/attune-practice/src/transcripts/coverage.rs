//! Coverage: how much of the speech is written down, and where it is not.
//!
//! A half transcript that looks whole is worse than none. So nobody's word is taken for it: what the engine
//! said it left out counts, and so does every stretch in which somebody speaks and no word stands, whoever
//! forgot it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    KnownBy, TranscriptSpeaker,
    pages::{Segment, Span},
};

/// Speech without a word for as long as this is missing. Shorter is a sigh, a laugh, a "mm".
const NOTICED_MS: u32 = 1_500;
/// How far from a word its sound may reach: recognisers place words late and end them early.
const REACH_MS: u32 = 700;

/// A stretch in which somebody speaks and of which nothing, or not all, is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Hole {
    pub t0_ms: u32,
    pub t1_ms: u32,
    pub why: HoleWhy,
}

/// Why it is not written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HoleWhy {
    /// The engine failed at it, twice.
    Engine,
    /// Somebody speaks, and no word came.
    Silent,
    /// The engine stopped before the end of it.
    CutShort,
}

/// Why a transcript is less than it could be. Whoever shows its text says the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Degraded {
    /// The practice model wrote it, which knows a few hundred words and was made to try things out.
    PracticeModel,
    MissingParts,
    SpeakersGuessed,
}

/// How much of the speech is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Coverage {
    pub speech_ms: u32,
    pub covered_ms: u32,
    pub holes: Vec<Hole>,
}

/// Compares where somebody speaks with what is written, and adds to the holes that were told those that were
/// not.
pub(super) fn coverage(speech: &[Span], segments: &[Segment], told: &[Hole]) -> Coverage {
    let speech = joined(speech.to_vec());
    let mut holes: Vec<Hole> = told.iter().copied().filter(|hole| hole.t0_ms < hole.t1_ms).collect();
    let words = segments.iter().flat_map(|segment| &segment.words);
    let reached =
        words.map(|word| Span { t0: word.t0.saturating_sub(REACH_MS), t1: word.t1.saturating_add(REACH_MS) });
    let known = joined(reached.chain(holes.iter().map(Hole::span)).collect());
    let untold = minus(&speech, &known).into_iter().filter(|span| span.ms() >= NOTICED_MS);
    holes.extend(untold.map(|span| Hole { t0_ms: span.t0, t1_ms: span.t1, why: HoleWhy::Silent }));
    holes.sort_by_key(|hole| (hole.t0_ms, hole.t1_ms));
    let missing = joined(holes.iter().map(Hole::span).collect());
    let length = |spans: &[Span]| spans.iter().map(|span| span.ms()).sum();
    let (speech_ms, covered_ms) = (length(&speech), length(&minus(&speech, &missing)));
    Coverage { speech_ms, covered_ms, holes }
}

/// What is left of holes where a stretch was written down again.
pub(super) fn without(holes: &[Hole], again: Span) -> Vec<Hole> {
    let left = |hole: &Hole| {
        let why = hole.why;
        minus(&[hole.span()], &[again]).into_iter().map(move |span| Hole {
            t0_ms: span.t0,
            t1_ms: span.t1,
            why,
        })
    };
    holes.iter().flat_map(left).collect()
}

/// Why a transcript is less than it could be, the gravest first.
pub(super) fn degraded(practice: bool, holes: &[Hole], speakers: &[TranscriptSpeaker]) -> Vec<Degraded> {
    let guessed = speakers.iter().any(|speaker| speaker.known_by == KnownBy::Guess);
    [
        (practice, Degraded::PracticeModel),
        (!holes.is_empty(), Degraded::MissingParts),
        (guessed, Degraded::SpeakersGuessed),
    ]
    .into_iter()
    .filter_map(|(is, why)| is.then_some(why))
    .collect()
}

impl Hole {
    pub(super) const fn span(&self) -> Span {
        Span { t0: self.t0_ms, t1: self.t1_ms }
    }
}

/// The same stretches in order, none touching the next.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.t0 <= last.t1 => last.t1 = last.t1.max(span.t1),
            _ => joined.push(span),
        }
    }
    joined
}

/// What of some stretches lies outside others. Both are in order, and none touches the next.
fn minus(spans: &[Span], others: &[Span]) -> Vec<Span> {
    let (mut left, mut first) = (Vec::new(), 0);
    for span in spans {
        while others.get(first).is_some_and(|other| other.t1 <= span.t0) {
            first += 1;
        }
        let mut from = span.t0;
        for other in others[first..].iter().take_while(|other| other.t0 < span.t1) {
            if from < other.t0 {
                left.push(Span { t0: from, t1: other.t0 });
            }
            from = from.max(other.t1);
        }
        if from < span.t1 {
            left.push(Span { t0: from, t1: span.t1 });
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use attune_kernel::Private;

    use super::*;
    use crate::transcripts::pages::Word;

    const fn span(t0: u32, t1: u32) -> Span {
        Span { t0, t1 }
    }

    fn said(times: &[(u32, u32)]) -> Vec<Segment> {
        let word = |&(t0, t1): &(u32, u32)| Word { t0, t1, text: Private::new("so".into()), p: 0.9 };
        let words: Vec<Word> = times.iter().map(word).collect();
        vec![Segment { id: 1, speaker: 0, t0: 0, t1: 60_000, confidence: 0.9, words }]
    }

    #[test]
    fn speech_with_its_words_is_covered_and_a_pause_between_words_is_no_hole() {
        let found = coverage(
            &[span(0, 4_000), span(9_000, 11_000)],
            &said(&[(200, 1_500), (3_200, 3_900), (9_500, 10_800)]),
            &[],
        );
        assert_eq!(found, Coverage { speech_ms: 6_000, covered_ms: 6_000, holes: vec![] });
    }

    #[test]
    fn speech_of_which_no_word_came_is_a_hole_though_nobody_told() {
        let found = coverage(&[span(0, 20_000)], &said(&[(0, 4_000), (15_000, 20_000)]), &[]);
        let hole = Hole { t0_ms: 4_700, t1_ms: 14_300, why: HoleWhy::Silent };
        assert_eq!(found, Coverage { speech_ms: 20_000, covered_ms: 10_400, holes: vec![hole] });
    }

    #[test]
    fn a_hole_that_was_told_keeps_its_reason_and_is_not_told_twice() {
        let hole = Hole { t0_ms: 4_000, t1_ms: 15_000, why: HoleWhy::Engine };
        let found = coverage(&[span(0, 20_000)], &said(&[(0, 4_000), (15_000, 20_000)]), &[hole]);
        assert_eq!(found, Coverage { speech_ms: 20_000, covered_ms: 9_000, holes: vec![hole] });
    }

    #[test]
    fn silence_that_is_not_written_down_misses_nothing() {
        let found = coverage(&[], &[], &[]);
        assert_eq!(found, Coverage { speech_ms: 0, covered_ms: 0, holes: vec![] });
    }

    #[test]
    fn what_is_written_again_leaves_only_the_ends_of_a_hole() {
        let hole = Hole { t0_ms: 1_000, t1_ms: 9_000, why: HoleWhy::CutShort };
        let left = without(&[hole], span(3_000, 8_000));
        assert_eq!(left, [Hole { t1_ms: 3_000, ..hole }, Hole { t0_ms: 8_000, ..hole }]);
        assert!(without(&[hole], span(0, 9_000)).is_empty());
    }
}

//! A phrase: words without a pause, which one voice said.

use std::ops::Range;

use crate::said::{Span, Word};

/// Words closer than this are said in one breath.
const CLOSE_MS: u32 = 300;

/// Which words, from when to when, and how many questions end in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub words: Range<usize>,
    pub span: Span,
    pub questions: u32,
}

impl Phrase {
    /// Some words in a row, at least one.
    pub fn of(words: &[Word], range: Range<usize>) -> Self {
        let said = &words[range.clone()];
        let questions = said.iter().filter(|word| asks(word.text.reveal())).count() as u32;
        let t0 = said.first().map_or(0, |word| word.t0);
        let t1 = said.iter().map(|word| word.t1).max().unwrap_or(t0);
        Self { words: range, span: Span { t0, t1 }, questions }
    }
}

/// Whether a question ends with this word.
fn asks(text: &str) -> bool {
    text.trim_end_matches(['"', '\'', ')', '»', '”', '’']).ends_with(['?', '？', '؟'])
}

/// Phrases cut where another begins to speak, by whose each word is; each piece with whose it is and how sure that is.
pub fn pieces(
    words: &[Word],
    phrases: Vec<Phrase>,
    told: &[(usize, f32)],
) -> (Vec<Phrase>, Vec<(usize, f32)>) {
    let (mut cut, mut of) = (Vec::new(), Vec::new());
    for phrase in phrases {
        let mut whose: Vec<usize> = told[phrase.words.clone()].iter().map(|(voice, _)| *voice).collect();
        // One word between two of another's is theirs as well: nobody interrupts for a single word without a pause.
        for at in 1..whose.len().saturating_sub(1) {
            let said = &words[phrase.words.start + at - 1..phrase.words.start + at + 2];
            let close = said.windows(2).all(|pair| pair[1].t0 < pair[0].t1 + CLOSE_MS);
            if whose[at - 1] == whose[at + 1] && close {
                whose[at] = whose[at - 1];
            }
        }
        let mut from = 0;
        for at in 1..=whose.len() {
            if at < whose.len() && whose[at] == whose[from] {
                continue;
            }
            let range = phrase.words.start + from..phrase.words.start + at;
            let sure: f32 = told[range.clone()]
                .iter()
                .map(|(voice, sure)| if *voice == whose[from] { *sure } else { 0.0 })
                .sum();
            of.push((whose[from], sure / range.len() as f32));
            cut.push(Phrase::of(words, range));
            from = at;
        }
    }
    (cut, of)
}

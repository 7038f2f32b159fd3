//! From words to segments: what one person said, sentence by sentence.
//!
//! Words are first cut into phrases, at sentence ends and wherever nobody speaks for a moment; a phrase is what a voice
//! is told by. Phrases of one voice are then joined again up to the end of the sentence. A segment never holds two voices.

use crate::{
    said::{Segment, Span, Word},
    speakers::{
        phrase::Phrase,
        trace::{Traces, frame_ms},
    },
};

/// A pause that ends a segment.
const PAUSE_MS: u32 = 800;
/// A pause at which another may have begun to speak.
const BREAK_MS: u32 = 200;
/// What an engine's times hold apart by so much is apart, whatever is heard between.
const APART_MS: u32 = 450;
/// Longer than this no segment is, if there is any pause in it.
const LONG_MS: u32 = 25_000;
/// Words that end in a full stop and no sentence.
const TITLES: [&str; 8] = ["dr.", "mr.", "mrs.", "ms.", "prof.", "st.", "e.g.", "i.e."];

/// Whether a sentence ends with this word.
pub fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '\'', ')', '»', '”', '’']);
    text.ends_with(['.', '?', '!', '…', '。', '？', '！', '؟', '।'])
        && !TITLES.contains(&text.to_lowercase().as_str())
}

/// Cuts words into phrases. The words are in order.
pub fn phrases(words: &[Word], traces: &Traces) -> Vec<Phrase> {
    let mut phrases = Vec::new();
    let mut from = 0;
    for at in 0..words.len() {
        let last = at + 1 == words.len();
        if last
            || ends_sentence(words[at].text.reveal())
            || still_between(&words[at], &words[at + 1], traces) >= BREAK_MS
        {
            phrases.push(Phrase::of(words, from..at + 1));
            from = at + 1;
        }
    }
    phrases
}

/// For how long nobody speaks between two words, by ear. Engines' times do not tell: some spread words over pauses, and
/// others end a word where its last syllable begins. But what they hold apart for long is apart.
fn still_between(left: &Word, right: &Word, traces: &Traces) -> u32 {
    let by_times = right.t0.saturating_sub(left.t1);
    let (middle_left, middle_right) = (left.t0 / 2 + left.t1 / 2, right.t0 / 2 + right.t1 / 2);
    if by_times >= APART_MS || middle_right <= middle_left {
        return by_times;
    }
    let (mut longest, mut still, mut next) = (0, 0, None);
    for (at, trace) in traces.between(middle_left, middle_right) {
        // Between stretches nothing is kept, because nobody speaks.
        still += next.map_or(0, |next: u32| at - next);
        still = if trace.active { 0 } else { still + 1 };
        longest = longest.max(still);
        next = Some(at + 1);
    }
    frame_ms(longest)
}

/// Joins phrases to segments, each with the speaker and how sure that is.
pub fn join(words: &[Word], told: impl IntoIterator<Item = (Phrase, u8, f32)>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    // How much of the open segment each confidence stands for.
    let mut weight = 0.0;
    for (phrase, speaker, confidence) in told {
        let said = &words[phrase.words];
        let length = (phrase.span.t1 - phrase.span.t0).max(1) as f32;
        if let Some(open) = segments.last_mut().filter(|open| goes_on(open, speaker, phrase.span)) {
            open.confidence = (open.confidence * weight + confidence * length) / (weight + length);
            weight += length;
            open.t1 = open.t1.max(phrase.span.t1);
            open.words.extend_from_slice(said);
            continue;
        }
        weight = length;
        segments.push(Segment {
            speaker,
            t0: phrase.span.t0,
            t1: phrase.span.t1,
            confidence,
            words: said.to_vec(),
        });
    }
    segments
}

fn goes_on(open: &Segment, speaker: u8, next: Span) -> bool {
    let pause = next.t0.saturating_sub(open.t1);
    open.speaker == speaker
        && pause <= PAUSE_MS
        && next.t1.saturating_sub(open.t0) <= LONG_MS
        && open.words.last().is_some_and(|word| !ends_sentence(word.text.reveal()))
}

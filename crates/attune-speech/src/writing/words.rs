//! Words on the sound's own line, and what is not written down.
//!
//! A word nobody can have said is left out: one behind the end of its window, or one where nobody speaks. And where
//! somebody speaks for longer than a breath and no word came, there is a hole, because a half transcript must not look
//! whole.

use super::{stretches::is_melodious, windows::Packed};
use crate::{
    said::{Hole, HoleWhy, Span, Word},
    speakers::trace::{Trace, Traces, frame_ms},
};

/// So far from speech a word may lie, by an engine's rough times.
const NEAR_MS: u32 = 250;
/// Less speech than this without a word is a sigh, a laugh, a cough.
const HOLE_MS: u32 = 1_500;
/// Silence that a stretch of speech may hold.
const JOIN_MS: u32 = 400;

/// Puts an engine's words on the sound's own line. They stay in order, and none begins before the one before it.
pub fn placed(window: &Packed, heard: Vec<Word>, traces: &Traces) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(heard.len());
    for word in heard {
        let Some(span) = window.place(Span { t0: word.t0, t1: word.t1 }) else { continue };
        let near =
            traces.between(span.t0.saturating_sub(NEAR_MS), span.t1 + NEAR_MS).any(|(_, trace)| trace.active);
        if !near || word.text.reveal().trim().is_empty() {
            continue;
        }
        let t0 = words.last().map_or(span.t0, |last| last.t0.max(span.t0));
        words.push(Word { t0, t1: span.t1.max(t0), text: word.text, p: word.p.clamp(0.0, 1.0) });
    }
    words
}

/// Where somebody speaks.
pub fn speech(traces: &Traces) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (at, _) in traces.all().filter(|(_, trace)| trace.active) {
        let (t0, t1) = (frame_ms(at), frame_ms(at + 1));
        match spans.last_mut() {
            Some(last) if t0 <= last.t1 + JOIN_MS => last.t1 = t1,
            _ => spans.push(Span { t0, t1 }),
        }
    }
    spans
}

/// Where somebody speaks and no word came, of what has been written down so far. What the engine failed at is known.
pub fn holes(words: &[Word], traces: &Traces, known: &[Hole], written_ms: u32) -> Vec<Hole> {
    let mut holes = known.to_vec();
    let mut from = 0;
    let ends = words.iter().map(|word| (word.t0, word.t1)).chain([(written_ms, written_ms)]);
    for (t0, t1) in ends {
        let silent = silent(from, t0.saturating_sub(NEAR_MS), traces);
        let new = |span: &Span| !known.iter().any(|hole| hole.span.t0 < span.t1 && span.t0 < hole.span.t1);
        holes.extend(silent.filter(new).map(|span| Hole { span, why: HoleWhy::Silent }));
        from = from.max(t1 + NEAR_MS);
    }
    holes.sort_by_key(|hole| hole.span);
    holes
}

/// Speech between two words, where it is long enough and sounds like speech.
fn silent(from: u32, to: u32, traces: &Traces) -> Option<Span> {
    if to <= from {
        return None;
    }
    let speech: Vec<(u32, &Trace)> = traces.between(from, to).filter(|(_, trace)| trace.active).collect();
    let (first, last) = (speech.first()?.0, speech.last()?.0);
    let voices: Vec<&Trace> = speech.iter().map(|(_, trace)| *trace).collect();
    // A hole is something a person should listen to: a voice, not the street.
    (frame_ms(voices.len() as u32) >= HOLE_MS && is_melodious(&voices))
        .then(|| Span { t0: frame_ms(first), t1: frame_ms(last + 1) })
}

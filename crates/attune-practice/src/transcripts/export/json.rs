//! JSON, in the shape that `headless transcribe --json` prints: seconds as numbers, and what is amiss beside
//! it.

use serde::Serialize;

use super::{named, names};
use crate::transcripts::{Hole, HoleWhy, OpenTranscript, TranscriptSegment, TranscriptWord};

/// Everything a program may want, in the shape that `headless transcribe --json` prints.
pub fn json(open: &OpenTranscript) -> String {
    let names = names(&open.transcript);
    let transcript = &open.transcript;
    let hole = |hole: &Hole| HoleOut { t0: seconds(hole.t0_ms), t1: seconds(hole.t1_ms), why: hole.why };
    let out = Out {
        language: transcript.language.as_deref(),
        engine: &transcript.engine,
        model: &transcript.model,
        practice: transcript.practice,
        holes: transcript.holes.iter().map(hole).collect(),
        segments: open.segments.iter().map(|segment| SegmentOut::of(segment, &names)).collect(),
    };
    serde_json::to_string(&out).expect("numbers and texts are always JSON")
}

#[derive(Serialize)]
struct Out<'a> {
    language: Option<&'a str>,
    engine: &'a str,
    model: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    practice: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    holes: Vec<HoleOut>,
    segments: Vec<SegmentOut<'a>>,
}

#[derive(Serialize)]
struct HoleOut {
    t0: f64,
    t1: f64,
    why: HoleWhy,
}

#[derive(Serialize)]
struct SegmentOut<'a> {
    speaker: String,
    t0: f64,
    t1: f64,
    text: String,
    confidence: f32,
    words: Vec<WordOut<'a>>,
}

#[derive(Serialize)]
struct WordOut<'a> {
    t0: f64,
    t1: f64,
    text: &'a str,
    p: f32,
}

impl<'a> SegmentOut<'a> {
    fn of(segment: &'a TranscriptSegment, names: &[String]) -> Self {
        Self {
            speaker: named(names, segment.speaker),
            t0: seconds(segment.t0_ms),
            t1: seconds(segment.t1_ms),
            text: segment.text(),
            confidence: segment.confidence,
            words: segment.words.iter().map(WordOut::of).collect(),
        }
    }
}

impl<'a> WordOut<'a> {
    fn of(word: &'a TranscriptWord) -> Self {
        Self { t0: seconds(word.t0_ms), t1: seconds(word.t1_ms), text: word.text.reveal(), p: word.p }
    }
}

fn seconds(ms: u32) -> f64 {
    f64::from(ms) / 1_000.0
}

//! A voice in one phrase: the averages by which it is compared with others.

use super::{
    phrase::Phrase,
    trace::{CEPSTRA, Trace, Traces},
};
use crate::said::Span;

/// How many numbers a voice is compared by: means and spreads of the cepstra, pitch, and how much it moves.
pub const FEATURES: usize = 2 * CEPSTRA + 2;

/// Frames softer than the loud ones by this, in decibels, are room and breath.
const SOFT_DB: u8 = 26;
/// An octave counts as much as this many of the other numbers.
pub const PITCH_WEIGHT: f32 = 8.0;

/// What a voice sounded like in one phrase.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub features: [f32; FEATURES],
    /// How many frames it stands for.
    pub frames: usize,
    /// How many of them have a pitch.
    pub voiced: usize,
}

/// How loud the loud frames of a sound are: nineteen of twenty are softer.
pub fn loud(traces: &Traces) -> u8 {
    let mut levels: Vec<u8> =
        traces.all().filter(|(_, trace)| trace.active).map(|(_, trace)| trace.level).collect();
    levels.sort_unstable();
    levels.get(levels.len() * 19 / 20).copied().unwrap_or(0)
}

/// The frames of a span that tell something of a voice.
pub fn telling(traces: &Traces, span: Span, loud: u8) -> impl Iterator<Item = &Trace> {
    traces
        .between(span.t0, span.t1)
        .map(|(_, trace)| trace)
        .filter(move |trace| trace.active && trace.level.saturating_add(SOFT_DB) >= loud)
}

/// The voice in some frames; none where there are none.
pub fn sample<'a>(frames: impl Iterator<Item = &'a Trace>) -> Option<Sample> {
    let (mut sum, mut squares) = ([0.0f64; CEPSTRA], [0.0f64; CEPSTRA]);
    let mut octaves = Vec::new();
    let mut many = 0usize;
    for trace in frames {
        many += 1;
        for which in 0..CEPSTRA {
            let value = f64::from(trace.cepstrum(which));
            sum[which] += value;
            squares[which] += value * value;
        }
        octaves.extend(trace.octaves());
    }
    if many == 0 {
        return None;
    }
    let mut features = [0.0; FEATURES];
    for which in 0..CEPSTRA {
        let mean = sum[which] / many as f64;
        features[which] = mean as f32;
        features[CEPSTRA + which] = (squares[which] / many as f64 - mean * mean).max(0.0).sqrt() as f32;
    }
    octaves.sort_by(f32::total_cmp);
    let voiced = octaves.len();
    let median = octaves.get(voiced / 2).copied().unwrap_or(f32::NAN);
    let away: f32 = octaves.iter().map(|octave| (octave - median).abs()).sum::<f32>() / voiced.max(1) as f32;
    features[2 * CEPSTRA] = median * PITCH_WEIGHT;
    features[2 * CEPSTRA + 1] = away;
    Some(Sample { features, frames: many, voiced })
}

/// The voice in each phrase.
pub fn samples(traces: &Traces, phrases: &[Phrase]) -> Vec<Option<Sample>> {
    let loud = loud(traces);
    phrases.iter().map(|phrase| sample(telling(traces, phrase.span, loud))).collect()
}

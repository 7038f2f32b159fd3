//! A voice that was learnt, so that it is known again.
//!
//! It holds averages of how somebody sounds: no sound, no word, nothing that could be played.

use serde::{Deserialize, Serialize};

use super::{
    sample::{FEATURES, Sample, loud, sample, telling},
    trace::{CEPSTRA, FRAME, Traces},
};
use crate::{said::Span, sound::RATE};

/// A voice is learnt from at least so much of it.
const LEAST_MS: u32 = 5_000;
/// Pieces in which it is learnt, to know how much it varies.
const PIECE_MS: u32 = 2_500;
/// What the numbers of a voice vary by at least: cepstra, and eighths of an octave.
const LEAST_SPREAD: f32 = 0.6;
/// A voice further away than this is another's. The same voice is some 0.4 away in another conversation, 0.9 with noise;
/// the nearest of others was 1.1.
const NEAR: f32 = 1.0;
/// And the next one has to be further by so much.
const CLEARLY: f32 = 1.15;

/// How somebody sounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoicePrint {
    /// The form this is kept in.
    v: u8,
    mean: Vec<f32>,
    spread: Vec<f32>,
    /// From how much speech it was learnt.
    pub heard_ms: u32,
}

impl VoicePrint {
    /// Learns a voice from where it speaks.
    pub(crate) fn learn(traces: &Traces, spans: &[Span]) -> Option<Self> {
        let loud = loud(traces);
        let pieces: Vec<Sample> = spans
            .iter()
            .flat_map(|span| {
                let many = (span.t1.saturating_sub(span.t0) / PIECE_MS).max(1);
                let length = span.t1.saturating_sub(span.t0) / many;
                (0..many).map(move |at| Span { t0: span.t0 + at * length, t1: span.t0 + (at + 1) * length })
            })
            .filter_map(|span| sample(telling(traces, span, loud)))
            .collect();
        let frames: usize = pieces.iter().map(|piece| piece.frames).sum();
        let heard_ms = (frames * FRAME * 1000 / RATE as usize) as u32;
        if heard_ms < LEAST_MS {
            return None;
        }
        let mean = middle(&pieces);
        let spread = (0..FEATURES)
            .map(|which| {
                let (sum, total) = pieces.iter().filter(|piece| piece.features[which].is_finite()).fold(
                    (0.0, 0.0),
                    |(sum, total), piece| {
                        let weight = piece.frames as f32;
                        (sum + weight * (piece.features[which] - mean[which]).powi(2), total + weight)
                    },
                );
                (sum / f32::max(total, 1.0)).sqrt()
            })
            .collect();
        Some(Self { v: 1, mean: mean.to_vec(), spread, heard_ms })
    }

    /// How far a voice is from this one, in what this one itself varies by.
    fn distance(&self, other: &[f32; FEATURES]) -> f32 {
        let (mut sum, mut many) = (0.0f32, 0.0f32);
        // How much somebody's sound moves depends on what they say; how it sounds on who they are.
        for which in (0..CEPSTRA).chain([2 * CEPSTRA]) {
            let (Some(mean), Some(spread)) = (self.mean.get(which), self.spread.get(which)) else { continue };
            let away = (other[which] - mean) / spread.max(LEAST_SPREAD);
            if away.is_finite() {
                sum += away.powi(2);
                many += 1.0;
            }
        }
        if many < 1.0 { f32::INFINITY } else { (sum / many).sqrt() }
    }

    /// Which of some voices is this one, and how sure that is. None where none of them is near, or two are.
    pub(crate) fn find(&self, voices: &[Vec<Sample>]) -> Option<(usize, f32)> {
        let mut away: Vec<(f32, usize)> = voices
            .iter()
            .enumerate()
            .filter(|(_, samples)| !samples.is_empty())
            .map(|(at, samples)| (self.distance(&middle(samples)), at))
            .collect();
        away.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (near, which) = *away.first()?;
        let next = away.get(1).map_or(f32::INFINITY, |(next, _)| *next);
        (near <= NEAR && next >= near * CLEARLY)
            .then(|| (which, (1.0 - near / next.min(2.0 * NEAR)).clamp(0.0, 1.0)))
    }
}

/// The average of some samples of one voice, by their length.
pub(super) fn middle(samples: &[Sample]) -> [f32; FEATURES] {
    std::array::from_fn(|which| {
        let known = || samples.iter().filter(|sample| sample.features[which].is_finite());
        let total: f32 = known().map(|sample| sample.frames as f32).sum();
        known().map(|sample| sample.features[which] * sample.frames as f32).sum::<f32>() / total
    })
}

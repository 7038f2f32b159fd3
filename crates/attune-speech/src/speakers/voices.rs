//! Several people and one microphone: whose voice is whose, by how it sounds.
//!
//! Each phrase of some length is a point: averages of cepstra and pitch, standardised over the sound so that the room and
//! the microphone, which are the same for all, fall out. On their principal axes the points are grouped. It is not a model
//! that has heard thousands of people, and does not claim to be: each voice says how well it stands apart.

use super::{
    axes::Axes,
    count::is_one,
    means::{apart, groups, nearest, silhouette},
    phrase::Phrase,
    sample::{FEATURES, Sample},
};

/// Axes on which voices are compared.
const AXES: usize = 6;
/// Frames a phrase needs before it says what a voice is like: 0.6 s.
const TELLING: usize = 38;

/// Voices that were told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Apart {
    /// Of each phrase, whose it is and how sure that is.
    pub of: Vec<(usize, f32)>,
    /// How well each voice stands apart.
    pub voices: Vec<f32>,
}

/// Tells so many voices apart; where it is not said how many, one or two.
pub fn tell_apart(samples: &[Option<Sample>], phrases: &[Phrase], many: Option<usize>) -> Apart {
    let points = standardised(samples);
    let mut telling: Vec<usize> = (0..phrases.len()).filter(|at| frames(&samples[*at]) >= TELLING).collect();
    if telling.len() < many.unwrap_or(2) {
        telling = (0..phrases.len()).filter(|at| samples[*at].is_some()).collect();
    }
    let weights: Vec<f32> = telling.iter().map(|at| frames(&samples[*at]) as f32).collect();
    let chosen: Vec<&[f32]> = telling.iter().map(|at| &points[*at][..]).collect();
    let axes = Axes::of(&chosen, &weights, AXES);
    let low: Vec<Vec<f32>> = points.iter().map(|point| axes.turn(point)).collect();
    let chosen: Vec<Vec<f32>> = telling.iter().map(|at| low[*at].clone()).collect();
    let found = groups(&chosen, &weights, many.unwrap_or(2));
    let sure = silhouette(&chosen, &weights, &found.of, found.centres.len());
    let mut voices = vec![0.0; found.centres.len()];
    let mut totals = vec![0.0f32; found.centres.len()];
    for ((sure, weight), of) in sure.iter().zip(&weights).zip(&found.of) {
        voices[*of] += sure * weight;
        totals[*of] += weight;
    }
    if many.is_none() {
        let heard: Vec<&Sample> = telling.iter().filter_map(|at| samples[*at].as_ref()).collect();
        let overall = voices.iter().sum::<f32>() / totals.iter().sum::<f32>().max(1.0);
        if is_one(&chosen, &heard, &found, overall) {
            return Apart { of: vec![(0, 1.0); phrases.len()], voices: vec![1.0] };
        }
    }
    for (voice, total) in voices.iter_mut().zip(totals) {
        *voice = (*voice / total.max(1.0)).clamp(0.0, 1.0);
    }
    let of = low.iter().map(|point| nearer(point, &found.centres)).collect();
    Apart { of, voices }
}

/// Which centre is nearest, and by how much: nought where another is as near.
fn nearer(point: &[f32], centres: &[Vec<f32>]) -> (usize, f32) {
    let own = nearest(point, centres);
    let to = |centre: &Vec<f32>| apart(point, centre).sqrt();
    let next = (0..centres.len())
        .filter(|other| *other != own)
        .map(|other| to(&centres[other]))
        .fold(f32::INFINITY, f32::min);
    let sure = if next.is_finite() { 1.0 - to(&centres[own]) / next.max(1e-6) } else { 1.0 };
    (own, sure.clamp(0.0, 1.0))
}

fn frames(sample: &Option<Sample>) -> usize {
    sample.as_ref().map_or(0, |sample| sample.frames)
}

/// Each number less its mean and in units of its spread, over all phrases by their length. Where a phrase has no pitch, or
/// nothing, it is as the mean.
fn standardised(samples: &[Option<Sample>]) -> Vec<[f32; FEATURES]> {
    let mut points = vec![[0.0; FEATURES]; samples.len()];
    for which in 0..FEATURES {
        let known = || {
            samples
                .iter()
                .flatten()
                .filter(|sample| sample.features[which].is_finite() && sample.frames >= TELLING)
        };
        let total: f32 = known().map(|sample| sample.frames as f32).sum::<f32>().max(1.0);
        let mean = known().map(|sample| sample.features[which] * sample.frames as f32).sum::<f32>() / total;
        let square =
            known().map(|sample| (sample.features[which] - mean).powi(2) * sample.frames as f32).sum::<f32>()
                / total;
        let spread = square.sqrt().max(1e-6);
        for (point, sample) in points.iter_mut().zip(samples) {
            if let Some(sample) = sample.as_ref().filter(|sample| sample.features[which].is_finite()) {
                point[which] = (sample.features[which] - mean) / spread;
            }
        }
    }
    points
}

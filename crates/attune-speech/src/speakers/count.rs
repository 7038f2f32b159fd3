//! One voice or two, where nobody said how many.
//!
//! Two people taken for one is the worse mistake: it cannot be seen in the text. So it is two, unless what was told apart
//! lies as one heap does that was cut in the middle.

use super::{
    means::Groups,
    print::middle,
    sample::{PITCH_WEIGHT, Sample},
    trace::CEPSTRA,
};

/// Two halves of one heap lie some 2.7 of their own widths apart, of few points up to 3.8; two heaps 4.9 and more.
const HALVES: f32 = 4.3;
/// How well halves of one heap stand apart, at most.
const MINGLED: f32 = 0.2;
/// Of fewer phrases no shape is seen: there a voice has to differ by itself.
const FEW: usize = 6;
/// By so much of how a voice's own sound varies,
const OTHER_TIMBRE: f32 = 0.5;
/// or by so many octaves.
const OTHER_PITCH: f32 = 0.25;

/// Whether two groups of phrases are of one voice.
pub fn is_one(points: &[Vec<f32>], samples: &[&Sample], found: &Groups, silhouette: f32) -> bool {
    if found.centres.len() != 2 || points.len() < 2 {
        return true;
    }
    if points.len() < FEW {
        return !differ(samples, found);
    }
    silhouette < MINGLED && between(points, found) < HALVES
}

/// How far two groups lie apart on the line between them, in their own width there.
fn between(points: &[Vec<f32>], found: &Groups) -> f32 {
    let line: Vec<f32> = found.centres[0].iter().zip(&found.centres[1]).map(|(a, b)| b - a).collect();
    let on_line: Vec<f32> =
        points.iter().map(|point| point.iter().zip(&line).map(|(at, along)| at * along).sum()).collect();
    let (mut means, mut scatter) = ([0.0f32; 2], 0.0f32);
    for (group, mean) in means.iter_mut().enumerate() {
        let theirs: Vec<f32> =
            on_line.iter().zip(&found.of).filter(|(_, of)| **of == group).map(|(at, _)| *at).collect();
        *mean = theirs.iter().sum::<f32>() / theirs.len().max(1) as f32;
        scatter += theirs.iter().map(|at| (at - *mean).powi(2)).sum::<f32>();
    }
    (means[1] - means[0]).abs() / (scatter / points.len() as f32).sqrt().max(f32::MIN_POSITIVE)
}

/// Whether two groups sound different in themselves.
fn differ(samples: &[&Sample], found: &Groups) -> bool {
    let side = |group: usize| -> Vec<Sample> {
        samples
            .iter()
            .zip(&found.of)
            .filter(|(_, of)| **of == group)
            .map(|(sample, _)| (*sample).clone())
            .collect()
    };
    let (left, right) = (side(0), side(1));
    if left.is_empty() || right.is_empty() {
        return false;
    }
    let all = middle(&[left.clone(), right.clone()].concat());
    let (left, right) = (middle(&left), middle(&right));
    let timbre = (0..CEPSTRA)
        .map(|which| ((left[which] - right[which]) / all[CEPSTRA + which].max(0.1)).powi(2))
        .sum::<f32>();
    let pitch = (left[2 * CEPSTRA] - right[2 * CEPSTRA]).abs() / PITCH_WEIGHT;
    (timbre / CEPSTRA as f32).sqrt() > OTHER_TIMBRE || pitch > OTHER_PITCH
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speakers::means::groups;

    /// Points on a line, at the steps of a bell.
    fn bell(many: usize, middle: f32) -> Vec<Vec<f32>> {
        (0..many)
            .map(|at| {
                let share = (at as f32 + 0.5) / many as f32;
                vec![middle + (share / (1.0 - share)).ln() * 0.55, ((at * 37) % many) as f32 / many as f32]
            })
            .collect()
    }

    #[test]
    fn one_heap_is_one_voice_and_two_are_two() {
        let one = bell(60, 0.0);
        let found = groups(&one, &[1.0; 60], 2);
        assert!(is_one(&one, &[], &found, 0.15));
        let two = [bell(30, 0.0), bell(30, 7.0)].concat();
        let found = groups(&two, &[1.0; 60], 2);
        assert!(!is_one(&two, &[], &found, 0.15));
    }

    #[test]
    fn what_stands_well_apart_is_never_one() {
        let one = bell(60, 0.0);
        let found = groups(&one, &[1.0; 60], 2);
        assert!(!is_one(&one, &[], &found, 0.3));
    }
}

//! Two microphones: who is louder at the clinician's is the clinician.
//!
//! It needs no voice to be known and no model, and it can be explained in a sentence. It does not believe in channels that
//! carry the same, or of which one is dead: there a voice has to be told by its sound.

use super::trace::{FRAME, Traces};
use crate::{said::Word, sound::RATE};

/// Over how many frames the louder channel is asked for: half a second.
const SMOOTH: usize = RATE as usize / 2 / FRAME;
/// Channels that never differ by more than this, in decibels, carry the same.
const ALIKE_DB: f32 = 3.0;
/// One in so many frames has to lean the other way, or that microphone hears nobody.
const DEAD: usize = 100;

/// Which channel's each word is, and how sure that is; none where the channels do not say.
pub fn tell_apart(traces: &Traces, words: &[Word], loud: u8) -> Option<Vec<(usize, f32)>> {
    let leans: Vec<(u32, f32)> = traces
        .all()
        .filter(|(_, trace)| trace.active && trace.level.saturating_add(26) >= loud)
        .map(|(at, trace)| (at, trace.lean_db()))
        .collect();
    let middle = middle(&leans)?;
    let sides: Vec<bool> = leans.iter().map(|(_, lean)| *lean < middle).collect();
    let second = sides.iter().filter(|second| **second).count();
    if second.min(sides.len() - second) * DEAD < sides.len() {
        return None;
    }
    let mut told = Vec::with_capacity(words.len());
    for word in words {
        let (from, to) = (super::trace::frame_at(word.t0), super::trace::frame_at(word.t1) + 1);
        let mut low = leans.partition_point(|(at, _)| *at < from);
        let mut high = leans.partition_point(|(at, _)| *at < to).max(low);
        // A short word is asked for with what is around it, but not across a pause.
        while high - low < SMOOTH / 2 {
            let before =
                low.checked_sub(1).filter(|before| from.saturating_sub(leans[*before].0) < SMOOTH as u32 / 4);
            let after = Some(high).filter(|after| {
                leans.get(*after).is_some_and(|(at, _)| at.saturating_sub(to) < SMOOTH as u32 / 4)
            });
            if before.is_none() && after.is_none() {
                break;
            }
            low = before.unwrap_or(low);
            high = after.map_or(high, |after| after + 1);
        }
        let many = high - low;
        let votes = sides[low..high].iter().filter(|second| **second).count();
        let share = votes as f32 / many.max(1) as f32;
        told.push((usize::from(share > 0.5), if many == 0 { 0.0 } else { (2.0 * share - 1.0).abs() }));
    }
    Some(told)
}

/// Where the first channel ends and the second begins, in decibels. Equal loudness is, unless one microphone is so much
/// more sensitive that both voices are louder on it. None where the channels carry the same.
fn middle(leans: &[(u32, f32)]) -> Option<f32> {
    let mut sorted: Vec<f32> = leans.iter().map(|(_, lean)| *lean).collect();
    sorted.sort_by(f32::total_cmp);
    let many = sorted.len();
    if many == 0 || sorted[many - 1 - many / 50] - sorted[many / 50] < ALIKE_DB {
        return None;
    }
    let (mut low, mut high) = (sorted[many / 20], sorted[many - 1 - many / 20]);
    for _ in 0..50 {
        let cut = sorted.partition_point(|lean| *lean < (low + high) / 2.0).clamp(1, many - 1);
        (low, high) = (mean(&sorted[..cut]), mean(&sorted[cut..]));
    }
    if low < 0.0 && high > 0.0 {
        return Some(0.0);
    }
    let cut = sorted.partition_point(|lean| *lean < (low + high) / 2.0);
    let within = (scatter(&sorted[..cut], low) + scatter(&sorted[cut..], high)) / many as f32;
    let two = high - low >= ALIKE_DB && (high - low) / within.sqrt().max(0.1) > 4.0;
    Some(if two { (low + high) / 2.0 } else { 0.0 })
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

fn scatter(values: &[f32], around: f32) -> f32 {
    values.iter().map(|value| (value - around).powi(2)).sum()
}

#[cfg(test)]
mod tests {
    use attune_kernel::Private;

    use super::*;
    use crate::speakers::trace::{CEPSTRA, Run, Trace, frame_ms};

    /// A sound in which somebody speaks all the time, leaning as it is told, and a word for every 20 frames.
    fn sound(leans: impl Iterator<Item = f32>) -> (Traces, Vec<Word>) {
        let frames: Vec<Trace> = leans.map(|lean| Trace::new(&[0.0; CEPSTRA], None, -30.0, lean)).collect();
        let words = (0..frames.len() as u32 / 20)
            .map(|at| Word {
                t0: frame_ms(at * 20),
                t1: frame_ms(at * 20 + 20),
                text: Private::new("word".into()),
                p: 1.0,
            })
            .collect();
        let mut traces = Traces::of(2);
        traces.push(Run { first: 0, frames });
        (traces, words)
    }

    fn told(leans: impl Iterator<Item = f32>) -> Option<Vec<usize>> {
        let (traces, words) = sound(leans);
        Some(tell_apart(&traces, &words, 70)?.into_iter().map(|(channel, _)| channel).collect())
    }

    #[test]
    fn whoever_is_louder_there_speaks_there() {
        let leans = (0..400).map(|at| if at < 200 { 3.0 } else { -3.0 });
        assert_eq!(told(leans).unwrap(), [[0; 10], [1; 10]].concat());
    }

    #[test]
    fn one_sensitive_microphone_does_not_take_both_voices() {
        let leans = (0..400).map(|at| if at % 200 < 100 { 14.0 } else { 5.0 });
        assert_eq!(told(leans).unwrap(), [[0; 5], [1; 5], [0; 5], [1; 5]].concat());
    }

    #[test]
    fn channels_that_carry_the_same_or_one_that_is_dead_say_nothing() {
        assert_eq!(told((0..400).map(|at| (at % 3) as f32 * 0.3)), None);
        assert_eq!(told((0..400).map(|at| 40.0 + (at % 20) as f32)), None);
        assert_eq!(told(std::iter::empty()), None);
    }
}

//! Who speaks when, as a model for it said: each word is whose turn it lies in most.

use super::SpeakerTurn;
use crate::said::Word;

/// Further from any turn than this, in milliseconds, a word is nobody's in particular.
const NEAR_MS: u32 = 1_000;

/// Which of the turns' speakers said each word, numbered as they are first met; how sure; and how many there are.
pub fn tell_apart(turns: &[SpeakerTurn], words: &[Word]) -> (Vec<(usize, f32)>, usize) {
    let mut known: Vec<u32> = Vec::new();
    let mut told: Vec<(usize, f32)> = Vec::new();
    for word in words {
        let length = word.t1.saturating_sub(word.t0).max(1);
        let mut shares: Vec<(u32, u32)> = Vec::new();
        let mut nearest: Option<(u32, u32)> = None;
        for turn in turns {
            let overlap = word.t1.max(word.t0 + 1).min(turn.t1).saturating_sub(word.t0.max(turn.t0));
            let away = word.t0.saturating_sub(turn.t1).max(turn.t0.saturating_sub(word.t1));
            if overlap > 0 {
                match shares.iter_mut().find(|(speaker, _)| *speaker == turn.speaker) {
                    Some((_, share)) => *share += overlap,
                    None => shares.push((turn.speaker, overlap)),
                }
            } else if away <= NEAR_MS && nearest.is_none_or(|(least, _)| away < least) {
                nearest = Some((away, turn.speaker));
            }
        }
        shares.sort_by_key(|(speaker, share)| (std::cmp::Reverse(*share), *speaker));
        let total: u32 = shares.iter().map(|(_, share)| share).sum();
        let (speaker, sure) = match (shares.first(), nearest) {
            (Some((speaker, share)), _) => {
                (Some(*speaker), *share as f32 / total as f32 * (total as f32 / length as f32).min(1.0))
            }
            (None, Some((_, speaker))) => (Some(speaker), 0.3),
            (None, None) => (None, 0.0),
        };
        let Some(speaker) = speaker else {
            told.push((told.last().map_or(0, |(last, _)| *last), 0.0));
            continue;
        };
        let at = known.iter().position(|known| *known == speaker).unwrap_or_else(|| {
            known.push(speaker);
            known.len() - 1
        });
        told.push((at, sure));
    }
    let many = known.len().max(1);
    (told, many)
}

#[cfg(test)]
mod tests {
    use attune_kernel::Private;

    use super::*;

    #[test]
    fn a_word_is_whose_turn_it_lies_in_most() {
        let turns = [(7, 0, 1000), (3, 900, 2000)].map(|(speaker, t0, t1)| SpeakerTurn { speaker, t0, t1 });
        let words = [(100, 400), (850, 1400), (2100, 2300), (9000, 9100)].map(|(t0, t1)| Word {
            t0,
            t1,
            text: Private::new("word".into()),
            p: 1.0,
        });
        let (told, many) = tell_apart(&turns, &words);
        assert_eq!(told.iter().map(|(speaker, _)| *speaker).collect::<Vec<_>>(), [0, 1, 1, 1]);
        assert_eq!((many, told[0].1, told[3].1), (2, 1.0, 0.0));
        assert!(told[1].1 < 1.0);
    }
}

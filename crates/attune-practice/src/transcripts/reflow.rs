//! Words and times after a person typed: what they left as it was keeps its time and its certainty, and what
//! they wrote anew shares the gap in which it stands.
//!
//! Which words were left is the longest common subsequence of both, whatever their case and punctuation.

use attune_kernel::Private;

use super::{
    TranscriptWord,
    pages::{Span, Word},
};

/// More comparisons than this are not made: a text so long and so different is new from its first changed
/// word to its last.
const MOST_COMPARISONS: usize = 4_000_000;

/// What was typed over a segment's words, in place and in time.
pub(super) fn reflow(machine: &[Word], typed: &str, span: Span) -> Vec<TranscriptWord> {
    let typed: Vec<&str> = typed.split_whitespace().collect();
    let kept = in_common(
        &machine.iter().map(|word| bare(word.text.reveal())).collect::<Vec<_>>(),
        &typed.iter().map(|word| bare(word)).collect::<Vec<_>>(),
    );
    let mut words = Vec::with_capacity(typed.len());
    let (mut next, mut from) = (0, span.t0);
    for (old, new) in kept {
        let word = &machine[old];
        share(&typed[next..new], from, word.t0, &mut words);
        let text = Private::new(typed[new].to_owned());
        words.push(TranscriptWord { t0_ms: word.t0, t1_ms: word.t1, text, p: word.p, typed: false });
        (next, from) = (new + 1, word.t1.max(from));
    }
    share(&typed[next..], from, span.t1, &mut words);
    words
}

/// Gives new words the time between two that stayed, each as much as it is long. Where there is none, they
/// stand in the moment between.
fn share(new: &[&str], from: u32, to: u32, words: &mut Vec<TranscriptWord>) {
    let length = |word: &str| word.chars().count().max(1) as u64;
    let (all, room) = (new.iter().map(|word| length(word)).sum::<u64>(), u64::from(to.saturating_sub(from)));
    let at =
        |letters: u64| from.saturating_add(u32::try_from(room * letters / all.max(1)).unwrap_or(u32::MAX));
    let mut before = 0;
    for word in new {
        let after = before + length(word);
        let text = Private::new((*word).to_owned());
        words.push(TranscriptWord { t0_ms: at(before), t1_ms: at(after), text, p: 1.0, typed: true });
        before = after;
    }
}

/// Where two texts have the same words in the same order: the places in both of as many as there can be.
fn in_common(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    let first = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (rest_old, rest_new) = (&old[first..], &new[first..]);
    let last = rest_old.iter().rev().zip(rest_new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (middle_old, middle_new) = (&rest_old[..rest_old.len() - last], &rest_new[..rest_new.len() - last]);

    let mut common: Vec<_> = (0..first).map(|place| (place, place)).collect();
    common.extend(middle(middle_old, middle_new).into_iter().map(|(old, new)| (old + first, new + first)));
    common.extend((0..last).rev().map(|back| (old.len() - 1 - back, new.len() - 1 - back)));
    common
}

fn middle(old: &[String], new: &[String]) -> Vec<(usize, usize)> {
    if old.len().saturating_mul(new.len()) > MOST_COMPARISONS {
        return Vec::new();
    }
    // How many words are in common from each pair of places on.
    let width = new.len() + 1;
    let mut from = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            from[i * width + j] = if old[i] == new[j] {
                from[(i + 1) * width + j + 1] + 1
            } else {
                from[(i + 1) * width + j].max(from[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut common) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            common.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if from[(i + 1) * width + j] >= from[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    common
}

/// A word without case and punctuation; itself, where there is nothing else to it.
fn bare(word: &str) -> String {
    let bare: String = word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if bare.is_empty() { word.to_owned() } else { bare }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn machine(text: &str) -> Vec<Word> {
        let word = |(place, text): (usize, &str)| {
            let t0 = place as u32 * 500;
            Word { t0, t1: t0 + 400, text: Private::new(text.into()), p: 0.5 }
        };
        text.split_whitespace().enumerate().map(word).collect()
    }

    fn shown(words: &[TranscriptWord]) -> Vec<(&str, u32, u32, bool)> {
        words.iter().map(|word| (word.text.reveal().as_str(), word.t0_ms, word.t1_ms, word.typed)).collect()
    }

    #[test]
    fn a_word_put_right_shares_the_gap_and_its_neighbours_keep_their_times() {
        let words = reflow(&machine("i felt sat today"), "I felt so sad, today.", Span { t0: 0, t1: 2_000 });
        let expected = [
            ("I", 0, 400, false),
            ("felt", 500, 900, false),
            ("so", 900, 1_100, true),
            ("sad,", 1_100, 1_500, true),
            ("today.", 1_500, 1_900, false),
        ];
        assert_eq!(shown(&words), expected);
        assert_eq!(words.iter().map(|word| word.p).collect::<Vec<_>>(), [0.5, 0.5, 1.0, 1.0, 0.5]);
    }

    #[test]
    fn words_taken_out_leave_the_others_where_they_are() {
        let words = reflow(&machine("well um i said no"), "I said no", Span { t0: 0, t1: 2_500 });
        assert_eq!(
            shown(&words),
            [("I", 1_000, 1_400, false), ("said", 1_500, 1_900, false), ("no", 2_000, 2_400, false)]
        );
    }

    #[test]
    fn a_text_without_a_word_in_common_takes_the_segment_s_whole_time() {
        let words = reflow(&machine("vier fünf"), "אני בסדר", Span { t0: 0, t1: 800 });
        assert_eq!(shown(&words), [("אני", 0, 342, true), ("בסדר", 342, 800, true)]);
        assert!(reflow(&machine("vier fünf"), "", Span { t0: 0, t1: 800 }).is_empty());
    }

    #[test]
    fn a_word_of_punctuation_alone_is_a_word() {
        let words = reflow(&machine("— no"), "— no …", Span { t0: 0, t1: 900 });
        assert_eq!(shown(&words), [("—", 0, 400, false), ("no", 500, 900, false), ("…", 900, 900, true)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_typed_stands_as_typed_and_in_order(
            old in "([a-d]{1,2} ){0,12}", new in "([a-d]{1,2} ){0,12}",
        ) {
            let old = machine(&old);
            let span = Span { t0: 0, t1: old.last().map_or(700, |word| word.t1) };
            let words = reflow(&old, &new, span);
            let read: Vec<_> = words.iter().map(|word| word.text.reveal().as_str()).collect();
            prop_assert_eq!(read, new.split_whitespace().collect::<Vec<_>>());
            prop_assert!(words.iter().all(|word| word.t0_ms <= word.t1_ms && word.t1_ms <= span.t1));
            prop_assert!(words.is_sorted_by_key(|word| word.t0_ms));
        }

        #[test]
        fn what_was_not_touched_is_as_the_machine_wrote_it(old in "([a-d]{1,2} ){0,12}") {
            let machine = machine(&old);
            let words = reflow(&machine, &old.to_uppercase(), Span { t0: 0, t1: 9_000 });
            let untouched = words.iter().zip(&machine).all(|(word, old)| {
                !word.typed && (word.t0_ms, word.t1_ms, word.p) == (old.t0, old.t1, old.p)
            });
            prop_assert!(untouched);
        }
    }
}

//! How good a transcript is, against what was really said.
//!
//! Errors in words are counted as everywhere: the fewest words that were replaced, left out and added, against how many
//! were said; case and punctuation do not count. Errors in speakers are counted in time: who a recogniser calls whom is
//! its own affair, so the names are matched as they fit best before anything is counted.

use crate::said::Span;

mod assignment;

/// What is wrong with words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WordErrors {
    /// How many were said.
    pub words: usize,
    pub substituted: usize,
    pub deleted: usize,
    pub inserted: usize,
}

impl WordErrors {
    /// Errors for each word that was said.
    pub fn rate(&self) -> f64 {
        let errors = self.substituted + self.deleted + self.inserted;
        errors as f64 / self.words.max(1) as f64
    }
}

impl std::ops::Add for WordErrors {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            words: self.words + other.words,
            substituted: self.substituted + other.substituted,
            deleted: self.deleted + other.deleted,
            inserted: self.inserted + other.inserted,
        }
    }
}

impl std::iter::Sum for WordErrors {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| sum + one)
    }
}

/// The words of a text, as they are compared: letters, numbers and apostrophes in lower case.
pub fn words_of(text: &str) -> Vec<String> {
    let spoken = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
    text.split(|c: char| !spoken(c))
        .map(|word| word.trim_matches(['\'', '’']).replace('’', "'").to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

/// What is wrong with `heard`, when `said` is what was said.
pub fn word_errors(said: &str, heard: &str) -> WordErrors {
    let (said, heard) = (words_of(said), words_of(heard));
    // The best way to each beginning of what was heard, from so many words of what was said.
    let mut row: Vec<Way> = (0..=heard.len()).map(|inserted| Way { inserted, ..Way::default() }).collect();
    for word in &said {
        let mut before = row[0];
        row[0].deleted += 1;
        for (at, other) in heard.iter().enumerate() {
            let matched = before.then(|way| way.substituted += usize::from(word != other));
            let deleted = row[at + 1].then(|way| way.deleted += 1);
            let inserted = row[at].then(|way| way.inserted += 1);
            before = row[at + 1];
            row[at + 1] = matched.or_shorter(deleted).or_shorter(inserted);
        }
    }
    let Way { substituted, deleted, inserted } = row.last().copied().unwrap_or_default();
    WordErrors { words: said.len(), substituted, deleted, inserted }
}

#[derive(Debug, Clone, Copy, Default)]
struct Way {
    substituted: usize,
    deleted: usize,
    inserted: usize,
}

impl Way {
    fn then(mut self, step: impl FnOnce(&mut Self)) -> Self {
        step(&mut self);
        self
    }

    fn or_shorter(self, other: Self) -> Self {
        let length = |way: &Self| way.substituted + way.deleted + way.inserted;
        if length(&other) < length(&self) { other } else { self }
    }
}

/// Somebody speaks for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    pub speaker: usize,
    pub span: Span,
}

/// What is wrong with speakers, in milliseconds of what was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpeakerErrors {
    /// Said, and given to somebody.
    pub told_ms: u64,
    /// Of that, given to the wrong one.
    pub wrong_ms: u64,
    /// Said, and given to nobody.
    pub missed_ms: u64,
}

impl SpeakerErrors {
    /// The part of what was given to somebody that was given to the wrong one.
    pub fn rate(&self) -> f64 {
        self.wrong_ms as f64 / self.told_ms.max(1) as f64
    }
}

/// What is wrong with `told`, when `said` is who really spoke, with the names matched as they fit best.
pub fn speaker_errors(said: &[Turn], told: &[Turn]) -> SpeakerErrors {
    let count = |turns: &[Turn]| turns.iter().map(|turn| turn.speaker + 1).max().unwrap_or(0);
    let size = count(said).max(count(told));
    let mut shared = vec![vec![0_u64; size]; size];
    for turn in said {
        for other in told {
            shared[turn.speaker][other.speaker] += common(turn.span, other.span);
        }
    }
    let right: u64 = assignment::best(&shared).iter().enumerate().map(|(of, to)| shared[of][*to]).sum();
    let said_ms: u64 = said.iter().map(|turn| length(turn.span)).sum();
    let covered = merged(told);
    let told_ms: u64 =
        said.iter().map(|turn| covered.iter().map(|span| common(turn.span, *span)).sum::<u64>()).sum();
    SpeakerErrors { told_ms, wrong_ms: told_ms.saturating_sub(right), missed_ms: said_ms - told_ms }
}

fn length(span: Span) -> u64 {
    u64::from(span.t1.saturating_sub(span.t0))
}

fn common(one: Span, other: Span) -> u64 {
    length(Span { t0: one.t0.max(other.t0), t1: one.t1.min(other.t1) })
}

/// Where anybody speaks, without overlaps.
fn merged(turns: &[Turn]) -> Vec<Span> {
    let mut spans: Vec<Span> = turns.iter().map(|turn| turn.span).collect();
    spans.sort_unstable();
    spans.dedup_by(|next, last| {
        let touches = next.t0 <= last.t1;
        if touches {
            last.t1 = last.t1.max(next.t1);
        }
        touches
    });
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(turns: &[(usize, u32, u32)]) -> Vec<Turn> {
        turns.iter().map(|&(speaker, t0, t1)| Turn { speaker, span: Span { t0, t1 } }).collect()
    }

    #[test]
    fn wrong_missing_and_added_words_are_counted_as_by_hand() {
        for (said, heard, substituted, deleted, inserted) in [
            ("Good morning, it is good to see you.", "good morning it is good to see you", 0, 0, 0),
            ("I can talk to her", "I can talked to her", 1, 0, 0),
            ("write it on the worksheet", "write on the worksheet", 0, 1, 0),
            ("how are you", "how are you you", 0, 0, 1),
            // "a b c d" to "b x d e": a left out, c replaced by x, e added.
            ("a b c d", "b x d e", 1, 1, 1),
            ("well-known", "well known", 0, 0, 0),
            ("I don’t know", "I don't know", 0, 0, 0),
            ("", "one two", 0, 0, 2),
            ("one two", "", 0, 2, 0),
            ("", "", 0, 0, 0),
            ("Grüße, Łódź!", "grüße łódź", 0, 0, 0),
        ] {
            let errors = word_errors(said, heard);
            let counted = (errors.substituted, errors.deleted, errors.inserted);
            assert_eq!(counted, (substituted, deleted, inserted), "{said:?} heard as {heard:?}");
        }
        assert!((word_errors("a b c d", "a b c x").rate() - 0.25).abs() < 1e-9);
    }

    #[test]
    fn errors_of_several_texts_add_up() {
        let sum: WordErrors = [word_errors("a b", "a"), word_errors("c", "d e")].into_iter().sum();
        assert_eq!(sum, WordErrors { words: 3, substituted: 1, deleted: 1, inserted: 1 });
    }

    #[test]
    fn speakers_are_matched_as_they_fit_best_before_anything_is_counted() {
        let said = turns(&[(0, 0, 1000), (1, 1000, 2000), (0, 2000, 4000)]);
        let swapped = turns(&[(1, 0, 1000), (0, 1000, 2000), (1, 2000, 4000)]);
        assert_eq!(
            speaker_errors(&said, &swapped),
            SpeakerErrors { told_ms: 4000, wrong_ms: 0, missed_ms: 0 }
        );
        // One voice for two people: the one who speaks longer is right, the other second of four is wrong.
        let one = turns(&[(0, 0, 4000)]);
        let errors = speaker_errors(&said, &one);
        assert_eq!(errors, SpeakerErrors { told_ms: 4000, wrong_ms: 1000, missed_ms: 0 });
        assert!((errors.rate() - 0.25).abs() < 1e-9);
    }

    #[test]
    fn a_third_speaker_nobody_was_and_time_given_to_nobody_count_as_what_they_are() {
        let said = turns(&[(0, 0, 1000), (1, 1000, 2000)]);
        // 0..800 right, 800..1000 nobody; 1000..1500 right, 1500..2000 a third who was never there.
        let told = turns(&[(0, 0, 800), (1, 1000, 1500), (2, 1500, 2000)]);
        assert_eq!(
            speaker_errors(&said, &told),
            SpeakerErrors { told_ms: 1800, wrong_ms: 500, missed_ms: 200 }
        );
        assert_eq!(speaker_errors(&said, &[]), SpeakerErrors { told_ms: 0, wrong_ms: 0, missed_ms: 2000 });
        assert_eq!(speaker_errors(&[], &told), SpeakerErrors::default());
    }

    #[test]
    fn silence_between_turns_and_overlapping_guesses_are_nobodys_error() {
        let said = turns(&[(0, 0, 1000), (1, 3000, 4000)]);
        let told = turns(&[(0, 0, 3000), (0, 0, 500), (1, 3000, 4000)]);
        assert_eq!(speaker_errors(&said, &told), SpeakerErrors { told_ms: 2000, wrong_ms: 0, missed_ms: 0 });
    }
}

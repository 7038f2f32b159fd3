//! From what the engine gives to words with times.
//!
//! Parakeet gives each word its time and each piece of a word its probability. Whisper gives segments, over which their
//! words are spread by their length. Some models give a text and no times at all: it is spread over the window. A mark
//! that stands alone belongs to the word before it. What a model writes in brackets about a sound (`[music]`) nobody
//! said, so it is no word.

use transcribe_cpp::{Token, Transcript};

use crate::said::Word;

/// The words of a transcript of `length_ms`, in order, none outside it.
pub fn of(transcript: &Transcript, length_ms: u32) -> Vec<Word> {
    let mut line = Line { length_ms, words: Vec::new(), opening: String::new() };
    if !transcript.words.is_empty() {
        for word in &transcript.words {
            let tokens = between(&transcript.tokens, word.first_token, word.n_tokens);
            line.push(&word.text, word.t0_ms, word.t1_ms, sureness(tokens));
        }
    } else if transcript.segments.iter().any(|segment| segment.t1_ms > segment.t0_ms) {
        for segment in &transcript.segments {
            let tokens = between(&transcript.tokens, segment.first_token, segment.n_tokens);
            line.spread(&segment.text, segment.t0_ms, segment.t1_ms, sureness(tokens));
        }
    } else {
        line.spread(&transcript.text, 0, length_ms.into(), sureness(&transcript.tokens));
    }
    line.words
}

fn is_spoken(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn between(tokens: &[Token], first: i32, count: i32) -> &[Token] {
    let (Ok(first), Ok(count)) = (usize::try_from(first), usize::try_from(count)) else {
        return &[];
    };
    tokens.get(first..first.saturating_add(count)).unwrap_or_default()
}

/// The mean over the pieces that are spoken. An engine that does not say how sure it is, is taken at its word.
fn sureness(tokens: &[Token]) -> f32 {
    let known = tokens.iter().filter(|token| is_spoken(&token.text) && token.p.is_finite());
    let (sum, count) = known.fold((0.0_f32, 0.0_f32), |(sum, count), token| (sum + token.p, count + 1.0));
    if count == 0.0 { 1.0 } else { (sum / count).clamp(0.0, 1.0) }
}

/// Words as they come together.
struct Line {
    length_ms: u32,
    words: Vec<Word>,
    /// A mark that came before any word.
    opening: String,
}

impl Line {
    fn push(&mut self, text: &str, t0: i64, t1: i64, p: f32) {
        let text = text.trim();
        if !is_spoken(text) {
            match self.words.last_mut() {
                Some(before) => before.text = format!("{}{text}", before.text.reveal()).into(),
                None => self.opening.push_str(text),
            }
            return;
        }
        let from = self.words.last().map_or(0, |before| before.t0);
        let t0 = self.within(t0).max(from);
        let text = format!("{}{text}", std::mem::take(&mut self.opening));
        self.words.push(Word { t0, t1: self.within(t1).max(t0), text: text.into(), p });
    }

    /// Gives each word of a text its share of the time, by its length.
    fn spread(&mut self, text: &str, t0: i64, t1: i64, p: f32) {
        if is_remark(text.trim()) {
            return;
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let letters = |word: &str| i64::try_from(word.chars().count()).unwrap_or(i64::MAX);
        let all: i64 = words.iter().map(|word| letters(word)).sum();
        let time = (t1 - t0).max(0);
        let mut before = 0;
        for word in words {
            let after = before + letters(word);
            self.push(word, t0 + time * before / all.max(1), t0 + time * after / all.max(1), p);
            before = after;
        }
    }

    fn within(&self, ms: i64) -> u32 {
        u32::try_from(ms.max(0)).map_or(self.length_ms, |ms| ms.min(self.length_ms))
    }
}

/// Whether a text is about a sound, and nothing that was said.
fn is_remark(text: &str) -> bool {
    [('[', ']'), ('(', ')'), ('*', '*'), ('♪', '♪')]
        .iter()
        .any(|(open, close)| text.starts_with(*open) && text.ends_with(*close))
}

#[cfg(test)]
mod tests {
    use super::*;
    use transcribe_cpp::{Segment, Word as Heard};

    fn plain(words: &[Word]) -> Vec<(u32, u32, String, f32)> {
        words.iter().map(|word| (word.t0, word.t1, word.text.reveal().clone(), word.p)).collect()
    }

    fn token(text: &str, t1_ms: i64, p: f32) -> Token {
        Token { text: text.to_owned(), t1_ms, p, ..Token::default() }
    }

    #[test]
    fn a_word_keeps_the_times_of_the_engine_and_is_as_sure_as_its_spoken_pieces() {
        let transcript = Transcript {
            words: vec![Heard {
                t0_ms: 80,
                t1_ms: 900,
                n_tokens: 3,
                text: " today.".to_owned(),
                ..Heard::default()
            }],
            tokens: vec![token(" to", 160, 0.5), token("day", 400, 1.0), token(".", 900, 0.1)],
            ..Transcript::default()
        };
        assert_eq!(plain(&of(&transcript, 1000)), [(80, 900, "today.".to_owned(), 0.75)]);
    }

    #[test]
    fn a_mark_alone_belongs_to_the_word_before_and_the_first_to_the_word_after() {
        let word =
            |text: &str, t0_ms, t1_ms| Heard { t0_ms, t1_ms, text: text.to_owned(), ..Heard::default() };
        let transcript = Transcript {
            words: vec![word("„", 0, 10), word("good", 10, 200), word("?", 210, 290), word("yes", 300, 5000)],
            ..Transcript::default()
        };
        let expected = [(10, 200, "„good?".to_owned(), 1.0), (300, 1000, "yes".to_owned(), 1.0)];
        assert_eq!(plain(&of(&transcript, 1000)), expected, "and none goes on past the end");
    }

    #[test]
    fn where_only_segments_have_times_their_words_share_them_by_length() {
        let segment =
            |text: &str, t0_ms, t1_ms| Segment { t0_ms, t1_ms, text: text.to_owned(), ..Segment::default() };
        let transcript = Transcript {
            segments: vec![
                segment(" I was tired.", 0, 1000),
                segment(" [door closes]", 1000, 2000),
                segment("…", 2000, 2100),
            ],
            ..Transcript::default()
        };
        let expected = [
            (0, 100, "I".to_owned(), 1.0),
            (100, 400, "was".to_owned(), 1.0),
            (400, 1000, "tired.…".to_owned(), 1.0),
        ];
        assert_eq!(plain(&of(&transcript, 3000)), expected);
    }

    #[test]
    fn a_text_without_any_times_is_spread_over_the_window() {
        let transcript = Transcript { text: "one two".to_owned(), ..Transcript::default() };
        let expected = [(0, 300, "one".to_owned(), 1.0), (300, 600, "two".to_owned(), 1.0)];
        assert_eq!(plain(&of(&transcript, 600)), expected);
        assert!(of(&Transcript::default(), 600).is_empty());
    }

    #[test]
    fn broken_numbers_of_an_engine_break_nothing() {
        let transcript = Transcript {
            words: vec![Heard {
                t0_ms: -5,
                t1_ms: i64::MIN,
                first_token: -1,
                n_tokens: i32::MAX,
                text: "so".to_owned(),
                ..Heard::default()
            }],
            tokens: vec![token("so", 0, f32::NAN)],
            ..Transcript::default()
        };
        assert_eq!(plain(&of(&transcript, 500)), [(0, 0, "so".to_owned(), 1.0)]);
    }
}

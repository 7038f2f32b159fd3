//! What a server's answer says: words with their times, or segments, or only a text. It is JSON, as that is all a server is
//! asked for: a line of plain text is a proxy's, and becomes no word.
//!
//! Answers are a stranger's: times may lie outside the window, and the body may be a page or half an answer. What cannot be
//! placed in the window is left out; what does not read gives nothing, and no error carries a word of it.

use attune_kernel::Private;
use serde::Deserialize;

use super::languages;
use crate::{engine::Heard, said::Word};

/// What is known of the window an answer belongs to.
pub struct Reading<'a> {
    pub length_ms: u32,
    /// The language it was said to be in.
    pub told: Option<&'a str>,
}

#[derive(Deserialize)]
struct Answered {
    text: Option<String>,
    language: Option<String>,
    words: Option<Vec<AnsweredWord>>,
    segments: Option<Vec<AnsweredSegment>>,
}

#[derive(Deserialize)]
struct AnsweredWord {
    #[serde(alias = "text")]
    word: String,
    start: f64,
    end: f64,
    #[serde(alias = "confidence", alias = "score")]
    probability: Option<f32>,
}

#[derive(Deserialize)]
struct AnsweredSegment {
    text: String,
    start: f64,
    end: f64,
    avg_logprob: Option<f32>,
    words: Option<Vec<AnsweredWord>>,
}

impl Reading<'_> {
    /// The words, and whether each had a time of its own. None of what is no answer.
    pub fn read(&self, body: &[u8]) -> Option<(Heard, bool)> {
        let text = std::str::from_utf8(body).ok()?.trim();
        // A list would be read as an object whose fields are in order.
        if !text.starts_with('{') {
            return None;
        }
        let answered: Answered = serde_json::from_str(text).ok()?;
        let (own, segments) = (answered.words.unwrap_or_default(), answered.segments.unwrap_or_default());
        let within: Vec<&AnsweredWord> = segments.iter().flat_map(|it| it.words.iter().flatten()).collect();
        let said = answered.text.as_deref();
        let words: Vec<Word> = if !own.is_empty() {
            let written = as_written(&own, said.unwrap_or_default());
            own.iter().zip(written).filter_map(|(word, text)| self.word(word, text, &segments)).collect()
        } else if !within.is_empty() {
            within.iter().filter_map(|word| self.word(word, &word.word, &segments)).collect()
        } else if !segments.is_empty() {
            let spread = |it: &AnsweredSegment| self.spread(&it.text, it.start, it.end, sure(it.avg_logprob));
            segments.iter().flat_map(spread).collect()
        } else {
            self.spread(said?, 0.0, self.seconds(), 1.0)
        };
        let word_times = !own.is_empty() || !within.is_empty();
        Some((self.heard(answered.language.as_deref(), words), word_times))
    }

    fn heard(&self, language: Option<&str>, words: Vec<Word>) -> Heard {
        let found = language.and_then(languages::code);
        Heard { language: found.or(self.told).map(Into::into), words, cut_short: false }
    }

    fn seconds(&self) -> f64 {
        f64::from(self.length_ms) / 1000.0
    }

    /// A word with its own time. Where the server does not say how sure it is of it, it is as sure as of the segment.
    fn word(&self, word: &AnsweredWord, text: &str, segments: &[AnsweredSegment]) -> Option<Word> {
        let around = segments.iter().find(|it| it.start <= word.start && word.start < it.end);
        let p = word.probability.unwrap_or_else(|| sure(around.and_then(|it| it.avg_logprob)));
        self.placed(text, word.start, word.end, p)
    }

    /// Words that share a time, each as much of it as it has letters.
    fn spread(&self, text: &str, start: f64, end: f64, p: f32) -> Vec<Word> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let letters = |word: &str| word.chars().count() as f64;
        let all: f64 = words.iter().map(|word| letters(word)).sum();
        let mut before = 0.0;
        let mut placed = Vec::with_capacity(words.len());
        for word in words {
            let at = |letters: f64| start + (end - start) * letters / all;
            placed.extend(self.placed(word, at(before), at(before + letters(word)), p));
            before += letters(word);
        }
        placed
    }

    /// A word, where it begins in the window and ends after it began.
    fn placed(&self, text: &str, start: f64, end: f64, p: f32) -> Option<Word> {
        let text = text.trim();
        let inside = (0.0..self.seconds()).contains(&start) && end >= start;
        let ms = |seconds: f64| ((seconds * 1000.0).round() as u32).min(self.length_ms);
        (inside && !text.is_empty()).then(|| Word {
            t0: ms(start),
            t1: ms(end),
            text: Private::new(text.to_owned()),
            p: if p.is_finite() { p.clamp(0.0, 1.0) } else { 1.0 },
        })
    }
}

/// Words with times often come without their capitals and stops, which stand in the text beside them. Where the two are
/// the same words, they are taken as they are written there.
fn as_written<'a>(words: &'a [AnsweredWord], text: &'a str) -> Vec<&'a str> {
    let bare = |word: &str| {
        word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let written: Vec<&str> = text.split_whitespace().collect();
    let same = written.len() == words.len()
        && written.iter().zip(words).all(|(written, word)| bare(written) == bare(&word.word));
    if same { written } else { words.iter().map(|word| word.word.as_str()).collect() }
}

/// How sure a server is of a segment. One that does not say is believed.
fn sure(logprob: Option<f32>) -> f32 {
    logprob.map_or(1.0, f32::exp)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Placed = (u32, u32, String, f32);

    fn read(body: &str) -> Option<(Vec<Placed>, Option<String>, bool)> {
        let (heard, word_times) = Reading { length_ms: 2000, told: None }.read(body.as_bytes())?;
        let words = heard.words.iter().map(|word| (word.t0, word.t1, word.text.reveal().clone(), word.p));
        Some((words.collect(), heard.language, word_times))
    }

    #[test]
    fn words_keep_their_times_and_take_their_stops_from_the_text() {
        let (words, language, word_times) = read(
            r#"{"language":"english","text":"How are you?","words":[{"word":"how","start":0.1,"end":0.3},
            {"word":"are","start":0.3,"end":0.5},{"word":"you","start":0.5,"end":0.9}],
            "segments":[{"start":0,"end":2,"text":"How are you?","avg_logprob":-0.6931472}]}"#,
        )
        .unwrap();
        let expected = [(100, 300, "How"), (300, 500, "are"), (500, 900, "you?")];
        assert_eq!(words.len(), 3);
        for ((t0, t1, text, p), expected) in words.iter().zip(expected) {
            assert_eq!((*t0, *t1, text.as_str()), expected);
            assert!((p - 0.5).abs() < 0.001, "as sure as of the segment");
        }
        assert_eq!((language.as_deref(), word_times), (Some("en"), true));
    }

    #[test]
    fn segments_and_texts_are_spread_over_their_time() {
        let (words, _, word_times) =
            read(r#"{"text":"ab abcd","segments":[{"start":0.5,"end":1.1,"text":" ab abcd"}]}"#).unwrap();
        assert_eq!(words, [(500, 700, "ab".into(), 1.0), (700, 1100, "abcd".into(), 1.0)]);
        assert!(!word_times);
        assert_eq!(read(r#"{"text":"one two"}"#).unwrap().0[1], (1000, 2000, "two".into(), 1.0));
        let within =
            r#"{"segments":[{"start":0,"end":1,"text":"a","words":[{"word":" a","start":0.2,"end":0.4}]}]}"#;
        assert_eq!(read(within).unwrap().0, [(200, 400, "a".into(), 1.0)]);
    }

    #[test]
    fn nothing_heard_is_an_answer_without_words() {
        for nothing in [r#"{"text":""}"#, r#"{"text":" ","words":[],"segments":[]}"#] {
            assert!(read(nothing).unwrap().0.is_empty());
        }
    }

    #[test]
    fn words_that_lie_outside_the_window_are_left_out() {
        let (words, _, _) = read(
            r#"{"words":[{"word":"before","start":-1,"end":0.5},{"word":"after","start":2.0,"end":3},
            {"word":"back","start":1,"end":0.5},{"word":"over","start":1.5,"end":9},{"word":" ","start":1,"end":1}]}"#,
        )
        .unwrap();
        assert_eq!(words, [(1500, 2000, "over".into(), 1.0)]);
    }

    #[test]
    fn pages_plain_texts_and_halves_are_no_answers() {
        for no in [
            "<!doctype html><p>Sign in</p>",
            "OK",
            "one two\n",
            "",
            r#"{"text":"half"#,
            r#"{"error":{}}"#,
            "[]",
            r#"["one two",null,null,null]"#,
            "\"x\"",
            "7",
            "null",
            "{}",
        ] {
            assert!(read(no).is_none(), "{no}");
        }
        assert!(Reading { length_ms: 1, told: None }.read(b"\xff\xfe").is_none());
    }

    proptest! {
        #[test]
        fn no_answer_places_a_word_outside_its_window(start in proptest::num::f64::ANY, end in proptest::num::f64::ANY) {
            let word = AnsweredWord { word: "a".into(), start, end, probability: Some(f32::NAN) };
            let reading = Reading { length_ms: 2000, told: None };
            if let Some(word) = reading.word(&word, "a", &[]) {
                prop_assert!(word.t0 <= word.t1 && word.t1 <= 2000 && (0.0..=1.0).contains(&word.p));
            }
        }
    }
}

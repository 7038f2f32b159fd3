//! The sample session from sound to transcript through the real engine, against what was really said.
//!
//! `cargo test -p attune-speech --test conversation -- --nocapture` prints the figures.

mod dialogue;
mod practice_room;

use std::sync::{Arc, Mutex};

use attune_speech::{
    engine::{About, Answer, Engine, Heard, Window},
    said::{Transcription, Word},
    score::{word_errors, words_of},
    sound::Held,
    speakers::Naming,
    writing::{Writing, write_down},
};
use dialogue::{Dialogue, matched, middle_and_p95, options, print, session};
use practice_room::{local, text};
use proptest::prelude::*;

async fn written(channels: Vec<Vec<f32>>) -> Transcription {
    let mut engine = local();
    let mut sound = Held::new(channels);
    let mut done = 0;
    let mut progress = |ms| done = ms;
    let written =
        write_down(&mut sound, &mut engine, options(1), &Naming::default(), &mut progress).await.unwrap();
    assert_eq!(done, written.length_ms);
    written
}

fn words(written: &Transcription) -> Vec<Word> {
    written.segments.iter().flat_map(|segment| segment.words.clone()).collect()
}

fn said(dialogue: &Dialogue) -> String {
    let words = dialogue.turns.iter().flat_map(|said| &said.words);
    words.map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_sample_session_is_written_down_with_its_words_times_and_speakers() {
    let session = session();
    let written = written(vec![session.pcm.clone()]).await;
    let words = words(&written);

    let errors = word_errors(&said(&session), &text(&words));
    print(&format!("words: {:.2} % of {} ({errors:?})", errors.rate() * 100.0, errors.words));

    // Times: each word that was heard right, against when it was said.
    let mut true_words = Vec::new();
    for turn in &session.turns {
        for (span, word) in &turn.words {
            true_words.extend(words_of(word).into_iter().map(|word| (word, *span, turn)));
        }
    }
    let heard: Vec<(String, &Word)> = words
        .iter()
        .flat_map(|word| words_of(word.text.reveal()).into_iter().map(move |text| (text, word)))
        .collect();
    let plain = |(word, ..): &(String, _, _)| word.clone();
    let pairs = matched(
        &true_words.iter().map(plain).collect::<Vec<_>>(),
        &heard.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>(),
    );
    let mut away = Vec::new();
    for (i, j) in &pairs {
        let ((_, span, turn), (_, word)) = (&true_words[*i], &heard[*j]);
        away.push(span.t0.abs_diff(word.t0));
        let middle = (word.t0 + word.t1) / 2;
        assert!((turn.span.t0..=turn.span.t1).contains(&middle), "{middle} outside of {:?}", turn.span);
    }
    let (median, p95) = middle_and_p95(away);
    print(&format!("start of {} words: median |error| {median} ms, p95 {p95} ms", pairs.len()));

    let error = session.speaker_error(&written.segments);
    print(&format!("speakers: {:.2} %", error * 100.0));
    assert!(errors.rate() <= 0.0157, "{errors:?}");
    assert!(median <= 110 && p95 <= 250, "median {median}, p95 {p95}");
    assert_eq!(written.speakers.len(), 2);
    assert!(error <= 0.01, "{error}");

    assert_eq!(written.holes, []);
    for pair in written.segments.windows(2) {
        assert!(pair[0].t0 <= pair[1].t0, "segments stand in the order they began");
    }
    for turn in &session.turns {
        let covered = written.speech.iter().any(|span| span.t0 < turn.span.t1 && turn.span.t0 < span.t1);
        assert!(covered, "{:?} counts as silence", turn.span);
    }
}

#[tokio::test]
async fn at_two_microphones_each_has_their_own_and_the_words_stay() {
    let session = session();
    let [left, right] = session.at_two_microphones(-6.0, 15.0);
    let written = written(vec![left, right]).await;
    let errors = word_errors(&said(&session), &text(&words(&written)));
    let error = session.speaker_error(&written.segments);
    print(&format!(
        "two microphones, bleed -6 dB, noise 15 dB below: words {:.2} %, speakers {:.2} %",
        errors.rate() * 100.0,
        error * 100.0
    ));
    assert!(errors.rate() <= 0.035 && error <= 0.012, "{errors:?}, {error}");
}

#[tokio::test]
async fn the_same_sound_gives_the_same_transcript() {
    let pcm = session().pcm[..60 * 16_000].to_vec();
    assert_eq!(written(vec![pcm.clone()]).await, written(vec![pcm]).await);
}

/// An engine that writes nothing and remembers what it was asked.
struct Remembers {
    about: About,
    windows: Arc<Mutex<Vec<Vec<f32>>>>,
}

impl Engine for Remembers {
    fn about(&self) -> &About {
        &self.about
    }

    fn hear<'a>(&'a mut self, window: Window<'a>) -> Answer<'a, Heard> {
        self.windows.lock().unwrap().push(window.pcm.to_vec());
        Box::pin(async { Ok(Heard { language: None, words: Vec::new(), cut_short: false }) })
    }
}

async fn windows_of(pcm: &[f32], slices: &[usize]) -> Vec<Vec<f32>> {
    let windows = Arc::new(Mutex::new(Vec::new()));
    let about = About { longest_ms: 12_000, ..local().about().clone() };
    let mut engine = Remembers { about, windows: Arc::clone(&windows) };
    let mut writing =
        Writing::new(attune_speech::writing::Options { longest_ms: 12_000, ..options(1) }).unwrap();
    let mut at = 0;
    for length in slices.iter().cycle() {
        let to = (at + length).min(pcm.len());
        writing.hear(&[&pcm[at..to]]);
        while writing.step(&mut engine).await.unwrap() {}
        at = to;
        if at == pcm.len() {
            break;
        }
    }
    writing.end();
    while writing.step(&mut engine).await.unwrap() {}
    drop(engine);
    Arc::into_inner(windows).unwrap().into_inner().unwrap()
}

proptest! {
    // Each case hears forty seconds; a seed that fails is printed, and nothing is written down beside the tests.
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn sound_in_slices_of_any_size_comes_to_the_same_windows(
        slices in prop::collection::vec(1usize..40_000, 1..8)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let pcm = &session().pcm[..40 * 16_000];
        let whole = runtime.block_on(windows_of(pcm, &[pcm.len()]));
        prop_assert!(whole.len() >= 3);
        prop_assert!(whole.iter().all(|window| window.len() <= 12 * 16_000));
        prop_assert_eq!(whole, runtime.block_on(windows_of(pcm, &slices)));
    }
}

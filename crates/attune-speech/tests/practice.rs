//! The practice model through the product's own road, against the figures in `practice/README.md`.
//!
//! `cargo test -p attune-speech --test practice -- --nocapture` prints them. They may get better, never worse.

mod practice_room;

use std::io::Write;

use attune_speech::{
    engine::{Engine, Window, local::Local},
    said::Word,
    score::{WordErrors, word_errors, words_of},
};
use practice_room::{heldout, local, practice, sample_session, text};

async fn hear(local: &mut Local, pcm: &[f32]) -> Vec<Word> {
    let heard = local.hear(Window { pcm, language: Some("en") }).await.unwrap();
    assert!(!heard.cut_short);
    assert_eq!(heard.language.as_deref(), Some("en"));
    heard.words
}

/// Prints a figure beside the name of what was measured.
fn print(what: &str, errors: WordErrors) {
    let WordErrors { words, substituted, deleted, inserted } = errors;
    let rate = errors.rate() * 100.0;
    let line = format!("{what}: {rate:.2} % of {words} words (S {substituted} D {deleted} I {inserted})\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

async fn errors_of(set: &str) -> WordErrors {
    let mut local = local();
    let mut sum = WordErrors::default();
    for (pcm, said) in heldout(set) {
        sum = sum + word_errors(&said, &text(&hear(&mut local, &pcm).await));
    }
    print(set, sum);
    sum
}

#[tokio::test]
async fn held_out_sentences_in_voices_it_knows_are_heard_without_an_error() {
    let errors = errors_of("heldout").await;
    assert_eq!((errors.words, errors.rate()), (763, 0.0));
}

#[tokio::test]
async fn held_out_sentences_in_voices_it_never_heard_are_heard_as_well_as_when_it_was_trained() {
    let errors = errors_of("heldout_unseen_voices").await;
    assert_eq!(errors.words, 489);
    assert!(errors.rate() <= 0.0123, "{errors:?}");
}

/// A word of the sample session as it was really said.
#[derive(serde::Deserialize)]
struct Said {
    w: String,
    start: f64,
    end: f64,
}

#[derive(serde::Deserialize)]
struct Turn {
    text: String,
    words: Vec<Said>,
}

#[derive(serde::Deserialize)]
struct Session {
    turns: Vec<Turn>,
}

#[tokio::test]
async fn the_sample_session_is_heard_as_well_as_when_the_model_was_trained_and_on_time() {
    let read = std::fs::read_to_string(practice("sample-session.json")).unwrap();
    let session: Session = serde_json::from_str(&read).unwrap();
    let said: Vec<&str> = session.turns.iter().map(|turn| turn.text.as_str()).collect();
    let (mut local, pcm) = (local(), sample_session());
    let began = std::time::Instant::now();
    let heard = hear(&mut local, &pcm).await;
    let (seconds, held) = (began.elapsed().as_secs_f64(), local.memory());
    let errors = word_errors(&said.join(" "), &text(&heard));
    print("sample session", errors);
    if let Some(peak) = held.and_then(|memory| memory.peak_bytes) {
        let line =
            format!("sample session: {seconds:.1} s with the start, {} MB at most\n", peak / 1_000_000);
        std::io::stdout().write_all(line.as_bytes()).unwrap();
    }
    assert_eq!(errors.words, 383);
    assert!(errors.rate() <= 0.0157, "{errors:?}");
    assert!(heard.iter().all(|word| (0.0..=1.0).contains(&word.p) && word.t0 <= word.t1));
    assert!(heard.is_sorted_by_key(|word| word.t0));
    times(&session, &heard);
}

/// Words that were heard as they were said begin and end near where they did.
fn times(session: &Session, heard: &[Word]) {
    let said: Vec<&Said> = session.turns.iter().flat_map(|turn| &turn.words).collect();
    let mut off: Vec<[f64; 2]> = Vec::new();
    for word in said {
        let near = |other: &&Word| (f64::from(other.t0) / 1000.0 - word.start).abs() < 0.5;
        let same = |other: &&Word| words_of(other.text.reveal()) == words_of(&word.w);
        if let Some(other) = heard.iter().filter(near).find(same) {
            off.push([word.start, word.end].map(|at| at * 1000.0));
            let last = off.last_mut().unwrap();
            last[0] = f64::from(other.t0) - last[0];
            last[1] = f64::from(other.t1) - last[1];
        }
    }
    let mean = |which: usize| off.iter().map(|pair| pair[which]).sum::<f64>() / off.len() as f64;
    let most = off.iter().map(|pair| pair[0].abs()).fold(0.0, f64::max);
    let line = format!(
        "sample session, {} words matched: begin {:+.0} ms, end {:+.0} ms in the mean, none begins further off than {most:.0} ms\n",
        off.len(),
        mean(0),
        mean(1),
    );
    std::io::stdout().write_all(line.as_bytes()).unwrap();
    assert!(off.len() >= 370, "{}", off.len());
    assert!(mean(0).abs() < 120.0 && mean(1).abs() < 120.0 && most < 400.0, "{line}");
}

//! Three hours through the real engine: as right, as well timed and as small at the end as at the beginning.
//!
//! `cargo test -p attune-speech --test length -- --nocapture` prints the figures. The sound is the sample session and
//! every held-out sentence with pauses between, in another order each time, made as it is heard: nobody holds three hours.

mod dialogue;
mod practice_room;

use std::time::{Duration, Instant};

use attune_speech::{
    engine::{Engine, local::Local},
    said::{Span, Transcription, Word},
    score::{WordErrors, word_errors, words_of},
    speakers::Naming,
    worker::memory,
    writing::Writing,
};
use dialogue::{Dice, PER_MS, matched, middle_and_p95, options, print, session};
use practice_room::{heldout, local, text};

const THREE_HOURS_MS: u32 = 3 * 60 * 60 * 1000;

/// A sound whose words are known, and, where they are, when they are said.
struct Piece {
    pcm: Vec<f32>,
    text: String,
    words: Vec<(Span, String)>,
}

fn pieces() -> Vec<Piece> {
    let session = session();
    let words: Vec<(Span, String)> = session.turns.iter().flat_map(|said| said.words.clone()).collect();
    let text = words.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" ");
    let mut pieces = vec![Piece { pcm: session.pcm, text, words }];
    for set in ["heldout", "heldout_unseen_voices"] {
        pieces.extend(heldout(set).into_iter().map(|(pcm, text)| Piece { pcm, text, words: Vec::new() }));
    }
    pieces
}

/// Hears and writes sound down, and knows how long each took.
struct Hand {
    writing: Writing,
    hearing: Duration,
    most_held: usize,
}

impl Hand {
    fn new() -> Self {
        Self { writing: Writing::new(options(1)).unwrap(), hearing: Duration::ZERO, most_held: 0 }
    }

    async fn hear(&mut self, engine: &mut Local, pcm: &[f32]) {
        for slice in pcm.chunks(16_000) {
            let begun = Instant::now();
            self.writing.hear(&[slice]);
            self.hearing += begun.elapsed();
            self.most_held = self.most_held.max(self.writing.held_samples());
            while self.writing.step(engine).await.unwrap() {}
        }
    }

    async fn done(&mut self, engine: &mut Local) -> Transcription {
        self.writing.end();
        while self.writing.step(engine).await.unwrap() {}
        let begun = Instant::now();
        let done = self.writing.done(&Naming { speakers: Some(2), ..Naming::default() }, engine.about());
        print(&format!("telling apart and ordering all of it: {:.2} s", begun.elapsed().as_secs_f64()));
        done
    }
}

fn resident() -> u64 {
    memory::of(std::process::id()).unwrap().resident_bytes
}

fn within(words: &[Word], span: Span) -> &[Word] {
    let from = words.partition_point(|word| word.t0 + 400 < span.t0);
    let to = words.partition_point(|word| word.t0 < span.t1 + 400);
    &words[from..to.max(from)]
}

/// How far the starts of words that were heard right are from when they were said.
fn starts(piece: &Piece, at: u32, words: &[Word]) -> Vec<u32> {
    let plain = |text: &str| words_of(text).join(" ");
    let said: Vec<String> = piece.words.iter().map(|(_, word)| plain(word)).collect();
    let heard: Vec<String> = words.iter().map(|word| plain(word.text.reveal())).collect();
    matched(&said, &heard)
        .into_iter()
        .map(|(i, j)| (at + piece.words[i].0.t0).abs_diff(words[j].t0))
        .collect()
}

#[tokio::test]
async fn three_hours_are_as_right_as_their_pieces_and_as_well_timed_at_the_end_as_at_the_beginning() {
    let pieces = pieces();
    let mut engine = local();
    engine.open().await.unwrap();

    let mut dice = Dice(0x5EED_0F5E_ED5E_ED01);
    let mut hand = Hand::new();
    let mut said: Vec<(u32, usize)> = Vec::new();
    let (mut early, mut at) = (None, 0u32);
    let begun = Instant::now();
    while at < THREE_HOURS_MS {
        let mut order: Vec<usize> = (0..pieces.len()).collect();
        for last in (1..order.len()).rev() {
            order.swap(last, dice.below(last + 1));
        }
        for which in order {
            said.push((at, which));
            hand.hear(&mut engine, &pieces[which].pcm).await;
            let pause = vec![0.0; (1_500 + dice.below(3_500)) * PER_MS];
            hand.hear(&mut engine, &pause).await;
            at = hand.writing.heard_ms();
            if at > 10 * 60 * 1000 && early.is_none() {
                early = Some(resident());
            }
        }
    }
    let written = hand.done(&mut engine).await;
    let took = begun.elapsed();
    let words: Vec<Word> = written.segments.iter().flat_map(|segment| segment.words.clone()).collect();

    // What the pieces come to, each alone, as often as each was said.
    let mut alone = Vec::new();
    for piece in &pieces {
        let mut hand = Hand::new();
        hand.hear(&mut engine, &piece.pcm).await;
        hand.writing.end();
        while hand.writing.step(&mut engine).await.unwrap() {}
        let words: Vec<Word> =
            hand.writing.so_far().iter().flat_map(|segment| segment.words.clone()).collect();
        alone.push(word_errors(&piece.text, &text(&words)));
    }
    let mut apart = WordErrors::default();
    let mut together = WordErrors::default();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for (at, which) in &said {
        let piece = &pieces[*which];
        let end = at + (piece.pcm.len() / PER_MS) as u32;
        let heard = within(&words, Span { t0: *at, t1: end });
        apart = apart + alone[*which];
        together = together + word_errors(&piece.text, &text(heard));
        let starts = starts(piece, *at, heard);
        if first.is_empty() {
            first.clone_from(&starts);
        }
        if !starts.is_empty() {
            last = starts;
        }
    }

    let seconds = f64::from(written.length_ms) / 1000.0;
    print(&format!("three hours: {} words, {:.2} % wrong", together.words, together.rate() * 100.0));
    print(&format!("the same pieces alone:  {:.2} % wrong", apart.rate() * 100.0));
    let ((early_ms, _), (late_ms, late_p95)) = (middle_and_p95(first), middle_and_p95(last));
    print(&format!(
        "start of words: median |error| {early_ms} ms at first, {late_ms} ms at last (p95 {late_p95})"
    ));

    let (early, now) = (early.unwrap(), resident());
    print(&format!(
        "memory here: {} MB after ten minutes, {} MB after three hours; at most {} s of sound held",
        early >> 20,
        now >> 20,
        hand.most_held / 16_000
    ));
    print(&format!(
        "hearing here: {:.0}x real time; all of it with the engine: {:.0}x, {:.0} s",
        seconds / hand.hearing.as_secs_f64(),
        seconds / took.as_secs_f64(),
        took.as_secs_f64()
    ));
    // A word in five hundred: what stands before and behind a sentence decides some of those that are nearly unheard.
    assert!(together.rate() <= apart.rate() + 0.002, "{together:?} against {apart:?}");
    let (heard, expected) = (words.len(), together.words);
    assert!(
        heard.abs_diff(expected) * 100 <= expected,
        "{heard} words for {expected}: none between the pieces"
    );
    assert!(late_ms <= 110 && late_ms.abs_diff(early_ms) <= 25, "first {early_ms}, last {late_ms}");
    assert!(hand.most_held <= 61 * 16_000, "{} samples were held", hand.most_held);
    assert!(now.saturating_sub(early) <= 48 << 20, "{early} bytes grew to {now}");
    assert_eq!(written.holes, []);
}

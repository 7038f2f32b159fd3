//! Where nobody speaks nothing is written, and an engine that would make something up is not even asked.
//!
//! `cargo test -p attune-speech --test silence -- --nocapture` prints what was heard in each room.

mod dialogue;
mod practice_room;

use attune_kernel::Private;
use attune_speech::{
    engine::{About, Answer, Engine, Heard, Window},
    said::{Hole, HoleWhy, Span, Word},
    speakers::Naming,
    writing::Writing,
};
use dialogue::{Dice, options, pink, print, session};
use practice_room::local;

const HALF_AN_HOUR: usize = 30 * 60;

/// A room in which nobody speaks; given from which second to which.
type Room = Box<dyn FnMut(usize) -> Vec<f32>>;

fn rooms() -> Vec<(&'static str, Room)> {
    let decibels = |db: f32| 10f32.powf(db / 20.0);
    let second = 16_000;
    let mut rooms: Vec<(&'static str, Room)> =
        vec![("digital silence", Box::new(move |_| vec![0.0; second]))];
    for (name, db) in
        [("pink noise, -60 dB", -60.0), ("pink noise, -40 dB", -40.0), ("pink noise, -25 dB", -25.0)]
    {
        let noise = pink(60 * second, 7);
        rooms.push((
            name,
            Box::new(move |at| {
                noise[at % 60 * second..(at % 60 + 1) * second]
                    .iter()
                    .map(|sample| sample * decibels(db))
                    .collect()
            }),
        ));
    }
    for (name, db) in [("white noise, -50 dB", -50.0), ("white noise, -30 dB", -30.0)] {
        let mut dice = Dice(11);
        rooms.push((
            name,
            Box::new(move |_| (0..second).map(|_| dice.noise() * decibels(db) * 2.0).collect()),
        ));
    }
    for (name, db) in [("mains hum, -45 dB", -45.0), ("mains hum, -20 dB", -20.0)] {
        rooms.push((
            name,
            Box::new(move |at| {
                let wave = |i: usize, k: f32| {
                    (std::f32::consts::TAU * 50.0 * k * (at * second + i) as f32 / second as f32).sin() / k
                };
                (0..second).map(|i| (1..6).map(|k| wave(i, k as f32)).sum::<f32>() * decibels(db)).collect()
            }),
        ));
    }
    let mut dice = Dice(13);
    rooms.push((
        "a clock that ticks",
        Box::new(move |_| (0..second).map(|i| if i < 24 { dice.noise() } else { 0.0 }).collect()),
    ));
    let mut dice = Dice(17);
    let mut slow = 0.0;
    rooms.push((
        "a door, now and then",
        Box::new(move |at| {
            (0..second)
                .map(|i| {
                    let since = (at % 40 * second + i) as f32;
                    slow = 0.995 * slow + dice.noise() * 0.07;
                    (slow * 2.0 * (-since / 2_500.0).exp() + dice.noise() * 0.6 * (-since / 700.0).exp())
                        .clamp(-1.0, 1.0)
                })
                .collect()
        }),
    ));
    rooms
}

#[tokio::test]
async fn half_an_hour_in_which_nobody_speaks_gives_no_word_and_no_hole() {
    let mut engine = local();
    for (name, mut room) in rooms() {
        let seconds = if name == "digital silence" || name.contains("-40") { HALF_AN_HOUR } else { 240 };
        let mut writing = Writing::new(options(1)).unwrap();
        let mut windows = 0;
        for at in 0..seconds {
            writing.hear(&[&room(at)]);
            while writing.step(&mut engine).await.unwrap() {
                windows += 1;
            }
        }
        writing.end();
        while writing.step(&mut engine).await.unwrap() {
            windows += 1;
        }
        let written = writing.done(&Naming::default(), engine.about());
        let taken: u32 = written.speech.iter().map(|span| span.t1 - span.t0).sum();
        print(&format!(
            "{name}, {} min: {} words, {windows} windows, {taken} ms taken for speech",
            seconds / 60,
            written.segments.len()
        ));
        assert_eq!(written.segments, [], "{name}");
        assert_eq!(written.holes, [], "{name}");
        assert_eq!(written.length_ms as usize, seconds * 1000);
        if name == "digital silence" {
            assert_eq!((windows, written.speech.len()), (0, 0));
        }
    }
}

/// An engine that hears "thank you" in everything, as some do.
struct Polite {
    about: About,
    asked: usize,
    /// What it hears, and when.
    words: Vec<(u32, u32)>,
}

impl Engine for Polite {
    fn about(&self) -> &About {
        &self.about
    }

    fn hear<'a>(&'a mut self, _window: Window<'a>) -> Answer<'a, Heard> {
        self.asked += 1;
        let word =
            |(t0, t1): &(u32, u32)| Word { t0: *t0, t1: *t1, text: Private::new("thanks".into()), p: 0.9 };
        let words = self.words.iter().map(word).collect();
        Box::pin(async { Ok(Heard { language: None, words, cut_short: false }) })
    }
}

fn polite(words: &[(u32, u32)]) -> Polite {
    Polite { about: local().about().clone(), asked: 0, words: words.to_vec() }
}

#[tokio::test]
async fn an_engine_that_writes_words_into_a_steady_room_is_not_asked() {
    // A tick or a slam may be asked about once, and so may a noise as loud as a voice, when it begins.
    let steady = |name: &str| {
        ["silence", "noise, -30", "noise, -40", "noise, -50", "noise, -60", "hum"]
            .iter()
            .any(|like| name.contains(like))
    };
    for (name, mut room) in rooms().into_iter().filter(|(name, _)| steady(name)) {
        let mut engine = polite(&[(0, 500)]);
        let mut writing = Writing::new(options(1)).unwrap();
        for at in 0..60 {
            writing.hear(&[&room(at)]);
        }
        writing.end();
        while writing.step(&mut engine).await.unwrap() {}
        assert_eq!(engine.asked, 0, "{name}");
        assert_eq!(writing.so_far(), [], "{name}");
    }
}

#[tokio::test]
async fn a_word_behind_the_end_of_its_window_was_said_by_nobody() {
    let session = session();
    let mut engine = polite(&[(500, 900), (25_000, 25_400), (29_500, 30_000), (60_000, 60_100)]);
    let mut writing = Writing::new(options(1)).unwrap();
    writing.hear(&[&session.pcm[..8 * 16_000]]);
    writing.end();
    while writing.step(&mut engine).await.unwrap() {}
    let words: usize = writing.so_far().iter().map(|segment| segment.words.len()).sum();
    assert_eq!((engine.asked, words), (1, 1));
}

#[tokio::test]
async fn speech_of_which_no_word_came_is_a_hole_and_not_silence() {
    let session = session();
    let mut engine = polite(&[]);
    let mut writing = Writing::new(options(1)).unwrap();
    writing.hear(&[&session.pcm[..30 * 16_000]]);
    writing.end();
    while writing.step(&mut engine).await.unwrap() {}
    let written = writing.done(&Naming::default(), engine.about());
    assert!(written.segments.is_empty());
    let [Hole { span: Span { t0, t1 }, why: HoleWhy::Silent }] = written.holes[..] else {
        panic!("{:?}", written.holes)
    };
    assert!(t0 < 1_500 && t1 > 28_000, "{t0} to {t1}");
}

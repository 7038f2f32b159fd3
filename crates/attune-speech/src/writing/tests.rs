//! How a writing goes on where an engine does not, and that nothing is packed twice or left out.

use std::collections::VecDeque;

use attune_kernel::{Coded, Private};
use proptest::prelude::*;

use super::*;
use crate::{
    Stage,
    engine::{Answer, Heard, Needs},
    speakers::trace::{FRAME, Trace},
};

/// Answers as it is told, and then with a word a second.
struct Told {
    about: About,
    answers: VecDeque<Result<Heard>>,
    lengths: Vec<usize>,
    /// Whether it never comes to an end.
    never: bool,
}

fn told(answers: impl IntoIterator<Item = Result<Heard>>) -> Told {
    let about = About {
        engine: "told".into(),
        model: "told".into(),
        languages: vec!["en".into()],
        detects_language: true,
        word_times: true,
        streaming: false,
        longest_ms: LONGEST_MS,
        needs: Needs::Network,
    };
    Told { about, answers: answers.into_iter().collect(), lengths: Vec::new(), never: false }
}

impl Engine for Told {
    fn about(&self) -> &About {
        &self.about
    }

    fn hear<'a>(&'a mut self, window: Window<'a>) -> Answer<'a, Heard> {
        self.lengths.push(window.pcm.len());
        if self.never {
            return Box::pin(std::future::pending());
        }
        let answer = self.answers.pop_front().unwrap_or_else(|| Ok(every_second(window.pcm.len())));
        Box::pin(async { answer })
    }
}

fn every_second(samples: usize) -> Heard {
    let word =
        |at: u32| Word { t0: at * 1000, t1: at * 1000 + 900, text: Private::new("word".into()), p: 0.9 };
    let words = (0..(samples as u32 / RATE)).map(word).collect();
    Heard { language: Some("en".into()), words, cut_short: false }
}

fn options() -> Options {
    Options { language: None, channels: 1, longest_ms: LONGEST_MS }
}

/// A writing of stretches of speech, each so many frames long, with half a minute between; nothing of it was ever sound.
fn spoken(stretches: &[usize]) -> Writing {
    let mut writing = Writing::new(options()).unwrap();
    let mut first = 0;
    for (at, frames) in stretches.iter().enumerate() {
        let frame = |i: usize| Trace {
            active: true,
            level: 50 + (i % 20) as u8,
            pitch: 100 + (i % 30) as u8,
            ..Trace::QUIET
        };
        let stretch =
            Stretch { first, pcm: vec![0.1; frames * FRAME], frames: (0..*frames).map(frame).collect() };
        keep(stretch, &mut writing.traces, &mut writing.windows);
        writing.windows.flush();
        first += *frames as u32 + 2_000 * (at as u32 + 1);
    }
    let whole = vec![0.0; first as usize * FRAME];
    writing.ear.hear(&[&whole], |_, _| {});
    writing.end();
    writing
}

fn failed(stage: Stage) -> Error {
    Error::Engine { stage, code: Code::EngineFailed, what: "it died".into(), tail: Vec::new() }
}

#[tokio::test]
async fn a_window_the_engine_fails_at_is_a_hole_and_the_next_is_written_down() {
    let mut writing = spoken(&[400, 400]);
    let mut engine = told([Err(failed(Stage::Working))]);
    assert!(writing.step(&mut engine).await.unwrap());
    assert!(writing.step(&mut engine).await.unwrap());
    assert!(!writing.step(&mut engine).await.unwrap());
    assert_eq!(writing.failed_windows(), 1);
    let written = writing.done(&Naming::default(), engine.about());
    assert_eq!(written.holes, [Hole { span: Span { t0: 0, t1: 6_400 }, why: HoleWhy::Engine }]);
    assert!(written.segments.iter().all(|segment| segment.t0 > 6_400));
    assert!(!written.segments.is_empty());
}

#[tokio::test]
async fn where_there_is_no_engine_the_window_waits() {
    for code in
        [Code::ModelMissing, Code::Cancelled, Code::ServerBusy, Code::KeyRefused, Code::RemoteNotAllowed]
    {
        let mut writing = spoken(&[400]);
        let mut engine = told([Err(Error::Refused(code))]);
        assert_eq!(writing.step(&mut engine).await.unwrap_err().code(), code);
        assert!(writing.is_ready());
        assert_eq!(writing.written_ms(), 0);
        assert!(writing.step(&mut engine).await.unwrap());
        assert_eq!(writing.written_ms(), writing.heard_ms());
        assert_eq!(writing.done(&Naming::default(), engine.about()).holes, []);
    }
}

#[tokio::test]
async fn an_engine_that_cannot_be_got_ready_leaves_no_hole_and_the_window_waits() {
    let mut writing = spoken(&[400]);
    let mut engine = told([Err(failed(Stage::Loading)), Err(Error::Refused(Code::EngineFailed))]);
    for _ in 0..2 {
        assert_eq!(writing.step(&mut engine).await.unwrap_err().code(), Code::EngineFailed);
        assert!(writing.is_ready());
        assert_eq!((writing.written_ms(), writing.failed_windows()), (0, 0));
    }
    assert!(writing.step(&mut engine).await.unwrap(), "and is written down once there is one");
    assert_eq!(writing.done(&Naming::default(), engine.about()).holes, []);
}

#[tokio::test]
async fn an_engine_that_failed_at_three_windows_in_a_row_gets_no_fourth_hole() {
    let mut writing = spoken(&[400; 5]);
    let mut engine = told((0..5).map(|_| Err(failed(Stage::Working))));
    for _ in 0..3 {
        assert!(writing.step(&mut engine).await.unwrap());
    }
    let written = writing.written_ms();
    for _ in 0..2 {
        assert_eq!(writing.step(&mut engine).await.unwrap_err().code(), Code::EngineFailed);
        assert!(writing.is_ready());
        assert_eq!((writing.written_ms(), writing.failed_windows()), (written, 3));
    }
    while writing.step(&mut engine).await.unwrap() {}
    assert_eq!(engine.lengths.len(), 3 + 2 + 2, "the fourth and the fifth were heard in the end");
    assert_eq!(writing.failed_windows(), 3);
}

#[tokio::test]
async fn a_window_that_is_heard_makes_good_for_those_before_it() {
    let mut writing = spoken(&[400; 8]);
    let failing = |at| if at == 3 { Ok(every_second(RATE as usize)) } else { Err(failed(Stage::Working)) };
    let mut engine = told((0..7).map(failing));
    while writing.step(&mut engine).await.unwrap() {}
    assert_eq!((engine.lengths.len(), writing.failed_windows()), (8, 6));
}

#[tokio::test]
async fn a_window_that_is_dropped_while_it_is_written_down_waits() {
    let mut writing = spoken(&[400]);
    let mut engine = told([]);
    engine.never = true;
    tokio::select! {
        biased;
        _ = writing.step(&mut engine) => panic!("it cannot have ended"),
        () = tokio::task::yield_now() => {}
    }
    assert_eq!(engine.lengths.len(), 1, "it was begun");
    assert!(writing.is_ready());
    assert_eq!(writing.written_ms(), 0);
}

#[tokio::test]
async fn what_was_cut_short_is_a_hole_behind_its_last_word() {
    let mut writing = spoken(&[600]);
    let short = Heard { cut_short: true, ..every_second(3 * RATE as usize) };
    let mut engine = told([Ok(short)]);
    writing.step(&mut engine).await.unwrap();
    let holes = writing.done(&Naming::default(), engine.about()).holes;
    assert_eq!(holes, [Hole { span: Span { t0: 2_900, t1: 9_600 }, why: HoleWhy::CutShort }]);
}

#[tokio::test]
async fn an_engine_that_takes_less_at_once_gets_less_at_once() {
    let mut writing = spoken(&[1_800]);
    let mut engine = told([]);
    engine.about.longest_ms = 10_000;
    while writing.step(&mut engine).await.unwrap() {}
    assert!(engine.lengths.len() >= 3);
    assert!(engine.lengths.iter().all(|length| *length <= 10 * RATE as usize));
    assert_eq!(engine.lengths.iter().sum::<usize>(), 1_800 * FRAME);
    assert_eq!(writing.done(&Naming::default(), engine.about()).holes, []);
}

#[test]
fn what_is_no_sound_is_refused_and_nonsense_in_it_is_held_in_bounds() {
    for (channels, longest_ms) in [(0, 30_000), (3, 30_000), (1, 0)] {
        assert!(Writing::new(Options { language: None, channels, longest_ms }).is_err());
    }
    let mut writing = Writing::new(options()).unwrap();
    writing.hear(&[&[f32::NAN, f32::INFINITY, -1e30, 1e30].repeat(4_000)]);
    writing.hear(&[]);
    writing.end();
    writing.end();
    assert_eq!(writing.heard_ms(), 1_000);
}

/// Whether somebody speaks, in stretches of frames.
fn voice() -> impl Strategy<Value = Vec<bool>> {
    prop::collection::vec((any::<bool>(), 1usize..600), 1..40).prop_map(|stretches| {
        stretches.into_iter().flat_map(|(active, frames)| vec![active; frames]).collect()
    })
}

proptest! {
    #[test]
    fn every_frame_of_speech_is_in_one_window_and_every_window_knows_the_way_back(
        voice in voice(), longest in 400usize..1_875
    ) {
        let (mut stretches, mut windows, mut traces) = (Stretches::of(longest), Windows::of(longest), Traces::of(1));
        for (at, active) in voice.iter().enumerate() {
            let trace = Trace { active: *active, level: 50 + (at % 20) as u8, ..Trace::QUIET };
            // Each sample says which frame it is of.
            match stretches.hear(&[at as f32; FRAME], trace) {
                Some(stretch) => keep(stretch, &mut traces, &mut windows),
                None if stretches.open_since().is_none() => windows.silence(stretches.heard()),
                None => {}
            }
        }
        if let Some(stretch) = stretches.end() {
            keep(stretch, &mut traces, &mut windows);
        }
        windows.flush();
        let (mut packed, mut before) = (Vec::new(), 0);
        while let Some(window) = windows.take() {
            prop_assert!(window.pcm.len() <= longest * FRAME);
            for ms in (0..window.length_ms()).step_by(16) {
                let there = window.place(Span { t0: ms, t1: ms }).unwrap();
                // The way back leads to the frame the sample is of.
                let frame = window.pcm[ms as usize * RATE as usize / 1000];
                prop_assert_eq!(there.t0, frame as u32 * 16);
                prop_assert!(there.t0 >= before);
                before = there.t0;
                packed.push(frame as u32);
            }
        }
        let mut once = packed.clone();
        once.dedup();
        prop_assert_eq!(&once, &packed, "a frame is in two windows");
        // What is taken for speech is in a window; what is not is a click.
        for (at, _) in traces.all().filter(|(_, trace)| trace.active) {
            prop_assert!(packed.binary_search(&at).is_ok());
        }
        let kept = traces.all().filter(|(_, trace)| trace.active).count();
        let longest_click = voice.iter().filter(|active| **active).count() - kept;
        prop_assert!(longest_click <= voice.len() / 26 * 4 + 4, "{} frames of speech are lost", longest_click);
    }
}

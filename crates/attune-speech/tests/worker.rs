//! A worker at its work: what it says of its model, what it makes of odd sound, how it goes and comes. The real one, with
//! the practice model.

mod practice_room;

use std::time::Duration;

use attune_kernel::{Code, Coded};
use attune_speech::{
    engine::{
        Engine, Window,
        local::{IDLE, Local},
    },
    worker::{Program, memory},
};
use practice_room::{LONG, hears, local, local_with, model, number, options, sentence, text, until, window};
use tokio::time::timeout;

#[tokio::test]
async fn an_opened_model_says_what_it_can_do_and_on_what_it_runs() {
    let mut local = local();
    assert_eq!(local.pid(), None, "nothing runs before it is needed");
    let about = timeout(LONG, local.open()).await.expect("it opens").unwrap().clone();
    assert_eq!(about.engine, "transcribe-cpp 0.4.1 (CPU)");
    assert_eq!(about.model, "practice");
    assert_eq!(about.languages, ["en"]);
    assert!(about.word_times && !about.streaming);
    assert_eq!(about.longest_ms, 30_000);
    assert!(local.memory().is_some_and(|memory| memory.resident_bytes > 1_000_000));
}

#[tokio::test]
async fn sound_that_is_too_short_broken_or_silent_holds_no_word() {
    let mut local = local();
    for pcm in [
        Vec::new(),
        vec![0.1],
        vec![0.0; 1600],
        vec![0.0; 16_000],
        vec![f32::NAN; 16_000],
        vec![f32::INFINITY; 16_000],
    ] {
        let heard = timeout(LONG, local.hear(window(&pcm))).await.expect("it answers").unwrap();
        assert!(heard.words.is_empty(), "{} samples", pcm.len());
    }
    hears(&mut local).await;
}

#[tokio::test]
async fn a_language_the_model_does_not_know_is_said_so_and_costs_nothing() {
    let mut local = local();
    let (pcm, said) = sentence();
    let asked = Window { pcm: &pcm, language: Some("de") };
    let refused = timeout(LONG, local.hear(asked)).await.expect("it answers").unwrap_err();
    assert_eq!(refused.code(), Code::LanguageUnknown);
    let pid = local.pid();
    let regional = Window { pcm: &pcm, language: Some("en-GB") };
    let heard = timeout(LONG, local.hear(regional)).await.expect("it answers").unwrap();
    assert_eq!((text(&heard.words).as_str(), heard.language.as_deref()), (said, Some("en")));
    assert_eq!(local.pid(), pid, "the same worker");
}

#[tokio::test]
async fn a_worker_with_nothing_to_do_goes_gives_its_memory_back_and_is_not_missed() {
    let mut local = local_with(model(), Duration::from_millis(200));
    hears(&mut local).await;
    let first = number(&local);
    until(|| memory::of(first).is_none()).await;
    assert_eq!(local.memory(), None);
    hears(&mut local).await;
    assert_ne!(number(&local), first);
}

#[tokio::test]
async fn a_worker_that_goes_the_moment_it_is_asked_fails_and_does_not_go_round_for_ever() {
    let mut local = local_with(model(), Duration::ZERO);
    let (pcm, _) = sentence();
    // Whether it goes before or after it was asked is its affair: it answers, or says that it could not.
    match timeout(LONG, local.hear(window(&pcm))).await.expect("it ends") {
        Ok(heard) => assert!(!heard.words.is_empty()),
        Err(error) => assert_eq!(error.code(), Code::EngineFailed),
    }
}

#[tokio::test]
async fn resting_gives_the_memory_back_at_once() {
    let mut local = local();
    hears(&mut local).await;
    let pid = number(&local);
    timeout(LONG, local.rest()).await.expect("it goes");
    assert_eq!((local.pid(), memory::of(pid)), (None, None));
    hears(&mut local).await;
}

#[tokio::test]
async fn fewer_threads_while_a_session_is_recorded_change_nothing_of_what_is_heard() {
    let mut local = local();
    hears(&mut local).await;
    let pid = local.pid();
    let gentle = local.gentle();
    gentle.set(true);
    hears(&mut local).await;
    local.set_gentle(false);
    hears(&mut local).await;
    assert_eq!(local.pid(), pid, "the same worker with the same model");
}

#[tokio::test]
async fn a_program_that_is_no_worker_or_is_not_there_is_an_engine_that_failed() {
    for program in ["/nowhere/at/all", env!("CARGO_MANIFEST_DIR")] {
        let program = Program { program: program.into(), args: Vec::new() };
        let mut local = Local::new(program, options(model(), IDLE));
        let error = timeout(LONG, local.open()).await.expect("it ends").unwrap_err();
        assert_eq!(error.code(), Code::EngineFailed, "{error}");
    }
}

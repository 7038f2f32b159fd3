//! Workers that are killed, that hang, that babble and that nobody wants any more: the real one, with the practice model.

#![cfg(unix)]

mod practice_room;

use std::time::Duration;

use attune_kernel::{Code, Coded};
use attune_speech::{
    Error, Stage,
    engine::{
        Engine,
        local::{IDLE, Local},
    },
    worker::{Program, memory},
};
use practice_room::{LONG, hears, local, model, number, options, sentence, text, until, window};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, timeout};

fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Stops the worker so that the next ask is surely in its middle, and does something to it then.
async fn in_the_middle_of_a_window(local: &mut Local, signal: Signal) {
    let (pcm, said) = sentence();
    let pid = number(local);
    send(pid, Signal::STOP);
    let heard = {
        let hearing = local.hear(window(&pcm));
        tokio::pin!(hearing);
        // Until it waits for an answer that does not come.
        assert!(timeout(Duration::from_millis(50), &mut hearing).await.is_err());
        send(pid, signal);
        timeout(LONG, hearing).await.expect("it answers").unwrap()
    };
    assert_eq!(text(&heard.words), said);
    assert_ne!(number(local), pid, "another worker");
    until(|| memory::of(pid).is_none()).await;
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_of_a_window_is_started_again_and_the_window_is_heard() {
    let mut local = local();
    hears(&mut local).await;
    in_the_middle_of_a_window(&mut local, Signal::KILL).await;
    in_the_middle_of_a_window(&mut local, Signal::KILL).await;
}

#[tokio::test]
async fn a_worker_that_breaks_says_how_it_ended_once_it_broke_twice() {
    // A worker that stops itself before it does anything else, and is killed each time.
    let script = "echo out of beans >&2; read line; kill -SEGV $$";
    let program = Program { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] };
    let mut local = Local::new(program, options(model(), IDLE));
    let error = timeout(LONG, local.open()).await.expect("it ends").unwrap_err();
    let Error::Engine { stage, code, what, tail } = error else { panic!("{error}") };
    assert_eq!((stage, code), (Stage::Loading, Code::EngineFailed));
    assert!(what.contains("11"), "{what}");
    assert_eq!(tail, ["out of beans"], "with the last it said");
}

/// It loads every model, and is killed at the first window each time.
#[tokio::test]
async fn a_worker_that_breaks_at_a_window_says_that_it_had_been_ready() {
    let script = r#"read -r begin; echo '{"tell":"ready","protocol":1,"gpus":[]}'; read -r load
        id=${load#*\"id\":}
        echo "{\"tell\":\"loaded\",\"id\":${id%%,*},\"engine\":\"it\",\"languages\":[],\"detects_language\":true,\
            \"word_times\":true,\"streaming\":false,\"longest_ms\":0,\"file_bytes\":0}"
        dd bs=1 count="$(echo "${load##*:}" | tr -d '}')" of=/dev/null 2>/dev/null
        read -r hear; kill -SEGV $$"#;
    let program = Program { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] };
    let mut local = Local::new(program, options(model(), IDLE));
    let error = timeout(LONG, local.hear(window(&[0.0; 160]))).await.expect("it ends").unwrap_err();
    let Error::Engine { stage, code, what, .. } = error else { panic!("{error}") };
    assert_eq!((stage, code), (Stage::Working, Code::EngineFailed));
    assert!(what.contains("11"), "{what}");
}

#[tokio::test]
async fn a_worker_that_says_what_no_worker_says_is_killed_and_its_words_go_nowhere() {
    let script = "read line; echo 'My name is Maya'; exec sleep 600";
    let program = Program { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] };
    let mut local = Local::new(program, options(model(), IDLE));
    let error = timeout(LONG, local.open()).await.expect("it ends").unwrap_err();
    assert_eq!(error.code(), Code::EngineFailed);
    assert!(!format!("{error} {error:?}").contains("Maya"), "{error}");
}

#[tokio::test]
async fn a_worker_on_a_processor_that_is_too_old_is_asked_once() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "echo once >> '{}/asked'; read line; echo '{{\"tell\":\"refused\",\"code\":\"processor_too_old\"}}'",
        folder.path().display()
    );
    let program = Program { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] };
    let mut local = Local::new(program, options(model(), IDLE));
    let error = timeout(LONG, local.open()).await.expect("it ends").unwrap_err();
    assert_eq!(error.code(), Code::ProcessorTooOld);
    assert_eq!(std::fs::read_to_string(folder.path().join("asked")).unwrap(), "once\n");
}

/// Graphics processors break in their drivers. This one is there, and takes the worker along at whatever it is asked
/// first; the worker that may not use it is the real one.
#[tokio::test]
async fn where_the_graphics_processor_takes_the_worker_along_the_processor_does_the_work() {
    let worker = practice_room::worker().program;
    let script = format!(
        "read begin
        case \"$begin\" in
            *'\"gpu\":true'*)
                echo '{{\"tell\":\"ready\",\"protocol\":1,\"gpus\":[\"vulkan\"]}}'
                read load
                kill -SEGV $$ ;;
            *)  {{ printf '%s\\n' \"$begin\"; exec cat; }} | exec '{}' ;;
        esac",
        worker.display()
    );
    let program = Program { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] };
    let mut local = Local::new(program, options(model(), IDLE));
    let about = timeout(LONG, local.open()).await.expect("it opens").unwrap();
    assert_eq!(about.engine, "transcribe-cpp 0.4.1 (CPU)", "and the transcript says on what it was written");
    hears(&mut local).await;
}

#[tokio::test]
async fn a_worker_that_hangs_is_killed_and_the_window_is_heard_by_another() {
    let mut local = local().silent_at_most(Duration::from_secs(4));
    hears(&mut local).await;
    let pid = number(&local);
    send(pid, Signal::STOP);
    hears(&mut local).await;
    assert_ne!(number(&local), pid);
    assert_eq!(memory::of(pid), None);
}

#[tokio::test]
async fn a_window_nobody_wants_any_more_is_given_up_and_the_worker_stays() {
    let mut local = local();
    hears(&mut local).await;
    let pid = number(&local);
    let (pcm, _) = sentence();
    for _ in 0..3 {
        // It stands still, so that it cannot have answered before nobody wants it.
        send(pid, Signal::STOP);
        assert!(timeout(Duration::from_millis(50), local.hear(window(&pcm))).await.is_err());
        send(pid, Signal::CONT);
        hears(&mut local).await;
    }
    assert_eq!(local.pid(), Some(pid), "it obeyed");
}

#[tokio::test]
async fn a_window_may_be_given_up_at_any_moment_and_the_next_is_heard_as_if_nothing_had_been() {
    let mut local = local();
    let (pcm, _) = sentence();
    // From before there is a worker to after it has answered.
    for microseconds in (0..40).map(|step| step * step * 30) {
        if timeout(Duration::from_micros(microseconds), local.hear(window(&pcm))).await.is_err() {
            hears(&mut local).await;
        }
    }
}

#[tokio::test]
async fn a_worker_may_be_killed_at_any_moment_and_the_window_is_heard() {
    let mut local = local();
    let (pcm, said) = sentence();
    for microseconds in (0..30).map(|step| step * step * 40) {
        hears(&mut local).await;
        let pid = number(&local);
        let hearing = local.hear(window(&pcm));
        tokio::pin!(hearing);
        let heard = match timeout(Duration::from_micros(microseconds), &mut hearing).await {
            Ok(heard) => heard,
            Err(_) => {
                send(pid, Signal::KILL);
                timeout(LONG, hearing).await.expect("it answers")
            }
        };
        assert_eq!(text(&heard.unwrap().words), said, "killed after {microseconds} µs");
    }
}

#[tokio::test]
async fn a_worker_that_does_not_give_up_a_window_nobody_wants_is_killed_within_two_seconds() {
    let mut local = local();
    hears(&mut local).await;
    let pid = number(&local);
    send(pid, Signal::STOP);
    let (pcm, _) = sentence();
    assert!(timeout(Duration::from_millis(50), local.hear(window(&pcm))).await.is_err());
    let dropped = Instant::now();
    until(|| memory::of(pid).is_none()).await;
    assert!(dropped.elapsed() >= Duration::from_millis(1500), "it had time to obey");
    hears(&mut local).await;
}

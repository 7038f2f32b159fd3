//! How a worker behaves on the machine it is a guest of: it steps back, takes no more threads than it is given, and goes
//! with whoever started it.

#![cfg(unix)]

mod practice_room;

#[cfg(target_os = "linux")]
use std::time::Duration;

#[cfg(target_os = "linux")]
use attune_speech::engine::Engine;
use attune_speech::{
    engine::local::{IDLE, Local, LocalOptions},
    worker::{Program, Threads, memory},
};
#[cfg(target_os = "linux")]
use practice_room::window;
use practice_room::{LONG, hears, local, model, number, options, until};
#[cfg(target_os = "linux")]
use tokio::time::interval;
use tokio::time::timeout;

#[tokio::test]
async fn whoever_forgets_the_engine_leaves_no_worker_behind() {
    let mut local = local();
    hears(&mut local).await;
    let pid = number(&local);
    drop(local);
    until(|| memory::of(pid).is_none()).await;
}

/// The worker alone, without the side that watches over it.
#[test]
fn a_worker_whose_pipe_ends_goes_even_in_the_middle_of_its_work() {
    use std::{
        io::{BufRead, BufReader, Write},
        process::{Command, Stdio},
    };
    let mut worker = Command::new(practice_room::worker().program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut to = worker.stdin.take().unwrap();
    let mut from = BufReader::new(worker.stdout.take().unwrap());
    let mut line = String::new();
    to.write_all(b"{\"ask\":\"begin\",\"gpu\":true,\"idle_ms\":600000}\n").unwrap();
    from.read_line(&mut line).unwrap();
    assert!(line.starts_with("{\"tell\":\"ready\""), "{line}");
    // Half an ask: it waits for the rest, which never comes.
    to.write_all(b"{\"ask\":\"hear\",\"id\":1,\"threads\":1,\"language\":null,\"samples\":160000}\n")
        .unwrap();
    drop(to);
    worker.wait().unwrap();
}

/// How many threads a worker had for most of the time in which it heard something.
#[cfg(target_os = "linux")]
async fn threads_of(threads: Threads, gentle: bool) -> usize {
    let mut local = Local::new(practice_room::worker(), LocalOptions { threads, ..options(model(), IDLE) });
    local.set_gentle(gentle);
    local.open().await.unwrap();
    let tasks = format!("/proc/{}/task", number(&local));
    let pcm = &practice_room::sample_session()[..30 * 16_000];
    let mut now_and_then = interval(Duration::from_millis(1));
    let mut seen = std::collections::BTreeMap::<usize, usize>::new();
    // Several windows, as on a busy machine the first step of one may last longer than all the others.
    for _ in 0..4 {
        let hearing = local.hear(window(pcm));
        tokio::pin!(hearing);
        loop {
            tokio::select! {
                biased;
                heard = &mut hearing => break assert!(!heard.unwrap().words.is_empty()),
                _ = now_and_then.tick() => {
                    *seen.entry(std::fs::read_dir(&tasks).unwrap().count()).or_default() += 1;
                }
            }
        }
    }
    // One takes asks, one says that it is still at it: without the latter it has not begun.
    let beside = 2;
    let usual = seen.iter().filter(|(count, _)| **count > beside).max_by_key(|(_, times)| **times);
    usual.map_or(0, |(count, _)| count - beside)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_takes_the_threads_it_is_given_and_fewer_while_a_session_is_recorded() {
    assert_eq!(threads_of(Threads::AtMost(1), false).await, 1);
    assert_eq!(threads_of(Threads::AtMost(2), false).await, 2);
    let spare = usize::try_from(Threads::AtMost(2).count(true)).unwrap();
    assert_eq!(threads_of(Threads::AtMost(2), true).await, spare);
}

/// The model for it is no part of this crate; what the worker is asked is.
#[tokio::test]
async fn who_speaks_is_found_out_with_fewer_threads_too_while_a_session_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let asked = folder.path().join("asked");
    let script = r#"number() { rest=${1#*\"$2\":}; rest=${rest%%,*}; echo "${rest%%\}*}"; }
        read -r begin; echo '{"tell":"ready","protocol":1,"gpus":[]}'; read -r load
        dd bs=1 count="$(number "$load" path_bytes)" of=/dev/null 2>/dev/null
        echo "{\"tell\":\"loaded\",\"id\":$(number "$load" id),\"engine\":\"it\",\"languages\":[],\
            \"detects_language\":false,\"word_times\":false,\"streaming\":false,\"longest_ms\":0,\"file_bytes\":0}"
        read -r apart; number "$apart" threads >> "$ASKED"
        dd bs=4 count="$(number "$apart" samples)" of=/dev/null 2>/dev/null
        echo "{\"tell\":\"turns\",\"id\":$(number "$apart" id),\"turns\":[]}"; exec cat > /dev/null"#;
    let script = format!("ASKED='{}'; {script}", asked.display());
    let program = Program { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] };
    let threads = Threads::AtMost(64);
    let mut local = Local::new(program, LocalOptions { threads, ..options(model(), IDLE) });
    for gentle in [false, true] {
        local.set_gentle(gentle);
        let turns = timeout(LONG, local.diarize(&model(), &[0.0; 160])).await.expect("it ends").unwrap();
        assert!(turns.is_empty());
    }
    let expected = format!("64\n{}\n", threads.count(true));
    assert_eq!(std::fs::read_to_string(asked).unwrap(), expected);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_worker_steps_back_behind_everything_else_and_leaves_no_core_file() {
    let mut local = local();
    local.open().await.unwrap();
    let pid = number(&local);
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let niceness = |stat: &str| -> i32 {
        // After the name, which may hold anything; it is the nineteenth field of all.
        stat.rsplit_once(')').unwrap().1.split_whitespace().nth(16).unwrap().parse().unwrap()
    };
    let own = std::fs::read_to_string("/proc/self/stat").unwrap();
    assert_eq!(niceness(&stat), (niceness(&own) + 10).min(19));
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}

//! A worker that dies, hangs, idles and is cancelled: the real one, with the practice model.

mod practice_room;

use std::time::Duration;

use attune_kernel::{Code, Coded};
use attune_speech::{
    Error,
    engine::{
        Engine, Window,
        local::{IDLE, Local},
    },
    worker::memory,
};
use practice_room::{local, local_with, model, sentence, text};
use tokio::time::{Instant, interval, timeout};

/// Far longer than anything here takes, on any machine.
const LONG: Duration = Duration::from_secs(60);

fn window(pcm: &[f32]) -> Window<'_> {
    Window { pcm, language: None }
}

async fn hears(local: &mut Local) {
    let (pcm, said) = sentence();
    let heard = timeout(LONG, local.hear(window(&pcm))).await.expect("it answers").unwrap();
    assert_eq!(text(&heard.words), said);
}

fn number(local: &Local) -> u32 {
    local.pid().expect("a worker runs")
}

/// Looks until something is so.
async fn until(mut so: impl FnMut() -> bool) {
    // Looked at now and then: whoever looks all the time takes the processor from what is to come about.
    let mut now_and_then = interval(Duration::from_millis(5));
    let look = async {
        while !so() {
            now_and_then.tick().await;
        }
    };
    timeout(LONG, look).await.expect("it never came about");
}

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
    use attune_speech::worker::Program;
    for program in ["/nowhere/at/all", env!("CARGO_MANIFEST_DIR")] {
        let program = Program { program: program.into(), args: Vec::new() };
        let mut local = Local::new(program, practice_room::options(model(), IDLE));
        let error = timeout(LONG, local.open()).await.expect("it ends").unwrap_err();
        assert_eq!(error.code(), Code::EngineFailed, "{error}");
    }
}

/// What only a system with signals lets a test do to a process.
#[cfg(unix)]
mod violence {
    use super::*;
    use attune_speech::worker::Program;
    #[cfg(target_os = "linux")]
    use attune_speech::{engine::local::LocalOptions, worker::Threads};
    use practice_room::options;
    use rustix::process::{Pid, Signal, kill_process};

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
        let Error::Engine { code, what, tail } = error else { panic!("{error}") };
        assert_eq!(code, Code::EngineFailed);
        assert!(what.contains("11"), "{what}");
        assert_eq!(tail, ["out of beans"], "with the last it said");
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
        assert_eq!(
            about.engine, "transcribe-cpp 0.4.1 (CPU)",
            "and the transcript says on what it was written"
        );
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
        let mut local =
            Local::new(practice_room::worker(), LocalOptions { threads, ..options(model(), IDLE) });
        local.set_gentle(gentle);
        local.open().await.unwrap();
        let tasks = format!("/proc/{}/task", number(&local));
        let pcm = &practice_room::sample_session()[..30 * 16_000];
        let hearing = local.hear(window(pcm));
        tokio::pin!(hearing);
        let mut now_and_then = interval(Duration::from_millis(1));
        let mut seen = std::collections::BTreeMap::<usize, usize>::new();
        loop {
            tokio::select! {
                biased;
                heard = &mut hearing => break assert!(!heard.unwrap().words.is_empty()),
                _ = now_and_then.tick() => {
                    *seen.entry(std::fs::read_dir(&tasks).unwrap().count()).or_default() += 1;
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
}

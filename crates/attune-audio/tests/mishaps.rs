//! The ear on a real sound server to which everything happens that happens to microphones.
#![cfg(target_os = "linux")]

use std::{
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use attune_audio::{
    CpalHost,
    ear::{Ear, Heard, Quality, SteadyPace},
    source::Wanted,
    spool::{GapReason, SpoolReader, SpoolWriter, Story, Why},
};
use attune_kernel::SystemClock;
use attune_testkit::sound::{Microphone, VirtualSound};
use attune_vault::FileKey;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(15);

/// Keeps what a real microphone hears while `happens`, and gives what the spool tells of it.
fn keep(happens: impl FnOnce(&Receiver<Heard>)) -> Story {
    let (folder, key) = (TempDir::new().unwrap(), FileKey::random());
    let (tell, heard) = channel();
    let tell = Box::new(move |said| {
        // The test may have heard enough.
        let _gone = tell.send(said);
    });
    let pace = Arc::new(SteadyPace::default());
    let ear = Ear::listen(Arc::new(CpalHost), vec![Wanted::Default], Arc::new(SystemClock), pace, tell);
    let ear = ear.unwrap();
    until(&heard, |said| matches!(said, Heard::Level(_)));
    let (path, sealing) = (folder.path().join("kept.spool"), key.clone());
    let begun = path.clone();
    ear.keep(Quality::Voice, Box::new(move |begin| SpoolWriter::create(&begun, &sealing, begin))).unwrap();
    let began = Instant::now();
    until_kept(&heard, 800);
    happens(&heard);
    let passed = began.elapsed();
    assert!(ear.stop(Why::Asked).unwrap().unwrap().whole);
    let story = story(&path, &key);
    // Whatever happened, the time line is as long as the time that passed: nothing is missing without a mark.
    let kept = Duration::from_millis(story.ms());
    assert!(kept.abs_diff(passed) < Duration::from_millis(900), "{kept:?} of {passed:?}: {:?}", story.gaps);
    story
}

fn story(path: &Path, key: &FileKey) -> Story {
    SpoolReader::open(path, key).unwrap().story().clone()
}

/// Waits until something is said, and gives how long that took.
fn until(heard: &Receiver<Heard>, mut is_so: impl FnMut(&Heard) -> bool) -> Duration {
    let began = Instant::now();
    loop {
        let said = heard.recv_timeout(PATIENCE.saturating_sub(began.elapsed())).expect("it is said in time");
        if is_so(&said) {
            return began.elapsed();
        }
    }
}

fn until_kept(heard: &Receiver<Heard>, ms: u64) {
    until(heard, |said| matches!(said, Heard::Level(levels) if levels.kept_ms >= ms));
}

fn missing_ms(story: &Story) -> u64 {
    assert!(story.gaps.iter().all(|gap| gap.why != GapReason::Damaged), "{:?}", story.gaps);
    story.gaps.iter().map(|gap| gap.samples * 1000 / u64::from(story.begun.rate)).sum()
}

#[test]
fn a_microphone_pulled_out_is_missed_within_a_second_and_another_heard_within_two() {
    let test = "a_microphone_pulled_out_is_missed_within_a_second_and_another_heard_within_two";
    VirtualSound::within(test, |sound| {
        let story = keep(|heard| {
            sound.unplug(Microphone::First);
            // The system may name another before the silence of the first is noticed.
            let (mut lost, mut resumed) = (false, false);
            let noticed = until(heard, |said| {
                lost |= matches!(said, Heard::Lost { .. });
                resumed |= matches!(said, Heard::Listening { .. });
                lost || resumed
            });
            assert!(noticed <= Duration::from_secs(1), "noticed after {noticed:?}");
            let after = if resumed {
                Duration::ZERO
            } else {
                until(heard, |said| matches!(said, Heard::Listening { .. }))
            };
            assert!(noticed + after <= Duration::from_secs(2), "resumed after {:?}", noticed + after);
            let since = Instant::now();
            until(heard, |_| since.elapsed() > Duration::from_millis(800));
        });
        assert_eq!(story.devices.len(), 2);
        assert!(story.devices[0].name != story.devices[1].name);
        // A server may hand the stream on to the next microphone by itself: then hardly anything is missing.
        assert!(missing_ms(&story) < 2_000, "{:?}", story.gaps);
    });
}

#[test]
fn a_sound_server_that_stands_still_and_goes_on_leaves_a_marked_gap_and_no_panic() {
    let test = "a_sound_server_that_stands_still_and_goes_on_leaves_a_marked_gap_and_no_panic";
    VirtualSound::within(test, |sound| {
        let story = keep(|heard| {
            sound.freeze();
            until(heard, |said| matches!(said, Heard::Lost { .. }));
            sound.thaw();
            until(heard, |said| matches!(said, Heard::Listening { .. }));
            let since = Instant::now();
            until(heard, |_| since.elapsed() > Duration::from_millis(800));
        });
        assert!(missing_ms(&story) > 300, "{:?}", story.gaps);
    });
}

#[test]
fn a_sound_server_that_dies_and_comes_back_is_heard_again() {
    VirtualSound::within("a_sound_server_that_dies_and_comes_back_is_heard_again", |sound| {
        let story = keep(|heard| {
            sound.kill();
            until(heard, |said| matches!(said, Heard::Lost { .. }));
            sound.restart();
            until(heard, |said| matches!(said, Heard::Listening { .. }));
            let since = Instant::now();
            until(heard, |_| since.elapsed() > Duration::from_millis(800));
        });
        assert!(missing_ms(&story) > 0);
        assert!(story.ms() > 1_600);
    });
}

#[test]
fn another_default_of_another_rate_is_followed() {
    VirtualSound::within("another_default_of_another_rate_is_followed", |sound| {
        let story = keep(|heard| {
            sound.make_default(Microphone::Old);
            let name = Microphone::Old.name();
            until(heard, |said| matches!(said, Heard::Listening { device, .. } if device == name));
            let since = Instant::now();
            until(heard, |_| since.elapsed() > Duration::from_millis(800));
        });
        assert_eq!(story.devices[1].rate, 44_100);
        assert!(missing_ms(&story) < 500, "{:?}", story.gaps);
    });
}

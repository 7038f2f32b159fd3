//! The real window under a virtual display, driven through WebKit's own WebDriver: the built program as a
//! person meets it. Few journeys, whole ones.

#![cfg(target_os = "linux")]

mod driven;

use std::path::Path;

use attune_testkit::sound::{Microphone, Saying, VirtualSound, until};
use driven::Driven;
use tempfile::TempDir;

const PASSWORD: &str = "seven quiet herons wading";

#[tokio::test]
async fn a_practice_is_begun_a_patient_added_a_mood_logged_locked_unlocked_and_seen() {
    let home = TempDir::new().unwrap();
    let attune = Driven::start(home.path(), &[]).await;
    attune.begin_practice("Ingrid Lindqvist", "Lindqvist Practice", PASSWORD).await;
    attune.add_patient("Maya Okafor").await;
    attune.log_mood(6).await;
    assert_eq!(attune.title().await, "Attune", "the title names no one");
    attune.lock().await;
    assert!(!attune.page().await.contains("Okafor"), "nothing of the practice is left behind the lock");
    attune.unlock(PASSWORD).await;
    attune.open_patient("Maya Okafor").await;
    attune.sees_mood(6).await;
    attune.finish().await;
}

/// A hum that rises and falls, for ten seconds and more.
fn write_a_hum(path: &Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for at in 0..48_000 * 40 {
        let time = f64::from(at) / 48_000.0;
        let swell = 0.2 + 0.15 * (time * 3.0).sin();
        wav.write_sample(((time * 330.0 * std::f64::consts::TAU).sin() * swell * 32_767.0) as i16).unwrap();
    }
    wav.finalize().unwrap();
}

/// A new practice whose first session is being recorded, and what is said in it.
async fn begin_to_record(home: &Path, sound: &VirtualSound) -> (Driven, Saying) {
    let hum = home.join("hum.wav");
    write_a_hum(&hum);
    let attune = Driven::start(home, &sound.environment()).await;
    attune.begin_practice("Ingrid Lindqvist", "Lindqvist Practice", PASSWORD).await;
    attune.add_patient("Maya Okafor").await;
    let saying = sound.say(Microphone::First, &hum);
    attune.record_for_the_first_time("Maya Okafor").await;
    (attune, saying)
}

#[tokio::test]
async fn ten_seconds_are_recorded_the_program_is_killed_and_the_session_is_found_and_played() {
    let (home, sound) = (TempDir::new().unwrap(), VirtualSound::start().unwrap());
    let (attune, saying) = begin_to_record(home.path(), &sound).await;
    attune.recorded(10).await;
    attune.kill().await;
    drop(saying);

    let attune = Driven::start(home.path(), &sound.environment()).await;
    attune.unlock(PASSWORD).await;
    attune.open_interrupted_session().await;
    let hearing = sound.hear();
    attune.play().await;
    until("the session is heard from the loudspeaker", || {
        let heard = hearing.so_far();
        heard.iter().filter(|sample| sample.abs() > 0.05).count() > 24_000
    });
    attune.finish().await;
}

/// How long the one spool under a home is.
fn spool_bytes(home: &Path) -> u64 {
    let profiles = std::fs::read_dir(home.join("profiles")).unwrap();
    let files = profiles.map(|profile| profile.unwrap().path().join("files")).find(|files| files.is_dir());
    let spools = std::fs::read_dir(files.unwrap()).unwrap();
    spools.map(|spool| spool.unwrap().metadata().unwrap().len()).sum()
}

#[tokio::test]
async fn a_recording_goes_on_while_its_window_is_loaded_again_and_while_its_pages_die() {
    let (home, sound) = (TempDir::new().unwrap(), VirtualSound::start().unwrap());
    let (attune, saying) = begin_to_record(home.path(), &sound).await;
    attune.recorded(2).await;
    attune.reload().await;
    attune.recorded(4).await;
    let before = spool_bytes(home.path());
    attune.kill_pages();
    until("the recording goes on without its window", || spool_bytes(home.path()) > before + 20_000);
    attune.kill().await;
    drop(saying);
}

//! A session from the consent to the sound, through the commands and with a microphone on a stage: what a
//! screen may ask of the recorder, and what happens when the desk is locked around it.

use std::{
    f64::consts::TAU,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use attune_audio::source::DeviceKey;
use serde_json::{Value, json};

use crate::application::{Application, PASSWORD};

/// A practice with a patient who agreed, and a microphone that hears a hum.
struct Practice {
    attune: Application,
    profile: String,
    patient: String,
    consent: Value,
}

impl Practice {
    fn begin() -> Self {
        let attune = Application::start();
        let hum = |at: u64| (at as f64 * 220.0 * TAU / 48_000.0).sin() as f32 * 0.3;
        attune.stage.plug("Desk", 48_000, 1, Arc::new(hum));
        let profile = attune.begin("practice", "Ingrid Lindqvist");
        let patient = attune.add_patient("Maya Okafor");
        let consent = attune.consent(&patient, "Maya Okafor");
        Self { attune, profile, patient, consent }
    }

    fn session(&self) -> Value {
        json!({ "session": {
            "patient": self.patient, "plannedMinutes": 50, "place": "room", "attendees": [], "confirmed": true,
        } })
    }

    fn start(&self) -> String {
        let session = self.attune.get("recording_start", self.session());
        assert_eq!(session["state"], "recording");
        session["id"].as_str().unwrap().to_owned()
    }

    /// Waits until so much is kept.
    fn kept(&self, ms: u64) -> Value {
        let kept = |state: &Value| state["elapsedMs"].as_u64().unwrap() >= ms;
        self.attune.until("recording_state", &json!({}), kept)
    }

    fn read(&self, session: &str) -> Value {
        self.attune.get("sessions_read", json!({ "id": session }))
    }

    fn unlock(&self) {
        self.attune.get("desk_unlock", json!({ "profile": self.profile, "password": PASSWORD }));
    }
}

#[test]
fn a_session_is_recorded_marked_paused_and_stopped_and_can_be_looked_at() {
    let practice = Practice::begin();
    let attune = &practice.attune;
    attune.get("recording_listen", json!({ "channels": [] }));
    attune.until("recording_state", &json!({}), |state| state["device"] == "Desk");
    let session = practice.start();
    practice.kept(400);
    attune.get("recording_bookmark", json!({ "word": "the letter", "atMs": 200 }));
    attune.get("recording_pause", json!({}));
    let paused = attune.until("recording_state", &json!({}), |state| state["phase"] == "paused");
    assert_eq!((&paused["pausedFor"], &paused["bookmarks"]), (&json!("private"), &json!(1)));
    attune.get("recording_resume", json!({}));
    attune.until("recording_state", &json!({}), |state| state["phase"] == "recording");
    practice.kept(800);
    let ended = attune.get("recording_stop", json!({}));
    assert_eq!((&ended["phase"], &ended["ended"]), (&json!("idle"), &json!("asked")));

    let session = practice.read(&session);
    let recording = &session["recordings"][0];
    assert_eq!((&session["state"], &recording["state"]), (&json!("recorded"), &json!("kept")));
    assert!(recording["durationMs"].as_u64().unwrap() >= 800);
    assert_eq!(recording["bookmarks"][0], json!({ "atMs": 200, "word": "the letter" }));
    assert_eq!(recording["health"]["pauses"][0]["why"], "private");
    assert_eq!(recording["health"]["devices"][0]["name"], "Desk");
    let waveform = attune.get("recordings_waveform", json!({ "id": recording["id"], "points": 100 }));
    let peaks: Vec<f64> =
        waveform["peaks"].as_array().unwrap().iter().map(|peak| peak.as_f64().unwrap()).collect();
    assert_eq!(peaks.len(), 100);
    assert!(peaks.iter().filter(|peak| (0.25..0.35).contains(*peak)).count() > 90, "{peaks:?}");
    assert!(attune.get("store_verify", json!({}))["filesDamaged"] == 0);
}

#[test]
fn nothing_records_without_a_consent_that_holds_today() {
    let practice = Practice::begin();
    let attune = &practice.attune;
    let mut unconfirmed = practice.session();
    unconfirmed["session"]["confirmed"] = json!(false);
    assert_eq!(attune.refusal("recording_start", unconfirmed), "consent_missing");
    attune.get("consents_withdraw", json!({ "id": practice.consent["id"] }));
    assert_eq!(attune.refusal("recording_start", practice.session()), "consent_missing");
    assert_eq!(attune.get("recording_state", json!({}))["phase"], "idle");
    let unrecorded = attune.get("sessions_begin_unrecorded", practice.session());
    assert_eq!((&unrecorded["state"], &unrecorded["recordings"]), (&json!("unrecorded"), &json!([])));
}

#[test]
fn taking_the_consent_back_ends_the_recording_and_keeps_what_was_said_before() {
    let practice = Practice::begin();
    let session = practice.start();
    practice.kept(400);
    practice.attune.get("consents_withdraw", json!({ "id": practice.consent["id"] }));
    let state = practice.attune.until("recording_state", &json!({}), |state| state["phase"] == "idle");
    assert_eq!(state["ended"], "consent");
    let ended = |session: &Value| session["state"] == "recorded";
    let session = practice.attune.until("sessions_read", &json!({ "id": session }), ended);
    assert!(session["recordings"][0]["durationMs"].as_u64().unwrap() >= 400);
}

#[test]
fn a_locked_desk_keeps_recording_names_nobody_and_can_stop() {
    let practice = Practice::begin();
    let attune = &practice.attune;
    let session = practice.start();
    practice.kept(300);
    attune.get("desk_lock", json!({}));
    let seen = attune.get("recording_state", json!({}));
    assert_eq!((&seen["phase"], &seen["here"]), (&json!("recording"), &json!(false)));
    assert_eq!((&seen["session"], &seen["patient"]), (&Value::Null, &Value::Null));
    assert_eq!(attune.refusal("recording_start", practice.session()), "locked");
    let before = seen["elapsedMs"].as_u64().unwrap();
    practice.kept(before + 400);
    attune.get("recording_stop", json!({}));
    practice.unlock();
    let session = practice.read(&session);
    assert_eq!((&session["state"], &session["recordings"][0]["state"]), (&json!("recorded"), &json!("kept")));
    assert!(session["recordings"][0]["durationMs"].as_u64().unwrap() >= before + 400);
}

#[test]
fn a_microphone_that_is_only_tried_out_is_closed_by_the_lock() {
    let practice = Practice::begin();
    let attune = &practice.attune;
    attune.get("recording_listen", json!({ "channels": [] }));
    attune.until("recording_state", &json!({}), |state| state["device"] == "Desk");
    attune.get("desk_lock", json!({}));
    assert_eq!(attune.get("recording_state", json!({}))["phase"], "idle");
    let desk = DeviceKey("stage:Desk".to_owned());
    let delivers = || {
        let before = attune.stage.offered(&desk);
        std::thread::park_timeout(Duration::from_millis(150));
        attune.stage.offered(&desk) > before
    };
    // Closing a device takes a moment; in one that is not closed this never ends.
    let locked = Instant::now();
    while delivers() {
        assert!(locked.elapsed() < Duration::from_secs(10), "the microphone stays open behind the lock");
    }
    assert_eq!(attune.refusal("recording_listen", json!({ "channels": [] })), "locked");
    assert_eq!(attune.refusal("player_play", json!({})), "locked");
}

#[test]
fn a_crash_leaves_a_recovered_session_that_was_never_asked_to_be_deleted() {
    let practice = Practice::begin();
    let session = practice.start();
    practice.kept(900);
    // What a crash leaves: the store and the spool as they are this moment.
    let copy = tempfile::TempDir::new().unwrap();
    copy_folder(practice.attune.home.path(), copy.path());
    practice.attune.get("recording_stop", json!({}));

    let again = Application::start_at(copy.path());
    again.get("desk_unlock", json!({ "profile": practice.profile, "password": PASSWORD }));
    let session = again.get("sessions_read", json!({ "id": session }));
    let recording = &session["recordings"][0];
    assert_eq!((&session["state"], &recording["state"]), (&json!("interrupted"), &json!("recovered")));
    assert!(recording["durationMs"].as_u64().unwrap() >= 650, "{recording}");
    again.get("sessions_seen", json!({ "id": session["id"] }));
    // And it can be gone on with, as another part.
    again.stage.plug("Desk", 48_000, 1, Arc::new(|_| 0.1));
    let more = again.get("recording_continue", json!({ "session": session["id"] }));
    assert_eq!((&more["state"], more["recordings"].as_array().unwrap().len()), (&json!("recording"), 2));
    again.until("recording_state", &json!({}), |state| state["elapsedMs"].as_u64().unwrap() >= 300);
    again.get("recording_stop", json!({}));
    let session = again.get("sessions_read", json!({ "id": session["id"] }));
    assert_eq!(session["recordings"][1]["state"], "kept");
}

#[test]
fn one_recording_at_a_time_on_this_computer() {
    let practice = Practice::begin();
    practice.start();
    practice.kept(200);
    assert_eq!(practice.attune.refusal("recording_start", practice.session()), "already_recording");
    // Another process of Attune, at another practice on the same computer.
    let other = Application::start_at(practice.attune.home.path());
    other.stage.plug("Other", 48_000, 1, Arc::new(|_| 0.1));
    other.begin("practice", "Jonas Weber");
    let patient = other.add_patient("Sam Hill");
    let text = other.get("consents_text", json!({ "kind": "recording" }));
    let consent = json!({
        "patient": patient, "kind": "recording", "version": text["version"], "signedBy": "Sam Hill",
    });
    other.get("consents_give", json!({ "consent": consent }));
    let session = json!({ "session": {
        "patient": patient, "plannedMinutes": null, "place": "remote", "attendees": [], "confirmed": true,
    } });
    assert_eq!(other.refusal("recording_start", session.clone()), "recording_elsewhere");
    practice.attune.get("recording_stop", json!({}));
    other.get("recording_start", session);
    other.get("recording_stop", json!({}));
}

#[test]
fn a_sound_file_is_taken_in_written_out_again_and_its_sound_deleted_with_everything_else_left() {
    let practice = Practice::begin();
    let (attune, home) = (&practice.attune, practice.attune.home.path());
    let file = home.join("from-a-telephone.mp3");
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    // A WAV, whatever its name says.
    let mut wav = hound::WavWriter::create(&file, spec).unwrap();
    for at in 0..44_100 * 3 {
        wav.write_sample((f64::from(at) * 440.0 * TAU / 44_100.0).sin().mul_add(9_000.0, 0.0) as i16)
            .unwrap();
    }
    wav.finalize().unwrap();
    let mut given = practice.session();
    given["path"] = json!(file);
    let session = attune.get("recordings_import", given.clone());
    let recording = &session["recordings"][0];
    assert_eq!((&recording["source"], &recording["state"]), (&json!("imported"), &json!("kept")));
    assert!((2_990..=3_010).contains(&recording["durationMs"].as_u64().unwrap()));

    let out = home.join("out.flac");
    attune.get("recordings_export", json!({ "id": recording["id"], "path": out, "format": "flac" }));
    assert!(fs::read(&out).unwrap().starts_with(b"fLaC"));
    given["path"] = json!(out);
    let again = attune.get("recordings_import", given.clone());
    assert_eq!(again["recordings"][0]["durationMs"], recording["durationMs"]);

    let deleted = attune.get("recordings_delete_audio", json!({ "id": recording["id"] }));
    assert_eq!(deleted["state"], "deleted");
    assert_eq!(
        attune.refusal("recordings_waveform", json!({ "id": recording["id"], "points": 10 })),
        "audio_deleted"
    );
    let left = practice.read(session["id"].as_str().unwrap());
    assert_eq!(left["recordings"][0]["durationMs"], recording["durationMs"], "what is known of it stays");
    assert_eq!(attune.get("store_verify", json!({}))["filesDamaged"], 0);

    fs::write(&file, "<!doctype html><title>Not found</title>").unwrap();
    given["path"] = json!(file);
    assert_eq!(attune.refusal("recordings_import", given), "audio_unreadable");
}

/// A minute of somebody who speaks in syllables, in a room that is not quite silent.
fn a_minute(file: &std::path::Path) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(file, spec).unwrap();
    let (mut phase, mut noise) = (0.0, 1_u32);
    for sample in 0..48_000 * 60 {
        let at = f64::from(sample) / 48_000.0;
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        phase += TAU * (140.0 + 25.0 * (TAU * 0.31 * at).sin()) / 48_000.0;
        let buzz: f64 = (1..12).map(|h| (f64::from(h) * phase).sin() / f64::from(h)).sum();
        let syllable = 0.1 + (TAU * 2.7 * at).sin().max(0.0);
        let hiss = f64::from(noise >> 24) - 128.0;
        wav.write_sample((4_000.0 * buzz * syllable + hiss) as i16).unwrap();
    }
    wav.finalize().unwrap();
}

/// How alike two pieces of sound are where the second is so many samples late.
fn alike(one: &[f64], other: &[f64], late: i64) -> f64 {
    const REACH: usize = 480;
    let inner = REACH..one.len() - REACH;
    let other =
        &other[inner.start.strict_add_signed(late as isize)..inner.end.strict_add_signed(late as isize)];
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&one[inner.clone()], other) / (dot(&one[inner.clone()], &one[inner]) * dot(other, other)).sqrt()
}

#[test]
fn a_recording_is_made_smaller_and_everything_but_its_samples_stays() {
    let practice = Practice::begin();
    let (attune, home) = (&practice.attune, practice.attune.home.path());
    let file = home.join("minute.wav");
    a_minute(&file);
    let mut given = practice.session();
    given["path"] = json!(file);
    let session = attune.get("recordings_import", given)["id"].as_str().unwrap().to_owned();
    let before = practice.read(&session)["recordings"][0].clone();
    assert_eq!(before["codec"], "lossless");
    let id = json!({ "id": before["id"] });
    let points = json!({ "id": before["id"], "points": 300 });
    let heard = || {
        let out = home.join("out.wav");
        attune.get("recordings_export", json!({ "id": before["id"], "path": out, "format": "wav" }));
        let mut wav = hound::WavReader::open(out).unwrap();
        wav.samples::<i16>().map(|sample| f64::from(sample.unwrap())).collect::<Vec<_>>()
    };
    let spools = || {
        let mut found = Vec::new();
        let mut folders = vec![home.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "spool") {
                    found.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found
    };
    let (drawn, original) = (attune.get("recordings_waveform", points.clone()), heard());

    let small = attune.get("recordings_make_smaller", id.clone());
    assert_eq!((&small["codec"], &small["state"]), (&json!("small"), &json!("kept")));
    for said in ["id", "part", "beganAt", "endedAt", "durationMs", "bookmarks", "health"] {
        assert_eq!(small[said], before[said], "{said}");
    }
    let bytes = |recording: &Value| recording["bytes"].as_u64().unwrap();
    let hour = |bytes: u64| bytes as f64 * 60.0 / 1_000_000.0;
    println!("{:.1} MB an hour of {:.1}", hour(bytes(&small)), hour(bytes(&before)));
    assert!(bytes(&small) * 4 < bytes(&before), "{} of {}", bytes(&small), bytes(&before));
    assert_eq!(spools(), [small["file"].as_str().unwrap()], "the one before is gone from the disk");
    assert_eq!(attune.get("recordings_waveform", points), drawn);
    let heard = heard();
    assert_eq!(heard.len(), original.len());
    // 5 ms at the kept rate.
    let likest = (-120..=120).map(|late| alike(&original, &heard, late)).fold(0.0, f64::max);
    assert!(likest >= 0.9, "{likest}");
    assert_eq!(attune.get("store_verify", json!({}))["filesDamaged"], 0);

    assert_eq!(attune.get("recordings_make_smaller", id.clone()), small, "which it is already");
    attune.get("recordings_delete_audio", id.clone());
    assert_eq!(spools(), Vec::<String>::new());
    assert_eq!(attune.refusal("recordings_make_smaller", id), "audio_deleted");
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

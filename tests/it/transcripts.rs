//! From a sound file or a microphone to a transcript that a person puts right: through the commands, with the real
//! engine in its own process and the practice model.

use std::{
    fs,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use attune_audio::import;
use attune_speech::score;
use serde_json::{Value, json};

use crate::application::{Application, PASSWORD};

/// A practice with a patient who agreed. No model is chosen.
pub struct Practice {
    pub attune: Application,
    profile: String,
    patient: String,
}

pub fn speech() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("crates/attune-speech/practice")
}

impl Practice {
    pub fn begin() -> Self {
        let attune = Application::start();
        let profile = attune.begin("practice", "Ingrid Lindqvist");
        let patient = attune.add_patient("Maya Okafor");
        attune.consent(&patient, "Maya Okafor");
        Self { attune, profile, patient }
    }

    fn with_the_practice_model() -> Self {
        let practice = Self::begin();
        let models = practice.attune.get("speech_model_choose", json!({ "id": "practice" }));
        assert_eq!(models["chosen"], "practice");
        practice
    }

    fn session(&self) -> Value {
        json!({ "session": {
            "patient": self.patient, "plannedMinutes": 50, "place": "room", "attendees": [], "confirmed": true,
        } })
    }

    /// Takes in a sound file. Gives the session's id and its recording's.
    pub fn import(&self, file: &Path) -> (String, String) {
        let mut session = self.session();
        session["path"] = json!(file);
        let session = self.attune.get("recordings_import", session);
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        (id(&session), id(&session["recordings"][0]))
    }

    fn import_the_sample(&self) -> (String, String) {
        self.import(&speech().join("sample-session.flac"))
    }

    /// What stands of the words of a session's first recording, once it is so.
    fn until(&self, session: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let first = |all: &Value| all[0].clone();
        let all = self
            .attune
            .until("transcripts_of_session", &json!({ "session": session }), |all| is_so(&first(all)));
        first(&all)
    }

    /// Waits for a transcript and no more work. Gives its id.
    fn written(&self, session: &str) -> String {
        let done = self.until(session, |one| one["job"].is_null() && one["transcripts"][0].is_object());
        done["transcripts"][0]["id"].as_str().unwrap().to_owned()
    }

    fn open(&self, transcript: &str) -> Value {
        self.attune.get("transcripts_open", json!({ "id": transcript }))
    }
}

/// What was truly said in the sample session, and by whom when.
fn truth() -> Vec<(String, f64, f64, String)> {
    let text = fs::read_to_string(speech().join("sample-session.json")).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap();
    let turn = |turn: &Value| {
        let said = |key: &str| turn[key].as_str().unwrap().to_owned();
        (said("speaker"), turn["start"].as_f64().unwrap(), turn["end"].as_f64().unwrap(), said("text"))
    };
    read["turns"].as_array().unwrap().iter().map(turn).collect()
}

fn words_of(open: &Value) -> Vec<(u64, u64, u64, String)> {
    let segments = open["segments"].as_array().unwrap().iter();
    segments
        .flat_map(|segment| {
            let speaker = segment["speaker"].as_u64().unwrap();
            segment["words"].as_array().unwrap().iter().map(move |word| {
                let ms = |key: &str| word[key].as_u64().unwrap();
                (speaker, ms("t0Ms"), ms("t1Ms"), word["text"].as_str().unwrap().to_owned())
            })
        })
        .collect()
}

fn text_of(open: &Value) -> String {
    words_of(open).into_iter().map(|(_, _, _, text)| text).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_sample_session_comes_out_as_it_was_said_and_by_whom() {
    let practice = Practice::with_the_practice_model();
    let (session, _) = practice.import_the_sample();
    let open = practice.open(&practice.written(&session));
    let transcript = &open["transcript"];
    assert_eq!(transcript["degraded"][0], "practice_model");
    assert_eq!(transcript["holes"], json!([]), "nothing is missing, and it would say so");
    assert_eq!(transcript["speechMs"], transcript["coveredMs"]);

    let truth = truth();
    let said: Vec<&str> = truth.iter().map(|(_, _, _, text)| text.as_str()).collect();
    let errors = score::word_errors(&said.join(" "), &text_of(&open));
    println!("words of the sample session through the application: {errors:?}");
    assert!(errors.rate() <= 0.0157, "no worse than the engine alone on the whole file: {errors:?}");

    let clinician = |speaker: u64| transcript["speakers"][speaker as usize]["role"] == "clinician";
    let words = words_of(&open);
    let astray = words.iter().filter(|(speaker, t0, t1, _)| {
        let middle = (t0 + t1) as f64 / 2_000.0;
        let turn = truth.iter().find(|(_, start, end, _)| (*start..=*end).contains(&middle));
        turn.is_some_and(|(who, ..)| (who == "therapist") != clinician(*speaker))
    });
    let astray = astray.count();
    println!("words given to the other speaker: {astray} of {}", words.len());
    assert_eq!(astray, 0);
}

#[test]
fn what_is_recorded_is_written_down_as_it_goes_on_and_at_stop_only_the_tail_is_left() {
    let practice = Practice::with_the_practice_model();
    let attune = &practice.attune;
    let voice = samples(16_000);
    let at = move |at: u64| voice.get(at as usize).copied().unwrap_or(0.0);
    attune.stage.plug("Desk", 16_000, 1, Arc::new(at));
    attune.get("live_text", json!({ "on": true }));
    let session = attune.get("recording_start", practice.session())["id"].as_str().unwrap().to_owned();
    attune.until("recording_state", &json!({}), |state| state["writing"] == true);
    attune.until("recording_state", &json!({}), |state| state["elapsedMs"].as_u64().unwrap() >= 38_000);
    let written: Vec<u64> = attune
        .heard_of("live-text-moved")
        .iter()
        .map(|heard| heard["text"]["writtenMs"].as_u64().unwrap())
        .collect();
    assert!(written.last().is_some_and(|written| *written > 10_000), "{written:?}");

    attune.get("recording_stop", json!({}));
    let stopped = Instant::now();
    let open = practice.open(&practice.written(&session));
    println!("from Stop to the transcript of 38 s: {} ms", stopped.elapsed().as_millis());
    let text = text_of(&open);
    assert!(text.contains("how have you been feeling since last week"), "{text}");
    assert!(text.contains("I had a panic attack at work"), "{text}");
    assert!(open["transcript"]["holes"].as_array().unwrap().is_empty());
    let read = attune.get("sessions_read", json!({ "id": session }));
    let kept = read["recordings"][0]["durationMs"].as_u64().unwrap();
    let heard = open["transcript"]["lengthMs"].as_u64().unwrap();
    assert!(heard.abs_diff(kept) <= 100, "all {kept} ms were heard, to the last: {heard}");
}

/// The sample session's sound at a rate.
pub fn samples(rate: u32) -> Vec<f32> {
    let mut all = Vec::new();
    let mut sink = |samples: &[f32], _: u16| {
        all.extend_from_slice(samples);
        Ok(())
    };
    let file = speech().join("sample-session.flac");
    let decoded = import::decode(&file, rate, &mut sink, &mut |_, _| ControlFlow::Continue(()));
    assert!(decoded.unwrap().is_continue());
    all
}

#[test]
fn without_a_model_the_session_stands_and_its_words_wait_for_one() {
    let practice = Practice::begin();
    let (session, recording) = practice.import_the_sample();
    let waiting = practice.until(&session, |one| one["job"]["state"] == "waiting");
    assert_eq!((&waiting["waitsFor"], &waiting["transcripts"]), (&json!("model"), &json!([])));
    let read = practice.attune.get("sessions_read", json!({ "id": session }));
    assert_eq!((&read["state"], &read["recordings"][0]["state"]), (&json!("recorded"), &json!("kept")));
    let waveform = practice.attune.get("recordings_waveform", json!({ "id": recording, "points": 50 }));
    assert_eq!(waveform["peaks"].as_array().unwrap().len(), 50);
    practice.attune.get("speech_model_choose", json!({ "id": "practice" }));
    practice.written(&session);
}

#[test]
fn a_model_that_fails_hides_nothing_and_the_same_session_can_be_written_down_with_another() {
    let practice = Practice::begin();
    let (session, recording) = practice.import_the_sample();
    practice.attune.get(
        "transcripts_start",
        json!({ "recording": recording, "model": "parakeet-tdt_ctc-110m-Q8_0", "remote": false }),
    );
    let stopped = practice.until(&session, |one| one["job"]["state"] == "stopped");
    assert_eq!(stopped["job"]["why"], "model_missing");
    let read = practice.attune.get("sessions_read", json!({ "id": session }));
    assert_eq!(read["recordings"][0]["state"], "kept");
    practice.attune.get("transcripts_retry", json!({ "job": stopped["job"]["id"] }));
    let again = practice.until(&session, |one| one["job"]["state"] == "stopped");
    assert_eq!(again["job"]["id"], stopped["job"]["id"], "tried again as it was asked for");
    assert_eq!(again["job"]["why"], "model_missing");
    practice
        .attune
        .get("transcripts_start", json!({ "recording": recording, "model": "practice", "remote": false }));
    practice.until(&session, |one| one["transcripts"][0]["model"] == "practice");
}

#[test]
fn locking_forgets_what_was_half_written_and_unlocking_begins_it_again_without_a_try_lost() {
    let practice = Practice::begin();
    let attune = &practice.attune;
    let (session, _) = practice.import_the_sample();
    attune.get("speech_model_choose", json!({ "id": "practice" }));
    for _ in 0..3 {
        attune.until("transcripts_of_session", &json!({ "session": session }), |all| {
            all[0]["job"]["state"] == "running" || all[0]["transcripts"][0].is_object()
        });
        attune.get("desk_lock", json!({}));
        assert_eq!(attune.refusal("transcripts_of_session", json!({ "session": session })), "locked");
        attune.get("desk_unlock", json!({ "profile": practice.profile, "password": PASSWORD }));
    }
    practice.written(&session);
}

#[test]
fn what_a_person_puts_right_holds_and_what_the_machine_wrote_is_never_lost() {
    let practice = Practice::with_the_practice_model();
    let attune = &practice.attune;
    let (session, recording) = practice.import_the_sample();
    let id = practice.written(&session);
    let open = practice.open(&id);
    let first = &open["segments"][0];
    let typed = "Good morning, it is good to see you again.";
    let corrected =
        attune.get("transcripts_correct", json!({ "id": id, "segment": first["id"], "text": typed }));
    assert_eq!(corrected["segments"][0]["corrected"], true);
    assert_eq!(corrected["transcript"]["corrections"], 1);
    let history = attune.get("transcripts_history", json!({ "id": id, "segment": first["id"] }));
    assert_eq!((&history[0]["by"], &history[0]["text"]), (&json!("Ingrid Lindqvist"), &json!(typed)));
    let back = attune.get("transcripts_uncorrect", json!({ "id": id, "segment": first["id"] }));
    assert_eq!(back["segments"][0]["words"], first["words"]);

    let swapped = attune.get("transcripts_swap", json!({ "id": id, "a": 0, "b": 1 }));
    assert_ne!(swapped["transcript"]["speakers"][0]["role"], open["transcript"]["speakers"][0]["role"]);
    assert_eq!(swapped["transcript"]["speakers"][0]["knownBy"], "person");

    let three = attune.get("transcripts_tell_apart", json!({ "id": id, "speakers": 3 }));
    assert_eq!(three["transcript"]["speakers"].as_array().unwrap().len(), 3);
    assert_eq!(text_of(&three), text_of(&open), "another number of voices changes no word");

    attune.get("transcripts_again", json!({ "id": id, "t0Ms": 32_000, "t1Ms": 35_000 }));
    practice.until(&session, |one| one["job"].is_null());
    let again = practice.open(&id);
    assert!(
        text_of(&again).contains("I had a panic attack at work on Monday morning"),
        "{}",
        text_of(&again)
    );

    attune.get("transcripts_start", json!({ "recording": recording, "model": "practice", "remote": false }));
    let both = practice.until(&session, |one| one["transcripts"].as_array().unwrap().len() == 2);
    assert_eq!(
        (&both["transcripts"][0]["current"], &both["transcripts"][1]["id"]),
        (&json!(true), &json!(id))
    );

    let export = attune.home.path().join("carried.vtt");
    attune.get("transcripts_export", json!({ "id": id, "path": export, "format": "vtt" }));
    assert!(fs::read_to_string(&export).unwrap().starts_with("WEBVTT"));

    let deleted = attune.get("transcripts_delete", json!({ "id": id }));
    assert_eq!(deleted["state"], "deleted");
    assert_eq!(attune.refusal("transcripts_read", json!({ "id": id })), "transcript_deleted");
    let read = attune.get("sessions_read", json!({ "id": session }));
    assert_eq!(read["recordings"][0]["state"], "kept", "the sound is deleted separately");
    assert!(attune.get("store_verify", json!({}))["filesDamaged"] == 0);
}

#[test]
fn a_voice_that_was_learnt_names_the_clinician_in_the_next_session_and_can_be_forgotten() {
    let practice = Practice::with_the_practice_model();
    let attune = &practice.attune;
    let (session, recording) = practice.import_the_sample();
    let id = practice.written(&session);
    let open = practice.open(&id);
    let speakers = open["transcript"]["speakers"].as_array().unwrap();
    let clinician = speakers.iter().position(|speaker| speaker["role"] == "clinician").unwrap();
    assert_eq!(speakers[clinician]["knownBy"], "guess");
    let learnt = attune.get("transcripts_remember_voice", json!({ "id": id, "speaker": clinician }));
    assert!(learnt["learntAt"].is_string());
    attune.get("transcripts_start", json!({ "recording": recording, "model": "practice", "remote": false }));
    let next = practice.until(&session, |one| one["transcripts"].as_array().unwrap().len() == 2);
    let speakers = next["transcripts"][0]["speakers"].as_array().unwrap();
    let known = speakers.iter().find(|speaker| speaker["role"] == "clinician").unwrap();
    assert_eq!(known["knownBy"], "voice");
    assert!(attune.get("voice_forget", json!({}))["learntAt"].is_null());
    assert!(attune.get("voice_state", json!({}))["learntAt"].is_null());
}

#[test]
fn a_person_can_leave_it_be_and_ask_for_it_later() {
    let practice = Practice::begin();
    let (session, recording) = practice.import_the_sample();
    practice.until(&session, |one| one["job"]["state"] == "waiting");
    practice.attune.get("transcripts_stop", json!({ "recording": recording }));
    let stopped = practice.until(&session, |one| one["job"]["state"] == "stopped");
    assert_eq!(stopped["job"]["why"], "cancelled");
    practice.attune.get("speech_model_choose", json!({ "id": "practice" }));
    practice
        .attune
        .get("transcripts_start", json!({ "recording": recording, "model": null, "remote": false }));
    practice.written(&session);
}

#[test]
fn sound_stays_on_this_computer_unless_the_practice_and_those_in_the_session_say_otherwise() {
    let practice = Practice::begin();
    let attune = &practice.attune;
    let (session, recording) = practice.import_the_sample();
    let asked = json!({ "recording": recording, "model": null, "remote": true });
    attune.get("transcripts_start", asked);
    let stopped = practice.until(&session, |one| one["job"]["state"] == "stopped");
    assert_eq!(stopped["job"]["why"], "remote_not_allowed");
    assert_eq!(attune.get("remote_allowed", json!({ "session": session })), json!(false));
    let change =
        |endpoint: &str| json!({ "change": { "on": true, "endpoint": endpoint, "model": "whisper-1" } });
    assert_eq!(attune.refusal("remote_change", change("http://example.org/v1")), "address_invalid");
    let remote = attune.get("remote_change", change("https://speech.example.org/v1"));
    assert_eq!((&remote["on"], &remote["hasKey"]), (&json!(true), &json!(false)));
    assert_eq!(attune.get("remote_allowed", json!({ "session": session })), json!(false));
    attune.get("transcripts_allow_remote", json!({ "session": session }));
    assert_eq!(attune.get("remote_allowed", json!({ "session": session })), json!(true));
}

//! Whole journeys through the commands, as the screens make them.

use serde_json::{Value, json};

use crate::application::{Application, PASSWORD, mood, patient};

fn names(found: &Value) -> Vec<&str> {
    found.as_array().unwrap().iter().map(|one| one["patient"]["name"].as_str().unwrap()).collect()
}

#[test]
fn a_clinician_begins_adds_a_patient_logs_a_mood_locks_and_finds_it_again() {
    let attune = Application::start();
    assert_eq!(attune.get("desk_state", json!({})), json!({ "profiles": [], "unreadable": 0, "open": null }));
    let profile = attune.begin("practice", "Ingrid Lindqvist");
    let maya = attune.add_patient("Maya Okafor");
    let logged = attune.get("moods_log", mood(&maya, 6, Some("lighter after the walk")));
    assert_eq!((logged["score"].clone(), logged["level"].clone()), (json!(6), json!("neutral")));
    attune.hears("practice-changed", &json!({ "topics": ["moods"] }));
    attune.get("desk_lock", json!({}));
    attune.hears("lock-changed", &json!({ "locked": true }));
    assert_eq!(attune.refusal("moods_list", json!({ "patient": maya })), "locked");
    attune.get("desk_unlock", json!({ "profile": profile, "password": PASSWORD }));
    let moods = attune.get("moods_list", json!({ "patient": maya }));
    assert_eq!(moods[0]["words"], "lighter after the walk");
    let check = attune.get("store_verify", json!({}));
    assert_eq!((check["database"].clone(), check["audit"].clone()), (json!(true), json!(true)));
}

#[test]
fn a_mood_can_be_given_words_withdrawn_and_brought_back() {
    let attune = Application::start();
    attune.begin("practice", "Ingrid Lindqvist");
    let maya = attune.add_patient("Maya Okafor");
    let id = attune.get("moods_log", mood(&maya, 3, None))["id"].clone();
    attune.get("moods_amend", json!({ "id": id, "words": "did not sleep" }));
    attune.get("moods_withdraw", json!({ "id": id }));
    assert_eq!(attune.get("moods_list", json!({ "patient": maya })), json!([]));
    attune.get("moods_restore", json!({ "id": id }));
    assert_eq!(attune.get("moods_list", json!({ "patient": maya }))[0]["words"], "did not sleep");
    assert_eq!(attune.refusal("moods_log", mood(&maya, 11, None)), "score_out_of_range");
}

#[test]
fn a_patients_own_application_logs_into_their_own_chart() {
    let attune = Application::start();
    attune.begin("personal", "Maya Okafor");
    let open = attune.get("desk_state", json!({}))["open"].clone();
    assert_eq!(open["me"]["role"], "patient");
    let chart = open["ownChart"].as_str().unwrap();
    let logged = attune.get("moods_log", mood(chart, 8, None));
    assert_eq!((logged["byPatient"].clone(), logged["level"].clone()), (json!(true), json!("positive")));
}

#[test]
fn people_who_share_a_computer_see_nothing_of_each_other() {
    let attune = Application::start();
    let ingrid = attune.begin("practice", "Ingrid Lindqvist");
    attune.add_patient("Maya Okafor");
    attune.get("desk_lock", json!({}));
    attune.begin("practice", "Samuel Okoro");
    let found = attune.get("patients_find", json!({ "query": "", "standing": "active" }));
    assert!(names(&found).is_empty());
    attune.get("desk_unlock", json!({ "profile": ingrid, "password": PASSWORD }));
    let found = attune.get("patients_find", json!({ "query": "okafor", "standing": "active" }));
    assert_eq!(names(&found), ["Maya Okafor"]);
}

#[test]
fn a_second_window_on_the_same_home_is_told_that_the_store_is_open_elsewhere() {
    let first = Application::start();
    let profile = first.begin("practice", "Ingrid Lindqvist");
    let second = Application::start_at(first.home.path());
    let refused = second.refusal("desk_unlock", json!({ "profile": profile, "password": PASSWORD }));
    assert_eq!(refused, "store_elsewhere");
}

#[test]
fn unsaved_text_is_there_after_the_lock() {
    let attune = Application::start();
    let profile = attune.begin("practice", "Ingrid Lindqvist");
    attune.get("unsaved_keep", json!({ "place": "patients/new", "text": "{\"name\":\"Maya O" }));
    attune.get("desk_lock", json!({}));
    attune.get("desk_unlock", json!({ "profile": profile, "password": PASSWORD }));
    assert_eq!(attune.get("unsaved_read", json!({ "place": "patients/new" })), "{\"name\":\"Maya O");
}

#[test]
fn text_of_any_kind_is_kept_as_it_was_written_or_refused_with_a_reason() {
    let attune = Application::start();
    attune.begin("practice", "Ingrid Lindqvist");
    for name in ["Zoë 🌻 Ångström", "ליאת כהן", "علي حسن", "Nguyễn Thị Minh", "O’Brien-Łukasz"]
    {
        let added = attune.get("patients_create", json!({ "patient": patient(name) }));
        assert_eq!(added["name"], name);
    }
    let long = "n".repeat(10_000);
    for (name, code) in [
        ("", "name_missing"),
        ("   ", "name_missing"),
        (long.as_str(), "name_too_long"),
        ("Ma\0ya", "text_unprintable"),
    ] {
        assert_eq!(attune.refusal("patients_create", json!({ "patient": patient(name) })), code);
    }
    let found = attune.get("patients_find", json!({ "query": "", "standing": "active" }));
    assert_eq!(names(&found).len(), 5, "nothing half-made was left behind");
}

#[test]
fn a_backup_made_on_one_computer_opens_on_another() {
    let (here, there) = (Application::start(), Application::start());
    here.begin("practice", "Ingrid Lindqvist");
    here.add_patient("Maya Okafor");
    let path = here.home.path().join("kept.attune-backup");
    here.get("backup_make", json!({ "path": path }));
    let card = there.get("backup_restore", json!({ "path": path, "secret": PASSWORD, "newPassword": null }));
    there.get("desk_unlock", json!({ "profile": card["id"], "password": PASSWORD }));
    let found = there.get("patients_find", json!({ "query": "maya", "standing": "active" }));
    assert_eq!(names(&found), ["Maya Okafor"]);
}

#[test]
fn who_to_call_is_answered_before_anyone_has_unlocked() {
    let attune = Application::start();
    let lines = attune.get("safety_lines", json!({ "country": "GB" }));
    assert_eq!(lines["emergency"][0], "999");
    assert!(lines["lines"].as_array().unwrap().iter().any(|line| line["call"] == "116 123"));
}

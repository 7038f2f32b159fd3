//! Marked words through a whole journey, then a search for them everywhere they must not be.

use std::path::Path;

use attune_shell::{Home, journal};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    application::{Application, PASSWORD, patient},
    transcripts::speech,
};

/// Words nobody would write by chance. Each stands in another field.
const MARKS: [&str; 11] = [
    "quince-name-7731",
    "quince-preferred-7731",
    "quince-note-7731",
    "quince-words-7731",
    "quince-mail-7731",
    "quince-unsaved-7731",
    "quince-query-7731",
    "quince-row-7731",
    "quince-corrected-7731",
    "quince-speaker-7731",
    // Spoken in the sample session. Single words of it stand in the practice model.
    "panic attack at work",
];

fn search(place: &str, bytes: &[u8]) {
    for mark in MARKS {
        let wide: Vec<u8> = mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for form in [mark.as_bytes(), wide.as_slice()] {
            assert!(!bytes.windows(form.len()).any(|window| window == form), "{mark} stands in {place}");
        }
    }
    assert!(
        !bytes.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()),
        "the password in {place}"
    );
}

fn search_folder(folder: &Path, searched: &mut usize) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search_folder(&path, searched);
        } else {
            search(&path.display().to_string(), &std::fs::read(&path).unwrap());
            *searched += 1;
        }
    }
}

/// The sample session, written down as a session of this patient.
fn a_transcript(attune: &Application, patient: &str) -> String {
    attune.consent(patient, "Maya quince-name-7731");
    attune.get("speech_model_choose", json!({ "id": "practice" }));
    let session = attune.get(
        "recordings_import",
        json!({
            "session": {
                "patient": patient, "plannedMinutes": 50, "place": "room", "attendees": [], "confirmed": true,
            },
            "path": speech().join("sample-session.flac"),
        }),
    );
    let written = attune.until("transcripts_of_session", &json!({ "session": session["id"] }), |all| {
        all[0]["transcripts"][0].is_object()
    });
    written[0]["transcripts"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn no_client_word_reaches_a_log_an_error_an_event_or_the_disk() {
    let attune = Application::start();
    let journal = journal::begin(&Home::at(attune.home.path()));
    attune.begin("practice", "Ingrid Lindqvist");
    let mut new = patient("Maya quince-name-7731");
    new["preferredName"] = json!("quince-preferred-7731");
    new["note"] = json!("quince-note-7731");
    let id = attune.get("patients_create", json!({ "patient": new }))["id"].clone();
    let log = |score: u8, words: &str| json!({ "mood": { "patient": id, "score": score, "words": words, "feltAt": null } });
    let logged = attune.get("moods_log", log(4, "quince-words-7731"))["id"].clone();
    attune.get("unsaved_keep", json!({ "place": "here", "text": "quince-unsaved-7731" }));
    attune.get("patients_find", json!({ "query": "quince-query-7731", "standing": "active" }));
    attune.get("patients_open", json!({ "id": id }));

    let transcript = a_transcript(&attune, id.as_str().unwrap());
    let first = attune.get("transcripts_open", json!({ "id": transcript }))["segments"][0]["id"].clone();
    let correct = |text: &str| json!({ "id": transcript, "segment": first, "text": text });
    attune.get("transcripts_correct", correct("quince-corrected-7731"));
    attune.get(
        "transcripts_name",
        json!({ "id": transcript, "speaker": 0, "role": "client", "name": "quince-speaker-7731" }),
    );
    attune.refusal("transcripts_correct", correct(&"quince-corrected-7731 ".repeat(5_000)));

    // Everything that can be refused, refused with marked words in it.
    new["email"] = json!("quince-mail-7731 is no address");
    attune.refusal("patients_create", json!({ "patient": new }));
    new["email"] = json!(null);
    new["name"] = json!(format!("quince-name-7731 {}", "x".repeat(200)));
    attune.refusal("patients_edit", json!({ "id": id, "patient": new }));
    attune.refusal("moods_log", log(99, "quince-words-7731"));
    attune.refusal("moods_log", log(5, &"quince-words-7731".repeat(100)));
    attune.refusal(
        "moods_amend",
        json!({ "id": "0198c0de-0000-7000-8000-000000000000", "words": "quince-words-7731" }),
    );
    let table = "name;email\nquince-row-7731;not an address\n;\n";
    let file = STANDARD.encode(table);
    attune.get("patients_import_preview", json!({ "file": file }));
    let broken = STANDARD.encode("shoe size\nquince-row-7731\n");
    attune.refusal("patients_import", json!({ "file": broken, "withDuplicates": false }));
    // Not even what the frame of Tauri says of a malformed call may quote it.
    let malformed = attune.ask("moods_log", json!({ "mood": { "patient": "quince-words-7731" } }));
    assert!(malformed.is_err());
    attune.get("moods_withdraw", json!({ "id": logged }));
    attune.get("desk_lock", json!({}));
    drop(journal);

    search("what was told to the screens", attune.told().as_bytes());
    let mut searched = 0;
    search_folder(attune.home.path(), &mut searched);
    assert!(searched >= 4, "the store, its profile and the log were searched: {searched} files");
    let log: String = std::fs::read_dir(attune.home.path().join("logs"))
        .unwrap()
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for code in ["EmailInvalid", "NameTooLong", "WordsTooLong", "CsvNoName"] {
        assert!(log.contains(code), "the log tells of {code}, and so would have told the words");
    }
}

//! The application without a window: the shell's own assembly on Tauri's mock runtime, asked through the
//! same commands and the same JSON as the screens ask.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use attune_audio::ear::SteadyPace;
use attune_shell::{Equipment, Home, SPEECH_WORKER, assemble};
use attune_speech::worker::Program;
use attune_testkit::stage::Stage;
use serde_json::{Value, json};
use tauri::{
    App, Listener, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody, InvokeResponseBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder},
    webview::InvokeRequest,
};
use tempfile::TempDir;

use crate::headless::program;

pub const PASSWORD: &str = "seven quiet herons wading";
const EVENTS: [&str; 9] = [
    "practice-changed",
    "lock-changed",
    "lock-near",
    "backup-progress",
    "recorder-changed",
    "player-moved",
    "transcribing-moved",
    "live-text-moved",
    "speech-models-changed",
];

/// A running application in a home of its own.
pub struct Application {
    webview: WebviewWindow<MockRuntime>,
    _app: App<MockRuntime>,
    heard: Arc<Mutex<Vec<(String, Value)>>>,
    refused: Mutex<Vec<Value>>,
    /// Its microphones: none, until one is plugged in.
    pub stage: Stage,
    pub home: TempDir,
}

impl Application {
    pub fn start() -> Self {
        let home = TempDir::new().unwrap();
        let place = Home::at(home.path());
        Self::assembled(home, place)
    }

    /// A second process on the same computer. Its own temporary folder stays unused.
    pub fn start_at(folder: &Path) -> Self {
        Self::assembled(TempDir::new().unwrap(), Home::at(folder))
    }

    fn assembled(home: TempDir, place: Home) -> Self {
        let stage = Stage::new(Arc::new(SteadyPace::default()));
        let worker = Program { program: program(), args: vec![SPEECH_WORKER.into()] };
        let equipment = Equipment { microphones: Arc::new(stage.clone()), worker };
        let app = assemble(mock_builder(), place, equipment).unwrap();
        let webview = WebviewWindowBuilder::new(&app, "main", WebviewUrl::default()).build().unwrap();
        let heard = Arc::<Mutex<Vec<(String, Value)>>>::default();
        for name in EVENTS {
            let heard = Arc::clone(&heard);
            app.listen_any(name, move |event| {
                let payload = serde_json::from_str(event.payload()).unwrap_or(Value::Null);
                heard.lock().unwrap_or_else(PoisonError::into_inner).push((name.to_owned(), payload));
            });
        }
        Self { webview, _app: app, heard, refused: Mutex::default(), stage, home }
    }

    /// Asks a command. A refusal comes back as the screen would see it.
    pub fn ask(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        let answered = get_ipc_response(
            &self.webview,
            InvokeRequest {
                cmd: command.to_owned(),
                callback: CallbackFn(0),
                error: CallbackFn(1),
                url: "tauri://localhost".parse().unwrap(),
                body: InvokeBody::Json(arguments),
                headers: tauri::http::HeaderMap::new(),
                invoke_key: INVOKE_KEY.to_owned(),
            },
        );
        match answered {
            Ok(InvokeResponseBody::Json(json)) => Ok(serde_json::from_str(&json).unwrap()),
            Ok(InvokeResponseBody::Raw(_)) => panic!("{command} answered with bytes"),
            Err(refused) => {
                self.refused.lock().unwrap().push(refused.clone());
                Err(refused)
            }
        }
    }

    /// Asks a command that must succeed.
    pub fn get(&self, command: &str, arguments: Value) -> Value {
        self.ask(command, arguments).unwrap_or_else(|refused| panic!("{command} was refused: {refused}"))
    }

    /// Asks a command that must be refused, and gives the code.
    pub fn refusal(&self, command: &str, arguments: Value) -> String {
        match self.ask(command, arguments) {
            Ok(answer) => panic!("{command} should have been refused, and answered {answer}"),
            Err(refused) => {
                refused["code"].as_str().unwrap_or_else(|| panic!("no code in {refused}")).to_owned()
            }
        }
    }

    /// The first run, kit verified. Gives the profile's id.
    pub fn begin(&self, kind: &str, name: &str) -> String {
        let practice = (kind == "practice").then_some("Lindqvist Practice");
        let enrolled = self.get(
            "desk_enrol",
            json!({ "profile": { "kind": kind, "name": name, "practiceName": practice, "country": "GB", "password": PASSWORD } }),
        );
        let groups = enrolled["kit"]["groups"].as_array().unwrap();
        let answers: Vec<&Value> = enrolled["kit"]["ask"]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| &groups[at.as_u64().unwrap() as usize])
            .collect();
        self.get("kit_verify", json!({ "answers": answers }));
        enrolled["desk"]["profile"]["id"].as_str().unwrap().to_owned()
    }

    /// Adds a patient. Gives the patient's id.
    pub fn add_patient(&self, name: &str) -> String {
        let added = self.get("patients_create", json!({ "patient": patient(name) }));
        added["id"].as_str().unwrap().to_owned()
    }

    /// Lets a patient agree to be recorded. Gives the consent.
    pub fn consent(&self, patient: &str, name: &str) -> Value {
        let text = self.get("consents_text", json!({ "kind": "recording" }));
        let consent = json!({
            "patient": patient, "kind": "recording", "version": text["version"], "signedBy": name,
        });
        self.get("consents_give", json!({ "consent": consent }))
    }

    /// Asks again and again, until the answer is as it should be.
    pub fn until(&self, command: &str, arguments: &Value, is_so: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let answer = self.get(command, arguments.clone());
            if is_so(&answer) {
                return answer;
            }
            assert!(began.elapsed().as_secs() < 60, "{command} still answers {answer}");
            std::thread::yield_now();
        }
    }

    /// Everything that crossed to the screens as an event or an error.
    pub fn told(&self) -> String {
        let heard = self.heard();
        let refused = self.refused.lock().unwrap();
        format!("{heard:?} {refused:?}")
    }

    /// Waits until this has been heard.
    pub fn hears(&self, name: &str, payload: &Value) {
        let began = Instant::now();
        while !self.heard().iter().any(|(event, heard)| event == name && heard == payload) {
            assert!(began.elapsed().as_secs() < 10, "{name} {payload} was not heard, but {:?}", self.heard());
            std::thread::yield_now();
        }
    }

    /// Everything of one name that was heard so far.
    pub fn heard_of(&self, name: &str) -> Vec<Value> {
        self.heard().into_iter().filter(|(event, _)| event == name).map(|(_, heard)| heard).collect()
    }

    fn heard(&self) -> Vec<(String, Value)> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A new patient with nothing but a name.
pub fn patient(name: &str) -> Value {
    json!({
        "name": name, "preferredName": null, "pronouns": null, "reference": null,
        "email": null, "phone": null, "bornOn": null, "note": null,
    })
}

/// A new mood, felt now.
pub fn mood(patient: &str, score: u8, words: Option<&str>) -> Value {
    json!({ "mood": { "patient": patient, "score": score, "words": words, "feltAt": null } })
}

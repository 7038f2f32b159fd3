//! The real commands behind loopback HTTP, for running the screens in an ordinary browser.
//!
//! Development only: an example with a feature of its own that is never bundled, bound to 127.0.0.1, and
//! answering nobody without the random token it prints. Commands run on Tauri's mock runtime, which has
//! no window; everything behind it (store, keys, disk) is real.
//!
//! `ATTUNE_MICROPHONE=tone` puts microphones on a stage in the place of the machine's. `ATTUNE_HOME` says where profiles lie, `BRIDGE_PORT` the port (0 for any), `BRIDGE_UI` the built screens.

#[path = "bridge/http.rs"]
mod http;

use std::{
    fs, io,
    io::Write,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use attune_audio::{CpalHost, Microphones, ear::SteadyPace};
use attune_shell::{Equipment, Home, SPEECH_WORKER, assemble, itself, journal};
use attune_testkit::stage::Stage;
use tauri::{
    Listener, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody, InvokeResponseBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder},
    webview::InvokeRequest,
};

use http::Request;

const EVENTS: [&str; 11] = [
    "practice-changed",
    "lock-changed",
    "lock-near",
    "backup-progress",
    "audio-progress",
    "recorder-changed",
    "recorder-level",
    "player-moved",
    "transcribing-moved",
    "live-text-moved",
    "speech-models-changed",
];

const TEXT: &str = "text/plain; charset=utf-8";

type Listeners = Arc<Mutex<Vec<mpsc::Sender<String>>>>;

struct Bridge {
    webview: WebviewWindow<MockRuntime>,
    listeners: Listeners,
    screens: PathBuf,
    token: String,
}

fn main() -> anyhow::Result<ExitCode> {
    attune_shell::prepare_process();
    if std::env::args_os().nth(1).is_some_and(|first| first == SPEECH_WORKER) {
        return Ok(attune_speech::worker::serve());
    }
    let home = Home::find()?;
    let _journal = journal::begin(&home);
    let app = assemble(mock_builder(), home, Equipment { microphones: microphones(), worker: itself()? })?;
    let webview = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build()?;
    let listeners = Listeners::default();
    for event in EVENTS {
        let listeners = Arc::clone(&listeners);
        app.listen_any(event, move |told| {
            let message = format!("event: {event}\ndata: {}\n\n", told.payload());
            let mut listeners = listeners.lock().unwrap_or_else(PoisonError::into_inner);
            listeners.retain(|listener| listener.send(message.clone()).is_ok());
        });
    }
    let port = std::env::var("BRIDGE_PORT").map_or(Ok(0), |port| port.parse())?;
    let browsers = TcpListener::bind(("127.0.0.1", port))?;
    let screens = std::env::var_os("BRIDGE_UI")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/dist-bridge"), PathBuf::from);
    let token = uuid_token();
    println!("bridge http://{}/?token={token}", browsers.local_addr()?);
    io::stdout().flush()?;
    let bridge = Arc::new(Bridge { webview, listeners, screens, token });
    for browser in browsers.incoming() {
        let (bridge, browser) = (Arc::clone(&bridge), browser?);
        thread::spawn(move || {
            if let Err(error) = bridge.answer(&browser) {
                eprintln!("the bridge could not answer: {error}");
            }
        });
    }
    // The application must outlive every request: dropping it earlier would close the store under them.
    drop(app);
    Ok(ExitCode::SUCCESS)
}

/// This machine's, or one on a stage that speaks in phrases: a browser test has no sound hardware.
fn microphones() -> Arc<dyn Microphones> {
    if std::env::var_os("ATTUNE_MICROPHONE").is_none_or(|which| which != "tone") {
        return Arc::new(CpalHost);
    }
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    stage.plug("Desk microphone", 48_000, 1, Arc::new(|at| phrase(at, 48_000, 170.0)));
    stage.plug("Second chair", 48_000, 1, Arc::new(|at| phrase(at, 48_000, 240.0)));
    Arc::new(stage)
}

/// A voice-like buzz in phrases of two seconds, a breath between them.
fn phrase(at: u64, rate: u32, pitch: f32) -> f32 {
    let time = (at % (u64::from(rate) * 60)) as f32 / rate as f32;
    let speaking = (time % 2.8) < 2.0;
    let syllable = (time * 4.0 * std::f32::consts::PI).sin().abs();
    let buzz: f32 =
        (1..=12).map(|harmonic| (time * pitch * harmonic as f32 * std::f32::consts::TAU).sin()).sum();
    let breath = ((at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as f32 / 65_536.0 - 0.5) * 0.004;
    breath + if speaking { buzz * syllable * 0.03 } else { 0.0 }
}

fn uuid_token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

impl Bridge {
    fn answer(&self, browser: &TcpStream) -> io::Result<()> {
        let Some(request) = Request::read(browser)? else { return Ok(()) };
        let path = request.target.split('?').next().unwrap_or_default();
        if let ("POST", Some(command)) = (request.method.as_str(), path.strip_prefix("/ipc/")) {
            return self.invoke(browser, &request, &percent_decoded(command));
        }
        if path == "/events" {
            return self.stream_events(browser, &request);
        }
        self.serve(browser, path)
    }

    fn allowed(&self, request: &Request) -> bool {
        request.header("x-attune-token") == Some(self.token.as_str())
            || request.target.ends_with(&format!("token={}", self.token))
    }

    fn invoke(&self, browser: &TcpStream, request: &Request, command: &str) -> io::Result<()> {
        if !self.allowed(request) {
            return http::respond(browser, 403, TEXT, b"");
        }
        let arguments = serde_json::from_slice(&request.body).unwrap_or_default();
        let answered = get_ipc_response(
            &self.webview,
            InvokeRequest {
                cmd: command.to_owned(),
                callback: CallbackFn(0),
                error: CallbackFn(1),
                url: "tauri://localhost".parse().map_err(io::Error::other)?,
                body: InvokeBody::Json(arguments),
                headers: tauri::http::HeaderMap::new(),
                invoke_key: INVOKE_KEY.to_owned(),
            },
        );
        let (status, bytes) = match answered {
            Ok(InvokeResponseBody::Json(json)) => (200, json.into_bytes()),
            Ok(InvokeResponseBody::Raw(bytes)) => (200, bytes),
            Err(error) => (422, error.to_string().into_bytes()),
        };
        http::respond(browser, status, "application/json", &bytes)
    }

    fn stream_events(&self, mut browser: &TcpStream, request: &Request) -> io::Result<()> {
        if !self.allowed(request) {
            return http::respond(browser, 403, TEXT, b"");
        }
        let (listener, heard) = mpsc::channel();
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
        http::begin_events(browser)?;
        for message in heard {
            // A page that was closed stops listening: that is its right, not a failure.
            if browser.write_all(message.as_bytes()).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn serve(&self, browser: &TcpStream, path: &str) -> io::Result<()> {
        let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
        let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let file = self.screens.join(name);
        if !inside || !file.is_file() {
            return http::respond(browser, 404, TEXT, b"not here");
        }
        let kind = match file.extension().and_then(|extension| extension.to_str()) {
            Some("html") => "text/html; charset=utf-8",
            Some("js") => "text/javascript",
            Some("css") => "text/css",
            Some("svg") => "image/svg+xml",
            Some("woff2") => "font/woff2",
            Some("json") => "application/json",
            _ => "application/octet-stream",
        };
        http::respond(browser, 200, kind, &fs::read(file)?)
    }
}

/// Commands of plugins are named `plugin:store|load`, which a browser encodes.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

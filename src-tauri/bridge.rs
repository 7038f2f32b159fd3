//! The real commands behind loopback HTTP, for running the screens in an ordinary browser.
//!
//! Development only: an example with a feature of its own that is never bundled, bound to 127.0.0.1, and
//! answering nobody without the random token it prints. Commands run on Tauri's mock runtime, which has
//! no window; everything behind it (store, keys, disk) is real.
//!
//! `ATTUNE_HOME` says where profiles lie, `BRIDGE_PORT` the port (0 for any), `BRIDGE_UI` the built screens.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use anyhow::{Context, anyhow};
use attune_shell::{Home, assemble, journal};
use tauri::{
    Listener, WebviewWindow, WebviewWindowBuilder,
    ipc::{CallbackFn, InvokeBody, InvokeResponseBody},
    test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder},
    webview::InvokeRequest,
};
use tiny_http::{Header, Method, Request, Response, Server};

const EVENTS: [&str; 4] = ["practice-changed", "lock-changed", "lock-near", "backup-progress"];

type Listeners = Arc<Mutex<Vec<mpsc::Sender<String>>>>;

struct Bridge {
    webview: WebviewWindow<MockRuntime>,
    listeners: Listeners,
    screens: PathBuf,
    token: String,
}

fn main() -> anyhow::Result<()> {
    attune_shell::prepare_process();
    let home = Home::find()?;
    let _journal = journal::begin(&home);
    let app = assemble(mock_builder(), home)?;
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
    let port = std::env::var("BRIDGE_PORT").unwrap_or_else(|_| "0".to_owned());
    let server = Server::http(format!("127.0.0.1:{port}")).map_err(|error| anyhow!("{error}"))?;
    let screens = std::env::var_os("BRIDGE_UI")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/dist-bridge"), PathBuf::from);
    let token = uuid_token();
    let address = server.server_addr().to_ip().context("the bridge listens on an address")?;
    println!("bridge http://{address}/?token={token}");
    io::stdout().flush()?;
    let bridge = Arc::new(Bridge { webview, listeners, screens, token });
    for request in server.incoming_requests() {
        let bridge = Arc::clone(&bridge);
        thread::spawn(move || {
            if let Err(error) = bridge.answer(request) {
                eprintln!("the bridge could not answer: {error}");
            }
        });
    }
    // The application must outlive every request: dropping it earlier would close the store under them.
    drop(app);
    Ok(())
}

fn uuid_token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

impl Bridge {
    fn answer(&self, request: Request) -> io::Result<()> {
        let url = request.url().to_owned();
        let path = url.split('?').next().unwrap_or_default().to_owned();
        if let (Method::Post, Some(command)) = (request.method().clone(), path.strip_prefix("/ipc/")) {
            return self.invoke(request, &percent_decoded(command));
        }
        if path == "/events" {
            return self.stream_events(request);
        }
        self.serve(request, &path)
    }

    fn allowed(&self, request: &Request) -> bool {
        let by_header = request
            .headers()
            .iter()
            .any(|header| header.field.equiv("x-attune-token") && header.value.as_str() == self.token);
        by_header || request.url().ends_with(&format!("token={}", self.token))
    }

    fn invoke(&self, mut request: Request, command: &str) -> io::Result<()> {
        if !self.allowed(&request) {
            return request.respond(Response::empty(403));
        }
        let mut body = String::new();
        request.as_reader().read_to_string(&mut body)?;
        let arguments = serde_json::from_str(&body).unwrap_or_default();
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
        let response =
            Response::from_data(bytes).with_status_code(status).with_header(content_type("application/json"));
        request.respond(response)
    }

    fn stream_events(&self, request: Request) -> io::Result<()> {
        if !self.allowed(&request) {
            return request.respond(Response::empty(403));
        }
        let (listener, heard) = mpsc::channel();
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
        let mut to = request.into_writer();
        write!(to, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\r\n")?;
        to.flush()?;
        for message in heard {
            // A page that was closed stops listening: that is its right, not a failure.
            if to.write_all(message.as_bytes()).and_then(|()| to.flush()).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn serve(&self, request: Request, path: &str) -> io::Result<()> {
        let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
        let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let file = self.screens.join(name);
        if !inside || !file.is_file() {
            return request.respond(Response::from_string("not here").with_status_code(404));
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
        request.respond(Response::from_data(fs::read(file)?).with_header(content_type(kind)))
    }
}

fn content_type(kind: &str) -> Header {
    Header::from_bytes("content-type", kind).expect("the content types above are plain text")
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

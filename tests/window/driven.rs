//! The built program, held by a WebDriver session. Everything is found as a person finds it: by role and
//! by the words of `ui/src/words/en.json`, so a changed sentence is changed in one place.

use std::{
    net::TcpListener,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, key::Key};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, json};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);

/// A process group that ends with the test, whatever the test did.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // The driver's children (the program, WebKit's own processes) are in the group; all of them go.
        let killed = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.0.id())]).status();
        if killed.is_err() || self.0.wait().is_err() {
            eprintln!("the driver could not be ended");
        }
    }
}

pub struct Driven {
    client: Client,
    words: serde_json::Value,
    _driver: Group,
    _home: TempDir,
}

impl Driven {
    /// Starts the program on an empty home.
    pub async fn start() -> Self {
        let home = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .process_group(0)
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LANG", "en_US.UTF-8")
            .env("ATTUNE_HOME", home.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver is installed by `cargo xtask test`");
        let driver = Group(driver);
        let mut wanted = Map::new();
        wanted.insert("webkitgtk:browserOptions".into(), json!({ "binary": program(), "args": [] }));
        let began = Instant::now();
        let client = loop {
            let address = format!("http://127.0.0.1:{port}");
            match ClientBuilder::new(HttpConnector::new())
                .capabilities(wanted.clone())
                .connect(&address)
                .await
            {
                Ok(client) => break client,
                Err(error) => assert!(began.elapsed() < PATIENCE, "no session with the window: {error}"),
            }
            tokio::task::yield_now().await;
        };
        let words = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/words/en.json");
        let words = serde_json::from_str(&std::fs::read_to_string(words).unwrap()).unwrap();
        Self { client, words, _driver: driver, _home: home }
    }
}

/// The built application, beside this test's own folder.
fn program() -> std::path::PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().and_then(Path::parent).unwrap().join("attune")
}

//! The built program, held by a WebDriver session. Everything is found as a person finds it: by role and
//! by the words of `ui/src/words/en.json`, so a changed sentence is changed in one place.

use std::{
    ffi::OsString,
    net::TcpListener,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, key::Key};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, json};

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
    driver: Group,
}

impl Driven {
    /// Starts the program on a home, with what else its environment says.
    pub async fn start(home: &Path, environment: &[(&str, OsString)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .process_group(0)
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("LANG", "en_US.UTF-8")
            .env("ATTUNE_HOME", home)
            .envs(environment.iter().map(|(name, value)| (name, value)))
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
        Self { client, words, driver }
    }

    /// The first run, question by question, with the kit typed back from the screen.
    pub async fn begin_practice(&self, name: &str, practice: &str, password: &str) {
        self.press("enrol.kind_practice").await;
        self.press("enrol.next").await;
        self.fill("enrol.name_label", name).await;
        self.press("enrol.next").await;
        self.fill("enrol.practice_label", practice).await;
        self.press("enrol.next").await;
        self.see("enrol.country_title").await;
        self.press("enrol.next").await;
        self.fill("password.new", password).await;
        self.press("enrol.create").await;
        self.see("enrol.kit_title").await;
        let mut kit = Vec::new();
        for group in self.client.find_all(Locator::Css(".group")).await.unwrap() {
            // The sheet for the printer stands beside it, unseen: what is not shown has no text.
            let shown = group.text().await.unwrap();
            if !shown.is_empty() {
                kit.push(shown);
            }
        }
        assert_eq!(kit.len(), 9, "the kit has nine groups: {kit:?}");
        self.press("kit.written").await;
        self.see("enrol.check_title").await;
        for (at, group) in kit.iter().enumerate() {
            let label = self.words("kit.group").replace("{number}", &(at + 1).to_string());
            for field in self.client.find_all(Locator::XPath(&field(&label))).await.unwrap() {
                field.send_keys(group).await.unwrap();
            }
        }
        self.press("kit.check").await;
        self.wait_for(Locator::Css("main#page")).await;
    }

    /// Presses Record on the open chart; the patient signs, everyone agrees, and the light goes on.
    pub async fn record_for_the_first_time(&self, patient: &str) {
        self.press("recording.record").await;
        self.fill("consents.signed_by", patient).await;
        self.press("consents.sign").await;
        self.press("recording.they_agree").await;
        self.wait_for(Locator::Css("[role='timer']")).await;
    }

    /// Waits until so many seconds are kept.
    pub async fn recorded(&self, seconds: u32) {
        let began = Instant::now();
        loop {
            let shown = self.wait_for(Locator::Css("[role='timer']")).await.text().await.unwrap();
            let parts: Vec<u32> = shown.split(':').filter_map(|part| part.trim().parse().ok()).collect();
            if parts.iter().fold(0, |sum, part| sum * 60 + part) >= seconds {
                return;
            }
            assert!(began.elapsed() < PATIENCE * 2, "the timer stands at {shown}");
            tokio::task::yield_now().await;
        }
    }

    /// Loads the pages again, as a person does who thinks that something hangs.
    pub async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Kills the process the pages run in, and gives the process that takes its place.
    pub fn kill_pages(&self) -> Vec<u32> {
        let before = self.page_processes();
        assert!(!before.is_empty(), "the pages have a process of their own");
        for process in &before {
            Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap();
        }
        let began = Instant::now();
        loop {
            let mut after = self.page_processes();
            after.retain(|process| !before.contains(process));
            if !after.is_empty() {
                return after;
            }
            assert!(began.elapsed() < PATIENCE, "the pages were not loaded again");
            std::thread::park_timeout(Duration::from_millis(50));
        }
    }

    fn page_processes(&self) -> Vec<u32> {
        let group = self.driver.0.id().to_string();
        let found = Command::new("pgrep").args(["-g", &group, "WebKitWebProces"]).output().unwrap();
        String::from_utf8_lossy(&found.stdout).lines().filter_map(|line| line.parse().ok()).collect()
    }

    /// Kills the program as a crash does: no warning, no last words.
    pub async fn kill(self) {
        let group = self.driver.0.id().to_string();
        let killed = Command::new("pkill").args(["-KILL", "-g", &group, "-x", "attune"]).status().unwrap();
        assert!(killed.success(), "the program was running");
    }

    /// Opens the interrupted session from the first screen.
    pub async fn open_interrupted_session(&self) {
        self.go("/sessions").await;
        let row = format!("//main//a[contains(., {})]", quoted(&self.words("sessions.standing.interrupted")));
        self.wait_for(Locator::XPath(&row)).await.click().await.unwrap();
        self.wait_for(Locator::Css("input[type='range']")).await;
    }

    pub async fn play(&self) {
        self.press("player.play").await;
    }

    /// Adds a patient by name and arrives at their chart.
    pub async fn add_patient(&self, name: &str) {
        self.go("/patients/new").await;
        self.fill("patients.name", name).await;
        self.press("patients.save_new").await;
        self.wait_for(Locator::XPath(&heading(name))).await;
    }

    /// One press on the scale, and the word that it was kept.
    pub async fn log_mood(&self, score: u8) {
        let choice = format!("//*[@role='radio'][normalize-space(.)='{score}']");
        self.wait_for(Locator::XPath(&choice)).await.click().await.unwrap();
        self.see("moods.saved").await;
    }

    /// Locks by key.
    pub async fn lock(&self) {
        let page = self.wait_for(Locator::Css("body")).await;
        page.send_keys(&format!("{}l", char::from(Key::Control))).await.unwrap();
        self.see("desk.unlock").await;
    }

    pub async fn unlock(&self, password: &str) {
        self.fill("desk.password", password).await;
        self.press("desk.unlock").await;
        self.wait_for(Locator::Css("main#page")).await;
    }

    /// Finds a patient in the list and opens the chart.
    pub async fn open_patient(&self, name: &str) {
        self.go("/patients").await;
        let row = format!("//a[contains(normalize-space(.), {})]", quoted(name));
        self.wait_for(Locator::XPath(&row)).await.click().await.unwrap();
        self.wait_for(Locator::XPath(&heading(name))).await;
    }

    /// A logged mood stands in the chart's list.
    pub async fn sees_mood(&self, score: u8) {
        let listed = format!("//main//li//*[contains(@class, 'score')][normalize-space(.)='{score}']");
        self.wait_for(Locator::XPath(&listed)).await;
    }

    pub async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// Everything the page shows.
    pub async fn page(&self) -> String {
        self.wait_for(Locator::Css("body")).await.html(false).await.unwrap()
    }

    pub async fn finish(self) {
        self.client.close().await.unwrap();
    }

    async fn go(&self, path: &str) {
        self.client.execute("location.hash = arguments[0]", vec![json!(format!("#{path}"))]).await.unwrap();
    }

    async fn press(&self, key: &str) {
        let words = quoted(&self.words(key));
        let wanted = format!(
            "//*[self::button or @role='radio'][contains(normalize-space(.), {words})][not(@disabled)]"
        );
        self.wait_for(Locator::XPath(&wanted)).await.click().await.unwrap();
    }

    async fn fill(&self, key: &str, text: &str) {
        let field = self.wait_for(Locator::XPath(&field(&self.words(key)))).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    async fn see(&self, key: &str) {
        let wanted = format!("//*[contains(normalize-space(text()), {})]", quoted(&self.words(key)));
        self.wait_for(Locator::XPath(&wanted)).await;
    }

    async fn wait_for(&self, what: Locator<'_>) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(what).await {
            Ok(found) => found,
            Err(error) => {
                panic!("{what:?} did not appear ({error}) on {}", self.client.source().await.unwrap())
            }
        }
    }

    /// The words under a key such as `desk.unlock`.
    fn words(&self, key: &str) -> String {
        let found = key.split('.').fold(&self.words, |words, part| &words[part]);
        found.as_str().unwrap_or_else(|| panic!("no words under {key}")).to_owned()
    }
}

/// The field under a label.
fn field(label: &str) -> String {
    format!(
        "//*[self::input or self::textarea][@id = //label[starts-with(normalize-space(.), {})]/@for]",
        quoted(label)
    )
}

fn heading(text: &str) -> String {
    format!("//h1[contains(normalize-space(.), {})]", quoted(text))
}

/// A text as XPath writes it, whatever quotes are in it.
fn quoted(text: &str) -> String {
    let parts: Vec<String> = text.split('\'').map(|part| format!("'{part}'")).collect();
    if parts.len() == 1 { parts[0].clone() } else { format!("concat({})", parts.join(", \"'\", ")) }
}

/// The built application, beside this test's own folder.
fn program() -> std::path::PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().and_then(Path::parent).unwrap().join("attune")
}

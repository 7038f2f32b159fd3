//! What the tests with the real engine share: the practice model, its sound, and a worker of one thread.
//!
//! One thread, because the engine's threads wait for each other in circles, and a machine that runs tests is busy.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

use attune_speech::{
    engine::{
        Engine, Window,
        local::{IDLE, Local, LocalOptions},
    },
    said::Word,
    worker::{Program, Threads},
};
use tokio::time::{interval, timeout};

/// A file of `practice/`.
pub fn practice(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("practice").join(name)
}

/// The practice model.
pub fn model() -> PathBuf {
    practice("practice-parakeet-ctc.gguf")
}

/// The worker of this crate's tests.
pub fn worker() -> Program {
    Program { program: env!("CARGO_BIN_EXE_speech-worker").into(), args: Vec::new() }
}

/// How it is to work with this model.
pub fn options(model: PathBuf, idle: Duration) -> LocalOptions {
    LocalOptions { model, name: "practice".to_owned(), threads: Threads::AtMost(1), gpu: true, idle }
}

/// An engine with this model.
pub fn local_with(model: PathBuf, idle: Duration) -> Local {
    Local::new(worker(), options(model, idle))
}

/// An engine with the practice model.
pub fn local() -> Local {
    local_with(model(), IDLE)
}

/// All samples of a FLAC file of one channel at 16 kHz.
pub fn sound(path: &Path) -> Vec<f32> {
    let mut reader = claxon::FlacReader::new(File::open(path).unwrap()).unwrap();
    let stream = reader.streaminfo();
    assert_eq!((stream.channels, stream.sample_rate, stream.bits_per_sample), (1, 16_000, 16));
    reader.samples().map(|sample| sample.unwrap() as f32 / 32_768.0).collect()
}

/// The sample session.
pub fn sample_session() -> Vec<f32> {
    sound(&practice("sample-session.flac"))
}

/// A held-out sentence in which nothing goes wrong.
pub fn sentence() -> (Vec<f32>, &'static str) {
    (sound(&practice("heldout/h000.flac")), "have you talked to your partner about it?")
}

/// The sentences of a held-out set: their sound, and what is said in each.
pub fn heldout(set: &str) -> Vec<(Vec<f32>, String)> {
    let listed = fs::read_to_string(practice(set).join("refs.tsv")).unwrap();
    let sentences = listed.lines().skip(1).map(|line| {
        let mut columns = line.split('\t');
        let file = columns.next().unwrap();
        (sound(&practice(set).join(file)), columns.next_back().unwrap().to_owned())
    });
    sentences.collect()
}

/// Words in a line.
pub fn text(words: &[Word]) -> String {
    words.iter().map(|word| word.text.reveal().as_str()).collect::<Vec<_>>().join(" ")
}

/// Far longer than anything here takes, on any machine.
pub const LONG: Duration = Duration::from_secs(60);

/// Sound whose language is not said.
pub fn window(pcm: &[f32]) -> Window<'_> {
    Window { pcm, language: None }
}

/// The engine hears what is said in a sentence.
pub async fn hears(local: &mut Local) {
    let (pcm, said) = sentence();
    let heard = timeout(LONG, local.hear(window(&pcm))).await.expect("it answers").unwrap();
    assert_eq!(text(&heard.words), said);
}

/// The number of the worker that runs.
pub fn number(local: &Local) -> u32 {
    local.pid().expect("a worker runs")
}

/// Looks until something is so.
pub async fn until(mut so: impl FnMut() -> bool) {
    // Looked at now and then: whoever looks all the time takes the processor from what is to come about.
    let mut now_and_then = interval(Duration::from_millis(5));
    let look = async {
        while !so() {
            now_and_then.tick().await;
        }
    };
    timeout(LONG, look).await.expect("it never came about");
}

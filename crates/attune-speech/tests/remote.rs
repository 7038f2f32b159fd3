//! The engine that is elsewhere, against servers on this computer that answer well and badly.

mod misbehaving;

use std::{f32::consts::TAU, time::Duration};

use attune_kernel::{Code, Coded};
use attune_speech::{
    Result,
    engine::{
        Engine, Heard, Needs, Window,
        remote::{Key, Remote, RemoteOptions},
    },
    sound::RATE,
};
use misbehaving::{Answer, Request, Server};

const KEY: &str = "sk-a-key-that-never-prints";

const VERBOSE: &str = r#"{"task":"transcribe","language":"english","duration":2.0,"text":"I slept badly.",
    "words":[{"word":"I","start":0.1,"end":0.2},{"word":"slept","start":0.2,"end":0.6},{"word":"badly","start":0.7,"end":1.2}],
    "segments":[{"id":0,"start":0.0,"end":2.0,"text":" I slept badly.","avg_logprob":-0.1}]}"#;

fn json(body: &str) -> Answer {
    Answer::body(200, body).head("content-type", "application/json")
}

fn tone() -> Vec<f32> {
    (0..2 * RATE).map(|at| (at as f32 * 220.0 * TAU / RATE as f32).sin() / 2.0).collect()
}

fn options(server: &Server) -> RemoteOptions {
    RemoteOptions {
        pause: Duration::from_millis(1),
        longest_pause: Duration::from_millis(20),
        timeout: Duration::from_secs(20),
        tries: 3,
        ..RemoteOptions::to(server.address("/v1/"), "whisper-1", Some(Key::new(KEY)))
    }
}

async fn hear(options: RemoteOptions) -> Result<Heard> {
    let mut remote = Remote::new(options)?;
    remote.hear(Window { pcm: &tone(), language: None }).await
}

fn words(heard: &Heard) -> Vec<(u32, u32, &str)> {
    heard.words.iter().map(|word| (word.t0, word.t1, word.text.reveal().as_str())).collect()
}

/// The fields of a form, by their names, and the sound.
fn form(request: &Request) -> (Vec<(String, String)>, Vec<u8>) {
    let boundary = request.head("content-type").unwrap().split_once("boundary=").unwrap().1.to_owned();
    let mark = format!("--{boundary}");
    let (mut fields, mut sound) = (Vec::new(), Vec::new());
    let mut rest = request.body.as_slice();
    while let Some(at) = rest.windows(mark.len()).position(|here| here == mark.as_bytes()) {
        let part = &rest[..at];
        rest = &rest[at + mark.len()..];
        let Some(end) = part.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&part[..end]).into_owned();
        let body = &part[end + 4..part.len() - 2];
        let name = head.split("name=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        if name == "file" {
            assert!(head.contains("filename=\"sound.wav\""), "one name for everybody's sound: {head}");
            sound = body.to_vec();
        } else {
            fields.push((name, String::from_utf8(body.to_vec()).unwrap()));
        }
    }
    (fields, sound)
}

#[tokio::test]
async fn words_come_back_with_their_times() {
    let server = Server::answering(|_, _| json(VERBOSE)).await;
    let mut remote = Remote::new(options(&server)).unwrap();
    assert_eq!(remote.about().needs, Needs::Network);
    assert!(remote.about().longest_ms <= 30_000);
    let heard = remote.hear(Window { pcm: &tone(), language: Some("en") }).await.unwrap();
    assert_eq!(words(&heard), [(100, 200, "I"), (200, 600, "slept"), (700, 1200, "badly.")]);
    assert_eq!(heard.language.as_deref(), Some("en"));
    assert!(remote.about().word_times);
}

#[tokio::test]
async fn what_goes_out_is_the_sound_the_model_and_the_language_and_nothing_else() {
    let server = Server::answering(|_, _| json(VERBOSE)).await;
    let mut remote = Remote::new(options(&server)).unwrap();
    remote.hear(Window { pcm: &tone(), language: Some("en") }).await.unwrap();
    let request = &server.asked()[0];
    assert_eq!(request.line, "POST /v1/audio/transcriptions HTTP/1.1");
    assert_eq!(request.head("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(request.head("user-agent"), Some("Attune"));
    let (fields, sound) = form(request);
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        fields,
        [
            ("model", "whisper-1"),
            ("response_format", "verbose_json"),
            ("timestamp_granularities[]", "word"),
            ("timestamp_granularities[]", "segment"),
            ("language", "en"),
        ]
    );
    let mut wav = hound::WavReader::new(sound.as_slice()).unwrap();
    assert_eq!((wav.spec().sample_rate, wav.spec().channels, wav.duration()), (RATE, 1, 2 * RATE));
    assert!(
        wav.samples::<i16>()
            .zip(tone())
            .all(|(sent, was)| { (f32::from(sent.unwrap()) / f32::from(i16::MAX) - was).abs() < 0.0001 })
    );
}

#[tokio::test]
async fn a_server_that_understands_less_is_asked_for_less_and_remembered() {
    // Only segments; only a text.
    for (understands, answered, expected) in [
        ("segments", r#"{"segments":[{"start":0.5,"end":1.5,"text":"ab cd"}]}"#, (500, 1000, "ab")),
        ("text", r#"{"text":"ab cd"}"#, (0, 1000, "ab")),
    ] {
        let server = Server::answering(move |_, request| {
            let (fields, _) = form(request);
            let asked = |name: &str, value: &str| fields.iter().any(|(n, v)| n == name && v == value);
            let words = asked("timestamp_granularities[]", "word");
            let verbose = asked("response_format", "verbose_json");
            if words || (understands == "text" && verbose) { Answer::status(400) } else { json(answered) }
        })
        .await;
        let mut remote = Remote::new(options(&server)).unwrap();
        let heard = remote.hear(Window { pcm: &tone(), language: None }).await.unwrap();
        assert_eq!(words(&heard)[0], expected);
        assert!(!remote.about().word_times);
        let asked = server.asked().len();
        remote.hear(Window { pcm: &tone(), language: None }).await.unwrap();
        assert_eq!(server.asked().len(), asked + 1, "the next window is asked for that at once");
    }
}

#[tokio::test]
async fn a_text_without_times_is_spread_over_the_window_and_silence_is_no_word() {
    let server = Server::answering(|_, _| json(r#"{"text":"ab cd"}"#)).await;
    assert_eq!(words(&hear(options(&server)).await.unwrap()), [(0, 1000, "ab"), (1000, 2000, "cd")]);
    let silent = Server::answering(|_, _| json(r#"{"text":"","segments":[],"words":[]}"#)).await;
    assert!(hear(options(&silent)).await.unwrap().words.is_empty());
}

#[tokio::test]
async fn a_key_that_is_not_accepted_is_said_at_once() {
    for status in [401, 403] {
        let server = Server::answering(move |_, _| Answer::body(status, "{\"error\":\"no\"}")).await;
        assert_eq!(hear(options(&server)).await.unwrap_err().code(), Code::KeyRefused);
        assert_eq!(server.asked().len(), 1, "a wrong key is not tried again");
    }
    let server = Server::answering(|_, _| json(VERBOSE)).await;
    let broken = RemoteOptions { key: Some(Key::new("two\nlines")), ..options(&server) };
    assert_eq!(hear(broken).await.unwrap_err().code(), Code::KeyRefused);
    assert!(server.asked().is_empty());
    // A server on this computer may ask for none.
    let keyless = RemoteOptions { key: None, ..options(&server) };
    hear(keyless).await.unwrap();
    assert_eq!(server.asked()[0].head("authorization"), None);
}

#[tokio::test]
async fn a_busy_server_is_asked_again_after_what_it_says() {
    let dated = || {
        Answer::status(503)
            .head("date", "Wed, 21 Oct 2015 07:28:00 GMT")
            .head("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")
    };
    let answers: [fn() -> Answer; 3] =
        [|| Answer::status(429).head("retry-after", "0"), || Answer::status(429), dated];
    for answer in answers {
        let server = Server::answering(move |nth, _| if nth < 2 { answer() } else { json(VERBOSE) }).await;
        assert_eq!(hear(options(&server)).await.unwrap().words.len(), 3);
        assert_eq!(server.asked().len(), 3);
    }
    let busy = Server::answering(|_, _| Answer::status(429).head("retry-after", "3600")).await;
    assert_eq!(hear(options(&busy)).await.unwrap_err().code(), Code::ServerBusy);
    assert_eq!(busy.asked().len(), 3, "an hour is not waited, and no server is asked for ever");
}

#[tokio::test]
async fn a_server_that_stumbles_is_asked_again_and_one_that_keeps_failing_is_given_up() {
    for status in [500, 502, 504] {
        let server =
            Server::answering(move |nth, _| if nth == 0 { Answer::status(status) } else { json(VERBOSE) })
                .await;
        hear(options(&server)).await.unwrap();
        let failing = Server::answering(move |_, _| Answer::status(status)).await;
        assert_eq!(hear(options(&failing)).await.unwrap_err().code(), Code::ServerRefused);
        assert_eq!(failing.asked().len(), 3);
    }
}

#[tokio::test]
async fn what_is_no_answer_is_refused_and_never_written_down() {
    let page = "<!doctype html><p>Sign in to the clinic's network</p>";
    let answers: [fn(&'static str) -> Answer; 7] = [
        |page| Answer::body(200, page).head("content-type", "text/html"),
        |_| Answer::body(200, "OK").head("content-type", "text/plain"),
        |_| Answer::body(200, ""),
        |_| json(r#"{"text":"I slept"#),
        |_| json(r#"{"text":7,"words":"no"}"#),
        |_| Answer::status(413),
        |_| Answer::status(404),
    ];
    for answer in answers {
        let server = Server::answering(move |_, _| answer(page)).await;
        assert_eq!(hear(options(&server)).await.unwrap_err().code(), Code::ServerRefused);
    }
    for status in [400, 422] {
        let server = Server::answering(move |_, _| Answer::status(status)).await;
        assert_eq!(hear(options(&server)).await.unwrap_err().code(), Code::ServerRefused);
        assert_eq!(server.asked().len(), 3, "it was asked for words, segments and a text");
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_not_read_to_it() {
    let endless = || json(&format!("{{\"text\":\"{}\"}}", "a ".repeat(8_000_000))).chunked();
    let server = Server::answering(move |_, _| endless()).await;
    assert_eq!(hear(options(&server)).await.unwrap_err().code(), Code::ServerRefused);
    assert_eq!(server.asked().len(), 1, "nor a second time");
}

#[tokio::test]
async fn a_server_that_hangs_or_hangs_up_is_not_waited_for_for_ever() {
    let hangs = Server::answering(|_, _| json(VERBOSE).stall(5)).await;
    let hurried = RemoteOptions { timeout: Duration::from_millis(200), ..options(&hangs) };
    assert_eq!(hear(hurried).await.unwrap_err().code(), Code::NetworkUnreachable);
    let hangs_up = Server::answering(|_, _| json(VERBOSE).cut(5)).await;
    assert_eq!(hear(options(&hangs_up)).await.unwrap_err().code(), Code::NetworkUnreachable);
    let once = Server::answering(|nth, _| if nth == 0 { json(VERBOSE).cut(5) } else { json(VERBOSE) }).await;
    assert_eq!(hear(options(&once)).await.unwrap().words.len(), 3);
    let gone = options(&once);
    drop(once);
    assert_eq!(hear(gone).await.unwrap_err().code(), Code::NetworkUnreachable);
}

#[tokio::test]
async fn the_key_and_the_sound_follow_no_redirect() {
    let other = Server::answering(|_, _| json(VERBOSE)).await;
    for status in [301, 302, 307, 308] {
        let to = other.address("/v1/audio/transcriptions");
        let server = Server::answering(move |_, _| Answer::status(status).head("location", to.clone())).await;
        assert_eq!(hear(options(&server)).await.unwrap_err().code(), Code::ServerRefused);
    }
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn sound_goes_nowhere_without_tls_but_to_this_same_computer() {
    for endpoint in
        ["http://transcribe.example/v1", "transcribe.example", "", "https://me:word@transcribe.example"]
    {
        let refused = hear(RemoteOptions::to(endpoint, "whisper-1", None)).await.unwrap_err();
        assert_eq!(refused.code(), Code::AddressInvalid, "{endpoint}");
    }
}

#[tokio::test]
async fn neither_the_key_nor_a_word_is_in_an_error() {
    let spoken = "the spoken words of somebody";
    for body in [format!("{{\"text\":\"{spoken}"), format!("{{\"text\":\"x\",\"words\":\"{spoken}\"}}")] {
        let server = Server::answering(move |_, _| json(&body)).await;
        let wanted = options(&server);
        assert!(!format!("{wanted:?}").contains(KEY));
        let error = hear(wanted).await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(!told.contains("spoken") && !told.contains(KEY), "{told}");
    }
}

#[tokio::test]
async fn an_answer_nobody_waits_for_any_longer_is_let_go() {
    let server =
        Server::answering(|nth, _| if nth == 0 { json(VERBOSE).stall(0) } else { json(VERBOSE) }).await;
    let mut remote = Remote::new(options(&server)).unwrap();
    let pcm = tone();
    let window = Window { pcm: &pcm, language: None };
    let given_up = tokio::time::timeout(Duration::from_millis(200), remote.hear(window)).await;
    assert!(given_up.is_err());
    assert_eq!(remote.hear(window).await.unwrap().words.len(), 3, "and the engine goes on");
}

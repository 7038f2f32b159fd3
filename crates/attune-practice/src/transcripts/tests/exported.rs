//! What leaves as a file: everything that stands there, and everything that is amiss with it.

use serde_json::Value;

use super::*;

/// A practice transcript of a couple, with a hole, a doubtful word and one that would break a subtitle.
fn open() -> OpenTranscript {
    let word = |t0_ms, text: &str, p| TranscriptWord {
        t0_ms,
        t1_ms: t0_ms + 400,
        text: Private::new(text.into()),
        p,
        typed: false,
    };
    let segment = |id, speaker, t0_ms, words: Vec<TranscriptWord>| TranscriptSegment {
        id,
        speaker,
        t0_ms,
        t1_ms: t0_ms + 1_400,
        confidence: 0.5,
        words,
        corrected: false,
        speaker_by_person: false,
    };
    let named = |name: &str| TranscriptSpeaker {
        name: Some(Private::new(name.into())),
        ..voice(SpeakerRole::Client, KnownBy::Person)
    };
    let other = || voice(SpeakerRole::Other, KnownBy::Guess);
    let id = |place| uuid::Uuid::from_u128(place);
    let transcript = Transcript {
        id: id(1).into(),
        recording: id(2).into(),
        session: id(3).into(),
        patient: id(4).into(),
        state: TranscriptState::Kept,
        current: true,
        degraded: vec![Degraded::PracticeModel, Degraded::MissingParts, Degraded::SpeakersGuessed],
        made_at: DateTime::UNIX_EPOCH,
        language: Some("en".into()),
        engine: "transcribe-cpp 0.4.1".into(),
        model: "practice".into(),
        practice: true,
        remote: false,
        length_ms: 4_000_000,
        speech_ms: 20_000,
        covered_ms: 3_000,
        holes: vec![Hole { t0_ms: 723_400, t1_ms: 740_000, why: HoleWhy::Engine }],
        speakers: vec![voice(SpeakerRole::Clinician, KnownBy::Guess), named("A & B"), other(), other()],
        corrections: 0,
        deleted_at: None,
        deleted_by: None,
    };
    let segments = vec![
        segment(1, 0, 600, vec![word(600, "good", 0.9), word(1_100, "mourning", 0.25)]),
        segment(2, 1, 720_000, vec![word(720_000, "a<b", 0.9), word(720_500, "-->", 1.0)]),
        segment(3, 2, 741_000, Vec::new()),
        segment(4, 3, 3_723_004, vec![word(3_723_004, "yes", 0.9)]),
    ];
    OpenTranscript { transcript, segments }
}

#[test]
fn the_text_says_practice_first_and_marks_what_is_missing_and_what_is_doubtful() {
    let text = export::txt(&open());
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("PRACTICE"));
    assert!(
        lines[1].contains("not written down") && lines[2].contains("guessed") && lines[3].contains("(?)")
    );
    let expected = [
        "",
        "00:00  Clinician: good mourning(?)",
        "12:00  A & B: a<b -->",
        "[not written down 12:03–12:20]",
        "1:02:03  Speaker 2: yes",
    ];
    assert_eq!(lines[4..], expected);
}

#[test]
fn a_text_with_which_nothing_is_amiss_begins_with_what_was_said() {
    let mut open = open();
    open.transcript.degraded.clear();
    open.transcript.practice = false;
    open.segments.remove(0);
    assert!(export::txt(&open).starts_with("12:00  A & B: "));
}

#[test]
fn subtitles_have_hours_voices_and_nothing_that_ends_a_cue() {
    let text = export::vtt(&open());
    assert!(text.starts_with("WEBVTT\n\nNOTE\nPRACTICE"));
    assert!(text.contains("\n\n00:00:00.000 --> 00:00:08.000\nPRACTICE"), "a player shows it: {text}");
    for cue in [
        "00:00:00.600 --> 00:00:02.000\n<v Clinician>good <c.unsure>mourning</c></v>\n",
        "00:12:00.000 --> 00:12:01.400\n<v A &amp; B>a&lt;b --&gt;</v>\n",
        "00:12:03.400 --> 00:12:20.000\n[not written down]\n",
        "01:02:03.004 --> 01:02:04.404\n<v Speaker 2>yes</v>\n",
    ] {
        assert!(text.contains(&format!("\n\n{cue}")), "{cue} in {text}");
    }
    assert_eq!(text.matches("-->").count(), 5);
}

#[test]
fn json_has_the_shape_that_programs_read() {
    let text = export::json(&open());
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["language"], "en");
    assert_eq!((&value["engine"], &value["model"]), (&"transcribe-cpp 0.4.1".into(), &"practice".into()));
    assert_eq!(value["practice"], true);
    assert_eq!(value["holes"][0]["t0"], 723.4);
    let first = &value["segments"][0];
    assert_eq!((&first["speaker"], &first["text"]), (&"Clinician".into(), &"good mourning".into()));
    assert_eq!((&first["t0"], &first["t1"], &first["confidence"]), (&0.6.into(), &2.0.into(), &0.5.into()));
    let word = serde_json::json!({ "t0": 1.1, "t1": 1.5, "text": "mourning", "p": 0.25 });
    assert_eq!(first["words"][1], word);
    let mut whole = open();
    whole.transcript.practice = false;
    whole.transcript.holes.clear();
    let value: Value = serde_json::from_str(&export::json(&whole)).unwrap();
    assert!(value.get("practice").is_none() && value.get("holes").is_none());
}

#[test]
fn what_the_screens_get_is_named_as_they_read_it() {
    let value = serde_json::to_value(open()).unwrap();
    let has = |value: &Value, names: &[&str]| {
        let mut found: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        found.sort_unstable();
        let mut names = names.to_vec();
        names.sort_unstable();
        assert_eq!(found, names);
    };
    has(&value, &["transcript", "segments"]);
    has(
        &value["transcript"],
        &[
            "id",
            "recording",
            "session",
            "patient",
            "state",
            "current",
            "degraded",
            "madeAt",
            "language",
            "engine",
            "model",
            "practice",
            "remote",
            "lengthMs",
            "speechMs",
            "coveredMs",
            "holes",
            "speakers",
            "corrections",
            "deletedAt",
            "deletedBy",
        ],
    );
    has(&value["transcript"]["holes"][0], &["t0Ms", "t1Ms", "why"]);
    has(&value["transcript"]["speakers"][0], &["role", "knownBy", "confidence", "name"]);
    has(
        &value["segments"][0],
        &["id", "speaker", "t0Ms", "t1Ms", "confidence", "words", "corrected", "speakerByPerson"],
    );
    has(&value["segments"][0]["words"][0], &["t0Ms", "t1Ms", "text", "p", "typed"]);
}

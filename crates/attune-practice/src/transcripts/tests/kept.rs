//! A transcript as a whole: made, current or former, opened, deleted, and what its file holds.

use attune_store::StreamKind;
use proptest::prelude::*;

use super::*;
use crate::patients;

#[tokio::test]
async fn a_transcript_is_kept_with_its_pages_and_lies_with_the_care_team() {
    let (store, transcript) = with_a_transcript().await;
    assert_eq!((transcript.current, transcript.state), (true, TranscriptState::Kept));
    assert_eq!((transcript.made_at, transcript.length_ms), (store.now(), 60_000));
    assert!(transcript.degraded.is_empty(), "everything is written down, by whom is known");
    let (clinical, lies_in, pages, again) = store
        .read(async |tx| {
            let clinical = tx.stream(StreamKind::Clinical, Some(transcript.patient)).await?;
            let lies_in = tx.stream_of(transcript.id).await?;
            Ok((clinical, lies_in, pages(tx, transcript.id).await?, read(tx, transcript.id).await?))
        })
        .await
        .unwrap();
    assert_eq!((clinical, pages, again), (lies_in, conversation(), transcript));
    assert!(store.verify().await.unwrap().sound());
}

#[tokio::test]
async fn no_word_of_it_travels_or_prints() {
    let (store, transcript) = with_a_transcript().await;
    let opened = opened(&store, transcript.id).await;
    assert!(shown(&opened)[1].2.contains("sister"));
    for record in outbox(&store).await {
        assert!(!record.body.contains("sister") && !record.body.contains("week"), "{}", record.kind);
    }
    assert!(!format!("{opened:?} {:?}", conversation()).contains("sister"));
}

#[tokio::test]
async fn another_model_keeps_the_former_transcript_and_the_newest_kept_one_is_current() {
    let (store, first) = with_a_transcript().await;
    store.clock().advance(TimeDelta::minutes(1));
    let better = NewTranscript { model: "parakeet".into(), ..new(first.recording) };
    let second = keep_pages(&store, &better, &conversation()).await.unwrap();
    let all = async || store.read(async |tx| of_session(tx, first.session).await).await.unwrap();
    let current = async || all().await.into_iter().map(|one| (one.id, one.current)).collect::<Vec<_>>();
    assert_eq!(current().await, [(second.id, true), (first.id, false)]);
    assert_eq!(shown(&opened(&store, first.id).await).len(), 3, "the former one still reads");
    write(&store, async |tx| delete(tx, second.id).await).await.unwrap();
    assert_eq!(current().await, [(second.id, false), (first.id, true)]);
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_make_the_new_one_a_former_one() {
    let (store, first) = with_a_transcript().await;
    store.clock().advance(TimeDelta::days(-1));
    let second = keep_pages(&store, &new(first.recording), &conversation()).await.unwrap();
    assert!(second.current && second.made_at > first.made_at);
}

#[tokio::test]
async fn a_transcript_says_itself_where_it_is_less_than_it_could_be_the_gravest_first() {
    let (store, first) = with_a_transcript().await;
    let hole = Hole { t0_ms: 20_000, t1_ms: 24_000, why: HoleWhy::Engine };
    let worse = NewTranscript {
        practice: true,
        holes: vec![hole],
        speakers: vec![voice(SpeakerRole::Clinician, KnownBy::Guess)],
        ..new(first.recording)
    };
    let speech =
        vec![Span { t0: 1_000, t1: 3_000 }, Span { t0: 20_000, t1: 24_000 }, Span { t0: 40_000, t1: 44_000 }];
    let pages = Pages::new(vec![said(0, 1_000, "how was your week")], speech);
    let transcript = keep_pages(&store, &worse, &pages).await.unwrap();
    let expected = [Degraded::PracticeModel, Degraded::MissingParts, Degraded::SpeakersGuessed];
    assert_eq!(transcript.degraded, expected);
    let untold = Hole { t0_ms: 40_000, t1_ms: 44_000, why: HoleWhy::Silent };
    assert_eq!(transcript.holes, [hole, untold], "what the engine kept to itself is found");
    assert_eq!((transcript.speech_ms, transcript.covered_ms), (10_000, 2_000));
}

#[tokio::test]
async fn silence_is_a_transcript_without_a_word_and_nothing_is_amiss_with_it() {
    let (store, first) = with_a_transcript().await;
    let silent = NewTranscript { speakers: Vec::new(), ..new(first.recording) };
    let transcript = keep_pages(&store, &silent, &Pages::new(Vec::new(), Vec::new())).await.unwrap();
    assert_eq!((transcript.degraded, transcript.speech_ms), (vec![], 0));
    assert!(opened(&store, transcript.id).await.segments.is_empty());
}

#[tokio::test]
async fn opening_one_is_in_the_audit_and_looking_again_is_not() {
    let (store, transcript) = with_a_transcript().await;
    let lines = store.verify().await.unwrap().lines;
    let first = write(&store, async |tx| open(tx, transcript.id).await).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines + 1);
    assert_eq!(opened(&store, transcript.id).await, first);
    write(&store, async |tx| exported(tx, transcript.id).await).await.unwrap();
    let history = store.read(async |tx| tx.history(transcript.id).await).await.unwrap();
    let actions: Vec<_> = history.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["keep", "view", "export"]);
}

#[tokio::test]
async fn a_transcript_outlives_its_sound_and_none_is_made_after_it() {
    let (store, transcript) = with_a_transcript().await;
    write(&store, async |tx| recordings::delete_audio(tx, transcript.recording).await).await.unwrap();
    assert_eq!(opened(&store, transcript.id).await.transcript, transcript);
    let late = keep_pages(&store, &new(transcript.recording), &conversation()).await;
    assert_eq!(code(late), Code::AudioDeleted);
    let unheard_of = keep_pages(&store, &new(RecordingId::new(store.now())), &conversation()).await;
    assert_eq!(code(unheard_of), Code::Gone);
}

#[tokio::test]
async fn deleting_takes_every_word_and_leaves_who_and_when() {
    let (store, transcript) = with_a_transcript().await;
    write(&store, async |tx| {
        correct(tx, transcript.id, 2, "I felt sad about Ruth").await?;
        say(tx, transcript.id, &[1], 1).await?;
        name(tx, transcript.id, 1, SpeakerRole::Client, Some("Mother")).await
    })
    .await
    .unwrap();
    let before = store.read(async |tx| recordings::read(tx, transcript.recording).await).await.unwrap();
    let files = || std::fs::read_dir(store.path().join("files")).unwrap().count();
    let there = files();

    let deleted = write(&store, async |tx| delete(tx, transcript.id).await).await.unwrap();
    assert_eq!((deleted.state, deleted.current, deleted.corrections), (TranscriptState::Deleted, false, 0));
    assert_eq!((deleted.deleted_at, deleted.deleted_by), (Some(store.now()), Some(store.author().member)));
    assert_eq!(files(), there - 1);
    for record in outbox(&store).await {
        assert!(!record.body.contains("Ruth") && !record.body.contains("Mother"), "{}", record.kind);
    }
    assert_eq!(sent(&store, TRANSCRIPT_CORRECTION).await.len(), 2, "that something was put right stays said");
    let after = store.read(async |tx| recordings::read(tx, transcript.recording).await).await.unwrap();
    assert_eq!(before, after, "the sound is another matter");

    let lines = store.verify().await.unwrap().lines;
    assert_eq!(write(&store, async |tx| delete(tx, transcript.id).await).await.unwrap(), deleted);
    assert_eq!(store.verify().await.unwrap().lines, lines, "deleting it again leaves no trace");
    let id = transcript.id;
    assert_eq!(code(write(&store, async |tx| open(tx, id).await).await), Code::TranscriptDeleted);
    assert_eq!(code(write(&store, async |tx| correct(tx, id, 1, "x").await).await), Code::TranscriptDeleted);
    assert_eq!(code(write(&store, async |tx| swap(tx, id, 0, 1).await).await), Code::TranscriptDeleted);
    assert_eq!(code(write(&store, async |tx| exported(tx, id).await).await), Code::TranscriptDeleted);
    assert_eq!(code(store.read(async |tx| history(tx, id, 2).await).await), Code::TranscriptDeleted);
    assert!(store.verify().await.unwrap().sound());
}

#[tokio::test]
async fn an_archived_chart_s_transcript_is_read_put_right_and_deleted_like_any_other() {
    let (store, transcript) = with_a_transcript().await;
    write(&store, async |tx| patients::archive(tx, transcript.patient).await).await.unwrap();
    assert_eq!(opened(&store, transcript.id).await.segments.len(), 3);
    let right = write(&store, async |tx| correct(tx, transcript.id, 2, "I felt sad").await).await.unwrap();
    assert!(right.segments[1].corrected);
    // What was under way when the chart was put away still comes to its end.
    keep_pages(&store, &new(transcript.recording), &conversation()).await.unwrap();
    write(&store, async |tx| delete(tx, transcript.id).await).await.unwrap();
}

#[tokio::test]
async fn a_label_without_a_speaker_gets_somebody_of_whom_nothing_is_known() {
    let (store, first) = with_a_transcript().await;
    let nobody = NewTranscript { speakers: two_voices()[..1].to_vec(), ..new(first.recording) };
    let transcript = keep_pages(&store, &nobody, &conversation()).await.unwrap();
    assert_eq!(transcript.speakers[1], voice(SpeakerRole::Other, KnownBy::Guess).with_confidence(0.0));
    assert_eq!(transcript.degraded, [Degraded::SpeakersGuessed]);
}

impl TranscriptSpeaker {
    fn with_confidence(self, confidence: f32) -> Self {
        Self { confidence, ..self }
    }
}

#[test]
fn whatever_an_engine_gives_is_made_fit_to_be_kept() {
    let odd = |t0, t1, text: &str, p| Word { t0, t1, text: Private::new(text.into()), p };
    let words =
        vec![odd(900, 800, " late\u{202e} ", f32::NAN), odd(500, 600, "first", 1.5), odd(700, 750, " ", 0.5)];
    let odd_one = Said { speaker: 0, t0: 600, t1: 0, confidence: f32::INFINITY, words };
    let empty = Said { speaker: 1, t0: 0, t1: 9, confidence: 1.0, words: Vec::new() };
    let pages = Pages::new(vec![empty, odd_one], vec![Span { t0: 9, t1: 9 }]);
    let [segment] = pages.segments() else { panic!("a segment without a word is none") };
    assert_eq!((segment.id, segment.t0, segment.t1, segment.confidence), (1, 500, 900, 0.0));
    let words: Vec<_> =
        segment.words.iter().map(|word| (word.text.reveal().as_str(), word.t1, word.p)).collect();
    assert_eq!(words, [("first", 600, 1.0), ("late", 900, 0.0)]);
    assert!(pages.speech().is_empty());
}

/// Version 1 as it was first released. This text never changes.
const PAGES_V1: &str = r#"{"v":1,"next":3,"segments":[{"id":2,"speaker":1,"t0":4000,"t1":4900,"confidence":0.75,"words":[{"t0":4000,"t1":4400,"text":"not","p":0.5},{"t0":4500,"t1":4900,"text":"well","p":0.25}]}],"speech":[{"t0":3900,"t1":5000}]}"#;

#[test]
fn pages_of_version_1_read_forever_and_are_still_what_we_write() {
    let pages = Pages::parse(PAGES_V1.as_bytes()).unwrap();
    assert_eq!(pages.segment(2).unwrap().text().reveal(), "not well");
    assert_eq!(serde_json::to_string(&pages).unwrap(), PAGES_V1);
    let newer_field = PAGES_V1.replacen('{', r#"{"tune":"a minor","#, 1);
    let kept = Pages::parse(newer_field.as_bytes()).unwrap();
    assert!(serde_json::to_string(&kept).unwrap().contains(r#""tune":"a minor""#));
}

#[test]
fn newer_pages_are_left_alone_and_damaged_ones_are_not_quoted() {
    for newer in [PAGES_V1.replace(r#""v":1"#, r#""v":2"#), r#"{"v":7,"chapters":["secret"]}"#.into()] {
        assert_eq!(code(Pages::parse(newer.as_bytes())), Code::StoreNewer);
    }
    for broken in ["", "secret", r#"{"v":1,"next":"secret"}"#, r#"{"v":1}"#, &PAGES_V1[..200]] {
        let error = Pages::parse(broken.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_file_brings_the_reader_down(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Pages::parse(&bytes).is_err());
    }
}

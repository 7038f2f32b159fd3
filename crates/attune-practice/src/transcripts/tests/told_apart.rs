//! Who said what: by a person, by the machine anew, and in a part that was written down again.

use super::*;

async fn swapped(store: &StoreInFolder, id: TranscriptId, a: u8, b: u8) -> Result<OpenTranscript> {
    write(store, async |tx| swap(tx, id, a, b).await).await
}

async fn anew(
    store: &StoreInFolder,
    id: TranscriptId,
    voices: &[TranscriptSpeaker],
    said: Vec<Said>,
) -> OpenTranscript {
    write(store, async |tx| tell_apart(tx, id, voices, said).await).await.unwrap()
}

fn guess(role: SpeakerRole) -> TranscriptSpeaker {
    voice(role, KnownBy::Guess)
}

#[tokio::test]
async fn two_speakers_change_places_and_change_back() {
    let (store, transcript) = with_a_transcript().await;
    let open = swapped(&store, transcript.id, 0, 1).await.unwrap();
    let roles =
        |open: &OpenTranscript| open.transcript.speakers.iter().map(|one| one.role).collect::<Vec<_>>();
    assert_eq!(roles(&open), [SpeakerRole::Client, SpeakerRole::Clinician]);
    assert!(open.transcript.speakers.iter().all(|one| one.known_by == KnownBy::Person));
    assert_eq!(shown(&open), shown(&opened(&store, transcript.id).await), "the labels stay what they were");
    let back = swapped(&store, transcript.id, 1, 0).await.unwrap();
    assert_eq!(roles(&back), [SpeakerRole::Clinician, SpeakerRole::Client]);
    let lines = store.verify().await.unwrap().lines;
    swapped(&store, transcript.id, 1, 1).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines);
    assert_eq!(code(swapped(&store, transcript.id, 0, 2).await), Code::Gone);
}

#[tokio::test]
async fn a_voice_gets_a_name_that_does_not_print_and_loses_it_again() {
    let (store, transcript) = with_a_transcript().await;
    let call = async |speaker, called: Option<&str>| {
        write(&store, async |tx| name(tx, transcript.id, speaker, SpeakerRole::Other, called).await).await
    };
    let open = call(1, Some(" Mother ")).await.unwrap();
    let mother = &open.transcript.speakers[1];
    assert_eq!((mother.role, mother.known_by), (SpeakerRole::Other, KnownBy::Person));
    assert_eq!(mother.name.as_ref().unwrap().reveal(), "Mother");
    assert!(!format!("{open:?}").contains("Mother"));
    assert_eq!(call(1, Some("  ")).await.unwrap().transcript.speakers[1].name, None);
    assert_eq!(code(call(2, None).await), Code::Gone);
    assert_eq!(code(call(1, Some(&"x".repeat(61))).await), Code::NameTooLong);
}

#[tokio::test]
async fn segments_are_said_to_be_somebody_s_and_saying_it_twice_leaves_no_trace() {
    let (store, transcript) = with_a_transcript().await;
    let say = async |segments: &[u32], speaker| {
        write(&store, async |tx| super::say(tx, transcript.id, segments, speaker).await).await
    };
    let open = say(&[1, 3, 3], 1).await.unwrap();
    assert_eq!(open.segments.iter().map(|one| one.speaker).collect::<Vec<_>>(), [1, 1, 1]);
    assert!(open.segments[0].speaker_by_person && !open.segments[1].speaker_by_person);
    assert_eq!((open.segments[0].confidence, open.segments[1].confidence), (1.0, 0.8));
    assert_eq!((say(&[1, 3], 1).await.unwrap(), sent(&store, TRANSCRIPT_CORRECTION).await.len()), (open, 2));
    assert_eq!(code(say(&[1, 9], 0).await), Code::Gone);
    assert_eq!(code(say(&[1], 2).await), Code::Gone);
}

#[tokio::test]
async fn voices_told_apart_anew_get_other_labels_and_the_same_words() {
    let (store, transcript) = with_a_transcript().await;
    // The second turn was two people's; the labels come in another order than they had.
    let voices = [guess(SpeakerRole::Client), guess(SpeakerRole::Clinician), guess(SpeakerRole::Other)];
    let cut = vec![
        said(1, 1_000, "how was your week"),
        said(0, 4_000, "i felt sat"),
        Said { speaker: 2, ..said(2, 5_500, "about my sister") },
        said(1, 9_000, "tell me more"),
    ];
    let open = anew(&store, transcript.id, &voices, cut).await;
    let expected = [
        (1, 0, "how was your week".to_owned()),
        (4, 1, "i felt sat".to_owned()),
        (5, 2, "about my sister".to_owned()),
        (3, 0, "tell me more".to_owned()),
    ];
    assert_eq!(shown(&open), expected, "who was the first speaker still is, and new cuts get new numbers");
    let roles: Vec<_> = open.transcript.speakers.iter().map(|one| one.role).collect();
    assert_eq!(roles, [SpeakerRole::Clinician, SpeakerRole::Client, SpeakerRole::Other]);
    assert_eq!(open.transcript.degraded, [Degraded::SpeakersGuessed]);
    assert!(store.verify().await.unwrap().sound());
    let files = store.read(async |tx| tx.files_of(transcript.id).await).await.unwrap();
    assert_eq!(files.len(), 1, "the pages before are forgotten");
}

#[tokio::test]
async fn what_a_person_said_outlives_every_telling_apart() {
    let (store, transcript) = with_a_transcript().await;
    let id = transcript.id;
    write(&store, async |tx| {
        correct(tx, id, 2, "i felt sad about my sister").await?;
        say(tx, id, &[3], 1).await?;
        name(tx, id, 1, SpeakerRole::Clinician, Some("Ingrid")).await
    })
    .await
    .unwrap();
    let voices = [guess(SpeakerRole::Clinician), guess(SpeakerRole::Client)];
    let cut = vec![
        said(0, 1_000, "how was"),
        said(1, 2_000, "your week"),
        said(1, 4_000, "i felt"),
        said(0, 5_000, "sat about my sister"),
        said(0, 9_000, "tell me more"),
    ];
    let open = anew(&store, id, &voices, cut).await;
    let texts: Vec<_> = shown(&open).into_iter().map(|(id, _, text)| (id, text)).collect();
    let expected = [
        (4, "how was".to_owned()),
        (5, "your week".to_owned()),
        (2, "i felt sad about my sister".to_owned()),
        (3, "tell me more".to_owned()),
    ];
    assert_eq!(texts, expected, "what was put right is not cut");
    let third = open.segments.last().unwrap();
    assert!(third.speaker_by_person && third.speaker == 1);
    let ingrid = &open.transcript.speakers[1];
    assert_eq!((ingrid.role, ingrid.known_by), (SpeakerRole::Clinician, KnownBy::Person));
    assert_eq!(ingrid.name.as_ref().unwrap().reveal(), "Ingrid");
    assert_eq!(open.transcript.speakers[0].role, SpeakerRole::Client, "there is one clinician");
    let undone = write(&store, async |tx| uncorrect(tx, id, 2).await).await.unwrap();
    assert_eq!(shown(&undone)[2].2, "i felt sat about my sister", "undoing still finds the way back");
}

#[tokio::test]
async fn labels_that_know_nothing_of_a_word_or_invent_one_change_no_word() {
    let (store, transcript) = with_a_transcript().await;
    let before = shown(&opened(&store, transcript.id).await);
    let cut = vec![said(7, 30_000, "invented words"), said(1, 9_000, "tell me")];
    let open = anew(&store, transcript.id, &two_voices(), cut).await;
    let words = |shown: &[(u32, u8, String)]| {
        shown.iter().map(|(_, _, text)| text.clone()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(words(&shown(&open)), words(&before));
    let none = anew(&store, transcript.id, &[], Vec::new()).await;
    assert_eq!(words(&shown(&none)), words(&before));
    assert_eq!(none.transcript.speakers.len(), 2, "every label has somebody");
}

#[tokio::test]
async fn a_part_written_again_takes_the_place_of_what_it_meets_under_new_numbers() {
    let (store, first) = with_a_transcript().await;
    let hole = Hole { t0_ms: 20_000, t1_ms: 26_000, why: HoleWhy::Engine };
    let holed = NewTranscript { holes: vec![hole], ..new(first.recording) };
    let speech = vec![Span { t0: 900, t1: 10_500 }, Span { t0: 20_000, t1: 26_000 }];
    let pages = Pages::new(
        conversation().segments().iter().map(|segment| segment.with(segment.words.clone())).collect(),
        speech,
    );
    let transcript = keep_pages(&store, &holed, &pages).await.unwrap();
    assert_eq!(transcript.degraded, [Degraded::MissingParts]);

    let filled = Again {
        span: pages.around(20_000, 26_000),
        said: vec![said(1, 20_200, "she never called me back after that at all")],
        holes: Vec::new(),
        practice: false,
        remote: true,
    };
    let after = write(&store, async |tx| refill(tx, transcript.id, filled).await).await.unwrap();
    assert_eq!((after.holes.len(), after.covered_ms), (0, after.speech_ms));
    assert!(after.degraded.is_empty() && after.remote, "some of its sound left the computer");
    let numbers: Vec<_> =
        shown(&opened(&store, transcript.id).await).into_iter().map(|(id, ..)| id).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_part_that_is_narrower_than_its_segments_loses_nothing_around_it() {
    let (store, transcript) = with_a_transcript().await;
    let id = transcript.id;
    write(&store, async |tx| {
        correct(tx, id, 2, "i felt sad about my sister").await?;
        say(tx, id, &[3], 1).await
    })
    .await
    .unwrap();
    let pages = store.read(async |tx| pages(tx, id).await).await.unwrap();
    assert_eq!(pages.around(5_000, 5_400), Span { t0: 4_000, t1: 6_900 }, "what to listen to again");
    let again = Again {
        span: Span { t0: 5_000, t1: 5_450 },
        said: vec![said(1, 5_000, "sad")],
        holes: Vec::new(),
        practice: true,
        remote: false,
    };
    let after = write(&store, async |tx| refill(tx, id, again).await).await.unwrap();
    let open = opened(&store, id).await;
    let told: Vec<_> = shown(&open).into_iter().map(|(id, _, text)| (id, text)).collect();
    let expected = [
        (1, "how was your week".to_owned()),
        (4, "i felt".to_owned()),
        (6, "sad".to_owned()),
        (5, "about my sister".to_owned()),
        (3, "tell me more".to_owned()),
    ];
    assert_eq!(told, expected);
    assert_eq!(after.degraded, [Degraded::PracticeModel], "a part of it is practice, so all of it is");
    assert_eq!(after.corrections, 1, "what was put right in words that are gone holds no more");
    let lines = store.read(async |tx| history(tx, id, 2).await).await.unwrap();
    assert_eq!(lines.len(), 2, "and stays in the history");
    assert_eq!(code(write(&store, async |tx| correct(tx, id, 2, "x").await).await), Code::Gone);
}

#[tokio::test]
async fn a_hole_that_is_not_filled_stays_with_its_reason() {
    let (store, first) = with_a_transcript().await;
    let hole = Hole { t0_ms: 20_000, t1_ms: 26_000, why: HoleWhy::Engine };
    let holed = NewTranscript { holes: vec![hole], ..new(first.recording) };
    let transcript = keep_pages(&store, &holed, &conversation()).await.unwrap();
    let again = async |holes: Vec<Hole>| {
        let again = Again { span: hole.span(), said: Vec::new(), holes, practice: false, remote: false };
        write(&store, async |tx| refill(tx, transcript.id, again).await).await.unwrap().holes
    };
    let cut = Hole { why: HoleWhy::CutShort, t0_ms: 22_000, ..hole };
    assert_eq!(again(vec![cut]).await, [cut]);
    assert!(again(Vec::new()).await.is_empty(), "nobody speaks there after all");
}

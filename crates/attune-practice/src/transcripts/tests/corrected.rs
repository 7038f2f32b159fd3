//! Corrections: beside what the machine wrote, each with its history, each to be taken back.

use std::collections::BTreeMap;

use proptest::{prelude::*, test_runner::TestCaseError};

use super::*;
use crate::tests::arrive;

async fn put_right(store: &StoreInFolder, id: TranscriptId, segment: u32, text: &str) -> OpenTranscript {
    write(store, async |tx| correct(tx, id, segment, text).await).await.unwrap()
}

async fn take_back(store: &StoreInFolder, id: TranscriptId, segment: u32) -> OpenTranscript {
    write(store, async |tx| uncorrect(tx, id, segment).await).await.unwrap()
}

fn text(open: &OpenTranscript, segment: u32) -> String {
    shown(open).into_iter().find(|(id, ..)| *id == segment).unwrap().2
}

#[tokio::test]
async fn a_word_put_right_keeps_its_neighbours_in_place_and_the_machine_s_word_in_the_pages() {
    let (store, transcript) = with_a_transcript().await;
    let open = put_right(&store, transcript.id, 2, " I felt sad about my\nsister. ").await;
    let segment = &open.segments[1];
    let words: Vec<_> =
        segment.words.iter().map(|word| (word.text.reveal().as_str(), word.t0_ms, word.typed)).collect();
    let expected = [
        ("I", 4_000, false),
        ("felt", 4_500, false),
        ("sad", 4_900, true),
        ("about", 5_500, false),
        ("my", 6_000, false),
        ("sister.", 6_500, false),
    ];
    assert_eq!(words, expected);
    assert!(segment.corrected && !segment.speaker_by_person && open.transcript.corrections == 1);
    let pages = store.read(async |tx| pages(tx, transcript.id).await).await.unwrap();
    assert_eq!(pages, conversation());
}

#[tokio::test]
async fn every_correction_is_in_the_history_and_is_undone_step_by_step() {
    let (store, transcript) = with_a_transcript().await;
    let id = transcript.id;
    put_right(&store, id, 2, "i felt sad").await;
    put_right(&store, id, 2, "i felt so sad").await;
    write(&store, async |tx| say(tx, id, &[2], 0).await).await.unwrap();
    let open = take_back(&store, id, 2).await;
    assert_eq!((text(&open, 2).as_str(), open.segments[1].speaker), ("i felt so sad", 1));
    assert_eq!(text(&take_back(&store, id, 2).await, 2), "i felt sad");
    let open = take_back(&store, id, 2).await;
    assert_eq!(text(&open, 2), "i felt sat about my sister");
    assert!(!open.segments[1].corrected && open.transcript.corrections == 0);

    let lines = store.read(async |tx| history(tx, id, 2).await).await.unwrap();
    let told: Vec<_> = lines
        .iter()
        .map(|line| (line.text.as_ref().map(|text| text.reveal().as_str()), line.speaker))
        .collect();
    let expected = [
        (None, None),
        (Some("i felt sad"), None),
        (None, None),
        (None, Some(0)),
        (Some("i felt so sad"), None),
        (Some("i felt sad"), None),
    ];
    assert_eq!(told, expected);
    assert!(lines.iter().all(|line| line.by.reveal() == "Ingrid Lindqvist"));
    assert!(lines.is_sorted_by(|newer, older| newer.at > older.at), "though the clock stands");

    let audit = store.verify().await.unwrap().lines;
    take_back(&store, id, 2).await;
    assert_eq!(store.verify().await.unwrap().lines, audit, "there is nothing more to take back");
}

#[tokio::test]
async fn typing_what_stands_there_leaves_no_trace_and_typing_nothing_says_nothing_was_said() {
    let (store, transcript) = with_a_transcript().await;
    let id = transcript.id;
    put_right(&store, id, 3, "  tell me\tmore ").await;
    assert!(sent(&store, TRANSCRIPT_CORRECTION).await.is_empty());
    let open = put_right(&store, id, 3, " ").await;
    assert!(open.segments[2].corrected && open.segments[2].words.is_empty());
    let open = put_right(&store, id, 3, "tell me more").await;
    assert!(!open.segments[2].corrected, "that is what the machine wrote");
    assert_eq!(text(&take_back(&store, id, 3).await, 3), "");
}

#[tokio::test]
async fn what_cannot_be_put_right_is_refused_with_a_reason() {
    let (store, transcript) = with_a_transcript().await;
    let try_to = async |segment: u32, text: &str| {
        code(write(&store, async |tx| correct(tx, transcript.id, segment, text).await).await)
    };
    assert_eq!(try_to(9, "x").await, Code::Gone);
    assert_eq!(try_to(1, &"x".repeat(5_001)).await, Code::TextTooLong);
    assert_eq!(try_to(1, "bell\u{7}").await, Code::TextUnprintable);
    assert_eq!(code(write(&store, async |tx| uncorrect(tx, transcript.id, 9).await).await), Code::Gone);
    assert!(sent(&store, TRANSCRIPT_CORRECTION).await.is_empty());
}

#[tokio::test]
async fn of_two_devices_the_newest_word_holds_and_of_two_equally_new_the_same_on_both() {
    let (store, transcript) = with_a_transcript().await;
    put_right(&store, transcript.id, 2, "from here").await;
    let here = sent(&store, TRANSCRIPT_CORRECTION).await.remove(0);
    let news = async |id: u128, at: &str, text: &str| {
        let written = store.now().to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        assert!(here.body.contains(&written) && here.body.contains("from here"));
        let body = here.body.replace(&written, at).replace("from here", text);
        let record = uuid::Uuid::from_u128(id).into();
        arrive(&store, store.author().member, &Queued { record, body, ..here.clone() }).await.unwrap();
        text_of(&opened(&store, transcript.id).await)
    };
    let now = store.now().to_rfc3339();
    assert_eq!(news(1, "2020-01-01T00:00:00Z", "older").await, "from here");
    assert_eq!(news(2, &now, "as new, of a smaller name").await, "from here");
    assert_eq!(news(u128::MAX, &now, "as new, of a greater name").await, "as new, of a greater name");
    let open = opened(&store, transcript.id).await;
    assert_eq!(open.transcript.corrections, 1, "one holds, whoever else spoke");
}

fn text_of(open: &OpenTranscript) -> String {
    text(open, 2)
}

/// What a person may do, again and again, to three segments.
#[derive(Debug, Clone)]
enum Act {
    Type(u32, String),
    Say(u32, u8),
    Undo(u32),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..4_u32, "[a-c]( [a-c]){0,2}").prop_map(|(segment, text)| Act::Type(segment, text)),
        (1..4_u32, 0..2_u8).prop_map(|(segment, speaker)| Act::Say(segment, speaker)),
        (1..4_u32).prop_map(Act::Undo),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_corrections_and_undoings_is_a_pile_and_no_word_of_the_machine_is_lost(
        acts in prop::collection::vec(act(), 1..16),
    ) {
        tokio::runtime::Runtime::new().expect("a runtime starts").block_on(async {
            let (store, transcript) = with_a_transcript().await;
            let machine = opened(&store, transcript.id).await;
            // Each segment's states, one on the other: its words, its speaker, and whether a person said so.
            let mut piles: BTreeMap<u32, Vec<(String, u8, bool)>> = shown(&machine)
                .into_iter()
                .map(|(id, speaker, text)| (id, vec![(text, speaker, false)]))
                .collect();
            let mut written = 0;
            for act in acts {
                let (Act::Type(segment, _) | Act::Say(segment, _) | Act::Undo(segment)) = act;
                let pile = piles.get_mut(&segment).unwrap();
                let (words, speaker, said) = pile.last().unwrap().clone();
                let open = match act {
                    Act::Type(_, typed) => {
                        if typed != words {
                            pile.push((typed.clone(), speaker, said));
                            written += 1;
                        }
                        put_right(&store, transcript.id, segment, &typed).await
                    }
                    Act::Say(_, by) => {
                        if !said || by != speaker {
                            pile.push((words, by, true));
                            written += 1;
                        }
                        write(&store, async |tx| say(tx, transcript.id, &[segment], by).await).await.unwrap()
                    }
                    Act::Undo(_) => {
                        if pile.len() > 1 {
                            pile.pop();
                            written += 1;
                        }
                        take_back(&store, transcript.id, segment).await
                    }
                };
                let stands = open.segments.iter().find(|one| one.id == segment).unwrap();
                let (words, speaker, said) = piles[&segment].last().unwrap();
                prop_assert_eq!((&text(&open, segment), &stands.speaker), (words, speaker));
                prop_assert_eq!(&stands.speaker_by_person, said);
            }
            prop_assert_eq!(sent(&store, TRANSCRIPT_CORRECTION).await.len(), written, "each is kept");
            let pages = store.read(async |tx| pages(tx, transcript.id).await).await.unwrap();
            prop_assert_eq!(with_corrections(&pages, &[]), machine.segments);
            Ok::<_, TestCaseError>(())
        })?;
    }
}

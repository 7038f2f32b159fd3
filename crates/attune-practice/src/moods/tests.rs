//! Moods: what can be logged, what can be said about it afterwards, and that it stands the same everywhere.

use attune_kernel::{Author, Coded};
use attune_store::{Queued, StreamKind, profiles::ProfileKind};
use attune_testkit::StoreInFolder;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::{
    Replayed,
    form::Unknown,
    moods::record::{MoodAmendmentV1, MoodV1, read, read_amendment},
    team,
    tests::{arrive, chart, founded, other_device, outbox, practice, write},
};

fn scored(patient: PatientId, score: i32) -> NewMood {
    NewMood { patient, score, words: None, felt_at: None }
}

async fn log(store: &StoreInFolder, new: &NewMood) -> Result<Mood> {
    write(store, async |tx| super::log(tx, new).await).await
}

async fn list(store: &StoreInFolder, patient: PatientId) -> Vec<Mood> {
    store.read(async |tx| super::list(tx, patient).await).await.unwrap()
}

async fn with_maya() -> (StoreInFolder, PatientId) {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await.id;
    (store, maya)
}

#[tokio::test]
async fn a_mood_is_logged_with_its_level_and_the_moment() {
    let (store, maya) = with_maya().await;
    let new = NewMood { words: Some(Private::new("  slept\u{a0}well\r\n".into())), ..scored(maya, 7) };
    let mood = log(&store, &new).await.unwrap();
    assert_eq!((mood.score.get(), mood.level, mood.author), (7, MoodLevel::Positive, store.author().member));
    assert_eq!(mood.words.as_ref().unwrap().reveal(), "slept\u{a0}well");
    assert_eq!((mood.felt_at, mood.logged_at, mood.by_patient), (store.now(), store.now(), false));
    assert_eq!(list(&store, maya).await, [mood]);
}

#[tokio::test]
async fn a_mood_lies_in_the_stream_that_the_patient_reads() {
    let (store, maya) = with_maya().await;
    let mood = log(&store, &scored(maya, 7)).await.unwrap();
    let (shared, lies_in) = store
        .read(async |tx| Ok((tx.stream(StreamKind::Shared, Some(maya)).await?, tx.stream_of(mood.id).await?)))
        .await
        .unwrap();
    assert_eq!(shared, lies_in);
}

#[tokio::test]
async fn a_patient_logs_in_their_own_application() {
    let store = founded(ProfileKind::Personal).await;
    let own = store.read(async |tx| team::own_chart(tx).await).await.unwrap().unwrap();
    assert!(log(&store, &scored(own, 4)).await.unwrap().by_patient);
}

#[test]
fn ten_scores_fall_into_five_levels() {
    use MoodLevel::{Low, Neutral, Positive, VeryLow, VeryPositive};
    let levels: Vec<_> = (1..=10).map(|score| Score::check(score).unwrap().level()).collect();
    assert_eq!(
        levels,
        [VeryLow, VeryLow, Low, Low, Neutral, Neutral, Positive, Positive, VeryPositive, VeryPositive]
    );
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_and_nothing_is_written() {
    let (store, maya) = with_maya().await;
    let lines = store.verify().await.unwrap().lines;
    let (now, words) = (store.now(), |text: &str| Some(Private::new(text.to_owned())));
    for (new, code) in [
        (scored(maya, 0), Code::ScoreOutOfRange),
        (scored(maya, 11), Code::ScoreOutOfRange),
        (scored(maya, i32::MIN), Code::ScoreOutOfRange),
        (NewMood { words: words(&"é".repeat(501)), ..scored(maya, 5) }, Code::WordsTooLong),
        (NewMood { words: words("a\0b"), ..scored(maya, 5) }, Code::TextUnprintable),
        (NewMood { felt_at: Some(now + TimeDelta::seconds(61)), ..scored(maya, 5) }, Code::FeltInFuture),
        (NewMood { felt_at: Some(DateTime::<Utc>::MAX_UTC), ..scored(maya, 5) }, Code::FeltInFuture),
        (NewMood { felt_at: Some(now - TimeDelta::days(3_654)), ..scored(maya, 5) }, Code::FeltTooLongAgo),
        (NewMood { felt_at: Some(DateTime::<Utc>::MIN_UTC), ..scored(maya, 5) }, Code::FeltTooLongAgo),
        (scored(PatientId::new(now), 5), Code::Gone),
    ] {
        assert_eq!(log(&store, &new).await.unwrap_err().code(), code);
    }
    assert_eq!(store.verify().await.unwrap().lines, lines);
}

#[tokio::test]
async fn what_can_just_be_meant_is_taken() {
    let (store, maya) = with_maya().await;
    let now = store.now();
    for new in [
        NewMood { words: Some(Private::new("é".repeat(500))), ..scored(maya, 1) },
        NewMood { words: Some(Private::new(" \n".into())), ..scored(maya, 10) },
        NewMood { felt_at: Some(now + TimeDelta::seconds(60)), ..scored(maya, 5) },
        NewMood { felt_at: Some(now - TimeDelta::days(3_652)), ..scored(maya, 5) },
    ] {
        log(&store, &new).await.unwrap();
    }
    assert_eq!(list(&store, maya).await.len(), 4);
}

#[tokio::test]
async fn nothing_new_is_logged_in_an_archived_chart_but_what_is_there_can_be_put_right() {
    let (store, maya) = with_maya().await;
    let mood = log(&store, &scored(maya, 5)).await.unwrap();
    write(&store, async |tx| patients::archive(tx, maya).await).await.unwrap();
    assert_eq!(log(&store, &scored(maya, 5)).await.unwrap_err().code(), Code::PatientArchived);
    assert!(write(&store, async |tx| withdraw(tx, mood.id).await).await.unwrap().withdrawn);
}

#[tokio::test]
async fn moods_are_listed_by_when_they_were_felt_the_last_one_first() {
    let (store, maya) = with_maya().await;
    let now = store.now();
    for (score, hours) in [(1, 5), (2, 1), (3, 9)] {
        log(&store, &NewMood { felt_at: Some(now - TimeDelta::hours(hours)), ..scored(maya, score) })
            .await
            .unwrap();
    }
    let scores: Vec<_> = list(&store, maya).await.iter().map(|mood| mood.score.get()).collect();
    assert_eq!(scores, [2, 1, 3]);
}

#[tokio::test]
async fn words_are_amended_and_taken_away_and_the_first_ones_stay_on_record() {
    let (store, maya) = with_maya().await;
    let new = NewMood { words: Some(Private::new("tired".into())), ..scored(maya, 4) };
    let mood = log(&store, &new).await.unwrap();
    for words in [Some("tired, but better after lunch"), None, Some("tired")] {
        let amended = write(&store, async |tx| amend(tx, mood.id, words).await).await.unwrap();
        assert_eq!(amended.words.as_ref().map(|words| words.reveal().as_str()), words);
        assert_eq!((amended.score, amended.felt_at), (mood.score, mood.felt_at));
    }
    assert!(
        outbox(&store).await.iter().any(|record| record.kind == "mood" && record.body.contains("\"tired\""))
    );
}

#[tokio::test]
async fn a_mood_taken_back_is_not_listed_and_undo_brings_it_back_whole() {
    let (store, maya) = with_maya().await;
    let new = NewMood { words: Some(Private::new("tired".into())), ..scored(maya, 4) };
    let mood = log(&store, &new).await.unwrap();
    let amended = write(&store, async |tx| amend(tx, mood.id, Some("worn out")).await).await.unwrap();
    assert!(write(&store, async |tx| withdraw(tx, mood.id).await).await.unwrap().withdrawn);
    assert!(list(&store, maya).await.is_empty());
    let gone = write(&store, async |tx| amend(tx, mood.id, Some("x")).await).await.unwrap_err();
    assert_eq!(gone.code(), Code::Gone);
    assert_eq!(write(&store, async |tx| restore(tx, mood.id).await).await.unwrap(), amended);
    assert_eq!(list(&store, maya).await, [amended]);
}

#[tokio::test]
async fn saying_the_same_again_leaves_no_trace() {
    let (store, maya) = with_maya().await;
    let mood = log(&store, &scored(maya, 4)).await.unwrap();
    let lines = store.verify().await.unwrap().lines;
    write(&store, async |tx| restore(tx, mood.id).await).await.unwrap();
    write(&store, async |tx| amend(tx, mood.id, Some("  ")).await).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines);
}

#[tokio::test]
async fn nobody_puts_words_into_another_s_mouth() {
    let (store, maya) = with_maya().await;
    let other = Author { member: MemberId::new(store.now()), ..store.author() };
    let mood = store.write(other, async |tx| super::log(tx, &scored(maya, 4)).await).await.unwrap();
    let amended = write(&store, async |tx| amend(tx, mood.id, Some("fine")).await).await.unwrap_err();
    let withdrawn = write(&store, async |tx| withdraw(tx, mood.id).await).await.unwrap_err();
    assert_eq!((amended.code(), withdrawn.code()), (Code::NotYours, Code::NotYours));
    assert_eq!(list(&store, maya).await, [mood]);
}

#[tokio::test]
async fn a_clock_set_back_a_year_does_not_make_the_last_word_the_first() {
    let (store, maya) = with_maya().await;
    let mood = log(&store, &scored(maya, 4)).await.unwrap();
    write(&store, async |tx| amend(tx, mood.id, Some("first")).await).await.unwrap();
    store.clock().advance(TimeDelta::days(-365));
    write(&store, async |tx| amend(tx, mood.id, Some("second")).await).await.unwrap();
    let withdrawn = write(&store, async |tx| withdraw(tx, mood.id).await).await.unwrap();
    assert!(withdrawn.withdrawn);
    let restored = write(&store, async |tx| restore(tx, mood.id).await).await.unwrap();
    assert_eq!(restored.words.unwrap().reveal(), "second");
}

#[tokio::test]
async fn a_mood_s_history_names_what_was_done_and_no_words() {
    let (store, maya) = with_maya().await;
    let new = NewMood { words: Some(Private::new("canary".into())), ..scored(maya, 4) };
    let mood = log(&store, &new).await.unwrap();
    assert!(!format!("{mood:?} {new:?}").contains("canary"));
    assert!(format!("{:?}", mood.score).contains('‹'), "a score does not print either");
    let history = store.read(async |tx| tx.history(mood.id).await).await.unwrap();
    assert_eq!(history[0].0, "log");
}

#[tokio::test]
async fn an_amendment_by_somebody_else_or_for_another_chart_does_not_count() {
    let (here, maya) = with_maya().await;
    let jonas = chart(&here, "Jonas Meyer").await.id;
    let mood = log(&here, &scored(maya, 4)).await.unwrap();
    write(&here, async |tx| withdraw(tx, mood.id).await).await.unwrap();
    let records = outbox(&here).await;
    let there = other_device(&here).await;
    let stranger = MemberId::new(here.now());
    let jonas_shared = here.read(async |tx| tx.stream(StreamKind::Shared, Some(jonas)).await).await.unwrap();
    for record in records {
        let replayed = match record.kind.as_str() {
            "mood_amendment" => {
                let moved = Queued {
                    record: MoodAmendmentId::new(here.now()).into(),
                    stream: jonas_shared,
                    body: record.body.replace(&maya.to_string(), &jonas.to_string()),
                    ..record.clone()
                };
                assert_eq!(arrive(&there, here.author().member, &moved).await.unwrap(), Replayed::Applied);
                arrive(&there, stranger, &record).await
            }
            _ => arrive(&there, here.author().member, &record).await,
        };
        assert_eq!(replayed.unwrap(), Replayed::Applied);
    }
    assert_eq!(list(&there, maya).await.len(), 1, "the mood still stands");
}

#[tokio::test]
async fn a_score_from_elsewhere_that_is_none_is_refused() {
    let (here, maya) = with_maya().await;
    log(&here, &scored(maya, 4)).await.unwrap();
    let there = other_device(&here).await;
    let record = outbox(&here).await.into_iter().find(|record| record.kind == "mood").unwrap();
    for score in ["0", "11", "-4", "4.5", "\"4\"", "null", "99999999999"] {
        let body = record.body.replace("\"score\":4", &format!("\"score\":{score}"));
        let replayed =
            arrive(&there, here.author().member, &Queued { body, ..record.clone() }).await.unwrap();
        assert_eq!(replayed, Replayed::Unreadable, "{score}");
    }
    let body = record.body.replace("\"felt_at\":\"2026", "\"felt_at\":\"+12026");
    let replayed = arrive(&there, here.author().member, &Queued { body, ..record }).await.unwrap();
    assert_eq!(replayed, Replayed::Unreadable);
}

fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_102_444_800_000_i64).prop_map(|ms| DateTime::from_timestamp_millis(ms).unwrap())
}

fn unknown() -> impl Strategy<Value = Unknown> {
    prop::collection::btree_map("x_[a-z]{1,8}", "\\PC{0,12}", 0..4)
        .prop_map(|fields| Unknown::from_text(&serde_json::to_string(&fields).unwrap()).unwrap())
}

prop_compose! {
    fn form()(
        patient in any::<u128>(), score in 1..=10_i32, words in prop::option::of(".{0,60}"),
        felt_at in time(), logged_at in time(), unknown in unknown(),
    ) -> MoodV1 {
        MoodV1 {
            v: 1, patient: Uuid::from_u128(patient).into(), score: score.into(),
            words: words.map(Private::new), felt_at, logged_at, unknown,
        }
    }
}

prop_compose! {
    fn amendment_form()(
        mood in any::<u128>(), patient in any::<u128>(), words in prop::option::of(".{0,60}"),
        withdrawn in any::<bool>(), at in time(), unknown in unknown(),
    ) -> MoodAmendmentV1 {
        MoodAmendmentV1 {
            v: 1, mood: Uuid::from_u128(mood).into(), patient: Uuid::from_u128(patient).into(),
            words: words.map(Private::new), withdrawn, at, unknown,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_form_reads_back_as_it_was_written(form in form(), amendment in amendment_form()) {
        prop_assert_eq!(read(&serde_json::to_string(&form).unwrap()), Ok(form));
        prop_assert_eq!(read_amendment(&serde_json::to_string(&amendment).unwrap()), Ok(amendment));
    }

    #[test]
    fn no_body_brings_the_reader_down(body in ".{0,200}") {
        prop_assert!(read(&body).is_err() && read_amendment(&body).is_err());
    }
}

/// Version 1 of both as they were first released. These texts never change.
const MOOD_V1: &str = r#"{"v":1,"patient":"019d8a50-0000-7000-8000-000000000001","score":7,"words":"slept well","felt_at":"2026-04-14T08:30:00Z","logged_at":"2026-04-14T10:00:00Z"}"#;
const AMENDMENT_V1: &str = r#"{"v":1,"mood":"019d8a50-0000-7000-8000-000000000002","patient":"019d8a50-0000-7000-8000-000000000001","words":null,"withdrawn":true,"at":"2026-04-14T10:05:00Z"}"#;

#[test]
fn version_1_reads_forever_and_is_still_what_we_write() {
    let mood = read(MOOD_V1).unwrap();
    assert_eq!((*mood.score.reveal(), mood.words.as_ref().unwrap().reveal().as_str()), (7, "slept well"));
    assert_eq!(serde_json::to_string(&mood).unwrap(), MOOD_V1);
    let amendment = read_amendment(AMENDMENT_V1).unwrap();
    assert!(amendment.withdrawn);
    assert_eq!(serde_json::to_string(&amendment).unwrap(), AMENDMENT_V1);
}

#[tokio::test]
async fn fields_a_newer_attune_wrote_are_kept_beside_a_mood() {
    let (here, maya) = with_maya().await;
    log(&here, &scored(maya, 4)).await.unwrap();
    let there = other_device(&here).await;
    let record = outbox(&here).await.into_iter().find(|record| record.kind == "mood").unwrap();
    let body = record.body.replacen('{', r#"{"weather":"rain","#, 1);
    arrive(&there, here.author().member, &Queued { body, ..record }).await.unwrap();
    let kept: String = there
        .read(async |tx| tx.scalar(sqlx::query_scalar("select unknown from moods")).await)
        .await
        .unwrap();
    assert_eq!(kept, r#"{"weather":"rain"}"#);
}

//! Opening, editing and putting away a chart; what each field takes and refuses.

use attune_kernel::{Code, Coded, PatientId, Private};
use attune_store::{StreamKind, profiles::ProfileKind};
use chrono::TimeDelta;

use crate::{
    patients::{self, NewPatient, Standing},
    tests::{chart, founded, named, outbox, practice, write},
};

fn field(text: &str) -> Option<Private<String>> {
    Some(Private::new(text.to_owned()))
}

fn check(new: &NewPatient) -> Result<patients::Details, Code> {
    new.check("2026-04-14".parse().unwrap())
}

#[tokio::test]
async fn a_chart_opens_with_its_two_streams_and_its_record_in_the_clinical_one() {
    let store = practice().await;
    let maya = chart(&store, "  Maya \t Okafor ").await;
    assert_eq!(maya.details.name.reveal(), "Maya Okafor");
    assert_eq!((maya.clinician, maya.standing), (store.author().member, Standing::Active));
    let (clinical, shared, lies_in) = store
        .read(async |tx| {
            Ok((
                tx.stream(StreamKind::Clinical, Some(maya.id)).await?,
                tx.stream(StreamKind::Shared, Some(maya.id)).await?,
                tx.stream_of(maya.id).await?,
            ))
        })
        .await
        .unwrap();
    assert_ne!(clinical, shared);
    assert_eq!(lies_in, clinical);
    assert!(outbox(&store).await.iter().any(|record| record.kind == "patient" && record.stream == clinical));
}

#[tokio::test]
async fn a_chart_survives_a_restart() {
    let store = practice().await;
    let new = NewPatient {
        preferred_name: field("Zo"),
        pronouns: field("she/her"),
        reference: field("LP-0017"),
        email: field("zoe@example.org"),
        phone: field("+44 (0)7700 900.142"),
        born_on: field("1997-11-19"),
        note: field("First line.\n\nSecond line."),
        ..named("Zoe\u{308} Lefèvre")
    };
    let zoe = write(&store, async |tx| patients::create(tx, &new).await).await.unwrap();
    let store = store.reopen().await;
    let read = write(&store, async |tx| patients::open(tx, zoe.id).await).await.unwrap();
    assert_eq!(read, zoe);
    assert_eq!(read.details.name.reveal(), "Zoë Lefèvre");
}

#[tokio::test]
async fn an_edit_changes_what_is_known_and_saying_the_same_leaves_no_trace() {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await;
    store.clock().advance(TimeDelta::hours(1));
    let new = NewPatient { phone: field("07700 900142"), ..named("Maya Okafor") };
    let edited = write(&store, async |tx| patients::edit(tx, maya.id, &new).await).await.unwrap();
    assert_eq!(edited.created_at, maya.created_at);
    assert_eq!(edited.changed_at, maya.changed_at + TimeDelta::hours(1));
    let lines = store.verify().await.unwrap().lines;
    write(&store, async |tx| patients::edit(tx, maya.id, &new).await).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines);
}

#[tokio::test]
async fn an_archived_chart_is_kept_and_can_be_restored() {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await;
    for (standing, count) in [(Standing::Archived, 0), (Standing::Archived, 0), (Standing::Active, 1)] {
        let put = write(&store, async |tx| match standing {
            Standing::Archived => patients::archive(tx, maya.id).await,
            Standing::Active => patients::restore(tx, maya.id).await,
        });
        assert_eq!(put.await.unwrap().standing, standing);
        let active = store.read(async |tx| patients::find(tx, "", Standing::Active).await).await.unwrap();
        assert_eq!(active.len(), count);
    }
    let history = store.read(async |tx| tx.history(maya.id).await).await.unwrap();
    let actions: Vec<_> = history.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["create", "archive", "restore"]);
}

#[tokio::test]
async fn opening_a_chart_leaves_an_audit_line() {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await;
    write(&store, async |tx| patients::open(tx, maya.id).await).await.unwrap();
    let history = store.read(async |tx| tx.history(maya.id).await).await.unwrap();
    assert_eq!(history.last().unwrap().0, "view");
}

#[tokio::test]
async fn reading_an_open_chart_again_leaves_none() {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await;
    let before = store.verify().await.unwrap().lines;
    let read = store.read(async |tx| patients::read(tx, maya.id).await).await.unwrap();
    assert_eq!(read, maya);
    assert_eq!(store.verify().await.unwrap().lines, before);
}

#[tokio::test]
async fn a_chart_that_is_not_there_is_gone() {
    let store = practice().await;
    let nobody = PatientId::new(store.now());
    let opened = write(&store, async |tx| patients::open(tx, nobody).await).await.unwrap_err();
    let edited =
        write(&store, async |tx| patients::edit(tx, nobody, &named("Maya")).await).await.unwrap_err();
    assert_eq!((opened.code(), edited.code()), (Code::Gone, Code::Gone));
}

#[tokio::test]
async fn a_name_of_ten_thousand_characters_is_refused_and_nothing_is_written() {
    let store = practice().await;
    let lines = store.verify().await.unwrap().lines;
    let new = named(&"a".repeat(10_000));
    let refused = write(&store, async |tx| patients::create(tx, &new).await).await.unwrap_err();
    assert_eq!(refused.code(), Code::NameTooLong);
    assert_eq!(store.verify().await.unwrap().lines, lines);
}

#[tokio::test]
async fn names_in_every_script_are_kept_as_they_were_typed() {
    let store = founded(ProfileKind::Practice).await;
    for name in ["ليلى حداد", "נועה", "山田 花子", "👩🏽‍🎤 Maya", "Nguyễn Thị Hương", "O’Brien", "X"]
    {
        assert_eq!(chart(&store, name).await.details.name.reveal(), name);
    }
}

#[test]
fn a_name_is_asked_for_in_a_hundred_characters() {
    for (name, code) in [
        ("", Code::NameMissing),
        (" \n\t\u{a0}", Code::NameMissing),
        ("\u{202e}\u{200b}", Code::NameMissing),
        (&"é".repeat(101), Code::NameTooLong),
        ("Ma\0ya", Code::TextUnprintable),
        ("Ma\u{1b}ya", Code::TextUnprintable),
    ] {
        assert_eq!(check(&named(name)).unwrap_err(), code, "{name:?}");
    }
    assert!(check(&named(&"é".repeat(100))).is_ok());
}

#[test]
fn an_empty_field_is_no_field() {
    let new = NewPatient {
        preferred_name: field(""),
        pronouns: field(" "),
        reference: field("\t"),
        email: field(""),
        phone: field("  "),
        born_on: field(""),
        note: field("\n \n"),
        ..named("Maya")
    };
    assert_eq!(check(&new), check(&named("Maya")));
}

#[test]
fn an_address_must_be_one_that_mail_can_be_sent_to() {
    let with = |email| check(&NewPatient { email: field(email), ..named("Maya") });
    for email in
        ["maya@example.org", " maya+attune@sub.example.co.uk ", "Zoë@exämple.org", "o'brien@example.ie"]
    {
        assert!(with(email).is_ok(), "{email}");
    }
    for email in [
        "maya",
        "maya@",
        "maya@gmail",
        "@example.org",
        "a b@example.org",
        "Maya <maya@example.org>",
        "maya@[127.0.0.1]",
    ] {
        assert_eq!(with(email).unwrap_err(), Code::EmailInvalid, "{email}");
    }
    assert_eq!(with(&format!("{}@example.org", "a".repeat(300))).unwrap_err(), Code::EmailInvalid);
}

#[test]
fn a_telephone_number_has_four_to_fifteen_digits() {
    let with = |phone| check(&NewPatient { phone: field(phone), ..named("Maya") });
    for phone in ["1234", "+44 7700 900142", "(020) 7946-0381", "030.12345", "+123456789012345"] {
        assert!(with(phone).is_ok(), "{phone}");
    }
    for phone in
        ["123", "1234567890123456", "+", "07700 9OO142", "4.47E+11", "++44 7700", "44+7700900142", "ext 1234"]
    {
        assert_eq!(with(phone).unwrap_err(), Code::PhoneInvalid, "{phone}");
    }
}

#[test]
fn somebody_was_born_between_1900_and_today() {
    let with = |born_on| check(&NewPatient { born_on: field(born_on), ..named("Maya") });
    assert!(with("1900-01-01").is_ok() && with("2026-04-14").is_ok());
    for born_on in ["1899-12-31", "2026-04-15", "1990-02-30", "14.04.1990", "soon", "+10000-01-01"] {
        assert_eq!(with(born_on).unwrap_err(), Code::BornInvalid, "{born_on}");
    }
}

#[test]
fn long_text_is_refused_where_it_would_not_fit() {
    let long = |length: usize| field(&"é".repeat(length));
    let new = || named("Maya");
    for (new, code) in [
        (NewPatient { note: long(10_001), ..new() }, Code::TextTooLong),
        (NewPatient { reference: long(41), ..new() }, Code::ReferenceTooLong),
        (NewPatient { pronouns: long(41), ..new() }, Code::TextTooLong),
        (NewPatient { preferred_name: long(101), ..new() }, Code::NameTooLong),
    ] {
        assert_eq!(check(&new).unwrap_err(), code);
    }
    assert!(
        check(&NewPatient { note: long(10_000), reference: long(40), pronouns: long(40), ..new() }).is_ok()
    );
}

#[tokio::test]
async fn a_patient_never_prints() {
    let store = practice().await;
    let new = NewPatient {
        email: field("maya.okafor@example.org"),
        phone: field("07700900142"),
        born_on: field("1994-02-11"),
        note: field("afraid of lifts"),
        ..named("Maya Okafor")
    };
    let maya = write(&store, async |tx| patients::create(tx, &new).await).await.unwrap();
    let printed = format!("{maya:?} {new:?}");
    for secret in ["Maya", "example", "07700", "1994", "lifts"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

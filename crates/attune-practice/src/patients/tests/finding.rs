//! Finding: who comes up for what is typed, and in which order. How soon is the bench's to say.

use attune_kernel::Private;
use attune_testkit::StoreInFolder;

use crate::{
    moods::{self, NewMood},
    patients::{self, NewPatient, PatientFound, Standing},
    tests::{chart, named, practice, write},
};

async fn find(store: &StoreInFolder, query: &str) -> Vec<PatientFound> {
    store.read(async |tx| patients::find(tx, query, Standing::Active).await).await.unwrap()
}

async fn names(store: &StoreInFolder, query: &str) -> Vec<String> {
    find(store, query).await.into_iter().map(|found| found.patient.details.name.reveal().to_owned()).collect()
}

async fn a_practice_of(people: &[&str]) -> StoreInFolder {
    let store = practice().await;
    for name in people {
        chart(&store, name).await;
    }
    store
}

#[tokio::test]
async fn nothing_typed_lists_everyone_by_name() {
    let store = a_practice_of(&["Zoë Ash", "émile Durand", "Anna Berg", "Ödön Kiss"]).await;
    for query in ["", "   ", "\u{200b}", "--"] {
        assert_eq!(
            names(&store, query).await,
            ["Anna Berg", "émile Durand", "Ödön Kiss", "Zoë Ash"],
            "{query:?}"
        );
    }
}

#[tokio::test]
async fn case_accents_and_the_order_of_words_do_not_matter() {
    let store =
        a_practice_of(&["Maya Okafor", "Zoë Lefèvre", "Jörg Müller", "Siobhán O’Brien", "ليلى حداد"]).await;
    for (query, name) in [
        ("okafor maya", "Maya Okafor"),
        ("OKA MAY", "Maya Okafor"),
        ("zoe", "Zoë Lefèvre"),
        ("lefev", "Zoë Lefèvre"),
        ("muller", "Jörg Müller"),
        ("mueller", "Jörg Müller"),
        ("joerg", "Jörg Müller"),
        ("obrien", "Siobhán O’Brien"),
        ("o'brien", "Siobhán O’Brien"),
        ("ليلى", "ليلى حداد"),
    ] {
        assert_eq!(names(&store, query).await, [name], "{query}");
    }
}

#[tokio::test]
async fn the_start_of_a_name_comes_before_the_start_of_a_word_and_that_before_its_middle() {
    let store = a_practice_of(&["Roman Haas", "Anna Roth", "Aaron Berg", "Rosa Lind"]).await;
    assert_eq!(names(&store, "ro").await, ["Roman Haas", "Rosa Lind", "Anna Roth", "Aaron Berg"]);
}

#[tokio::test]
async fn a_slip_of_the_finger_finds_a_guess_that_says_it_is_one() {
    let store = a_practice_of(&["Maya Okafor", "Ingrid Lindqvist", "Anne Marie Vogt", "Jonas Meyer"]).await;
    for (query, name) in [
        ("okafro", "Maya Okafor"),
        ("lindkvist", "Ingrid Lindqvist"),
        ("annemarie", "Anne Marie Vogt"),
        ("meier jonas", "Jonas Meyer"),
    ] {
        let found = find(&store, query).await;
        assert_eq!(found[0].patient.details.name.reveal(), name, "{query}");
        assert!(!found[0].exact, "{query}");
    }
    assert!(find(&store, "xylophone").await.is_empty());
}

#[tokio::test]
async fn nobody_is_guessed_at_where_somebody_fits() {
    let store = a_practice_of(&["Maya Okafor", "Mara Okafar"]).await;
    let found = find(&store, "maya okafor").await;
    assert_eq!(found.len(), 1);
    assert!(found[0].exact);
}

#[tokio::test]
async fn a_file_number_a_telephone_or_an_address_finds_too() {
    let store = practice().await;
    let field = |text: &str| Some(Private::new(text.to_owned()));
    let new = NewPatient {
        preferred_name: field("Mo"),
        reference: field("LP-0017"),
        email: field("m.okafor@Example.org"),
        phone: field("+44 7700 900142"),
        ..named("Maya Okafor")
    };
    write(&store, async |tx| patients::create(tx, &new).await).await.unwrap();
    chart(&store, "Jonas Meyer").await;
    for query in [
        "lp-0017",
        "LP0017",
        "0017",
        "mo",
        "M.Okafor@example",
        "@example.org",
        "07700 900142",
        "+447700",
        "900-142",
    ] {
        assert_eq!(names(&store, query).await, ["Maya Okafor"], "{query}");
    }
}

#[tokio::test]
async fn equals_stand_in_the_same_order_every_time() {
    let store = practice().await;
    for _ in 0..5 {
        chart(&store, "Maya Okafor").await;
    }
    let ids =
        async || find(&store, "maya").await.into_iter().map(|found| found.patient.id).collect::<Vec<_>>();
    let first = ids().await;
    assert_eq!(first.len(), 5);
    for _ in 0..3 {
        assert_eq!(ids().await, first);
    }
}

#[tokio::test]
async fn who_is_found_comes_with_the_mood_they_last_felt() {
    let store = practice().await;
    let maya = chart(&store, "Maya Okafor").await;
    let now = store.now();
    for (score, hours) in [(3, 30), (8, 1), (5, 9), (2, 0)] {
        let felt_at = Some(now - chrono::TimeDelta::hours(hours));
        let new = NewMood { patient: maya.id, score, words: None, felt_at };
        let mood = write(&store, async |tx| moods::log(tx, &new).await).await.unwrap();
        if score == 2 {
            write(&store, async |tx| moods::withdraw(tx, mood.id).await).await.unwrap();
        }
    }
    for query in ["", "maya", "mayo"] {
        let found = &find(&store, query).await[0];
        assert_eq!(
            (found.latest_mood, found.latest_mood_at),
            (Some(8), Some(now - chrono::TimeDelta::hours(1)))
        );
    }
}

#[tokio::test]
async fn no_query_does_harm() {
    let store = a_practice_of(&["Maya Okafor"]).await;
    let long = "okafor ".repeat(10_000);
    for query in ["%", "_", "'; drop table patients; --", "\0", "\u{202e}", "🦊", "((((", "\\", "[\"", &long]
    {
        find(&store, query).await;
    }
    assert_eq!(names(&store, "maya").await.len(), 1);
}

#[tokio::test]
async fn the_right_one_is_found_among_five_thousand() {
    let store = practice().await;
    let (first, last) =
        (["Maya", "Jonas", "Zoë", "Elif", "Tomasz", "Priya", "Søren"], ["Okafor", "Meyer", "Nair"]);
    write(&store, async |tx| {
        for n in 0..5_000_usize {
            let name = format!("{} {}{n}", first[n % first.len()], last[n % last.len()]);
            patients::create(tx, &named(&name)).await?;
        }
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(names(&store, "m").await.len(), 50, "no more than anybody reads");
    for query in ["okafor4998", "4998 maya ok", "okfaor4998", "MAYA okafor4998"] {
        assert_eq!(names(&store, query).await[0], "Maya Okafor4998", "{query}");
    }
    assert!(names(&store, "zzzzzz").await.is_empty());
}

#[tokio::test]
async fn a_telephone_is_found_with_the_country_and_without_it() {
    for (kept, typed) in [
        ("07700 900142", "+44 7700 900142"),
        ("07700 900142", "0044 7700 900142"),
        ("+44 7700 900142", "07700 900142"),
        ("+44 (0)7700 900142", "+447700900142"),
    ] {
        let store = practice().await;
        let new = NewPatient { phone: Some(Private::new(kept.to_owned())), ..named("Maya Okafor") };
        write(&store, async |tx| patients::create(tx, &new).await).await.unwrap();
        let other =
            NewPatient { reference: Some(Private::new("17700900142".to_owned())), ..named("Jonas Meyer") };
        write(&store, async |tx| patients::create(tx, &other).await).await.unwrap();
        assert_eq!(names(&store, typed).await[0], "Maya Okafor", "{typed} for {kept}");
    }
}

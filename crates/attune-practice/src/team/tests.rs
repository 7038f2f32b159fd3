//! The first day, and the people: what a store is founded with, and what it refuses.

use attune_kernel::Coded;
use attune_testkit::StoreInFolder;

use super::*;
use crate::tests::{arrive, founded, other_device, outbox, practice, write};

fn founding(name: &str, practice_name: Option<&str>, country: &str) -> Founding {
    Founding {
        kind: ProfileKind::Practice,
        name: Private::new(name.into()),
        practice_name: practice_name.map(|name| Private::new(name.into())),
        country: country.into(),
    }
}

#[tokio::test]
async fn a_practice_is_founded_with_its_owner() {
    let store = practice().await;
    let (me, practice, own_chart, members) = store
        .read(async |tx| {
            Ok((
                me(tx, store.author()).await?,
                super::practice(tx).await?,
                own_chart(tx).await?,
                members(tx).await?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((me.id, me.role), (store.author().member, Role::Owner));
    assert_eq!((practice.name.as_str(), practice.country.as_str()), ("Lindqvist Practice", "GB"));
    assert_eq!((own_chart, members), (None, vec![me]));
}

#[tokio::test]
async fn a_patient_s_own_application_is_founded_with_their_own_chart() {
    let store = founded(ProfileKind::Personal).await;
    let (me, practice, chart) = store
        .read(async |tx| {
            Ok((me(tx, store.author()).await?, super::practice(tx).await?, own_chart(tx).await?))
        })
        .await
        .unwrap();
    assert_eq!((me.role, practice.name.as_str()), (Role::Patient, ""));
    let own = write(&store, async |tx| patients::open(tx, chart.unwrap()).await).await.unwrap();
    assert_eq!(own.details.name.reveal(), "Ingrid Lindqvist");
}

#[tokio::test]
async fn a_founding_that_is_refused_leaves_the_store_empty() {
    for (new, code) in [
        (founding(" ", Some("P"), "GB"), Code::NameMissing),
        (founding(&"é".repeat(101), Some("P"), "GB"), Code::NameTooLong),
        (founding("In\0grid", Some("P"), "GB"), Code::TextUnprintable),
        (founding("Ingrid", Some(" \u{200b}"), "GB"), Code::PracticeNameMissing),
        (founding("Ingrid", None, "GB"), Code::PracticeNameMissing),
        (founding("Ingrid", Some(&"é".repeat(101)), "GB"), Code::PracticeNameTooLong),
        (founding("Ingrid", Some("P"), "Atlantis"), Code::CountryUnknown),
    ] {
        let store = StoreInFolder::create().await;
        let refused = write(&store, async |tx| found(tx, &new).await).await.unwrap_err();
        assert_eq!(refused.code(), code);
        assert!(outbox(&store).await.is_empty());
    }
}

#[tokio::test]
async fn a_practice_takes_another_name_and_remembers_nothing_of_saying_the_same() {
    let store = practice().await;
    let renamed = write(&store, async |tx| rename(tx, "  Praxis\u{a0}am Fluss ").await).await.unwrap();
    assert_eq!(renamed.name, "Praxis am Fluss");
    let lines = store.verify().await.unwrap().lines;
    write(&store, async |tx| rename(tx, "Praxis am Fluss").await).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines);
    let refused = write(&store, async |tx| rename(tx, "").await).await.unwrap_err();
    assert_eq!(refused.code(), Code::PracticeNameMissing);
}

#[tokio::test]
async fn fields_a_newer_attune_wrote_survive_a_rename_here() {
    let here = practice().await;
    let there = other_device(&here).await;
    let mut record = outbox(&here).await.into_iter().find(|record| record.kind == "practice").unwrap();
    record.body = record.body.replacen('{', r#"{"motto":"slowly","#, 1);
    arrive(&there, here.author().member, &record).await.unwrap();
    write(&there, async |tx| rename(tx, "Praxis am Fluss").await).await.unwrap();
    let sent = outbox(&there).await.remove(0).body;
    assert!(sent.contains(r#""motto":"slowly""#) && sent.contains("Praxis am Fluss"), "{sent}");
}

#[tokio::test]
async fn a_member_s_name_never_prints() {
    let store = practice().await;
    let me = store.read(async |tx| me(tx, store.author()).await).await.unwrap();
    assert!(!format!("{me:?}").contains("Ingrid"));
}

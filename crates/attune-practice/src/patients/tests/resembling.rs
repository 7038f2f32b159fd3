//! The warning before a second chart: whom it thinks of, and whom it leaves alone.

use attune_kernel::Private;
use attune_testkit::StoreInFolder;

use crate::{
    patients::{self, NewPatient},
    tests::{named, practice, write},
};

fn field(text: &str) -> Option<Private<String>> {
    Some(Private::new(text.to_owned()))
}

async fn with_maya() -> StoreInFolder {
    let store = practice().await;
    let maya = NewPatient {
        email: field("maya@example.org"),
        phone: field("+44 7700 900142"),
        born_on: field("1994-02-11"),
        ..named("Maya Okafor")
    };
    let müller = NewPatient { born_on: field("1980-01-01"), ..named("Jörg Müller") };
    write(&store, async |tx| patients::create(tx, &maya).await).await.unwrap();
    write(&store, async |tx| patients::create(tx, &müller).await).await.unwrap();
    store
}

async fn resemble(store: &StoreInFolder, new: &NewPatient) -> Vec<String> {
    let found = store.read(async |tx| patients::resembling(tx, new, None).await).await.unwrap();
    found.into_iter().map(|patient| patient.details.name.reveal().to_owned()).collect()
}

#[tokio::test]
async fn one_person_twice_is_noticed() {
    let store = with_maya().await;
    for new in [
        named("maya OKAFOR"),
        named("Okafor, Maya"),
        NewPatient { email: field("MAYA@example.org"), ..named("M.") },
        NewPatient { phone: field("07700 900142"), ..named("M.") },
        NewPatient { born_on: field("1994-02-11"), ..named("Maja Okafor") },
        NewPatient { born_on: field("1994-02-11"), ..named("Maya Ngozi Okafor") },
    ] {
        assert_eq!(resemble(&store, &new).await, ["Maya Okafor"]);
    }
    assert_eq!(resemble(&store, &named("Joerg Mueller")).await, ["Jörg Müller"]);
}

#[tokio::test]
async fn two_people_are_left_alone() {
    let store = with_maya().await;
    for new in [
        named("Maja Okafor"),
        NewPatient { born_on: field("1994-02-11"), ..named("Jonas Meyer") },
        NewPatient { phone: field("07700 900143"), ..named("Jonas Meyer") },
    ] {
        assert!(resemble(&store, &new).await.is_empty());
    }
}

#[tokio::test]
async fn what_is_half_typed_is_left_out() {
    let store = with_maya().await;
    let half = NewPatient {
        email: field("maya@"),
        phone: field("07"),
        born_on: field("1994-0"),
        reference: field(&"x".repeat(100)),
        ..named("")
    };
    assert!(resemble(&store, &half).await.is_empty());
    assert_eq!(
        resemble(&store, &NewPatient { email: field("maya@"), ..named("Maya Okafor") }).await.len(),
        1
    );
}

#[tokio::test]
async fn nobody_resembles_themselves() {
    let store = with_maya().await;
    let new = named("Maya Okafor");
    let maya = store.read(async |tx| patients::resembling(tx, &new, None).await).await.unwrap().remove(0);
    let others = store.read(async |tx| patients::resembling(tx, &new, Some(maya.id)).await).await.unwrap();
    assert!(others.is_empty());
}

#[tokio::test]
async fn an_archived_chart_is_noticed_too() {
    let store = with_maya().await;
    let new = named("Maya Okafor");
    let maya = store.read(async |tx| patients::resembling(tx, &new, None).await).await.unwrap().remove(0);
    write(&store, async |tx| patients::archive(tx, maya.id).await).await.unwrap();
    assert_eq!(resemble(&store, &new).await, ["Maya Okafor"]);
}

//! The desk itself: who is told what, and in which order.

use std::sync::Arc;

use attune_shell::{
    Equipment, Home, Settings,
    desk::{Desk, Told},
};
use attune_store::profiles::{NewProfile, ProfileKind};
use tempfile::TempDir;

use crate::application::PASSWORD;

fn ingrid() -> NewProfile {
    NewProfile {
        kind: ProfileKind::Practice,
        name: "Ingrid Lindqvist".to_owned().into(),
        practice_name: Some("Lindqvist Practice".to_owned().into()),
        country: "GB".to_owned(),
        password: PASSWORD.to_owned().into(),
        sample: false,
    }
}

#[tokio::test]
async fn a_lock_from_outside_says_that_it_is_near_before_it_shuts() {
    let home = TempDir::new().unwrap();
    let desk = Arc::new(
        Desk::new(&Home::at(home.path()), Settings::default(), Equipment::of_this_machine().unwrap())
            .unwrap(),
    );
    desk.enrol(&ingrid(), async |_| Ok(())).await.unwrap();
    let mut told = desk.listen();
    desk.lock_shortly().await.unwrap();
    assert!(matches!(told.recv().await.unwrap(), Told::LockNear(0)), "half a word can still be handed over");
    assert!(matches!(told.recv().await.unwrap(), Told::Locked(true)));
    assert!(desk.opened().is_err());
}

#[tokio::test]
async fn whoever_sits_down_locks_the_one_before() {
    let home = TempDir::new().unwrap();
    let desk = Arc::new(
        Desk::new(&Home::at(home.path()), Settings::default(), Equipment::of_this_machine().unwrap())
            .unwrap(),
    );
    let first = desk.enrol(&ingrid(), async |_| Ok(())).await.unwrap();
    let second = desk.enrol(&ingrid(), async |_| Ok(())).await.unwrap();
    assert_ne!(first.id(), second.id());
    assert_eq!(desk.opened().unwrap().id(), second.id());
    assert!(first.read(async |tx| tx.unsaved("here").await).await.is_err(), "the first store is shut");
}

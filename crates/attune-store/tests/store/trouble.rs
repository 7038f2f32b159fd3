//! What trouble gets: a code with a sentence, and nothing lost.

use std::sync::Arc;

use attune_kernel::Code;
use attune_store::{Profiles, Store};
use attune_testkit::{FixedClock, StoreInFolder};
use attune_vault::DatabaseKey;

use crate::{
    profiles::{Desk, PASSWORD, new},
    refusal,
};

#[tokio::test]
async fn a_store_that_is_open_elsewhere_is_refused_and_stays_open_there() {
    let store = StoreInFolder::create().await;
    let again = Store::open(store.path(), store.key(), Arc::new(store.clock().clone())).await;
    assert_eq!(refusal(again), Code::StoreElsewhere);
    store.write(store.author(), async |tx| tx.keep_unsaved("here", "kept").await).await.unwrap();
}

#[tokio::test]
async fn a_wrong_key_or_a_torn_store_is_damage_and_is_left_as_it_is() {
    let store = StoreInFolder::create().await;
    let (path, clock) = (store.path().join("store.db"), store.clock().clone());
    store.close().await;
    let whole = std::fs::read(&path).unwrap();
    let folder = tempfile::TempDir::new().unwrap();
    let torn = folder.path().join("store.db");
    let mut middle = whole.clone();
    middle[whole.len() / 2..].fill(0x5a);
    for bytes in [Vec::new(), whole[..100].to_vec(), whole[..whole.len() / 2].to_vec(), vec![0; 8192], middle]
    {
        std::fs::write(&torn, &bytes).unwrap();
        let opened = Store::open(folder.path(), store.key(), Arc::new(clock.clone())).await;
        match opened {
            Err(error) => assert_eq!(attune_kernel::Coded::code(&error), Code::StoreDamaged),
            Ok(store) => {
                assert!(!store.verify().await.is_ok_and(|check| check.sound()), "damage must be found");
                store.close().await;
            }
        }
        assert!(std::fs::read(&torn).unwrap() == bytes, "a damaged store is evidence: it is not touched");
    }
    std::fs::write(&torn, &whole).unwrap();
    let opened = Store::open(folder.path(), &DatabaseKey::random(), Arc::new(clock)).await;
    assert_eq!(refusal(opened), Code::StoreDamaged);
}

#[tokio::test]
async fn a_profile_without_its_store_says_what_is_missing() {
    let desk = Desk::new();
    let id = desk.locked("Ingrid").await;
    std::fs::remove_file(desk.home.path().join(format!("profiles/{id}/store.db"))).unwrap();
    assert_eq!(refusal(desk.profiles.unlock(id, PASSWORD).await), Code::FileMissing);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_said_to_be_so() {
    // Not even root may make folders there, so the test holds in a container too.
    let profiles = Profiles::new(
        "/sys/attune",
        Arc::new(FixedClock::default()),
        Arc::new(attune_store::profiles::NoKeychain),
    );
    assert_eq!(refusal(profiles.enrol(&new("Ingrid", PASSWORD), async |_| Ok(())).await), Code::ReadOnly);
}

#[tokio::test]
async fn a_password_of_any_kind_of_text_works_or_is_told() {
    let desk = Desk::new();
    for password in [
        "пароль который помню лишь я",
        "🦆🪵🌧️ rain on the duck pond",
        "with \0 a nul inside it all",
        &"quiet river stones ".repeat(3_000),
    ] {
        let opened = desk.profiles.enrol(&new("Ingrid", password), async |_| Ok(())).await.unwrap();
        let id = opened.id();
        desk.profiles.lock(Arc::new(opened)).await.unwrap();
        desk.profiles.unlock(id, password).await.unwrap();
    }
}

#[tokio::test]
async fn a_closed_store_opens_again_though_somebody_still_holds_the_old_one() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let (id, held) = (opened.id(), Arc::clone(&opened));
    desk.profiles.lock(opened).await.unwrap();
    let again = desk.profiles.unlock(id, PASSWORD).await.unwrap();
    assert_eq!(refusal(held.read(async |tx| tx.unsaved("here").await).await), Code::Locked);
    again.write(again.author(), async |tx| tx.keep_unsaved("here", "kept").await).await.unwrap();
}

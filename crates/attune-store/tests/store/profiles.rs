//! The front door: passwords, PINs, kits, and people who share a computer.

use std::{path::Path, sync::Arc};

use attune_kernel::{Code, Private, ProfileId};
use attune_store::{
    Opened, Profiles,
    profiles::{Held, NewProfile, NoKeychain, ProfileKind},
};
use attune_testkit::{FixedClock, MemoryKeychain};
use chrono::TimeDelta;
use tempfile::TempDir;

use crate::refusal;

pub const PASSWORD: &str = "seven quiet herons wading";
const OTHER: &str = "a kettle on the blue stove";

pub struct Desk {
    pub home: TempDir,
    pub clock: FixedClock,
    pub keychain: MemoryKeychain,
    pub profiles: Profiles,
}

impl Desk {
    pub fn new() -> Self {
        let (home, clock, keychain) =
            (TempDir::new().unwrap(), FixedClock::default(), MemoryKeychain::default());
        let profiles = Profiles::new(home.path(), Arc::new(clock.clone()), Arc::new(keychain.clone()));
        Self { home, clock, keychain, profiles }
    }

    /// As after a restart of the computer: nothing is remembered but what is on disk.
    pub fn restart(&mut self) {
        self.profiles = Self::profiles_at(self.home.path(), &self.clock, &self.keychain);
    }

    fn profiles_at(home: &Path, clock: &FixedClock, keychain: &MemoryKeychain) -> Profiles {
        Profiles::new(home, Arc::new(clock.clone()), Arc::new(keychain.clone()))
    }

    pub async fn enrol(&self, name: &str) -> Arc<Opened> {
        Arc::new(self.profiles.enrol(&new(name, PASSWORD), async |_| Ok(())).await.unwrap())
    }

    pub async fn locked(&self, name: &str) -> ProfileId {
        let opened = self.enrol(name).await;
        let id = opened.id();
        self.profiles.lock(opened).await.unwrap();
        id
    }

    async fn unlock(&self, id: ProfileId, password: &str) -> attune_store::Result<()> {
        let opened = self.profiles.unlock(id, password).await?;
        self.profiles.lock(Arc::new(opened)).await
    }
}

pub fn new(name: &str, password: &str) -> NewProfile {
    NewProfile {
        kind: ProfileKind::Practice,
        name: Private::new(name.to_owned()),
        practice_name: Some(Private::new("Lindqvist Practice".to_owned())),
        country: "GB".to_owned(),
        password: Private::new(password.to_owned()),
        sample: false,
    }
}

fn kit_of(groups: &[Private<String>]) -> String {
    groups.iter().map(|group| group.reveal().clone()).collect::<Vec<_>>().join("-")
}

#[tokio::test]
async fn a_profile_opens_again_with_its_password_and_nothing_else() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid Lindqvist").await;
    let id = opened.id();
    opened.write(opened.author(), async |tx| tx.keep_unsaved("here", "kept").await).await.unwrap();
    desk.profiles.lock(opened).await.unwrap();
    assert_eq!(refusal(desk.unlock(id, "seven quiet heron wading").await), Code::WrongPassword);
    desk.clock.advance(TimeDelta::seconds(1));
    let opened = desk.profiles.unlock(id, PASSWORD).await.unwrap();
    assert_eq!(opened.read(async |tx| tx.unsaved("here").await).await.unwrap().as_deref(), Some("kept"));
    let card = desk.profiles.card(id).unwrap();
    assert_eq!(card.greeting.unwrap().reveal(), "Ingrid", "the lock screen greets by first name");
    assert!(card.locked_at.is_some());
}

#[tokio::test]
async fn wrong_passwords_slow_down_across_restarts() {
    let mut desk = Desk::new();
    let id = desk.locked("Ingrid").await;
    for expected in [1, 2, 4, 8] {
        assert_eq!(refusal(desk.unlock(id, OTHER).await), Code::WrongPassword);
        assert_eq!(desk.profiles.card(id).unwrap().wait_seconds, expected);
        desk.restart();
        assert_eq!(refusal(desk.unlock(id, PASSWORD).await), Code::SlowDown, "even the right one waits");
        desk.clock.advance(TimeDelta::seconds(i64::from(expected)));
    }
    desk.unlock(id, PASSWORD).await.unwrap();
    assert_eq!(desk.profiles.card(id).unwrap().wait_seconds, 0);
}

#[tokio::test]
async fn a_clock_set_back_a_year_keeps_nobody_out_for_longer_than_the_wait() {
    let desk = Desk::new();
    let id = desk.locked("Ingrid").await;
    assert_eq!(refusal(desk.unlock(id, OTHER).await), Code::WrongPassword);
    desk.clock.advance(TimeDelta::days(-365));
    assert_eq!(refusal(desk.unlock(id, PASSWORD).await), Code::SlowDown);
    desk.clock.advance(TimeDelta::seconds(1));
    desk.unlock(id, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_weak_password_makes_no_profile_and_leaves_nothing_behind() {
    let desk = Desk::new();
    let refused = desk.profiles.enrol(&new("Ingrid", "lindqvist"), async |_| Ok(())).await;
    assert_eq!(refusal(refused), Code::WeakPassword);
    assert!(desk.profiles.list().unwrap().is_empty());
}

#[tokio::test]
async fn a_profile_whose_founding_failed_does_not_exist() {
    let desk = Desk::new();
    let failed =
        desk.profiles.enrol(&new("Ingrid", PASSWORD), async |_| Err(Code::CountryUnknown.into())).await;
    assert_eq!(refusal(failed), Code::CountryUnknown);
    assert!(desk.profiles.list().unwrap().is_empty());
    assert_eq!(std::fs::read_dir(desk.home.path().join("profiles")).unwrap().count(), 0);
}

#[tokio::test]
async fn changing_the_password_touches_no_content() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let (id, folder) = (opened.id(), opened.folder().to_owned());
    opened.write(opened.author(), async |tx| tx.keep_unsaved("here", "kept").await).await.unwrap();
    desk.profiles.lock(opened).await.unwrap();
    let before = std::fs::read(folder.join("store.db")).unwrap();
    let opened = desk.profiles.unlock(id, PASSWORD).await.unwrap();
    assert_eq!(refusal(desk.profiles.change_password(&opened, OTHER, OTHER).await), Code::WrongPassword);
    desk.clock.advance(TimeDelta::seconds(1));
    assert_eq!(refusal(desk.profiles.change_password(&opened, PASSWORD, "ingrid").await), Code::WeakPassword);
    desk.profiles.change_password(&opened, PASSWORD, OTHER).await.unwrap();
    desk.profiles.lock(Arc::new(opened)).await.unwrap();
    assert!(before == std::fs::read(folder.join("store.db")).unwrap(), "not a byte of the store changed");
    assert_eq!(refusal(desk.unlock(id, PASSWORD).await), Code::WrongPassword);
    desk.clock.advance(TimeDelta::seconds(1));
    desk.unlock(id, OTHER).await.unwrap();
}

#[tokio::test]
async fn a_pin_opens_five_wrong_ones_end_it_and_the_password_still_does() {
    let mut desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let id = opened.id();
    assert_eq!(refusal(desk.profiles.set_pin(&opened, PASSWORD, "12").await), Code::PinShape);
    desk.profiles.set_pin(&opened, PASSWORD, "2580").await.unwrap();
    desk.profiles.lock(opened).await.unwrap();
    desk.restart();
    let opened = desk.profiles.unlock_with_pin(id, "2580").await.unwrap();
    desk.profiles.lock(Arc::new(opened)).await.unwrap();
    for _ in 0..4 {
        assert_eq!(refusal(desk.profiles.unlock_with_pin(id, "0000").await), Code::WrongPin);
        desk.restart();
    }
    assert_eq!(refusal(desk.profiles.unlock_with_pin(id, "0000").await), Code::PinSpent);
    assert_eq!(refusal(desk.profiles.unlock_with_pin(id, "2580").await), Code::PinSpent);
    assert_eq!(desk.keychain.len(), 1, "only the device's own secret is left in the keychain");
    assert!(!desk.profiles.card(id).unwrap().has_pin);
    desk.unlock(id, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn without_a_keychain_there_is_a_password_and_no_pin() {
    let home = TempDir::new().unwrap();
    let profiles = Profiles::new(home.path(), Arc::new(FixedClock::default()), Arc::new(NoKeychain));
    let opened = profiles.enrol(&new("Ingrid", PASSWORD), async |_| Ok(())).await.unwrap();
    assert_eq!(profiles.keychain_of(opened.id()).unwrap(), Held::Absent, "recorded which");
    assert_eq!(refusal(profiles.set_pin(&opened, PASSWORD, "2580").await), Code::PinUnusable);
    let id = opened.id();
    profiles.lock(Arc::new(opened)).await.unwrap();
    assert!(profiles.unlock(id, PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_locked_keychain_says_so_and_costs_no_try() {
    let desk = Desk::new();
    let id = desk.locked("Ingrid").await;
    desk.keychain.lock(true);
    assert_eq!(refusal(desk.unlock(id, PASSWORD).await), Code::KeychainUnreachable);
    assert_eq!(desk.profiles.card(id).unwrap().wait_seconds, 0);
    desk.keychain.lock(false);
    desk.unlock(id, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn the_kit_opens_a_store_whose_password_and_keychain_are_gone() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let (id, kit) = (opened.id(), kit_of(&opened.kit().await.unwrap().groups));
    opened.write(opened.author(), async |tx| tx.keep_unsaved("here", "kept").await).await.unwrap();
    desk.profiles.lock(opened).await.unwrap();
    desk.keychain.empty();
    assert_eq!(refusal(desk.unlock(id, PASSWORD).await), Code::KeychainUnreachable);
    assert_eq!(refusal(desk.profiles.recover(id, "not a kit", OTHER).await), Code::WrongKit);
    let foreign = kit_of(&desk.enrol("Someone else").await.kit().await.unwrap().groups);
    assert_eq!(refusal(desk.profiles.recover(id, &foreign, OTHER).await), Code::WrongKit);
    assert_eq!(refusal(desk.profiles.recover(id, &kit, "password").await), Code::WeakPassword);
    let opened = desk.profiles.recover(id, &kit.to_lowercase(), OTHER).await.unwrap();
    assert_eq!(opened.read(async |tx| tx.unsaved("here").await).await.unwrap().as_deref(), Some("kept"));
    desk.profiles.lock(Arc::new(opened)).await.unwrap();
    desk.unlock(id, OTHER).await.unwrap();
}

#[tokio::test]
async fn a_kit_counts_once_two_groups_of_it_were_typed_back() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let id = opened.id();
    let kit = opened.kit().await.unwrap();
    assert!(!desk.profiles.kit_verified(id).unwrap());
    assert_eq!(
        refusal(desk.profiles.verify_kit(&opened, &["AAAA".into(), "BBBB".into()]).await),
        Code::KitMismatch
    );
    let typed: Vec<String> =
        kit.ask.iter().map(|at| kit.groups[*at as usize].reveal().to_lowercase()).collect();
    desk.profiles.verify_kit(&opened, &typed).await.unwrap();
    assert!(desk.profiles.kit_verified(id).unwrap());
    assert!(opened.kit().await.is_none(), "a verified kit is never shown again");
    let old = kit_of(&kit.groups);
    desk.profiles.renew_kit(&opened, PASSWORD).await.unwrap();
    assert!(!desk.profiles.kit_verified(id).unwrap());
    desk.profiles.lock(opened).await.unwrap();
    assert_eq!(
        refusal(desk.profiles.recover(id, &old, OTHER).await),
        Code::WrongKit,
        "the old kit is waste paper"
    );
}

#[tokio::test]
async fn people_who_share_a_computer_do_not_open_each_others_stores() {
    let desk = Desk::new();
    let ingrid = desk.locked("Ingrid").await;
    let samuel = Arc::new(desk.profiles.enrol(&new("Samuel", OTHER), async |_| Ok(())).await.unwrap());
    let samuels = samuel.id();
    desk.profiles.lock(samuel).await.unwrap();
    assert_eq!(desk.profiles.list().unwrap().len(), 2);
    assert_eq!(refusal(desk.unlock(ingrid, OTHER).await), Code::WrongPassword);
    desk.unlock(samuels, OTHER).await.unwrap();
}

#[tokio::test]
async fn a_torn_profile_file_falls_back_to_the_one_before() {
    let desk = Desk::new();
    let id = desk.locked("Ingrid").await;
    let file = desk.home.path().join(format!("profiles/{id}/profile.json"));
    std::fs::write(&file, b"{ \"format\": 1, \"kin").unwrap();
    desk.unlock(id, PASSWORD).await.unwrap();
    std::fs::write(&file, br#"{ "format": 99 }"#).unwrap();
    assert_eq!(refusal(desk.unlock(id, PASSWORD).await), Code::StoreNewer);
    desk.locked("Samuel").await;
    assert_eq!(desk.profiles.list().unwrap().len(), 1, "the others' are still listed");
    assert_eq!(desk.profiles.everyone().unwrap().unreadable, 1, "and that one is missing is said");
}

#[tokio::test]
async fn locking_lets_go_of_the_keys() {
    let desk = Desk::new();
    let id = desk.locked("Ingrid").await;
    let opened = Arc::new(desk.profiles.unlock(id, PASSWORD).await.unwrap());
    let watch = Arc::downgrade(&opened);
    desk.profiles.lock(opened).await.unwrap();
    assert!(watch.upgrade().is_none(), "nobody holds the keys any more");
}

#[tokio::test]
async fn a_kit_that_opened_a_store_left_the_old_way_working_until_the_new_one_was_on_disk() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let (id, kit) = (opened.id(), kit_of(&opened.kit().await.unwrap().groups));
    desk.profiles.lock(opened).await.unwrap();
    let folder = desk.home.path().join(format!("profiles/{id}"));
    let before = std::fs::read(folder.join("profile.json")).unwrap();
    assert_eq!(refusal(desk.profiles.recover(id, &kit, "password").await), Code::WeakPassword);
    assert_eq!(std::fs::read(folder.join("profile.json")).unwrap(), before);
    assert_eq!(desk.keychain.len(), 1);
    desk.unlock(id, PASSWORD).await.unwrap();
    let opened = desk.profiles.recover(id, &kit, OTHER).await.unwrap();
    desk.profiles.lock(Arc::new(opened)).await.unwrap();
    assert_eq!(desk.keychain.len(), 1, "the old secret was forgotten, the new one kept");
}

#[tokio::test]
async fn a_greeting_of_any_length_is_not_carved_into_the_lock_screen() {
    let desk = Desk::new();
    let id = desk.locked("Ingrid").await;
    let greet = |text: &str| desk.profiles.greet(id, Some(Private::new(text.to_owned())));
    assert_eq!(refusal(greet(&"g".repeat(10_000)).await), Code::NameTooLong);
    assert_eq!(refusal(greet("In\0grid").await), Code::TextUnprintable);
    assert_eq!(greet("  ").await.unwrap().greeting, None);
    assert_eq!(greet(" Ingrid 🌿 ").await.unwrap().greeting.unwrap().reveal(), "Ingrid 🌿");
}

#[tokio::test]
async fn a_key_to_elsewhere_stays_in_the_keychain_and_belongs_to_one_profile() {
    let mut desk = Desk::new();
    let (anna, ben) = (desk.locked("Anna").await, desk.locked("Ben").await);
    desk.profiles.keep_beside(anna, "remote", "sk-heron-7".to_owned().into()).await.unwrap();
    desk.restart();
    let found = desk.profiles.find_beside(anna, "remote").await.unwrap();
    assert_eq!(found.as_deref().map(String::as_str), Some("sk-heron-7"));
    assert!(desk.profiles.find_beside(ben, "remote").await.unwrap().is_none());
    desk.profiles.forget_beside(anna, "remote").await.unwrap();
    assert!(desk.profiles.find_beside(anna, "remote").await.unwrap().is_none());
}

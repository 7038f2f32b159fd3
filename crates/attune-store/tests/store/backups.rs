//! One file that holds a whole profile: made, checked, refused, restored.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use attune_kernel::Code;
use attune_store::Progress;

use crate::{
    profiles::{Desk, PASSWORD},
    refusal,
};

const OTHER: &str = "a kettle on the blue stove";

async fn backed_up(desk: &Desk) -> (PathBuf, String) {
    let opened = desk.enrol("Ingrid").await;
    let kit: Vec<String> =
        opened.kit().await.unwrap().groups.into_iter().map(attune_kernel::Private::into_inner).collect();
    opened.write(opened.author(), async |tx| tx.keep_unsaved("here", "kept").await).await.unwrap();
    let path = desk.home.path().join("Attune.attune-backup");
    desk.profiles.back_up(&opened, &path, |_| {}).await.unwrap();
    desk.profiles.lock(opened).await.unwrap();
    (path, kit.join(" "))
}

async fn restored(
    path: &Path,
    secret: &str,
    new_password: Option<&str>,
) -> attune_store::Result<(Desk, String)> {
    let elsewhere = Desk::new();
    let card = elsewhere.profiles.restore(path, secret, new_password, |_| {}).await?;
    let opened = elsewhere.profiles.unlock(card.id, new_password.unwrap_or(secret)).await?;
    let kept = opened.read(async |tx| tx.unsaved("here").await).await?;
    drop(opened);
    Ok((elsewhere, kept.unwrap_or_default()))
}

#[tokio::test]
async fn a_backup_restores_on_another_computer_with_the_password() {
    let desk = Desk::new();
    let (path, _) = backed_up(&desk).await;
    let (elsewhere, kept) = restored(&path, PASSWORD, None).await.unwrap();
    assert_eq!(kept, "kept");
    assert_eq!(elsewhere.profiles.list().unwrap()[0].greeting.as_ref().unwrap().reveal(), "Ingrid");
}

#[tokio::test]
async fn a_backup_restores_with_the_kit_and_a_new_password() {
    let desk = Desk::new();
    let (path, kit) = backed_up(&desk).await;
    assert_eq!(restored(&path, &kit, Some(OTHER)).await.unwrap().1, "kept");
    assert_eq!(refusal(restored(&path, &kit, Some("password")).await), Code::WeakPassword);
    assert_eq!(refusal(restored(&path, "no kit", Some(OTHER)).await), Code::WrongKit);
}

#[tokio::test]
async fn a_restored_backup_stands_beside_the_profile_it_came_from() {
    let desk = Desk::new();
    let (path, _) = backed_up(&desk).await;
    let card = desk.profiles.restore(&path, PASSWORD, None, |_| {}).await.unwrap();
    let all = desk.profiles.list().unwrap();
    assert_eq!(all.len(), 2);
    for id in all.iter().map(|card| card.id) {
        desk.profiles.unlock(id, PASSWORD).await.unwrap();
    }
    assert!(all.iter().any(|other| other.id == card.id));
}

#[tokio::test]
async fn a_wrong_password_restores_nothing_and_leaves_nothing() {
    let desk = Desk::new();
    let (path, _) = backed_up(&desk).await;
    let elsewhere = Desk::new();
    assert_eq!(refusal(elsewhere.profiles.restore(&path, OTHER, None, |_| {}).await), Code::WrongPassword);
    assert!(elsewhere.profiles.list().unwrap().is_empty());
}

#[tokio::test]
async fn a_backup_with_any_byte_changed_or_missing_is_refused() {
    let desk = Desk::new();
    let (path, _) = backed_up(&desk).await;
    let whole = std::fs::read(&path).unwrap();
    let changed = desk.home.path().join("changed");
    let mut cases: Vec<Vec<u8>> = [6, 40, whole.len() / 2, whole.len() - 1]
        .into_iter()
        .map(|at| {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            bytes
        })
        .collect();
    cases.extend([whole[..whole.len() - 1].to_vec(), whole[..whole.len() / 3].to_vec(), whole[..6].to_vec()]);
    for bytes in cases {
        std::fs::write(&changed, bytes).unwrap();
        assert_eq!(refusal(restored(&changed, PASSWORD, None).await), Code::BackupDamaged);
    }
    std::fs::write(&changed, b"PK\x03\x04 somebody's holiday").unwrap();
    assert_eq!(refusal(restored(&changed, PASSWORD, None).await), Code::BackupForeign);
    assert_eq!(refusal(restored(&desk.home.path().join("nowhere"), PASSWORD, None).await), Code::FileMissing);
}

#[tokio::test]
async fn a_backup_never_writes_over_a_file_that_is_not_one() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let path = desk.home.path().join("thesis.docx");
    std::fs::write(&path, b"ten years of work").unwrap();
    assert_eq!(refusal(desk.profiles.back_up(&opened, &path, |_| {}).await), Code::BackupExists);
    assert_eq!(std::fs::read(&path).unwrap(), b"ten years of work");
}

#[tokio::test]
async fn a_backup_tells_how_far_it_is_and_holds_nothing_in_the_clear() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let words = "quince-7731 ".repeat(200_000);
    opened.write(opened.author(), async |tx| tx.keep_unsaved("here", &words).await).await.unwrap();
    let path = desk.home.path().join("again.attune-backup");
    let told = Arc::new(Mutex::new(Vec::<Progress>::new()));
    for _ in 0..2 {
        let telling = Arc::clone(&told);
        let made =
            desk.profiles.back_up(&opened, &path, move |progress| telling.lock().unwrap().push(progress));
        assert_eq!(made.await.unwrap().bytes, std::fs::metadata(&path).unwrap().len());
    }
    let told = told.lock().unwrap();
    assert!(told.len() > 10 && told.last().is_some_and(|last| last.done == last.total));
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(11).any(|window| window == b"quince-7731"));
}

#[tokio::test]
async fn a_damaged_store_never_takes_the_place_of_a_good_backup_and_still_restores_what_is_sound() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    opened.write(opened.author(), async |tx| tx.keep_unsaved("here", "kept").await).await.unwrap();
    let file = crate::files::keep(&opened, &[7; 1000]).await;
    let good = desk.home.path().join("good.attune-backup");
    desk.profiles.back_up(&opened, &good, |_| {}).await.unwrap();
    let before = std::fs::read(&good).unwrap();
    std::fs::write(opened.folder().join(format!("files/{file}.sealed")), b"rotten").unwrap();
    assert_eq!(refusal(desk.profiles.back_up(&opened, &good, |_| {}).await), Code::StoreDamaged);
    assert!(std::fs::read(&good).unwrap() == before);

    let beside = desk.home.path().join("beside.attune-backup");
    desk.profiles.back_up(&opened, &beside, |_| {}).await.unwrap();
    assert_eq!(
        restored(&beside, PASSWORD, None).await.unwrap().1,
        "kept",
        "the rest is not kept from its owner"
    );
}

#[tokio::test]
async fn a_restored_copy_is_another_device_of_the_same_person() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let path = desk.home.path().join("kept.attune-backup");
    desk.profiles.back_up(&opened, &path, |_| {}).await.unwrap();
    let card = desk.profiles.restore(&path, PASSWORD, None, |_| {}).await.unwrap();
    let copy = desk.profiles.unlock(card.id, PASSWORD).await.unwrap();
    assert_eq!(copy.author().member, opened.author().member);
    assert_ne!(copy.author().device, opened.author().device);
    assert!(copy.verify().await.unwrap().sound());
}

//! Sealed files: attachments, and later audio.

use std::io::{Read, Seek, SeekFrom, Write};

use attune_kernel::{Code, FileId, MoodId, RecordId};
use attune_store::{Change, Class, Kind, Store, StreamKind};
use attune_testkit::StoreInFolder;

use crate::refusal;

const THING: Kind = Kind { name: "thing", class: Class::Append, topic: "things" };

pub async fn keep(store: &Store, bytes: &[u8]) -> FileId {
    let mut file = store.new_file().unwrap();
    file.write_all(bytes).unwrap();
    let file = file.finish().unwrap();
    store
        .write(store.author(), async |tx| {
            let record = RecordId::from(MoodId::new(tx.now()));
            let stream = tx.open_stream(StreamKind::Own, None).await?;
            let place = record.to_string();
            let row = sqlx::query("insert into unsaved (place, text, at) values (?, '', '')").bind(&place);
            tx.change(Change::new(THING, record, stream, "keep", &())?, row).await?;
            tx.keep_file(file, record).await
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_kept_file_reads_from_anywhere_and_is_sealed_on_disk() {
    let store = StoreInFolder::create().await;
    let words = "a quiet river under the bridge, ".repeat(10_000);
    let id = keep(&store, words.as_bytes()).await;
    let store = store.reopen().await;
    let mut file = store.open_file(id).await.unwrap();
    assert_eq!(file.len(), words.len() as u64);
    file.seek(SeekFrom::Start(200_000)).unwrap();
    let mut heard = [0; 32];
    file.read_exact(&mut heard).unwrap();
    assert_eq!(heard, words.as_bytes()[200_000..200_032]);
    let on_disk = std::fs::read(store.path().join(format!("files/{id}.sealed"))).unwrap();
    assert!(!on_disk.windows(11).any(|window| window == b"quiet river"));
    let check = store.verify().await.unwrap();
    assert!(check.sound() && check.files == 1);
}

#[tokio::test]
async fn a_damaged_file_is_found_and_says_so() {
    let store = StoreInFolder::create().await;
    let id = keep(&store, &[7; 100_000]).await;
    let path = store.path().join(format!("files/{id}.sealed"));
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[50_000] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let check = store.verify().await.unwrap();
    assert_eq!((check.sound(), check.files, check.files_damaged), (false, 0, 1));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(refusal(store.open_file(id).await), Code::FileMissing);
}

#[tokio::test]
async fn a_file_that_was_never_finished_is_swept_and_a_kept_one_is_not() {
    let store = StoreInFolder::create().await;
    let kept = keep(&store, b"kept").await;
    let mut unfinished = store.new_file().unwrap();
    unfinished.write_all(b"never finished").unwrap();
    drop(unfinished);
    let store = store.reopen().await;
    let names: Vec<String> = std::fs::read_dir(store.path().join("files"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, [format!("{kept}.sealed")]);
}

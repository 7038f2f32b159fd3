//! Spools: the key before the file, nothing lost that was kept, nothing left that was forgotten.

use std::{fs, io::Write};

use attune_kernel::{Code, FileId, MoodId, RecordId};
use attune_store::{Change, Class, Kind, Result, SpoolPlace, Store, StreamKind, WriteTx};
use attune_testkit::StoreInFolder;

use crate::{
    profiles::{Desk, PASSWORD},
    refusal,
};

const THING: Kind = Kind { name: "thing", class: Class::Append, topic: "things" };

/// Some record that a spool can belong to.
pub async fn thing(tx: &mut WriteTx) -> Result<RecordId> {
    let record = RecordId::from(MoodId::new(tx.now()));
    write_thing(tx, record).await?;
    Ok(record)
}

async fn write_thing(tx: &mut WriteTx, record: RecordId) -> Result<()> {
    let stream = tx.open_stream(StreamKind::Own, None).await?;
    let place = record.to_string();
    let row = sqlx::query("insert into unsaved (place, text, at) values (?, '', '')").bind(&place);
    tx.change(Change::new(THING, record, stream, "keep", &())?, row).await
}

async fn begun(store: &Store) -> SpoolPlace {
    let begun = store.write(store.author(), async |tx| {
        let record = thing(tx).await?;
        tx.begin_spool(record).await
    });
    begun.await.unwrap()
}

/// Speaks `frames` frames into a spool. Returns its length.
fn speak(place: &SpoolPlace, frames: usize) -> u64 {
    let mut writer = place.key.frames_into(fs::File::create_new(&place.path).unwrap()).unwrap();
    for frame in 0..frames {
        writer.put(&[u8::try_from(frame % 251).unwrap(); 500]).unwrap();
    }
    writer.bytes()
}

async fn finish(store: &Store, file: FileId, bytes: u64) -> Result<()> {
    store.write(store.author(), async |tx| tx.finish_spool(file, bytes).await).await
}

async fn forget(store: &Store, file: FileId) -> Result<()> {
    store.write(store.author(), async |tx| tx.forget_file(file).await).await
}

async fn spoken(store: &Store, frames: usize) -> SpoolPlace {
    let place = begun(store).await;
    let bytes = speak(&place, frames);
    finish(store, place.file, bytes).await.unwrap();
    place
}

fn files_in(store: &StoreInFolder) -> Vec<String> {
    let entries = fs::read_dir(store.path().join("files")).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn the_key_is_kept_before_the_file_can_be() {
    let store = StoreInFolder::create().await;
    let place = begun(&store).await;
    assert!(!place.path.exists() && place.path.parent().unwrap().is_dir());
    let store = store.reopen().await;
    let again = store.read(async |tx| tx.spool_place(place.file).await).await.unwrap();
    assert_eq!((again.key.bytes(), &again.path), (place.key.bytes(), &place.path));
    assert_eq!(store.read(async |tx| tx.growing_spools().await).await.unwrap(), [place.file]);
    assert!(store.verify().await.unwrap().sound(), "nothing was said yet, and nothing is missing");
}

#[tokio::test]
async fn a_spool_may_be_begun_before_its_record_but_not_without_it() {
    let store = StoreInFolder::create().await;
    let record = RecordId::from(MoodId::new(store.now()));
    store
        .write(store.author(), async |tx| {
            tx.begin_spool(record).await?;
            write_thing(tx, record).await
        })
        .await
        .unwrap();
    assert_eq!(store.read(async |tx| tx.files_of(record).await).await.unwrap().len(), 1);
    let nobody = RecordId::from(MoodId::new(store.now()));
    assert!(store.write(store.author(), async |tx| tx.begin_spool(nobody).await).await.is_err());
    assert_eq!(store.read(async |tx| tx.growing_spools().await).await.unwrap().len(), 1);
    begun(&store).await;
}

#[tokio::test]
async fn what_is_committed_is_on_the_disk_and_what_is_deleted_is_written_over() {
    let store = StoreInFolder::create().await;
    let pragmas = store.write(store.author(), async |tx| {
        let synchronous = tx.scalar(sqlx::query_scalar::<_, i64>("pragma synchronous")).await?;
        Ok((synchronous, tx.scalar(sqlx::query_scalar::<_, i64>("pragma secure_delete")).await?))
    });
    assert_eq!(pragmas.await.unwrap(), (2, 1), "full, and on");
}

#[tokio::test]
async fn a_spool_is_finished_once() {
    let store = StoreInFolder::create().await;
    let place = spoken(&store, 10).await;
    assert_eq!(refusal(finish(&store, place.file, 1).await), Code::Gone);
    assert!(store.read(async |tx| tx.growing_spools().await).await.unwrap().is_empty());
    let check = store.verify().await.unwrap();
    assert_eq!((check.sound(), check.files), (true, 1));
    let sealed = crate::files::keep(&store, b"an attachment").await;
    assert_eq!(refusal(finish(&store, sealed, 1).await), Code::Gone, "an attachment never grew");
    assert_eq!(refusal(store.read(async |tx| tx.spool_place(sealed).await).await), Code::Gone);
    assert_eq!(refusal(store.open_file(place.file).await), Code::Gone);
}

#[tokio::test]
async fn a_spool_is_never_swept_whatever_state_it_was_left_in() {
    let store = StoreInFolder::create().await;
    let (ended, left) = (spoken(&store, 3).await, begun(&store).await);
    speak(&left, 3);
    let stranger = store.path().join("files/somebody-s.spool");
    fs::write(&stranger, b"not ours to judge").unwrap();
    drop(store.new_file().unwrap());
    let store = store.reopen().await;
    let mut expected = vec![format!("{}.spool", ended.file), format!("{}.spool", left.file)];
    expected.push("somebody-s.spool".into());
    expected.sort();
    assert_eq!(files_in(&store), expected);
}

#[tokio::test]
async fn damage_in_a_spool_that_ended_is_found() {
    let store = StoreInFolder::create().await;
    let place = spoken(&store, 10).await;
    let whole = fs::read(&place.path).unwrap();
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    let mut last = whole.clone();
    *last.last_mut().unwrap() ^= 1;
    // 524 bytes are one frame: cut there, every frame that is left is sound.
    let cut = |by: usize| whole[..whole.len() - by].to_vec();
    for (what, bytes) in [
        ("a byte in the middle", changed),
        ("the last byte", last),
        ("a torn tail", cut(100)),
        ("the last frame cut off", cut(524)),
        ("everything but the head", whole[..21].to_vec()),
        ("half the head", whole[..10].to_vec()),
        ("all of it", Vec::new()),
    ] {
        fs::write(&place.path, bytes).unwrap();
        let check = store.verify().await.unwrap();
        assert_eq!((check.sound(), check.files, check.files_damaged), (false, 0, 1), "{what}");
    }
    fs::remove_file(&place.path).unwrap();
    assert!(!store.verify().await.unwrap().sound());
    fs::write(&place.path, whole).unwrap();
    assert!(store.verify().await.unwrap().sound());
}

#[tokio::test]
async fn a_torn_tail_is_no_damage_while_a_spool_grows_nor_behind_where_it_was_said_to_end() {
    let store = StoreInFolder::create().await;
    let place = begun(&store).await;
    let whole = speak(&place, 10);
    let mut file = fs::File::options().append(true).open(&place.path).unwrap();
    file.write_all(&[7; 40]).unwrap();
    assert!(store.verify().await.unwrap().sound(), "the frame that is being written");
    finish(&store, place.file, whole).await.unwrap();
    assert!(store.verify().await.unwrap().sound(), "what lies behind the end was never said");
    let torn = begun(&store).await;
    fs::write(&torn.path, b"ATN").unwrap();
    assert!(store.verify().await.unwrap().sound(), "its head is being written");
}

#[tokio::test]
async fn a_forgotten_file_loses_its_key_at_once_and_its_bytes_after_the_commit() {
    let store = StoreInFolder::create().await;
    let (gone, kept) = (spoken(&store, 5).await, spoken(&store, 5).await);
    let sealed = crate::files::keep(&store, b"an attachment").await;
    forget(&store, gone.file).await.unwrap();
    assert_eq!(refusal(store.read(async |tx| tx.spool_place(gone.file).await).await), Code::Gone);
    assert_eq!(files_in(&store).len(), 2);
    assert!(!gone.path.exists() && kept.path.exists());
    assert_eq!(fs::metadata(store.path().join("store.db-wal")).unwrap().len(), 0, "nor in the log");
    forget(&store, sealed).await.unwrap();
    assert_eq!(files_in(&store), [format!("{}.spool", kept.file)]);
    let history = store.read(async |tx| tx.history(RecordId::from(gone.file.as_uuid())).await).await.unwrap();
    let actions: Vec<_> = history.iter().map(|(action, _)| action.as_str()).collect();
    assert_eq!(actions, ["begin", "keep", "forget"]);
    assert!(store.verify().await.unwrap().sound());
    assert_eq!(refusal(forget(&store, gone.file).await), Code::Gone);
}

#[tokio::test]
async fn a_forgetting_that_is_not_committed_forgets_nothing() {
    let store = StoreInFolder::create().await;
    let place = spoken(&store, 5).await;
    let refused = store.write(store.author(), async |tx| {
        tx.forget_file(place.file).await?;
        Err::<(), _>(Code::Busy.into())
    });
    assert_eq!(refusal(refused.await), Code::Busy);
    let store = store.reopen().await;
    assert!(place.path.exists());
    assert!(store.read(async |tx| tx.spool_place(place.file).await).await.is_ok());
}

#[tokio::test]
async fn bytes_that_could_not_be_removed_go_when_the_store_is_next_opened() {
    let store = StoreInFolder::create().await;
    let place = spoken(&store, 5).await;
    // A folder of that name cannot be removed as a file: the bytes stay, the key does not.
    fs::remove_file(&place.path).unwrap();
    fs::create_dir(&place.path).unwrap();
    forget(&store, place.file).await.unwrap();
    assert_eq!(refusal(store.read(async |tx| tx.spool_place(place.file).await).await), Code::Gone);
    fs::remove_dir(&place.path).unwrap();
    fs::write(&place.path, b"noise without its key").unwrap();
    let store = store.reopen().await;
    assert!(!place.path.exists());
    assert!(store.verify().await.unwrap().sound());
}

#[tokio::test]
async fn what_is_being_spoken_is_not_forgotten() {
    let store = StoreInFolder::create().await;
    let place = begun(&store).await;
    speak(&place, 2);
    assert_eq!(refusal(forget(&store, place.file).await), Code::AlreadyRecording);
    assert!(place.path.exists());
}

/// A spool of ten frames, and a copy of it that is being made, three frames long.
async fn being_copied(store: &Store) -> (SpoolPlace, SpoolPlace, u64) {
    let begun = store.write(store.author(), async |tx| {
        let record = thing(tx).await?;
        Ok((record, tx.begin_spool(record).await?))
    });
    let (record, of) = begun.await.unwrap();
    finish(store, of.file, speak(&of, 10)).await.unwrap();
    let copy = store.write(store.author(), async |tx| tx.begin_copy(record, of.file).await).await.unwrap();
    let bytes = speak(&copy, 3);
    (of, copy, bytes)
}

#[tokio::test]
async fn a_copy_takes_the_place_of_what_it_is_a_copy_of_and_there_is_never_none() {
    let store = StoreInFolder::create().await;
    let (of, copy, bytes) = being_copied(&store).await;
    assert!(store.read(async |tx| tx.growing_spools().await).await.unwrap().is_empty());
    let put = async |fails: bool| {
        store
            .write(store.author(), async |tx| {
                tx.finish_copy(copy.file, bytes).await?;
                if fails { Err(Code::Busy.into()) } else { Ok(()) }
            })
            .await
    };
    assert_eq!(refusal(put(true).await), Code::Busy);
    assert!(of.path.exists() && store.read(async |tx| tx.spool_place(of.file).await).await.is_ok());
    put(false).await.unwrap();
    assert_eq!(refusal(store.read(async |tx| tx.spool_place(of.file).await).await), Code::Gone);
    assert_eq!(files_in(&store), [format!("{}.spool", copy.file)]);
    assert!(store.read(async |tx| tx.growing_copies().await).await.unwrap().is_empty());
    let check = store.verify().await.unwrap();
    assert_eq!((check.sound(), check.files), (true, 1));
    assert_eq!(refusal(put(false).await), Code::Gone, "once only");
}

#[tokio::test]
async fn a_copy_that_a_crash_left_is_found_and_can_be_forgotten_and_nothing_else_that_grows_can() {
    let store = StoreInFolder::create().await;
    let (of, copy, _) = being_copied(&store).await;
    let spoken = begun(&store).await;
    speak(&spoken, 2);
    let store = store.reopen().await;
    assert!(store.verify().await.unwrap().sound(), "the frame that was being written");
    let left = store.read(async |tx| tx.growing_copies().await).await.unwrap();
    assert_eq!(left.iter().map(|(file, _)| *file).collect::<Vec<_>>(), [copy.file]);
    let forget = async |file| store.write(store.author(), async |tx| tx.forget_copy(file).await).await;
    for recording in [of.file, spoken.file] {
        assert_eq!(refusal(forget(recording).await), Code::Gone);
    }
    forget(copy.file).await.unwrap();
    assert!(!copy.path.exists() && of.path.exists() && spoken.path.exists());
}

#[tokio::test]
async fn only_a_finished_spool_of_the_same_record_can_be_copied() {
    let store = StoreInFolder::create().await;
    let (of, copy, _) = being_copied(&store).await;
    let record = store.read(async |tx| tx.growing_copies().await).await.unwrap()[0].1;
    let other = spoken(&store, 3).await;
    let sealed = crate::files::keep(&store, b"an attachment").await;
    for file in [other.file, copy.file, sealed] {
        let begun = store.write(store.author(), async |tx| tx.begin_copy(record, file).await);
        assert_eq!(refusal(begun.await), Code::Gone);
    }
    assert!(of.path.exists());
}

#[tokio::test]
async fn a_backup_holds_spools_ended_or_not_and_a_restore_puts_them_back() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let (ended, growing) = (spoken(&opened, 20).await, begun(&opened).await);
    speak(&growing, 7);
    let path = desk.home.path().join("kept.attune-backup");
    let made = desk.profiles.back_up(&opened, &path, |_| {}).await.unwrap();
    assert_eq!(made.files, 2);
    let card = desk.profiles.restore(&path, PASSWORD, None, |_| {}).await.unwrap();
    let copy = desk.profiles.unlock(card.id, PASSWORD).await.unwrap();
    for place in [&ended, &growing] {
        let there = copy.read(async |tx| tx.spool_place(place.file).await).await.unwrap();
        assert_eq!(there.key.bytes(), place.key.bytes());
        assert!(fs::read(&there.path).unwrap() == fs::read(&place.path).unwrap());
        assert_ne!(there.path, place.path);
    }
    assert_eq!(copy.read(async |tx| tx.growing_spools().await).await.unwrap(), [growing.file]);
    assert!(copy.verify().await.unwrap().sound());
}

#[tokio::test]
async fn a_file_whose_place_is_taken_during_a_backup_is_still_in_it_and_goes_afterwards() {
    let desk = Desk::new();
    let opened = std::sync::Arc::new(desk.enrol("Ingrid").await);
    let (of, copy, bytes) = being_copied(&opened).await;
    let path = desk.home.path().join("kept.attune-backup");
    // The first word of how far it is comes after the database was copied.
    let (ask, asked) = std::sync::mpsc::channel();
    let (answer, answered) = std::sync::mpsc::channel();
    let answered = std::sync::Mutex::new(Some(answered));
    let storing = std::sync::Arc::clone(&opened);
    let replacing = tokio::task::spawn(async move {
        tokio::task::spawn_blocking(move || asked.recv().unwrap()).await.unwrap();
        let put = storing.write(storing.author(), async |tx| tx.finish_copy(copy.file, bytes).await);
        put.await.unwrap();
        answer.send(()).unwrap();
    });
    let wait = move |_| {
        if let Some(answered) = answered.lock().unwrap().take() {
            ask.send(()).unwrap();
            answered.recv().unwrap();
        }
    };
    desk.profiles.back_up(&opened, &path, wait).await.unwrap();
    replacing.await.unwrap();
    assert!(!of.path.exists(), "its bytes went once nobody needed them");
    let card = desk.profiles.restore(&path, PASSWORD, None, |_| {}).await.unwrap();
    let restored = desk.profiles.unlock(card.id, PASSWORD).await.unwrap();
    let there = restored.read(async |tx| tx.spool_place(of.file).await).await.unwrap();
    assert!(there.path.exists() && restored.verify().await.unwrap().sound());
}

#[tokio::test]
async fn a_spool_that_grows_during_a_backup_is_in_it_as_far_as_it_was() {
    let desk = Desk::new();
    let opened = desk.enrol("Ingrid").await;
    let (first, growing) = (spoken(&opened, 2_000).await, begun(&opened).await);
    let listed = speak(&growing, 3);
    let path = desk.home.path().join("kept.attune-backup");
    // The first word of how far it is comes after the files were listed and before this one is read.
    let spool = growing.path.clone();
    let grown = std::sync::Once::new();
    let grow = move || {
        grown.call_once(|| {
            let mut file = fs::File::options().append(true).open(&spool).unwrap();
            file.write_all(&[9; 300_000]).unwrap();
        });
    };
    desk.profiles.back_up(&opened, &path, move |_| grow()).await.unwrap();
    assert!(fs::metadata(&growing.path).unwrap().len() > listed);
    let card = desk.profiles.restore(&path, PASSWORD, None, |_| {}).await.unwrap();
    let copy = desk.profiles.unlock(card.id, PASSWORD).await.unwrap();
    let there = copy.read(async |tx| tx.spool_place(growing.file).await).await.unwrap();
    assert_eq!(fs::metadata(there.path).unwrap().len(), listed);
    assert!(copy.read(async |tx| tx.spool_place(first.file).await).await.unwrap().path.exists());
}

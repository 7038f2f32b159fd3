//! Models from files, as a clinic without a network brings them in; and what is on the shelf.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use attune_kernel::{Code, Coded};
use attune_speech::{
    Proxy, Result,
    models::{Catalogue, Family, Installed, PRACTICE, Progress, Shelf, Stage, Ways, gguf},
};
use attune_vault::Digester;
use tempfile::TempDir;

const KNOWN: &str = "known-model";

/// The practice model: the one whole model there is here.
fn practice() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("practice/practice-parakeet-ctc.gguf")).unwrap()
}

/// Another model of the same shape: one weight differs.
fn another() -> Vec<u8> {
    let mut model = practice();
    *model.last_mut().unwrap() ^= 1;
    model
}

/// The model with what its head calls its family exchanged for a name as long.
fn of_family(name: &[u8; 8]) -> Vec<u8> {
    let mut model = practice();
    let at = model.windows(8).position(|eight| eight == b"parakeet").unwrap();
    model[at..at + 8].copy_from_slice(name);
    model
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digester = Digester::default();
    digester.write_all(bytes).unwrap();
    digester.finish().iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Room {
    folder: TempDir,
    shelf: Shelf,
}

impl Room {
    /// With a catalogue that knows [`another`].
    fn new() -> Self {
        Self::with(|_| Ok(u64::MAX))
    }

    fn with(free: fn(&Path) -> std::io::Result<u64>) -> Self {
        let text = serde_json::json!({
            "languages": { "english": ["en"] },
            "models": [{
                "id": KNOWN, "name": "Known", "quantisation": "F16", "family": "parakeet", "languages": "english",
                "choice": "fast", "maker": "nobody", "licence": "none",
                "download": { "bytes": another().len(), "sha256": hexadecimal(&another()), "mirrors": [] },
            }],
        });
        let folder = tempfile::tempdir().unwrap();
        let catalogue = Catalogue::read(&text.to_string()).unwrap();
        let ways = Ways { proxy: Proxy::Direct, free, ..Ways::default() };
        let shelf = Shelf::with(folder.path().join("Modelle für מודלים"), catalogue, ways);
        Self { folder, shelf }
    }

    fn stick(&self, name: impl AsRef<Path>, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    async fn bring(&self, file: &Path) -> Result<Installed> {
        self.shelf.bring_in(file, &mut |_| {}).await
    }

    async fn refused(&self, name: &str, bytes: &[u8]) -> Code {
        let file = self.stick(name, bytes);
        let code = self.bring(&file).await.expect_err(name).code();
        self.has_nothing();
        assert_eq!(fs::read(file).unwrap(), bytes, "whoever brought it has it still");
        code
    }

    /// But the practice model, and no leavings.
    fn has_nothing(&self) {
        let installed = self.shelf.installed().unwrap();
        assert_eq!(installed.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), [PRACTICE]);
        if let Ok(entries) = fs::read_dir(self.shelf_folder().join("brought")) {
            assert_eq!(entries.count(), 0);
        }
    }

    fn shelf_folder(&self) -> PathBuf {
        self.folder.path().join("Modelle für מודלים")
    }
}

#[tokio::test]
async fn a_model_the_catalogue_knows_gets_its_name_whatever_the_file_is_called() {
    let room = Room::new();
    let file = room.stick("Kopie von modell (2).bin", &another());
    let mut seen: Vec<Progress> = Vec::new();
    let mut told = |progress| {
        assert!(!room.shelf_folder().join(format!("{KNOWN}.gguf")).exists(), "not before it is checked");
        seen.push(progress);
    };
    let came = room.shelf.bring_in(&file, &mut told).await.unwrap();
    assert_eq!((came.id.as_str(), came.brought), (KNOWN, false));
    assert_eq!(fs::read(&came.path).unwrap(), another());
    assert!(seen.is_sorted_by_key(|progress| (progress.stage == Stage::Checking, progress.done)));
    assert_eq!(seen.last().unwrap().done, another().len() as u64);
    // Once more is no second one.
    assert_eq!(room.bring(&file).await.unwrap(), came);
    assert_eq!(room.shelf.path_of(KNOWN).unwrap(), came.path);
    assert_eq!(room.shelf.installed().unwrap().len(), 2);
}

#[tokio::test]
async fn a_model_nobody_knows_is_kept_under_its_own_name_and_marked() {
    let room = Room::new();
    let mut mine = another();
    *mine.last_mut().unwrap() ^= 2;
    let came = room.bring(&room.stick("Für die Praxis.gguf", &mine)).await.unwrap();
    assert_eq!(came.id, "brought/Für-die-Praxis");
    assert!(came.brought && !came.is_practice());
    assert_eq!((came.family, came.languages.as_slice()), (Family::Parakeet, ["en".to_owned()].as_slice()));
    assert_eq!(room.shelf.get(&came.id).unwrap().as_ref(), Some(&came));
    // The same again is the same; another of that name stands beside it.
    assert_eq!(room.bring(&room.stick("again/Für die Praxis.gguf", &mine)).await.unwrap(), came);
    *mine.last_mut().unwrap() ^= 4;
    let other = room.bring(&room.stick("other/Für die Praxis.gguf", &mine)).await.unwrap();
    assert_eq!(other.id, "brought/Für-die-Praxis-2");
    room.shelf.delete(&came.id).unwrap();
    assert!(!came.path.exists() && other.path.exists());
}

#[tokio::test]
async fn the_model_that_tells_voices_apart_comes_from_a_file_and_writes_nothing_down() {
    // A head may call a family by a longer name; the one tensor is as good as any.
    let room = Room::new();
    assert!(room.shelf.voices().unwrap().is_none());
    let came = room.bring(&room.stick("sortformer.gguf", &sortformer())).await.unwrap();
    assert!(!came.family.writes());
    assert_eq!(room.shelf.voices().unwrap(), Some(came));
}

/// The least that is a whole model of this family to look at: a name and one number.
fn sortformer() -> Vec<u8> {
    let word = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let mut file = [&b"GGUF"[..], &3_u32.to_le_bytes(), &1_u64.to_le_bytes(), &1_u64.to_le_bytes()].concat();
    file.extend([word("general.architecture"), 8_u32.to_le_bytes().to_vec(), word("sortformer")].concat());
    file.extend([word("weight"), 1_u32.to_le_bytes().to_vec(), 1_u64.to_le_bytes().to_vec()].concat());
    file.extend([&0_u32.to_le_bytes()[..], &0_u64.to_le_bytes()].concat());
    file.resize(file.len().next_multiple_of(32) + 4, 0);
    file
}

#[tokio::test]
async fn what_is_no_model_is_turned_away_and_nothing_of_it_stays() {
    let room = Room::new();
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    assert_eq!(room.refused("picture.gguf", picture).await, Code::ModelUnreadable);
    assert_eq!(room.refused("page.gguf", b"<!doctype html><html>").await, Code::ModelUnreadable);
    assert_eq!(room.refused("empty.gguf", b"").await, Code::ModelUnreadable);
    assert_eq!(room.bring(room.folder.path()).await.unwrap_err().code(), Code::ModelUnreadable, "a folder");
    let nowhere = room.folder.path().join("nowhere.gguf");
    assert_eq!(room.bring(&nowhere).await.unwrap_err().code(), Code::FileMissing);
}

#[tokio::test]
async fn a_model_that_was_cut_anywhere_is_turned_away() {
    let room = Room::new();
    let whole = practice();
    for cut in [whole.len() / 2, whole.len() - 64, 5000, 24, 5] {
        assert_eq!(room.refused("half.gguf", &whole[..cut]).await, Code::ModelUnreadable, "cut at {cut}");
    }
}

#[tokio::test]
async fn a_model_of_another_family_and_one_from_the_future_are_told_apart() {
    let room = Room::new();
    assert_eq!(room.refused("chat.gguf", &of_family(b"llama-xl")).await, Code::ModelForeign);
    let mut newer = practice();
    newer[4] = 4;
    assert_eq!(room.refused("newer.gguf", &newer).await, Code::ModelNewer);
}

#[tokio::test]
async fn a_file_that_says_it_is_one_we_know_and_is_not_is_a_mismatch() {
    let room = Room::new();
    let mut damaged = another();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    assert_eq!(room.refused(&format!("{KNOWN}.gguf"), &damaged).await, Code::ModelMismatch);
}

#[tokio::test]
async fn a_model_is_found_however_its_path_is_written() {
    let room = Room::new();
    let deep: PathBuf =
        ["Sprach modelle", "öäü ß é", "תיקייה של מודלים", &"sehr lang ".repeat(15), &"ü".repeat(90)]
            .iter()
            .collect();
    let file = room.stick(deep.join("מודל.gguf"), &another());
    assert!(file.as_os_str().len() > 300);
    assert_eq!(room.bring(&file).await.unwrap().id, KNOWN);
}

#[tokio::test]
async fn a_disk_that_is_too_full_is_said_before_anything_is_copied() {
    let room = Room::with(|_| Ok(100_000_000));
    assert_eq!(room.refused("model.gguf", &another()).await, Code::DiskFull);
}

#[tokio::test]
async fn bringing_in_that_is_stopped_leaves_nothing() {
    let room = Room::new();
    let file = room.stick("model.gguf", &another());
    let (begun, here) = tokio::sync::oneshot::channel();
    let mut begun = Some(begun);
    let mut told = |_| {
        if let Some(begun) = begun.take() {
            begun.send(()).unwrap();
        }
    };
    let mut coming = Box::pin(room.shelf.bring_in(&file, &mut told));
    tokio::select! {
        biased;
        here = here => here.unwrap(),
        _ = &mut coming => {}
    }
    drop(coming);
    // Whatever stage it was stopped at, the next one is whole.
    assert_eq!(room.bring(&file).await.unwrap().id, KNOWN);
    assert_eq!(fs::read_dir(room.shelf_folder().join("brought")).unwrap().count(), 0);
}

#[tokio::test]
async fn the_practice_model_is_laid_out_when_it_is_asked_for_and_mended_when_it_was_changed() {
    let room = Room::new();
    let listed = room.shelf.get(PRACTICE).unwrap().unwrap();
    assert!(listed.is_practice() && !listed.path.exists());
    let path = room.shelf.path_of(PRACTICE).unwrap();
    assert_eq!(fs::read(&path).unwrap(), practice());
    for damaged in [b"GGUF but not ours".to_vec(), another()] {
        fs::write(&path, damaged).unwrap();
        assert_eq!(room.shelf.path_of(PRACTICE).unwrap(), path);
        assert_eq!(fs::read(&path).unwrap(), practice());
    }
    let (head, family) = gguf::check(&path).unwrap();
    assert_eq!((family, head.ends_at.next_multiple_of(32)), (Family::Parakeet, practice().len() as u64));
    // Brought in, it is what is here already; and the catalogue knows nothing of it.
    assert_eq!(room.bring(&room.stick("practice.gguf", &practice())).await.unwrap().id, PRACTICE);
    assert!(Catalogue::ours().named(PRACTICE).is_none());
}

#[tokio::test]
async fn a_model_that_was_changed_or_cut_on_the_shelf_is_no_longer_there() {
    let room = Room::new();
    let known = room.bring(&room.stick("a.gguf", &another())).await.unwrap();
    let mut mine = another();
    *mine.last_mut().unwrap() ^= 2;
    let brought = room.bring(&room.stick("mine.gguf", &mine)).await.unwrap();
    for model in [known, brought] {
        fs::write(&model.path, &another()[..1_000_000]).unwrap();
        assert_eq!(room.shelf.path_of(&model.id).unwrap_err().code(), Code::ModelMissing, "{}", model.id);
    }
    room.has_only_practice();
}

impl Room {
    fn has_only_practice(&self) {
        let installed = self.shelf.installed().unwrap();
        assert_eq!(installed.iter().map(|model| model.id.as_str()).collect::<Vec<_>>(), [PRACTICE]);
    }
}

#[test]
fn an_id_is_no_way_out_of_the_folder() {
    let room = Room::new();
    room.stick("secret.gguf", &practice());
    for id in ["../secret", "brought/../../secret", "/etc/passwd", "", "brought/"] {
        assert_eq!(room.shelf.path_of(id).unwrap_err().code(), Code::ModelMissing, "{id}");
        assert_eq!(room.shelf.part_of(id), None);
        room.shelf.delete(id).unwrap();
    }
    assert!(room.folder.path().join("secret.gguf").exists());
}

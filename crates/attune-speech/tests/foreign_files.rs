//! Files that are no model, half a model, another sort of model, or a model in an odd place: each gets its code, and
//! whoever asked lives on.

mod practice_room;

use std::{fs, path::Path, time::Duration};

use attune_kernel::{Code, Coded};
use attune_speech::{
    engine::{Engine, Window, local::IDLE},
    worker::memory,
};
use practice_room::{local, local_with, model, sentence, text};
use tokio::time::timeout;

const LONG: Duration = Duration::from_secs(60);

/// Why this file is not taken for a model, after which no worker is left.
async fn refused(path: &Path) -> Code {
    let mut local = local_with(path.to_owned(), IDLE);
    let error = timeout(LONG, local.open()).await.expect("it ends").expect_err("it is refused");
    assert!(!format!("{error}").contains("klient"), "the path stays out of it: {error}");
    assert_eq!(local.pid().and_then(memory::of), None);
    error.code()
}

/// A head with one number as its only weight.
fn head(version: u32, fields: &[(&str, &str)]) -> Vec<u8> {
    let word = |file: &mut Vec<u8>, word: &str| {
        file.extend((word.len() as u64).to_le_bytes());
        file.extend(word.as_bytes());
    };
    let mut file = b"GGUF".to_vec();
    file.extend(version.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    file.extend((fields.len() as u64).to_le_bytes());
    for (name, value) in fields {
        word(&mut file, name);
        file.extend(8_u32.to_le_bytes());
        word(&mut file, value);
    }
    word(&mut file, "weight");
    file.extend(1_u32.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    file.extend(0_u32.to_le_bytes());
    file.extend(0_u64.to_le_bytes());
    file.resize(file.len().next_multiple_of(32) + 4, 0);
    file
}

#[tokio::test]
async fn what_is_no_model_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("klient.gguf");
    for file in [
        Vec::new(),
        b"G".to_vec(),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(),
        b"<!DOCTYPE html><title>Sign in to the network</title>".to_vec(),
        b"hello".repeat(100_000),
        vec![0; 4096],
    ] {
        fs::write(&path, &file).unwrap();
        assert_eq!(refused(&path).await, Code::ModelUnreadable, "{} bytes", file.len());
    }
    assert_eq!(refused(folder.path()).await, Code::ModelUnreadable, "a folder");
    assert_eq!(refused(&folder.path().join("klient.bin")).await, Code::ModelMissing);
}

#[tokio::test]
async fn a_model_that_ends_early_is_unreadable_wherever_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("klient.gguf");
    let whole = fs::read(model()).unwrap();
    for end in [8, 200, 20_000, whole.len() / 10, whole.len() / 2, whole.len() - 64] {
        fs::write(&path, &whole[..end]).unwrap();
        assert_eq!(refused(&path).await, Code::ModelUnreadable, "{end} of {} bytes", whole.len());
    }
}

#[tokio::test]
async fn a_model_of_another_sort_and_one_for_another_duty_are_foreign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("klient.gguf");
    for architecture in ["llama", "bert", "sortformer", ""] {
        fs::write(&path, head(3, &[("general.architecture", architecture)])).unwrap();
        assert_eq!(refused(&path).await, Code::ModelForeign, "{architecture:?}");
    }
    let mut local = local();
    let (pcm, said) = sentence();
    let error = timeout(LONG, local.diarize(&model(), &pcm)).await.expect("it ends").unwrap_err();
    assert_eq!(error.code(), Code::ModelForeign, "one that writes down cannot tell voices apart");
    let missing = timeout(LONG, local.diarize(&path.with_extension("gone"), &pcm)).await.expect("it ends");
    assert_eq!(missing.unwrap_err().code(), Code::ModelMissing);
    let heard = timeout(LONG, local.hear(Window { pcm: &pcm, language: None })).await.expect("it answers");
    assert_eq!(text(&heard.unwrap().words), said, "and its own work is not disturbed by that");
}

#[tokio::test]
async fn a_model_from_the_future_is_newer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("klient.gguf");
    fs::write(&path, head(4, &[("general.architecture", "parakeet")])).unwrap();
    assert_eq!(refused(&path).await, Code::ModelNewer, "a later layout");
    let mut file = fs::read(model()).unwrap();
    let name = b"stt.parakeet.head_kind";
    let at = file.windows(name.len()).position(|bytes| bytes == name).unwrap() + name.len() + 4 + 8;
    assert_eq!(&file[at..at + 3], b"ctc");
    file[at..at + 3].copy_from_slice(b"xyz");
    fs::write(&path, file).unwrap();
    assert_eq!(refused(&path).await, Code::ModelNewer, "a head the engine has not heard of");
}

/// Nothing of what a file says is believed: whatever stands in its head, the application sees a code or a model.
#[tokio::test]
async fn a_head_with_broken_numbers_never_takes_the_application_down() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("klient.gguf");
    let whole = fs::read(model()).unwrap();
    let numbers = [
        "n_layers",
        "d_model",
        "n_heads",
        "d_ff",
        "conv_kernel",
        "subsampling_factor",
        "subsampling_channels",
        "num_mels",
        "n_fft",
        "win_length",
        "hop_length",
        "pos_emb_max_len",
    ];
    for name in numbers {
        let at =
            whole.windows(name.len()).position(|bytes| bytes == name.as_bytes()).unwrap() + name.len() + 4;
        for value in [0, 1, 3, 1000, u32::MAX] {
            // So large a window would really be made, and take the machine's memory with it.
            if value == u32::MAX && name != "n_layers" {
                continue;
            }
            let mut file = whole.clone();
            file[at..at + 4].copy_from_slice(&value.to_le_bytes());
            fs::write(&path, file).unwrap();
            let mut local = local_with(path.clone(), IDLE);
            let opened = timeout(LONG, local.open()).await.expect("it ends").map(drop);
            // One that opens may still break at the first window; that too is only an error.
            let (pcm, _) = sentence();
            let heard = match opened {
                Ok(()) => {
                    timeout(LONG, local.hear(Window { pcm: &pcm, language: None })).await.expect("it ends")
                }
                Err(error) => Err(error),
            };
            if let Err(error) = heard {
                let known =
                    [Code::ModelNewer, Code::ModelUnreadable, Code::EngineFailed, Code::ModelTooLarge];
                assert!(known.contains(&error.code()), "{name} = {value}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_model_is_found_whatever_its_folders_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let mut long = folder.path().join("Über Straße und Fjord");
    long.push("מודל שפה");
    while long.as_os_str().len() < 330 {
        long.push("sehr langer Ordner mit Leerzeichen und Umlauten äöüß");
    }
    fs::create_dir_all(&long).unwrap();
    let path = long.join("‏דוגמה 模型 ünï 'quoted' \"twice\" & more.gguf");
    assert!(path.as_os_str().len() > 300);
    fs::copy(model(), &path).unwrap();
    let (pcm, said) = sentence();
    let mut local = local_with(path, IDLE);
    let heard = timeout(LONG, local.hear(Window { pcm: &pcm, language: None })).await.expect("it answers");
    assert_eq!(text(&heard.unwrap().words), said);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_path_that_is_no_unicode_is_a_path_as_well() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(OsStr::from_bytes(b"Mod\xe8le.gguf"));
    fs::copy(model(), &path).unwrap();
    let mut local = local_with(path, IDLE);
    timeout(LONG, local.open()).await.expect("it opens").unwrap();
}

//! Bad input to `attune headless transcribe`, and good input that is hard to come by: each gets words or a sentence.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    headless::{headless, said},
    transcripts::{samples, speech},
};

fn transcribe(home: &Path, file: &Path, more: &[&str]) -> Output {
    let file = file.to_str().unwrap();
    headless(home, &[&["transcribe", file], more].concat(), "")
}

fn sample() -> PathBuf {
    speech().join("sample-session.flac")
}

/// The first seconds of the sample session at a rate, as interleaved samples.
fn seconds(rate: u32, seconds: usize) -> Vec<f32> {
    let mut all = samples(rate);
    all.truncate(rate as usize * seconds);
    all
}

fn wav(path: &Path, rate: u32, channels: u16, bits: u16, samples: &[f32]) {
    let spec = hound::WavSpec {
        channels,
        sample_rate: rate,
        bits_per_sample: bits,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(path, spec).unwrap();
    let full = f64::from((1_i32 << (bits - 1)) - 1);
    for sample in samples {
        for _ in 0..channels {
            writer.write_sample((f64::from(*sample).clamp(-1.0, 1.0) * full) as i32).unwrap();
        }
    }
    writer.finalize().unwrap();
}

fn refused(output: &Output, code: &str) {
    let heard = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{}", said(output));
    assert!(heard.contains(code), "{code} is not in: {heard}");
}

#[test]
fn the_sample_session_is_printed_for_scripts_with_every_word_and_its_time() {
    let home = TempDir::new().unwrap();
    let printed = transcribe(home.path(), &sample(), &["--json", "--speakers", "2"]);
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let read: Value = serde_json::from_str(&said(&printed)).unwrap();
    assert_eq!(read["model"], "practice");
    assert!(read["engine"].as_str().unwrap().contains("transcribe-cpp"));
    let segments = read["segments"].as_array().unwrap();
    let first = &segments[0];
    assert!(
        first["t0"].as_f64().unwrap() < 1.2 && first["text"].as_str().unwrap().starts_with("good morning")
    );
    assert!(first["words"][0]["p"].as_f64().unwrap() > 0.5);
    let speakers: std::collections::BTreeSet<&str> =
        segments.iter().map(|segment| segment["speaker"].as_str().unwrap()).collect();
    assert_eq!(speakers, ["client", "clinician"].into());
}

#[test]
fn sound_from_a_studio_and_from_a_telephone_is_written_down() {
    let home = TempDir::new().unwrap();
    let studio = home.path().join("studio.wav");
    wav(&studio, 44_100, 2, 24, &seconds(44_100, 16));
    let telephone = home.path().join("telephone.wav");
    wav(&telephone, 8_000, 1, 16, &seconds(8_000, 16));
    // The practice model has never heard a telephone, and gets words of it wrong.
    for (file, heard) in [(studio, "please take a seat"), (telephone, "how have you been feeling")] {
        let written = transcribe(home.path(), &file, &[]);
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        assert!(said(&written).contains(heard), "{}: {}", file.display(), said(&written));
    }
}

#[test]
fn what_is_no_sound_gets_a_sentence() {
    let home = TempDir::new().unwrap();
    let at = |name: &str| home.path().join(name);
    fs::write(at("empty.wav"), b"").unwrap();
    refused(&transcribe(home.path(), &at("empty.wav"), &[]), "AudioEmpty");
    let picture = [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 4_000]].concat();
    fs::write(at("picture.wav"), picture).unwrap();
    refused(&transcribe(home.path(), &at("picture.wav"), &[]), "AudioUnreadable");
    refused(&transcribe(home.path(), &at("nowhere.wav"), &[]), "FileMissing");
}

#[test]
fn a_file_that_was_cut_off_is_written_down_as_far_as_it_goes() {
    let home = TempDir::new().unwrap();
    let whole = fs::read(sample()).unwrap();
    let half = home.path().join("half.flac");
    fs::write(&half, &whole[..whole.len() / 2]).unwrap();
    let written = transcribe(home.path(), &half, &[]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    assert!(said(&written).contains("panic attack"), "{}", said(&written));
}

#[test]
fn a_path_may_be_long_and_of_any_script() {
    let home = TempDir::new().unwrap();
    let long = "so lang wie nötig ".repeat(6);
    let folder = home.path().join(&long).join("שיחה ראשונה").join(&long).join(&long);
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("Gespräch am Montag.flac");
    fs::copy(sample(), &file).unwrap();
    assert!(file.as_os_str().len() > 300);
    let model = folder.join("Übung.gguf");
    fs::copy(speech().join("practice-parakeet-ctc.gguf"), &model).unwrap();
    let written = transcribe(home.path(), &file, &["--model", model.to_str().unwrap()]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    assert!(said(&written).contains("panic attack"), "{}", said(&written));
}

#[test]
fn a_file_that_is_no_model_is_told_from_one_that_is_not_there() {
    let home = TempDir::new().unwrap();
    let page = home.path().join("model.gguf");
    fs::write(&page, "<!doctype html><title>404</title>".repeat(100)).unwrap();
    refused(&transcribe(home.path(), &sample(), &["--model", page.to_str().unwrap()]), "ModelUnreadable");
    refused(&transcribe(home.path(), &sample(), &["--model", "whisper-base-Q8_0"]), "ModelMissing");
}

//! The built program, a real sound server and a known file: what was said to the microphone is what is in
//! the recording, sample for sample; and a recorder that is killed loses none of it.

use std::{
    f64::consts::TAU,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

use attune_testkit::sound::{Microphone, VirtualSound, until};
use tempfile::TempDir;

use crate::headless::program;

const RATE: usize = 48_000;
/// The file begins with a sweep that is like nothing else in it.
const SWEEP: usize = 1_024;

fn known() -> Vec<f64> {
    let sweep = (0..SWEEP).map(|at| {
        let part = at as f64 / SWEEP as f64;
        (part * part * 180.0 * TAU).sin() * 0.6
    });
    let voice = (0..RATE * 3).map(|at| {
        let time = at as f64 / RATE as f64;
        let swell = (time * 5.0).sin().abs() * 0.25;
        let wandering = 180.0 + 60.0 * (time * 1.7).sin();
        let hiss = ((at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as f64 / f64::from(1 << 24) - 0.5;
        swell * (time * wandering * TAU).sin() + hiss * 0.1
    });
    sweep.chain(voice).collect()
}

fn write(path: &Path, samples: &[f64]) {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, spec).unwrap();
    for sample in samples {
        wav.write_sample((sample * 32_767.0) as i16).unwrap();
    }
    wav.finalize().unwrap();
}

fn read(path: &Path) -> Vec<f64> {
    let mut wav = hound::WavReader::open(path).unwrap();
    wav.samples::<i16>().map(|sample| f64::from(sample.unwrap()) / 32_768.0).collect()
}

/// How alike two stretches are, -1 to 1.
fn alike(one: &[f64], other: &[f64]) -> f64 {
    let (mut product, mut first, mut second) = (0.0, 0.0, 0.0);
    for (a, b) in one.iter().zip(other) {
        product += a * b;
        first += a * a;
        second += b * b;
    }
    product / (first * second).sqrt().max(1e-12)
}

/// Where the sweep begins.
fn find(recorded: &[f64], sweep: &[f64]) -> usize {
    let at = |from: usize| alike(&recorded[from..from + SWEEP], sweep);
    (0..recorded.len() - SWEEP).max_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap()
}

/// Starts to record, and comes back when the first sample is kept.
fn record(sound: &VirtualSound, seconds: u32, out: &Path) -> (Child, Instant) {
    let mut command = Command::new(program());
    command
        .args(["headless", "record", "--everything", "--seconds", &seconds.to_string()])
        .args(["--device", Microphone::First.name()])
        .arg("--out")
        .arg(out)
        .stdout(Stdio::piped());
    let mut child = sound.lend(&mut command).spawn().unwrap();
    let mut line = String::new();
    BufReader::with_capacity(1, child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "recording");
    (child, Instant::now())
}

#[test]
fn what_is_said_to_a_microphone_is_recorded_sample_for_sample_and_in_time() {
    let (folder, sound) = (TempDir::new().unwrap(), VirtualSound::start().unwrap());
    let (said, known) = (folder.path().join("said.wav"), known());
    write(&said, &known);
    let mut listing = Command::new(program());
    let listed = sound.lend(listing.args(["headless", "devices"])).output().unwrap();
    assert!(String::from_utf8_lossy(&listed.stdout).contains(Microphone::First.name()));
    // Starting a player takes as long as the machine happens to be busy; the best of three is Attune's part.
    let mut offsets = Vec::new();
    for attempt in 0..3 {
        let out = folder.path().join(format!("heard-{attempt}.wav"));
        let (mut recorder, began) = record(&sound, 5, &out);
        let before = began.elapsed().as_secs_f64();
        sound.say(Microphone::First, &said).finish();
        assert!(recorder.wait().unwrap().success());
        let heard = read(&out);
        assert!(heard.len().abs_diff(5 * RATE) < RATE / 2, "{} samples", heard.len());
        let at = find(&heard, &known[..SWEEP]);
        let likeness = alike(&heard[at..at + known.len()], &known);
        assert!(likeness >= 0.99, "the recording is like the file to {likeness}");
        for second in 0..3 {
            let part = SWEEP + second * RATE..SWEEP + (second + 1) * RATE;
            let likeness = alike(&heard[at + part.start..at + part.end], &known[part]);
            assert!(likeness >= 0.99, "second {second}: {likeness}");
        }
        offsets.push(at as f64 / RATE as f64 - before);
        if offsets.iter().any(|offset| offset.abs() < 0.1) {
            return;
        }
    }
    panic!("the recording is off by {offsets:?} s");
}

#[test]
fn a_recorder_that_is_killed_is_recovered_from_its_folder_and_nothing_is_removed() {
    let (folder, sound) = (TempDir::new().unwrap(), VirtualSound::start().unwrap());
    let (said, known) = (folder.path().join("said.wav"), known());
    write(&said, &known);
    let out = folder.path().join("heard.wav");
    let (mut recorder, began) = record(&sound, 600, &out);
    let saying = sound.say(Microphone::First, &said);
    until("two seconds are kept", || began.elapsed().as_secs_f64() > 2.0);
    recorder.kill().unwrap();
    recorder.wait().unwrap();
    drop(saying);
    assert!(!out.exists(), "half a file never looks like a whole one");

    let recovered =
        Command::new(program()).args(["headless", "recover"]).arg(folder.path()).output().unwrap();
    assert!(recovered.status.success(), "{}", String::from_utf8_lossy(&recovered.stderr));
    assert!(String::from_utf8_lossy(&recovered.stdout).contains("cut off and recovered"));
    let heard = read(&out);
    assert!(heard.len() > RATE * 17 / 10, "{} samples", heard.len());
    let at = find(&heard, &known[..SWEEP]);
    let whole = heard.len() - at;
    assert!(alike(&heard[at..], &known[..whole]) >= 0.99);
    assert!(folder.path().join("heard.wav.recording").join("sound.spool").exists());
}

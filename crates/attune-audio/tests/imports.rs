//! Files from elsewhere: whole, cut, damaged, misnamed and hostile. All of them hold the same: 0.4 s of
//! silence, 0.8 s of a tone (440 Hz; on a second channel 660 Hz), 0.4 s of silence.

use std::{
    fs,
    io::Cursor,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use attune_audio::{
    Result,
    import::{self, Format, Imported},
};
use attune_kernel::{Code, Coded};
use hound::{SampleFormat, WavSpec, WavWriter};
use proptest::prelude::*;

const RATE: u32 = 24_000;
const SOUNDS: [(&str, Format, u16); 5] = [
    ("tone.mp3", Format::Mp3, 2),
    ("tone.m4a", Format::M4a, 1),
    ("tone.flac", Format::Flac, 1),
    ("tone-vorbis.ogg", Format::Ogg, 2),
    ("tone-opus.ogg", Format::Ogg, 1),
];

fn sound(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sounds").join(name)).unwrap()
}

/// A folder with one file in it.
struct Given {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn given(name: &str, bytes: &[u8]) -> Given {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    Given { _folder: folder, path }
}

/// What comes out: the account of it, and each channel.
fn decode(path: &Path) -> Result<(Imported, Vec<Vec<f32>>)> {
    let mut channels = Vec::new();
    let take = &mut |samples: &[f32], count: u16| {
        channels.resize(usize::from(count), Vec::new());
        for (place, sample) in samples.iter().enumerate() {
            channels[place % usize::from(count)].push(*sample);
        }
        Ok(())
    };
    match import::decode(path, RATE, take, &mut |_, _| ControlFlow::Continue(()))? {
        ControlFlow::Continue(imported) => Ok((imported, channels)),
        ControlFlow::Break(()) => panic!("nobody stopped it"),
    }
}

fn refusal(name: &str, bytes: &[u8]) -> Code {
    let given = given(name, bytes);
    let code = decode(&given.path).unwrap_err().code();
    assert_eq!(import::probe(&given.path).map_or_else(|error| error.code(), |_| code), code);
    code
}

fn part(channel: &[f32], from_ms: usize, to_ms: usize) -> &[f32] {
    let at = |ms: usize| (ms * RATE as usize / 1_000).min(channel.len());
    &channel[at(from_ms)..at(to_ms)]
}

fn loudness(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

fn hertz(samples: &[f32]) -> f32 {
    let rises = samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
    rises as f32 * RATE as f32 / samples.len() as f32
}

fn assert_tone(name: &str, channel: &[f32], wanted: f32) {
    assert!(loudness(part(channel, 0, 360)) < 0.02, "{name} is silent before the tone");
    let tone = part(channel, 450, 1_150);
    assert!((0.3..0.4).contains(&loudness(tone)), "{name}: {}", loudness(tone));
    assert!((hertz(tone) - wanted).abs() < 6.0, "{name}: {} Hz", hertz(tone));
    assert!(loudness(part(channel, 1_260, 1_600)) < 0.02, "{name} is silent after it");
}

fn made(spec: WavSpec) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
    for n in 0..spec.sample_rate * 8 / 5 {
        let at = f64::from(n) / f64::from(spec.sample_rate);
        let on = (0.4..1.2).contains(&at);
        for channel in 0..spec.channels {
            let tone = if channel == 1 { 660.0 } else { 440.0 };
            let value = if on { 0.5 * (std::f64::consts::TAU * tone * at).sin() } else { 0.0 };
            match spec.sample_format {
                SampleFormat::Float => writer.write_sample(value as f32).unwrap(),
                SampleFormat::Int => {
                    writer
                        .write_sample((value * f64::from(1_u32 << (spec.bits_per_sample - 1))) as i32)
                        .unwrap();
                }
            }
        }
    }
    writer.finalize().unwrap();
    bytes.into_inner()
}

fn wav(channels: u16, sample_rate: u32, bits_per_sample: u16, sample_format: SampleFormat) -> Vec<u8> {
    made(WavSpec { channels, sample_rate, bits_per_sample, sample_format })
}

#[test]
fn each_kind_of_file_is_heard_in_full_and_in_time() {
    for (name, format, channels) in SOUNDS {
        let given = given(name, &sound(name));
        let found = import::probe(&given.path).unwrap();
        assert_eq!((found.format, found.channels), (format, channels), "{name}");
        let claimed = found.duration_ms.unwrap();
        assert!((1_560..1_720).contains(&claimed), "{name} says {claimed} ms");
        let (imported, heard) = decode(&given.path).unwrap();
        assert_eq!((imported.channels, heard.len()), (channels, usize::from(channels)), "{name}");
        assert_eq!(imported.frames, heard[0].len() as u64, "{name}");
        assert!(!imported.cut_short && imported.damaged_ms == 0, "{name}: {imported:?}");
        let ms = imported.frames * 1_000 / u64::from(RATE);
        assert!((1_590..1_720).contains(&ms), "{name} lasts {ms} ms");
        assert_tone(name, &heard[0], 440.0);
        if channels == 2 {
            assert_tone(name, &heard[1], 660.0);
        }
    }
}

#[test]
fn wav_is_heard_at_every_width_and_rate() {
    for (channels, rate, bits, format) in [
        (1, 8_000, 16, SampleFormat::Int),
        (2, 24_000, 16, SampleFormat::Int),
        (1, 44_100, 24, SampleFormat::Int),
        (2, 48_000, 32, SampleFormat::Int),
        (1, 96_000, 32, SampleFormat::Float),
    ] {
        let given = given("tone.wav", &wav(channels, rate, bits, format));
        let (imported, heard) = decode(&given.path).unwrap();
        assert_eq!((imported.frames, imported.channels), (38_400, channels), "{rate} {bits}");
        assert!(!imported.cut_short);
        assert_tone("wav", &heard[0], 440.0);
        if channels == 2 {
            assert_tone("wav", &heard[1], 660.0);
        }
    }
}

#[test]
fn more_than_two_channels_become_one() {
    let given = given("surround.wav", &wav(6, 48_000, 16, SampleFormat::Int));
    let (imported, heard) = decode(&given.path).unwrap();
    assert_eq!((imported.channels, imported.frames), (1, 38_400));
    assert!(loudness(part(&heard[0], 450, 1_150)) > 0.25);
}

#[test]
fn a_files_name_says_nothing() {
    let misnamed = given("letter.pdf", &sound("tone.flac"));
    assert_eq!(import::probe(&misnamed.path).unwrap().format, Format::Flac);
    let page =
        "<!doctype html><html><body><p>Sign in to download your recording.</p></body></html>".repeat(200);
    assert_eq!(refusal("session.mp3", page.as_bytes()), Code::AudioUnreadable);
    let sly = [page.as_bytes(), &sound("tone.mp3")].concat();
    assert_eq!(refusal("session.mp3", &sly), Code::AudioUnreadable);
    assert_eq!(refusal("session.wav", b"RIFF"), Code::AudioUnreadable);
    assert_eq!(refusal("session.mp3", &[0; 100_000]), Code::AudioUnreadable);
}

#[test]
fn a_picture_before_the_sound_is_skipped() {
    let size = 2_000_000_u32;
    let seven = |shift: u32| (size >> shift & 0x7F) as u8;
    let tag = [b'I', b'D', b'3', 4, 0, 0, seven(21), seven(14), seven(7), seven(0)];
    // A picture is full of what looks like sound.
    let picture = [0xFF, 0xFB, 0x90, 0x64].repeat(size as usize / 4);
    let given = given("tone.mp3", &[&tag[..], &picture, &sound("tone.mp3")].concat());
    let (imported, heard) = decode(&given.path).unwrap();
    assert!(!imported.cut_short);
    assert_tone("tagged", &heard[0], 440.0);
}

#[test]
fn nothing_in_a_file_is_said_to_be_nothing() {
    assert_eq!(refusal("empty.mp3", b""), Code::AudioEmpty);
    let silent = wav(1, 24_000, 16, SampleFormat::Int);
    let mut empty = silent[..44].to_vec();
    empty[4..8].copy_from_slice(&36_u32.to_le_bytes());
    empty[40..44].copy_from_slice(&0_u32.to_le_bytes());
    assert_eq!(refusal("empty.wav", &empty), Code::AudioEmpty);
    assert_eq!(decode(Path::new("/nowhere/at/all.wav")).unwrap_err().code(), Code::FileMissing);
    let folder = tempfile::tempdir().unwrap();
    assert!(decode(folder.path()).is_err(), "a folder is no recording");
}

#[test]
fn a_file_that_was_cut_gives_what_it_has_and_says_so() {
    let wav = ("tone.wav", wav(2, 24_000, 16, SampleFormat::Int));
    let sounds = SOUNDS.iter().map(|(name, ..)| (*name, sound(name))).chain([wav]);
    for (name, bytes) in sounds {
        let given = given(name, &bytes[..bytes.len() * 17 / 20]);
        let (imported, heard) = decode(&given.path).expect(name);
        assert!(imported.cut_short, "{name}: {imported:?}");
        let ms = imported.frames * 1_000 / u64::from(RATE);
        assert!((700..1_500).contains(&ms), "{name} has {ms} ms");
        assert!((hertz(part(&heard[0], 450, 700)) - 440.0).abs() < 9.0, "{name}");
    }
}

#[test]
fn a_wav_file_whose_recorder_died_is_heard_to_its_last_sample() {
    let whole = wav(1, 24_000, 16, SampleFormat::Int);
    for (riff, data) in [(0, 0), (u32::MAX, u32::MAX), (36, 0)] {
        let mut bytes = whole.clone();
        bytes[4..8].copy_from_slice(&u32::to_le_bytes(riff));
        bytes[40..44].copy_from_slice(&u32::to_le_bytes(data));
        let given = given("tone.wav", &bytes);
        let (imported, heard) = decode(&given.path).unwrap();
        assert_eq!((imported.frames, imported.cut_short), (38_400, false), "{riff} {data}");
        assert_tone("unfinished", &heard[0], 440.0);
    }
    let given = given("tone.wav", &whole[..44 + 2 * 30_001]);
    let (imported, _) = decode(&given.path).unwrap();
    assert_eq!((imported.frames, imported.cut_short), (30_001, true));
}

#[test]
fn what_is_damaged_in_the_middle_moves_nothing_after_it() {
    for name in ["tone.flac", "tone-opus.ogg", "tone-vorbis.ogg"] {
        let mut bytes = sound(name);
        let middle = bytes.len() * 4 / 5 + 60;
        bytes[middle..middle + 40].fill(0x55);
        let given = given(name, &bytes);
        let (imported, heard) = decode(&given.path).unwrap();
        assert!(imported.damaged_ms > 0, "{name}: {imported:?}");
        let ms = imported.frames * 1_000 / u64::from(RATE);
        assert!((1_570..1_720).contains(&ms), "{name} lasts {ms} ms");
        assert!(loudness(part(&heard[0], 1_260, 1_600)) < 0.05, "{name}");
    }
}

#[test]
fn an_import_can_be_stopped_and_tells_how_far_it_is() {
    let given = given("tone.wav", &wav(1, 48_000, 16, SampleFormat::Int));
    let mut told = Vec::new();
    let stopped = import::decode(&given.path, RATE, &mut |_, _| Ok(()), &mut |done, total| {
        told.push((done, total));
        if told.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(stopped.unwrap().is_break());
    let size = fs::metadata(&given.path).unwrap().len();
    assert!(told.iter().all(|(done, total)| done <= total && *total == size), "{told:?}");
    assert!(told[0].0 <= told[1].0);
}

#[test]
fn a_sink_that_fails_ends_the_import_with_its_own_error() {
    let given = given("tone.flac", &sound("tone.flac"));
    let full = &mut |_: &[f32], _: u16| Err(Code::DiskFull.into());
    let error = import::decode(&given.path, RATE, full, &mut |_, _| ControlFlow::Continue(())).unwrap_err();
    assert_eq!(error.code(), Code::DiskFull);
}

/// Whatever came of it, it came without a panic, and with no more sound than there can be.
fn assert_harmless(bytes: &[u8]) {
    let given = given("hostile", bytes);
    if let Ok((imported, heard)) = decode(&given.path) {
        assert_eq!(imported.frames, heard[0].len() as u64);
        assert!(heard.iter().flatten().all(|sample| sample.is_finite()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_hostile_file_is_an_error_at_most(
        which in 0..SOUNDS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
        near_the_head in any::<bool>(),
        cut in 0.2_f64..1.0,
    ) {
        let mut bytes = sound(SOUNDS[which].0);
        let reach = if near_the_head { 400 } else { bytes.len() };
        for (at, byte) in changes {
            let at = at.index(reach);
            bytes[at] = byte;
        }
        bytes.truncate((bytes.len() as f64 * cut) as usize);
        assert_harmless(&bytes);
    }

    #[test]
    fn a_hostile_wav_is_an_error_at_most(
        changes in prop::collection::vec((0_usize..44, any::<u8>()), 1..8),
        bits in prop::sample::select(vec![16_u16, 24, 32]),
    ) {
        let mut bytes = wav(2, 8_000, bits, SampleFormat::Int);
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        assert_harmless(&bytes);
    }
}

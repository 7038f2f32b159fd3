//! The limits, which no file of a test could be large enough to meet.

use std::io::Write;

use attune_kernel::Coded;

use super::*;

fn second_of_wav() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::new(&mut file, spec).unwrap();
    (0..8_000).for_each(|n| writer.write_sample((n % 100) as i16).unwrap());
    writer.finalize().unwrap();
    file
}

fn refusal(limits: Limits, path: &Path) -> Code {
    decode_within(&limits, path, 24_000, &mut |_, _| Ok(()), &mut |_, _| ControlFlow::Continue(()))
        .unwrap_err()
        .code()
}

#[test]
fn a_file_longer_or_larger_than_the_limit_is_refused() {
    let file = second_of_wav();
    assert_eq!(refusal(Limits { longest: Duration::ZERO, ..LIMITS }, file.path()), Code::AudioTooLong);
    assert_eq!(refusal(Limits { largest: 16_000, ..LIMITS }, file.path()), Code::AudioTooLarge);
}

#[test]
fn a_file_too_large_is_refused_before_it_is_read() {
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(LIMITS.largest + 1).unwrap();
    assert_eq!(probe(file.path()).unwrap_err().code(), Code::AudioTooLarge);
}

#[test]
fn tags_before_the_sound_are_skipped_but_not_for_ever() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for _ in 0..1_000 {
        file.write_all(b"ID3\x04\0\0\0\0\0\x05aaaaa").unwrap();
    }
    assert_eq!(probe(file.path()).unwrap_err().code(), Code::AudioUnreadable);
}

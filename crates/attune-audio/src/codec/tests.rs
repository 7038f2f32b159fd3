//! Sound through a packet and back, and packets that were tampered with.

use proptest::{collection::vec, prelude::*};

use super::*;

fn there_and_back(codec: Codec, rate: u32, channels: u16, sound: &[i16]) -> Vec<i16> {
    let packet = Encoder::new(codec, rate, channels).unwrap().encode(sound).unwrap();
    let mut out = Vec::new();
    Decoder::new(codec, rate, channels).unwrap().decode(&packet, &mut out).unwrap();
    out
}

/// A voice-like hum with some noise, for sizes and for Opus.
fn hum(rate: u32, samples: usize) -> Vec<i16> {
    let mut noise = 1_u32;
    (0..samples)
        .map(|n| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = n as f64 / f64::from(rate);
            let tone = (at * 140.0 * std::f64::consts::TAU).sin() + 0.4 * (at * 1_480.0).sin();
            (tone * 6_000.0 + f64::from(noise >> 24) - 128.0) as i16
        })
        .collect()
}

#[test]
fn silence_takes_next_to_nothing_and_comes_back() {
    for channels in [1, 2] {
        let sound = vec![0; 3_840 * usize::from(channels)];
        let packet = Encoder::new(Codec::Flac, 24_000, channels).unwrap().encode(&sound).unwrap();
        assert!(packet.len() < 24, "{} bytes", packet.len());
        assert_eq!(there_and_back(Codec::Flac, 24_000, channels, &sound), sound);
    }
}

#[test]
fn the_loudest_samples_come_back_exactly() {
    let square: Vec<i16> = (0..3_840).map(|n| if n % 7 < 3 { i16::MIN } else { i16::MAX }).collect();
    for channels in [1, 2] {
        assert_eq!(there_and_back(Codec::Flac, 24_000, channels, &square), square);
    }
}

#[test]
fn a_packet_may_be_as_short_as_one_sample() {
    for samples in 1..80 {
        let sound = hum(24_000, samples);
        assert_eq!(there_and_back(Codec::Flac, 24_000, 1, &sound), sound);
    }
    assert_eq!(there_and_back(Codec::Flac, 48_000, 2, &[-5, 7]), [-5, 7]);
    assert_eq!(there_and_back(Codec::Opus, 24_000, 1, &[3]).len(), 1);
}

#[test]
fn every_rate_a_device_may_have_is_kept() {
    for rate in [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 176_400, 192_000] {
        let sound = hum(rate, rate as usize * 160 / 1_000);
        assert_eq!(there_and_back(Codec::Flac, rate, 1, &sound), sound);
    }
}

#[test]
fn a_coder_serves_packets_of_different_lengths() {
    let mut encoder = Encoder::new(Codec::Flac, 24_000, 2).unwrap();
    let mut decoder = Decoder::new(Codec::Flac, 24_000, 2).unwrap();
    for frames in [3_840, 1, 3_840, 17, 5_000, 100] {
        let sound = hum(24_000, frames * 2);
        let mut out = Vec::new();
        decoder.decode(&encoder.encode(&sound).unwrap(), &mut out).unwrap();
        assert_eq!(out, sound);
    }
}

#[test]
fn opus_keeps_the_length_and_the_voice() {
    let (rate, frames) = (24_000, 3_840);
    let mut encoder = Encoder::new(Codec::Opus, rate, 1).unwrap();
    let mut decoder = Decoder::new(Codec::Opus, rate, 1).unwrap();
    let sound = hum(rate, frames * 12 + 555);
    let (mut out, mut bytes) = (Vec::new(), 0);
    for piece in sound.chunks(frames) {
        let packet = encoder.encode(piece).unwrap();
        bytes += packet.len();
        decoder.decode(&packet, &mut out).unwrap();
    }
    assert_eq!(out.len(), sound.len());
    assert!(bytes * 8 < sound.len() * 48_000 / 24_000, "at most 48 kbit a second, {bytes} bytes");
    let loud = |sound: &[i16]| sound.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / sound.len() as f64;
    let ratio = loud(&out[frames..]) / loud(&sound[frames..]);
    assert!((0.7..1.4).contains(&ratio), "{ratio}");
}

#[test]
fn opus_keeps_two_speakers_apart() {
    let one = hum(24_000, 3_840);
    let sound: Vec<i16> = one.iter().flat_map(|sample| [*sample, 0]).collect();
    let out = there_and_back(Codec::Opus, 24_000, 2, &sound);
    assert_eq!(out.len(), sound.len());
    assert!(out.iter().step_by(2).any(|sample| sample.abs() > 2_000));
    assert!(out.iter().skip(1).step_by(2).all(|sample| sample.abs() < 8), "the other channel is silent");
}

#[test]
fn what_cannot_be_kept_is_refused() {
    assert!(Encoder::new(Codec::Flac, 24_000, 0).is_err());
    assert!(Encoder::new(Codec::Flac, 24_000, 3).is_err());
    assert!(Encoder::new(Codec::Opus, 44_100, 1).is_err());
    for codec in [Codec::Flac, Codec::Opus] {
        let mut encoder = Encoder::new(codec, 24_000, 2).unwrap();
        assert!(encoder.encode(&[]).is_err());
        assert!(encoder.encode(&[1, 2, 3]).is_err());
        assert!(encoder.encode(&vec![0; 200_000]).is_err());
        assert!(!encoder.encode(&[1, 2]).unwrap().is_empty(), "a refusal spoils nothing");
    }
}

#[test]
fn a_packet_of_another_shape_is_damaged() {
    let packet = Encoder::new(Codec::Flac, 24_000, 2).unwrap().encode(&hum(24_000, 400)).unwrap();
    let mut out = vec![9];
    let mut decoder = Decoder::new(Codec::Flac, 24_000, 1).unwrap();
    assert!(decoder.decode(&packet, &mut out).is_err());
    assert!(decoder.decode(&[], &mut out).is_err());
    assert!(decoder.decode(&packet[..packet.len() - 1], &mut out).is_err());
    assert_eq!(out, [9], "nothing was added");
}

/// The check sum at a frame's end, so that a tampered frame gets past it and into the decoder.
fn sum(bytes: &[u8]) -> [u8; 2] {
    let mut crc = 0_u16;
    for byte in bytes {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x8005 };
        }
    }
    crc.to_be_bytes()
}

proptest! {
    #[test]
    fn flac_loses_nothing(sound in vec(any::<i16>(), 1..3_000)) {
        prop_assert_eq!(&there_and_back(Codec::Flac, 24_000, 1, &sound), &sound);
        let two = [sound.clone(), sound].concat();
        prop_assert_eq!(there_and_back(Codec::Flac, 24_000, 2, &two), two);
    }

    #[test]
    fn quiet_sound_loses_nothing_either(sound in vec(-40_i16..40, 1..3_000)) {
        prop_assert_eq!(there_and_back(Codec::Flac, 24_000, 1, &sound), sound);
    }

    #[test]
    fn garbage_is_an_error_at_most(bytes in vec(any::<u8>(), 0..600), channels in 1_u16..3) {
        for codec in [Codec::Flac, Codec::Opus] {
            let mut out = Vec::new();
            let read = Decoder::new(codec, 24_000, channels).unwrap().decode(&bytes, &mut out);
            prop_assert!(read.is_ok() || out.is_empty());
        }
    }

    #[test]
    fn a_tampered_packet_is_an_error_at_most(
        seed in 0_usize..500, changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12), channels in 1_u16..3,
    ) {
        let sound = &hum(24_000, 2_000)[seed * 2..];
        for codec in [Codec::Flac, Codec::Opus] {
            let mut packet = Encoder::new(codec, 24_000, channels).unwrap().encode(sound).unwrap();
            let end = packet.len() - 2;
            for (at, byte) in &changes {
                // What follows a frame's header: that has a check sum of its own.
                packet[8 + at.index(end - 8)] = *byte;
            }
            if codec == Codec::Flac {
                let sum = sum(&packet[..end]);
                packet[end..].copy_from_slice(&sum);
            }
            let mut out = Vec::new();
            let read = Decoder::new(codec, 24_000, channels).unwrap().decode(&packet, &mut out);
            prop_assert!(read.is_ok() || out.is_empty());
        }
    }
}

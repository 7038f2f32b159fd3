//! Microphones as they come and go, on a real sound server.
#![cfg(target_os = "linux")]

use std::{
    f64::consts::TAU,
    time::{Duration, Instant},
};

use attune_audio::{
    CpalHost,
    source::{Device, DeviceKey, DeviceKind, Microphones, Wanted},
    tap::Alarm,
};
use attune_kernel::{Code, Coded};
use attune_testkit::sound::{Microphone, VirtualSound, until};

const MICROPHONES: [Microphone; 3] = [Microphone::First, Microphone::Second, Microphone::Old];

fn listed(host: &CpalHost, which: Microphone) -> Option<Device> {
    host.list().unwrap().into_iter().find(|device| device.name == which.name())
}

fn key(host: &CpalHost, which: Microphone) -> DeviceKey {
    listed(host, which).expect("it is plugged in").key
}

/// As the recorder notices: it is told, or nothing comes any more.
fn is_lost(alarm: &Alarm) -> bool {
    alarm.raised().is_some() || alarm.silent_for() > Duration::from_millis(500)
}

#[test]
fn microphones_are_listed_by_name_and_known_again_by_key() {
    VirtualSound::within("microphones_are_listed_by_name_and_known_again_by_key", |sound| {
        let host = CpalHost;
        let before: Vec<Device> = MICROPHONES.iter().filter_map(|which| listed(&host, *which)).collect();
        assert_eq!(before.len(), MICROPHONES.len());
        assert!(before.iter().all(|device| device.kind == DeviceKind::Microphone));
        assert_eq!(before.iter().filter(|device| device.default).count(), 1);
        assert_eq!((before[0].rate, before[0].channels), (48_000, 2));
        assert_eq!((before[2].rate, before[2].channels), (44_100, 1));

        sound.kill();
        sound.restart();
        let after: Vec<Device> = MICROPHONES.iter().filter_map(|which| listed(&host, *which)).collect();
        assert_eq!(before, after, "the same host finds the same devices on a server started anew");
        assert_eq!(key(&CpalHost, Microphone::Second), before[1].key);
    });
}

#[test]
fn what_the_computer_plays_is_listed_apart_from_microphones() {
    VirtualSound::within("what_the_computer_plays_is_listed_apart_from_microphones", |_| {
        let all = CpalHost.list().unwrap();
        let loudspeaker = all.iter().find(|device| device.name.contains("Loudspeaker")).unwrap();
        assert_eq!(loudspeaker.kind, DeviceKind::SystemSound);
        assert!(!loudspeaker.default);
        let opened = CpalHost.open(&Wanted::Device(loudspeaker.key.clone())).unwrap();
        assert_eq!(opened.device, *loudspeaker);
    });
}

#[test]
fn the_default_is_followed() {
    VirtualSound::within("the_default_is_followed", |sound| {
        let host = CpalHost;
        assert_eq!(host.default_key(), Some(key(&host, Microphone::First)));
        sound.make_default(Microphone::Second);
        assert_eq!(host.default_key(), Some(key(&host, Microphone::Second)));
        assert_eq!(host.open(&Wanted::Default).unwrap().device.name, Microphone::Second.name());
    });
}

#[test]
fn the_loudspeakers_are_never_taken_for_the_default_microphone() {
    VirtualSound::within("the_loudspeakers_are_never_taken_for_the_default_microphone", |sound| {
        let host = CpalHost;
        for which in MICROPHONES {
            sound.unplug(which);
        }
        // The server now offers what the computer plays as its default source.
        assert_eq!(host.default_key(), None);
        let refused = host.open(&Wanted::Default).err().expect("there is nothing to open");
        assert_eq!(refused.code(), Code::MicrophoneMissing);
    });
}

#[test]
fn every_microphone_opens_as_it_is_and_delivers_within_half_a_second() {
    VirtualSound::within("every_microphone_opens_as_it_is_and_delivers_within_half_a_second", |_| {
        let host = CpalHost;
        for which in MICROPHONES {
            let wanted = Wanted::Device(key(&host, which));
            let began = Instant::now();
            let mut opened = host.open(&wanted).unwrap();
            let drain = opened.drain.take().unwrap();
            until("the first delivery", || drain.quiet_for().is_some());
            assert!(began.elapsed() < Duration::from_millis(500), "{}: {:?}", which.name(), began.elapsed());
            assert_eq!(opened.device.name, which.name());
            assert_eq!((opened.rate, opened.channels), (opened.device.rate, opened.device.channels));
        }
    });
}

#[test]
fn deliveries_come_often_enough_to_lose_little_with_the_application() {
    VirtualSound::within("deliveries_come_often_enough_to_lose_little_with_the_application", |_| {
        let mut opened = CpalHost.open(&Wanted::Default).unwrap();
        let mut drain = opened.drain.take().unwrap();
        let mut kept = Vec::new();
        let wanted = opened.rate as usize * usize::from(opened.channels);
        let mut largest = 0;
        until("a second was delivered", || {
            let before = kept.len();
            drain.read(&mut kept);
            largest = largest.max(kept.len() - before);
            kept.len() >= wanted
        });
        assert!(largest <= wanted / 5, "{largest} samples of {wanted} came at once");
        assert_eq!(drain.left_out(), 0);
    });
}

/// Two voices, one on each channel, in 16 bits: neither ever repeats itself.
fn dialogue(seconds: f64) -> Vec<[i16; 2]> {
    let voice = |hertz: f64, time: f64| {
        let pitch = hertz * (1.0 + 0.1 * (1.7 * time).sin());
        let syllables = 0.5 + 0.3 * (TAU * 2.3 * time).sin() + 0.2 * (TAU * 3.7 * time).cos();
        (9_000.0 * syllables * (TAU * pitch * time).sin()) as i16
    };
    let samples = (seconds * 48_000.0) as usize;
    (0..samples).map(|n| n as f64 / 48_000.0).map(|time| [voice(120.0, time), voice(210.0, time)]).collect()
}

fn written(dialogue: &[[i16; 2]]) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(file.path(), spec).unwrap();
    for sample in dialogue.as_flattened() {
        wav.write_sample(*sample).unwrap();
    }
    wav.finalize().unwrap();
    file
}

fn likeness(heard: &[f32], said: &[f32]) -> f64 {
    let sum = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
    sum(heard, said) / (sum(heard, heard) * sum(said, said)).sqrt()
}

#[test]
fn what_is_said_arrives_to_the_sample_and_on_its_own_channel() {
    VirtualSound::within("what_is_said_arrives_to_the_sample_and_on_its_own_channel", |sound| {
        let dialogue = dialogue(1.5);
        let file = written(&dialogue);
        let mut opened = CpalHost.open(&Wanted::Default).unwrap();
        let mut drain = opened.drain.take().unwrap();
        let mut heard = Vec::new();
        // Said once the microphone is known to hear.
        until("the first delivery", || drain.quiet_for().is_some());
        let saying = sound.say(Microphone::First, file.path());
        until("all of it was heard", || {
            drain.read(&mut heard);
            let first = heard.iter().position(|sample| *sample != 0.0);
            first.is_some_and(|first| heard.len() - first >= 2 * dialogue.len())
        });
        saying.finish();
        assert_eq!(drain.left_out(), 0);
        assert_eq!(opened.channels, 2);

        for channel in 0..2 {
            let of_channel = |n: usize| f32::from(dialogue[n][channel]) / 32_768.0;
            let said: Vec<f32> = (0..dialogue.len()).map(of_channel).collect();
            let other: Vec<f32> =
                dialogue.iter().map(|pair| f32::from(pair[1 - channel]) / 32_768.0).collect();
            let heard: Vec<f32> = heard.chunks_exact(2).map(|pair| pair[channel]).collect();
            let near = heard.iter().position(|sample| *sample != 0.0).unwrap();
            // The first samples may be silent, so the beginning is looked for around the first that is not.
            let best = (near.saturating_sub(48)..near + 2)
                .max_by(|a, b| likeness(&heard[*a..], &said).total_cmp(&likeness(&heard[*b..], &said)))
                .unwrap();
            assert!(likeness(&heard[best..], &said) > 0.999, "channel {channel}");
            assert!(likeness(&heard[best..], &other).abs() < 0.1, "channel {channel} hears the other");
        }
    });
}

#[test]
fn a_microphone_that_is_missing_is_stood_in_for_by_the_default() {
    VirtualSound::within("a_microphone_that_is_missing_is_stood_in_for_by_the_default", |sound| {
        let host = CpalHost;
        let wanted = Wanted::Device(key(&host, Microphone::Second));
        sound.unplug(Microphone::Second);
        assert_eq!(host.open(&wanted).unwrap().device.name, Microphone::First.name());
        sound.plug(Microphone::Second);
        assert_eq!(host.open(&wanted).unwrap().device.name, Microphone::Second.name());
    });
}

#[test]
fn a_microphone_pulled_out_is_noticed_within_a_second() {
    VirtualSound::within("a_microphone_pulled_out_is_noticed_within_a_second", |sound| {
        let opened = CpalHost.open(&Wanted::Default).unwrap();
        let alarm = opened.drain.as_ref().unwrap().watch();
        assert!(!is_lost(&alarm));
        sound.unplug(Microphone::First);
        let pulled = Instant::now();
        until("the loss is noticed", || is_lost(&alarm));
        assert!(pulled.elapsed() < Duration::from_secs(1), "{:?}", pulled.elapsed());
    });
}

#[test]
fn a_server_that_dies_is_noticed_and_its_successor_is_recorded_from() {
    VirtualSound::within("a_server_that_dies_is_noticed_and_its_successor_is_recorded_from", |sound| {
        let host = CpalHost;
        let first = host.open(&Wanted::Default).unwrap();
        let alarm = first.drain.as_ref().unwrap().watch();
        sound.kill();
        until("the loss is noticed", || is_lost(&alarm));
        assert!(host.open(&Wanted::Default).is_err(), "there is no server");
        sound.restart();
        let again = host.open(&Wanted::Default).unwrap();
        let drain = again.drain.as_ref().unwrap();
        until("it delivers again", || drain.quiet_for().is_some());
        assert_eq!(again.device, first.device);
    });
}

#[test]
fn a_server_that_hangs_is_noticed_and_holds_nobody_up() {
    VirtualSound::within("a_server_that_hangs_is_noticed_and_holds_nobody_up", |sound| {
        let opened = CpalHost.open(&Wanted::Default).unwrap();
        let alarm = opened.drain.as_ref().unwrap().watch();
        sound.freeze();
        until("the silence is noticed", || is_lost(&alarm));
        let began = Instant::now();
        drop(opened);
        assert!(began.elapsed() < Duration::from_secs(3), "closing took {:?}", began.elapsed());
        sound.thaw();
        until("it answers again", || CpalHost.open(&Wanted::Default).is_ok());
    });
}

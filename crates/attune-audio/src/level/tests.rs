//! Sounds a microphone may deliver, and what is said of them.

use super::*;
use crate::voice::tests::vowels;

const RATE: u32 = 24_000;

/// Seconds of noise at about this level.
fn noise(seconds: f64, db: f32) -> Vec<f32> {
    let loud = 10_f32.powf(db / 20.0) * 3_f32.sqrt();
    let mut state = 7_u32;
    (0..(seconds * f64::from(RATE)) as usize)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            loud * ((state >> 8) as f32 / 8_388_608.0 - 1.0)
        })
        .collect()
}

fn silence(seconds: f64) -> Vec<f32> {
    vec![0.0; (seconds * f64::from(RATE)) as usize]
}

/// Far too loud: a tone whose tops are cut off.
fn shouting(seconds: f64) -> Vec<f32> {
    (0..(seconds * f64::from(RATE)) as usize)
        .map(|n| (2.0 * (n as f32 * 0.05).sin()).clamp(-1.0, 1.0))
        .collect()
}

/// Everything that changed while listening, with the second of it.
fn listen(meter: &mut Meter, sound: &[f32]) -> Vec<(f64, Warning, bool)> {
    let mut changes = Vec::new();
    for (piece, samples) in sound.chunks(240).enumerate() {
        meter.hear(0, samples, RATE);
        let at = (piece + 1) as f64 * 0.01;
        changes.extend(meter.changed().into_iter().map(|(warning, on)| (at, warning, on)));
    }
    changes
}

fn verdict(sound: &[f32]) -> Option<Verdict> {
    let mut meter = Meter::new(1);
    meter.hear(0, sound, RATE);
    meter.verdict()
}

#[test]
fn the_meter_shows_what_was_heard_since_it_was_last_read() {
    let mut meter = Meter::new(2);
    meter.hear(0, &[0.5, -1.0, 0.5, 0.0], RATE);
    meter.hear(1, &[0.1; 4], RATE);
    let level = meter.level();
    assert!(level.peak_db.abs() < 0.01);
    assert!((level.rms_db - 20.0 * 0.375_f32.sqrt().log10()).abs() < 0.01, "the louder channel's");
    assert!((level.channels[1] + 20.0).abs() < 0.01);
    assert_eq!(meter.level(), Level { peak_db: FLOOR_DB, rms_db: FLOOR_DB, channels: vec![FLOOR_DB; 2] });
}

#[test]
fn digital_silence_is_reported_within_ten_seconds_and_ends_with_the_first_sound() {
    let mut meter = Meter::new(1);
    let changes = listen(&mut meter, &[noise(5.0, -40.0), silence(30.0), noise(5.0, -40.0)].concat());
    let [(began, Warning::NoSignal, true), (ended, Warning::NoSignal, false)] = changes[..] else {
        panic!("{changes:?}")
    };
    assert!((5.0..15.0).contains(&began), "{began}");
    assert!((35.0..36.0).contains(&ended), "{ended}");
}

#[test]
fn a_line_that_hangs_at_some_other_value_is_no_signal_either() {
    let mut meter = Meter::new(1);
    assert!(matches!(
        listen(&mut meter, &vec![0.02; 20 * RATE as usize])[..],
        [(_, Warning::NoSignal, true)]
    ));
}

#[test]
fn the_faintest_noise_is_a_signal() {
    // One bit of sixteen, now and then.
    let sound: Vec<f32> = (0..20 * RATE).map(|n| if n % 900 == 0 { 1.0 / 32_768.0 } else { 0.0 }).collect();
    assert!(listen(&mut Meter::new(1), &sound).is_empty());
}

#[test]
fn quiet_people_in_a_quiet_room_are_left_alone() {
    assert!(listen(&mut Meter::new(1), &noise(120.0, -58.0)).is_empty());
    assert!(listen(&mut Meter::new(1), &noise(50.0, -75.0)).is_empty());
}

#[test]
fn a_minute_without_a_sound_is_too_quiet_until_there_is_one() {
    let mut meter = Meter::new(1);
    let changes = listen(&mut meter, &[noise(70.0, -75.0), noise(5.0, -40.0)].concat());
    let [(began, Warning::TooQuiet, true), (ended, Warning::TooQuiet, false)] = changes[..] else {
        panic!("{changes:?}")
    };
    assert!((59.0..62.0).contains(&began), "{began}");
    assert!((70.0..71.0).contains(&ended), "{ended}");
}

#[test]
fn a_voice_that_is_too_faint_is_reported_and_the_silence_around_it_is_not() {
    let voice = |db: f32| -> Vec<f32> {
        let gain = 10_f32.powf(db / 20.0);
        let noise = noise(20.0, -80.0);
        vowels(RATE, 20.0).into_iter().zip(noise).map(|(voice, noise)| voice * gain + noise).collect()
    };
    let mut meter = Meter::new(1);
    let changes = listen(&mut meter, &[voice(-34.0), voice(0.0), noise(30.0, -70.0)].concat());
    let [(began, Warning::TooQuiet, true), (ended, Warning::TooQuiet, false)] = changes[..] else {
        panic!("{changes:?}")
    };
    assert!(began < 12.0, "{began}");
    assert!((20.0..28.0).contains(&ended), "{ended}");
}

#[test]
fn clipping_is_reported_and_forgotten_ten_seconds_later() {
    let mut meter = Meter::new(1);
    let changes = listen(&mut meter, &[noise(5.0, -30.0), shouting(2.0), noise(20.0, -30.0)].concat());
    let [(began, Warning::Clipping, true), (ended, Warning::Clipping, false)] = changes[..] else {
        panic!("{changes:?}")
    };
    assert!((5.0..6.0).contains(&began), "{began}");
    assert!((16.5..17.5).contains(&ended), "{ended}");
}

#[test]
fn one_slammed_door_is_no_clipping() {
    let mut meter = Meter::new(1);
    assert!(listen(&mut meter, &[noise(5.0, -30.0), shouting(0.1), noise(5.0, -30.0)].concat()).is_empty());
}

#[test]
fn many_single_full_samples_clip_too() {
    let sound: Vec<f32> = (0..5 * RATE).map(|n| if n % 500 == 0 { 1.0 } else { 0.1 }).collect();
    assert!(matches!(listen(&mut Meter::new(1), &sound)[..], [(_, Warning::Clipping, true)]));
    let rarely: Vec<f32> = (0..5 * RATE).map(|n| if n % 5_000 == 0 { 1.0 } else { 0.1 }).collect();
    assert!(listen(&mut Meter::new(1), &rarely).is_empty());
}

#[test]
fn the_probe_decides_after_three_seconds() {
    assert_eq!(verdict(&noise(2.9, -35.0)), None);
    assert_eq!(verdict(&noise(3.0, -35.0)), Some(Verdict::Good));
    assert_eq!(verdict(&silence(3.0)), Some(Verdict::NoSignal));
    assert_eq!(verdict(&noise(3.0, -72.0)), Some(Verdict::TooQuiet));
    assert_eq!(verdict(&[noise(2.0, -35.0), shouting(1.0)].concat()), Some(Verdict::Clipping));
}

#[test]
fn the_probe_looks_again_until_it_is_good_and_tells_each_verdict_once() {
    let mut meter = Meter::new(1);
    meter.hear(0, &silence(3.0), RATE);
    assert_eq!(meter.verdict(), Some(Verdict::NoSignal));
    assert_eq!(meter.verdict(), None);
    meter.hear(0, &noise(3.0, -35.0), RATE);
    assert_eq!(meter.verdict(), Some(Verdict::Good));
    meter.hear(0, &silence(3.0), RATE);
    assert_eq!(meter.verdict(), None, "a moment's silence changes nothing");
    meter.hear(0, &silence(6.0), RATE);
    assert_eq!(meter.verdict(), Some(Verdict::NoSignal));
}

#[test]
fn the_worst_channel_counts_and_a_silent_computer_does_not() {
    let mut meter = Meter::new(2);
    meter.hear(0, &noise(12.0, -35.0), RATE);
    meter.hear(1, &silence(12.0), RATE);
    assert_eq!(meter.verdict(), Some(Verdict::NoSignal));
    assert_eq!(meter.changed(), [(Warning::NoSignal, true)]);
    meter.another_device(1, true);
    meter.hear(1, &silence(12.0), RATE);
    assert_eq!(meter.verdict(), Some(Verdict::Good));
    assert_eq!(meter.changed(), [(Warning::NoSignal, false)]);
}

#[test]
fn another_device_is_judged_from_the_start() {
    let mut meter = Meter::new(1);
    meter.hear(0, &silence(9.0), RATE);
    assert_eq!(meter.changed(), [(Warning::NoSignal, true)]);
    meter.hear(0, &noise(0.1, -35.0), 48_000);
    assert_eq!(meter.changed(), [(Warning::NoSignal, false)]);
    // At the same rate too, and with a verdict of its own.
    meter.hear(0, &noise(6.0, -35.0), 48_000);
    assert_eq!(meter.verdict(), Some(Verdict::Good));
    meter.another_device(0, false);
    meter.hear(0, &vec![0.0; 3 * 48_000], 48_000);
    assert_eq!(meter.verdict(), Some(Verdict::NoSignal));
}

#[test]
fn what_is_judged_anew_is_told_again() {
    let mut meter = Meter::new(1);
    meter.hear(0, &silence(9.0), RATE);
    assert_eq!(
        (meter.verdict(), meter.changed()),
        (Some(Verdict::NoSignal), vec![(Warning::NoSignal, true)])
    );
    meter.judge_anew();
    assert_eq!((meter.verdict(), meter.changed()), (None, vec![]));
    meter.hear(0, &silence(9.0), RATE);
    assert_eq!(
        (meter.verdict(), meter.changed()),
        (Some(Verdict::NoSignal), vec![(Warning::NoSignal, true)])
    );
}

#[test]
fn the_pieces_make_no_difference() {
    let sound = [noise(2.0, -40.0), silence(9.0), shouting(3.0)].concat();
    let (mut at_once, mut bit_by_bit) = (Meter::new(1), Meter::new(1));
    at_once.hear(0, &sound, RATE);
    sound.chunks(7).for_each(|piece| bit_by_bit.hear(0, piece, RATE));
    assert_eq!(at_once.verdict(), bit_by_bit.verdict());
    assert_eq!(at_once.changed(), bit_by_bit.changed());
}

#[test]
fn what_is_no_number_harms_nothing() {
    let mut meter = Meter::new(1);
    meter.hear(0, &[f32::NAN, f32::INFINITY, -1e30], RATE);
    let level = meter.level();
    assert!(level.rms_db.is_finite() && level.peak_db.is_finite());
    meter.hear(0, &noise(3.1, -40.0), RATE);
    assert!(meter.verdict().is_some());
}

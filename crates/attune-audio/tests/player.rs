//! What a recording sounds like when it is played, heard at a real sound server's loudspeaker.
#![cfg(target_os = "linux")]

use std::{
    f64::consts::TAU,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use attune_audio::{
    Result,
    player::{PcmSource, Player, PlayerState},
};
use attune_kernel::Code;
use attune_testkit::sound::{Hearing, VirtualSound, until};

const RATE: u32 = 24_000;
const HEARD: f64 = Hearing::RATE as f64;

/// A recording that is a function of time, so that it can be known at any rate.
struct Tape {
    sound: Vec<f32>,
    silences: Vec<(u64, u64)>,
}

impl Tape {
    fn new(seconds: f64, sound: fn(f64) -> f64) -> Self {
        let samples = (seconds * f64::from(RATE)) as usize;
        Self {
            sound: (0..samples).map(|n| sound(n as f64 / f64::from(RATE)) as f32).collect(),
            silences: vec![],
        }
    }

    fn silent(mut self, from: f64, to: f64) -> Self {
        let place = |seconds: f64| (seconds * f64::from(RATE)) as usize;
        self.sound[place(from)..place(to)].fill(0.0);
        self.silences.push((place(from) as u64, place(to) as u64));
        self
    }
}

impl PcmSource for Tape {
    fn rate(&self) -> u32 {
        RATE
    }

    fn samples(&self) -> u64 {
        self.sound.len() as u64
    }

    fn read(&mut self, at: u64, into: &mut [f32]) -> Result<usize> {
        let from = &self.sound[usize::try_from(at).unwrap().min(self.sound.len())..];
        let read = from.len().min(into.len());
        into[..read].copy_from_slice(&from[..read]);
        Ok(read)
    }

    fn silent_spans(&self) -> &[(u64, u64)] {
        &self.silences
    }
}

/// A voice of 140 Hz whose syllables are never the same twice.
fn voice(time: f64) -> f64 {
    let phase = TAU * 140.0 * time;
    let syllables = 0.6 + 0.2 * (TAU * 3.1 * time).sin() + 0.2 * (TAU * 4.7 * time + 1.0).sin();
    syllables * (0.3 * phase.sin() + 0.15 * (2.0 * phase + 0.3).sin() + 0.1 * (5.0 * phase).sin())
}

/// A tone without an edge, in which any edge was made by the player.
fn hum(time: f64) -> f64 {
    0.5 * (TAU * 110.0 * time).sin()
}

type States = Arc<Mutex<Vec<(Instant, PlayerState)>>>;

fn player(tape: Tape) -> (Player, States) {
    let states = States::default();
    let told = Arc::clone(&states);
    let tell = Box::new(move |state| told.lock().unwrap().push((Instant::now(), state)));
    (Player::open(Box::new(tape), tell, Arc::default()).unwrap(), states)
}

fn play_out(player: &Player) {
    assert!(player.play().playing);
    until("it has been played", || !player.state().playing);
    assert_eq!(player.state().fault, None);
}

/// From the first to the last that is not silent, after `quiet` seconds of silence at its end have been heard.
fn all_heard(hearing: &Hearing) -> Vec<f32> {
    hearing.wait_for(hearing.so_far().len() + Hearing::RATE as usize / 4);
    let heard = hearing.so_far();
    let is_sound = |sample: &f32| sample.abs() > 1e-3;
    let first = heard.iter().position(is_sound).expect("something was heard");
    let last = heard.iter().rposition(is_sound).expect("something was heard");
    heard[first..=last].to_vec()
}

fn seconds(heard: &[f32]) -> f64 {
    heard.len() as f64 / HEARD
}

fn likeness(heard: &[f32], wanted: &[f32]) -> f64 {
    let length = heard.len().min(wanted.len());
    let (mut both, mut this, mut that) = (0.0, 0.0, 0.0);
    for (a, b) in heard[..length].iter().zip(&wanted[..length]) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        both += a * b;
        this += a * a;
        that += b * b;
    }
    both / (this * that).sqrt()
}

/// Plays it and measures what is heard, from the first sample that is not silent to the last. Three times at most:
/// a machine that is busy elsewhere may keep the server from its work for a moment, and that is heard, too.
/// `off` says how far it is from right, where 1 is as far as may be.
fn sounds_right(player: &Player, sound: &VirtualSound, off: impl Fn(&[f32]) -> f64) {
    let mut tries = Vec::new();
    while tries.len() < 3 {
        let hearing = sound.hear();
        play_out(player);
        tries.push(off(&all_heard(&hearing)));
        if tries.last().is_some_and(|off| *off <= 1.0) {
            return;
        }
    }
    panic!("never right: off by {tries:?} of what may be");
}

fn off_in_length(heard: &[f32], wanted: f64) -> f64 {
    (seconds(heard) / wanted - 1.0).abs() / 0.03
}

#[test]
fn a_recording_sounds_as_it_was_recorded() {
    VirtualSound::within("a_recording_sounds_as_it_was_recorded", |sound| {
        let (player, _) = player(Tape::new(2.0, voice));
        let wanted: Vec<f32> = (0..(2.0 * HEARD) as usize).map(|n| voice(n as f64 / HEARD) as f32).collect();
        sounds_right(&player, sound, |heard| {
            let best = (0..480).map(|lag| likeness(heard, &wanted[lag..])).fold(0.0, f64::max);
            off_in_length(heard, 2.0).max((1.0 - best) / 0.02)
        });
    });
}

#[test]
fn it_is_faster_at_one_and_a_half_and_not_higher() {
    VirtualSound::within("it_is_faster_at_one_and_a_half_and_not_higher", |sound| {
        let (player, _) = player(Tape::new(2.4, voice));
        assert_eq!(player.speed(1.5).speed, 1.5);
        sounds_right(&player, sound, |heard| {
            let middle = &heard[heard.len() / 3..][..Hearing::RATE as usize / 2];
            let alike = |lag: usize| {
                let both: f64 = middle.iter().zip(&middle[lag..]).map(|(a, b)| f64::from(a * b)).sum();
                both / (middle.len() - lag) as f64
            };
            let (highest, lowest) = (Hearing::RATE as usize / 250, Hearing::RATE as usize / 80);
            let lag = (highest..lowest).max_by(|a, b| alike(*a).total_cmp(&alike(*b))).unwrap();
            let pitch = HEARD / lag as f64;
            off_in_length(heard, 1.6).max((pitch / 140.0 - 1.0).abs() / 0.03)
        });
    });
}

#[test]
fn long_silences_are_skipped_but_for_their_edges() {
    VirtualSound::within("long_silences_are_skipped_but_for_their_edges", |sound| {
        let (player, _) = player(Tape::new(3.0, voice).silent(0.8, 2.4));
        assert!(player.skip_silence(true).skip_silence);
        sounds_right(&player, sound, |heard| off_in_length(heard, 1.8));
    });
}

#[test]
fn the_position_told_is_the_one_that_is_heard() {
    VirtualSound::within("the_position_told_is_the_one_that_is_heard", |sound| {
        let hearing = sound.hear();
        let (player, states) = player(Tape::new(2.0, voice));
        player.play();
        let mut worst = 0.0_f64;
        until("it has been played", || {
            let state = player.state();
            let heard = hearing.so_far();
            let began = heard.iter().position(|sample| sample.abs() > 1e-3);
            if let (Some(began), true) = (began, state.playing) {
                let off = f64::from(state.at_ms) / 1_000.0 - seconds(&heard[began..]);
                worst = if off.abs() > worst.abs() { off } else { worst };
            }
            !state.playing
        });
        assert!(worst.abs() < 0.2, "{worst} s apart");
        assert_eq!(player.state().at_ms, 2_000);

        let states = states.lock().unwrap();
        let told: Vec<u32> = states.iter().map(|(_, state)| state.at_ms).collect();
        assert!(told.is_sorted(), "{told:?}");
        // At every change, and ten times a second between them.
        assert!((10..=24).contains(&told.len()), "told {} times", told.len());
        assert_eq!(*told.last().unwrap(), 2_000);
    });
}

#[test]
fn pausing_and_jumping_go_to_the_place_and_never_end_in_a_click() {
    VirtualSound::within("pausing_and_jumping_go_to_the_place_and_never_end_in_a_click", |sound| {
        let hearing = sound.hear();
        let (player, states) = player(Tape::new(30.0, hum));
        let is_past = |ms| move || states_at(&states) > ms;
        player.play();
        until("half a second was played", is_past(500));
        let paused = player.pause();
        assert!(!paused.playing);
        until("it is silent", || is_silent(&hearing));
        assert!(ends_softly(&hearing.so_far()), "a pause clicks");
        // What the system had already taken was still heard.
        assert!((paused.at_ms..paused.at_ms + 400).contains(&player.state().at_ms), "a pause stays there");
        assert!(player.seek(20_000).at_ms == 20_000);
        assert!(player.play().at_ms >= 20_000);
        until("it goes on from there", || player.state().at_ms > 20_300);
        assert!(player.seek(10_000).at_ms == 10_000);
        until("it goes on from there too", || (10_300..11_000).contains(&player.state().at_ms));
        assert_eq!(player.seek(u32::MAX).at_ms, 30_000);
        until("the end is reached", || !player.state().playing);
        assert!(player.play().at_ms < 1_000, "from the end it begins anew");
        until("it plays", || player.state().at_ms > 300);
        drop(player);
        until("it is silent again", || is_silent(&hearing));
        assert!(ends_softly(&hearing.so_far()), "closing clicks");
    });
}

fn is_silent(hearing: &Hearing) -> bool {
    let heard = hearing.so_far();
    heard[heard.len().saturating_sub(4_800)..].iter().all(|sample| *sample == 0.0)
}

/// Whether the last 20 ms have no step in them. The tone's own steepest is 0.0072; in 5 ms it comes or goes by
/// 0.0021 a sample.
fn ends_softly(heard: &[f32]) -> bool {
    let end = heard.iter().rposition(|sample| *sample != 0.0).expect("something was heard") + 1;
    heard[end - 960..=end].windows(2).all(|two| (two[1] - two[0]).abs() < 0.015)
}

fn states_at(states: &States) -> u32 {
    states.lock().unwrap().last().map_or(0, |(_, state)| state.at_ms)
}

#[test]
fn a_loudspeaker_pulled_out_pauses_and_says_so() {
    VirtualSound::within("a_loudspeaker_pulled_out_pauses_and_says_so", |sound| {
        let (player, states) = player(Tape::new(30.0, voice));
        player.play();
        until("it plays", || player.state().at_ms > 200);
        sound.unplug_loudspeaker();
        let pulled = Instant::now();
        until("it stops", || !player.state().playing);
        assert!(pulled.elapsed() < Duration::from_secs(1), "{:?}", pulled.elapsed());
        let stopped = player.state();
        assert_eq!(stopped.fault, Some(Code::LoudspeakerMissing));
        assert!((200..2_000).contains(&stopped.at_ms), "it stands where it was: {}", stopped.at_ms);
        assert_eq!(states.lock().unwrap().last().unwrap().1, stopped, "nobody has to ask");

        sound.plug_loudspeaker();
        let hearing = sound.hear();
        assert_eq!(player.play().fault, None);
        until("it is heard again", || hearing.so_far().iter().any(|sample| sample.abs() > 0.1));
        assert!(player.state().at_ms >= stopped.at_ms);
    });
}

#[test]
fn without_any_sound_system_playing_is_refused_with_a_reason() {
    VirtualSound::within("without_any_sound_system_playing_is_refused_with_a_reason", |sound| {
        sound.kill();
        let (player, _) = player(Tape::new(1.0, voice));
        let refused = player.play();
        assert_eq!((refused.playing, refused.fault), (false, Some(Code::LoudspeakerMissing)));
        sound.restart();
        play_out(&player);
    });
}

/// A recording in which there is nothing to hear, at any rate.
struct Blank {
    rate: u32,
    samples: u64,
}

impl PcmSource for Blank {
    fn rate(&self) -> u32 {
        self.rate
    }

    fn samples(&self) -> u64 {
        self.samples
    }

    fn read(&mut self, _: u64, _: &mut [f32]) -> Result<usize> {
        Ok(0)
    }

    fn silent_spans(&self) -> &[(u64, u64)] {
        &[]
    }
}

#[test]
fn a_place_that_is_gone_to_is_the_place_it_stands_at_to_the_millisecond() {
    for rate in [16_000, 22_050, 44_100, 48_000] {
        // Some samples more than the last whole millisecond.
        let blank = Blank { rate, samples: u64::from(rate) * 3 + 7 };
        let player = Player::open(Box::new(blank), Box::new(|_| {}), Arc::default()).unwrap();
        for ms in 0..=player.state().duration_ms {
            assert_eq!(player.seek(ms).at_ms, ms, "at {rate} Hz");
        }
    }
}

#[test]
fn what_changed_later_says_so_from_one_recording_to_the_next_and_what_did_not_says_the_same() {
    let revisions = Arc::default();
    let mut last = 0;
    for _ in 0..2 {
        let states = States::default();
        let told = Arc::clone(&states);
        let tell = Box::new(move |state| told.lock().unwrap().push((Instant::now(), state)));
        let player = Player::open(Box::new(Tape::new(2.0, voice)), tell, Arc::clone(&revisions)).unwrap();
        let opened = player.state();
        assert!(opened.revision > last);
        assert_eq!(player.state(), opened);
        let jumped = player.seek(1_000);
        assert!(jumped.revision > opened.revision);
        assert_eq!(states.lock().unwrap().last().unwrap().1, jumped, "news and answer are one");
        assert_eq!(player.seek(1_000), jumped, "nothing changed");
        last = player.speed(1.5).revision;
        assert!(last > jumped.revision);
    }
}

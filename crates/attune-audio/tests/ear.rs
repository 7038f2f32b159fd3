//! The ear and what befalls it: devices that go, stall, change their rate or deliver less than they should;
//! pauses; full disks. The sound is real time and goes through the real ring, codec and file.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use attune_audio::{
    ear::{Ear, Heard, Quality, SteadyPace},
    source::{Microphones, Wanted},
    spool::{GapReason, PauseReason, SpoolReader, SpoolWriter, Why, Worry},
};
use attune_kernel::{Code, Private, SystemClock};
use attune_testkit::stage::{Script, Stage};
use attune_vault::FileKey;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(8);

/// A hum with a little hiss, told apart by its pitch.
fn hum(pitch: f64, rate: u32) -> Script {
    Arc::new(move |at| {
        let hiss = ((at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as f32 / 65_536.0 - 0.5) * 0.01;
        (at as f64 * pitch * std::f64::consts::TAU / f64::from(rate)).sin() as f32 * 0.3 + hiss
    })
}

struct Room {
    folder: TempDir,
    key: FileKey,
    ear: Option<Ear>,
    heard: Receiver<Heard>,
}

impl Room {
    fn listen(stage: &Stage, wanted: Vec<Wanted>) -> Self {
        let (tell, heard) = channel();
        let tell = Box::new(move |said| {
            let _gone = tell.send(said);
        });
        let (clock, pace) = (Arc::new(SystemClock), Arc::new(SteadyPace::default()));
        let ear = Ear::listen(Arc::new(stage.clone()), wanted, clock, pace, tell).unwrap();
        Self { folder: TempDir::new().unwrap(), key: FileKey::random(), ear: Some(ear), heard }
    }

    fn ear(&self) -> &Ear {
        self.ear.as_ref().unwrap()
    }

    fn keep(&self, quality: Quality) {
        let (path, key) = (self.path(), self.key.clone());
        self.ear().keep(quality, Box::new(move |begun| SpoolWriter::create(&path, &key, begun))).unwrap();
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("room.spool")
    }

    /// Waits until something was said, and gives how long that took.
    fn until(&self, mut said: impl FnMut(&Heard) -> bool) -> Duration {
        let began = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(began.elapsed());
            let heard = self.heard.recv_timeout(left).expect("it is said in time");
            if said(&heard) {
                return began.elapsed();
            }
        }
    }

    /// Waits until so much is kept.
    fn until_kept(&self, ms: u64) {
        self.until(|heard| matches!(heard, Heard::Level(levels) if levels.kept_ms >= ms));
    }

    fn stop(&mut self) -> SpoolReader {
        let outcome = self.ear.take().unwrap().stop(Why::Asked).unwrap().expect("something was kept");
        assert!(outcome.whole);
        self.read()
    }

    fn read(&self) -> SpoolReader {
        SpoolReader::open(&self.path(), &self.key).unwrap()
    }
}

/// How strongly a pitch stands in a stretch, 0 to 1.
fn strength(reader: &mut SpoolReader, from_ms: u64, ms: u64, channel: usize, pitch: f64) -> f64 {
    let (rate, channels) = (reader.story().begun.rate, usize::from(reader.story().begun.channels));
    let mut samples = vec![0; (u64::from(rate) * ms / 1000) as usize * channels];
    let read = reader.read(from_ms * u64::from(rate) / 1000, &mut samples).unwrap();
    let (mut real, mut imaginary, mut energy) = (0.0, 0.0, 0.0);
    for (at, sample) in samples.iter().skip(channel).step_by(channels).take(read).enumerate() {
        let (angle, value) =
            (at as f64 * pitch * std::f64::consts::TAU / f64::from(rate), f64::from(*sample) / 32_768.0);
        real += value * angle.cos();
        imaginary += value * angle.sin();
        energy += value * value;
    }
    (2.0 * (real * real + imaginary * imaginary) / (energy * read as f64).max(1e-9)).min(1.0)
}

#[test]
fn what_is_heard_is_kept_from_the_first_sample_after_the_word_and_to_the_last() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    let key = stage.plug("desk", 24_000, 1, Arc::new(|at| ((at % 40_000) as f32 - 20_000.0) / 32_768.0));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    room.until(|heard| matches!(heard, Heard::Level(_)));
    let before = stage.offered(&key);
    room.keep(Quality::Voice);
    room.until_kept(600);
    let after = stage.offered(&key);
    let mut reader = room.stop();
    assert!(reader.story().gaps.is_empty());
    let mut samples = vec![0; reader.story().end as usize];
    reader.read(0, &mut samples).unwrap();
    // Every sample follows the one before it: nothing is left out, nothing is there twice.
    let step = |pair: &[i16]| (i32::from(pair[1]) - i32::from(pair[0])).rem_euclid(40_000);
    assert!(samples.windows(2).all(|pair| step(pair) == 1));
    let heard_meanwhile = after - before;
    assert!(samples.len() as u64 + 2_400 >= heard_meanwhile, "{} of {heard_meanwhile}", samples.len());
    assert_eq!(reader.story().devices.len(), 1);
    assert_eq!(reader.story().ended.map(|ended| ended.why), Some(Why::Asked));
}

#[test]
fn listening_alone_keeps_nothing_and_gives_a_verdict_after_three_seconds() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    stage.plug("desk", 48_000, 2, Arc::new(|_| 0.0));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    let took = room.until(|heard| matches!(heard, Heard::Verdict(_)));
    assert!((2.8..4.5).contains(&took.as_secs_f64()), "{took:?}");
    assert!(room.ear.take().unwrap().stop(Why::Asked).unwrap().is_none());
    assert!(!room.path().exists());
}

#[test]
fn a_device_that_goes_is_noticed_within_a_second_and_the_next_one_goes_on_with_the_gap_marked() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    let desk = stage.plug("desk", 48_000, 2, hum(440.0, 48_000));
    stage.plug("headset", 16_000, 1, hum(700.0, 16_000));
    let mut room = Room::listen(&stage, vec![Wanted::Device(desk.clone())]);
    room.keep(Quality::Voice);
    room.until_kept(800);
    for told in [true, false] {
        stage.unplug(&desk, told);
        let noticed = room.until(|heard| matches!(heard, Heard::Lost { .. }));
        assert!(noticed < Duration::from_secs(1), "noticed after {noticed:?}, told: {told}");
        let resumed =
            room.until(|heard| matches!(heard, Heard::Listening { device, .. } if device == "headset"));
        assert!(noticed + resumed < Duration::from_secs(2), "resumed after {:?}", noticed + resumed);
        if told {
            // Back where it was wanted from, and gone again without a word.
            stage.replug(&desk);
            room.until(|heard| matches!(heard, Heard::Listening { device, .. } if device == "desk"));
            std::thread::park_timeout(Duration::from_millis(300));
        }
    }
    let kept = room.ear().mark(None, None);
    kept.unwrap();
    let mut reader = room.stop();
    let story = reader.story().clone();
    assert!(!story.gaps.is_empty() && story.gaps.iter().all(|gap| gap.why == GapReason::Device));
    let names: Vec<&str> = story.devices.iter().map(|device| device.name.as_str()).collect();
    assert_eq!(names, ["desk", "headset", "desk", "headset"]);
    assert!(strength(&mut reader, 100, 500, 0, 440.0) > 0.9, "the desk is heard first");
    let last = story.gaps.last().unwrap();
    assert!((500..1_900).contains(&(last.samples * 1000 / 24_000)), "{last:?}");
}

#[test]
fn the_default_is_followed_when_it_changes_without_losing_a_tenth_of_a_second() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    stage.plug("desk", 48_000, 1, hum(440.0, 48_000));
    let headset = stage.plug("headset", 44_100, 2, hum(700.0, 44_100));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    room.keep(Quality::Voice);
    room.until_kept(500);
    stage.make_default(&headset);
    room.until(|heard| matches!(heard, Heard::Listening { device, .. } if device == "headset"));
    let switched = Instant::now();
    room.until(|_| switched.elapsed() > Duration::from_millis(700));
    let mut reader = room.stop();
    let end = reader.story().ms();
    let missing: u64 = reader.story().gaps.iter().map(|gap| gap.samples).sum();
    assert!(missing < 2_400, "{:?}", reader.story().gaps);
    assert!(strength(&mut reader, 100, 300, 0, 440.0) > 0.9);
    assert!(strength(&mut reader, end - 450, 400, 0, 700.0) > 0.9, "another rate sounds the same");
}

#[test]
fn a_default_that_falls_silent_leaves_a_gap_as_long_as_it_was_silent_whoever_notices_first() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    let desk = stage.plug("desk", 24_000, 1, hum(440.0, 24_000));
    let headset = stage.plug("headset", 24_000, 1, hum(700.0, 24_000));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    room.keep(Quality::Voice);
    room.until_kept(500);
    let mut silent = Duration::ZERO;
    // The system's choice is asked for once a second, and silence is noticed sooner: either may come first.
    for (goes, comes, name) in [(&desk, &headset, "headset"), (&headset, &desk, "desk")].repeat(2) {
        stage.unplug(goes, false);
        assert_eq!(stage.default_key().as_ref(), Some(comes));
        silent += room.until(|heard| matches!(heard, Heard::Listening { device, .. } if device == name));
        stage.replug(goes);
        let back = Instant::now();
        room.until(|_| back.elapsed() > Duration::from_millis(350));
    }
    let reader = room.stop();
    let gaps = &reader.story().gaps;
    assert!(gaps.iter().all(|gap| gap.why == GapReason::Device), "{gaps:?}");
    let marked = Duration::from_millis(gaps.iter().map(|gap| gap.samples * 1000 / 24_000).sum());
    assert!(marked.abs_diff(silent) < Duration::from_millis(250), "{marked:?} of {silent:?}: {gaps:?}");
}

#[test]
fn a_starved_callback_leaves_a_gap_as_long_as_what_is_missing() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    let desk = stage.plug("desk", 24_000, 1, hum(440.0, 24_000));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    room.keep(Quality::Voice);
    // Long enough to know how punctual the device usually is.
    room.until_kept(2_600);
    stage.starve(&desk, true);
    std::thread::park_timeout(Duration::from_millis(450));
    stage.starve(&desk, false);
    let starved = Instant::now();
    room.until(|_| starved.elapsed() > Duration::from_millis(4_500));
    let reader = room.stop();
    let gaps: Vec<_> = reader.story().gaps.iter().filter(|gap| gap.why == GapReason::Starved).collect();
    let missing: u64 = gaps.iter().map(|gap| gap.samples * 1000 / 24_000).sum();
    assert!((300..650).contains(&missing), "{:?}", reader.story().gaps);
}

#[test]
fn a_pause_closes_the_microphone_and_leaves_a_mark_and_nothing_of_what_was_said() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    let desk = stage.plug("desk", 24_000, 1, hum(440.0, 24_000));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    room.keep(Quality::Voice);
    room.until_kept(400);
    room.ear().mark(Some(Private::new("before".to_owned())), Some(150)).unwrap();
    room.ear().pause(PauseReason::Private).unwrap();
    room.until(|heard| matches!(heard, Heard::Paused(PauseReason::Private)));
    let began = Instant::now();
    // The device falls silent because nobody listens any more.
    let mut offered = stage.offered(&desk);
    loop {
        std::thread::park_timeout(Duration::from_millis(150));
        let now = stage.offered(&desk);
        if now == offered {
            break;
        }
        offered = now;
        assert!(began.elapsed() < PATIENCE, "the microphone stays open in a private moment");
    }
    room.ear().resume().unwrap();
    room.until(|heard| matches!(heard, Heard::Listening { .. }));
    let resumed = Instant::now();
    room.until(|_| resumed.elapsed() > Duration::from_millis(500));
    let reader = room.stop();
    let story = reader.story();
    assert_eq!(story.pauses.len(), 1);
    assert!(story.pauses[0].until.is_some());
    assert_eq!(story.marks[0].word.as_ref().map(|word| word.reveal().as_str()), Some("before"));
    assert!(story.gaps.is_empty(), "a pause takes no time on the line: {:?}", story.gaps);
    assert_eq!(story.marks[0].at, 24_000 * 150 / 1000, "it stands where it was asked for");
}

#[test]
fn two_microphones_are_kept_apart_and_in_step() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    let desk = stage.plug("desk", 48_000, 1, hum(440.0, 48_000));
    let chair = stage.plug("chair", 44_100, 1, hum(700.0, 44_100));
    let mut room = Room::listen(&stage, vec![Wanted::Device(desk), Wanted::Device(chair)]);
    room.keep(Quality::Everything);
    room.until_kept(2_500);
    let mut reader = room.stop();
    assert_eq!(reader.story().begun.channels, 2);
    for (channel, own, other) in [(0, 440.0, 700.0), (1, 700.0, 440.0)] {
        assert!(strength(&mut reader, 1_000, 300, channel, own) > 0.9, "channel {channel}");
        assert!(strength(&mut reader, 1_000, 300, channel, other) < 0.01, "channel {channel}");
    }
}

#[test]
fn a_microphone_that_delivers_nothing_but_zeros_is_worried_about_within_ten_seconds() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    stage.plug("desk", 48_000, 1, Arc::new(|_| 0.0));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    room.keep(Quality::Voice);
    let began = Instant::now();
    let worried = Heard::Worry { what: Worry::NoSignal, on: true };
    while room.heard.recv_timeout(Duration::from_secs(10)).unwrap() != worried {}
    assert!(began.elapsed() < Duration::from_secs(10));
    let reader = room.stop();
    assert!(reader.story().worries.iter().any(|(_, what)| *what == Worry::NoSignal));
}

#[test]
fn a_machine_without_a_microphone_says_so_and_begins_when_one_is_plugged_in() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    room.until(|heard| *heard == Heard::Deaf(Code::MicrophoneMissing));
    room.keep(Quality::Voice);
    stage.plug("late", 48_000, 1, hum(440.0, 48_000));
    room.until(|heard| *heard == Heard::Keeping);
    room.until_kept(300);
    assert!(room.stop().story().ms() >= 300);
}

#[test]
fn an_ear_that_is_dropped_ends_its_spool() {
    let stage = Stage::new(Arc::new(SteadyPace::default()));
    stage.plug("desk", 24_000, 1, hum(440.0, 24_000));
    let mut room = Room::listen(&stage, vec![Wanted::Default]);
    room.keep(Quality::Voice);
    room.until_kept(300);
    drop(room.ear.take());
    assert_eq!(room.read().story().ended.map(|ended| ended.why), Some(Why::Asked));
}

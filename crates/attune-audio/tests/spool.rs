//! The spool on good disks and bad ones: what was written reads back; what was cut, flipped or lost in a
//! power cut is said, and costs no more than itself.

use std::{
    io::{self, Cursor, Read, Seek, SeekFrom, Write},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use attune_audio::{
    codec::{Codec, Encoder},
    spool::{
        Begun, Durable, Ended, Entry, FRAME_MS, Gap, GapReason, Mark, Medium, Pause, PauseReason, Sound,
        SpoolReader, SpoolWriter, Why, frame_samples,
    },
};
use attune_kernel::{Clock, Private};
use attune_testkit::FixedClock;
use attune_vault::FileKey;
use proptest::prelude::*;

const RATE: u32 = 24_000;

/// A disk in memory that remembers what it was sure of, and when.
#[derive(Clone, Default)]
struct Platter {
    written: Arc<Mutex<Vec<u8>>>,
    sure: Arc<Mutex<Vec<(Instant, usize)>>>,
    slow: Duration,
    full_at: Option<usize>,
}

impl Medium for Platter {
    fn durable(&self) -> io::Result<Box<dyn Durable>> {
        Ok(Box::new(self.clone()))
    }
}

impl Write for Platter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.written.lock().unwrap();
        let room = self.full_at.map_or(usize::MAX, |full| full - written.len());
        let take = bytes.len().min(room);
        written.extend_from_slice(&bytes[..take]);
        if take == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(take) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Durable for Platter {
    fn sync(&mut self) -> io::Result<()> {
        let upto = self.written.lock().unwrap().len();
        // A disk that is slow to be sure: the thread under test must not be held up by it.
        std::thread::park_timeout(self.slow);
        self.sure.lock().unwrap().push((Instant::now(), upto));
        Ok(())
    }

    fn room(&self) -> io::Result<u64> {
        Ok(u64::MAX / 2)
    }
}

fn begun(channels: u16) -> Begun {
    Begun { v: 1, rate: RATE, channels, codec: Codec::Flac, at: FixedClock::default().now() }
}

/// What the so-manieth sample is.
fn sample(index: u64) -> i16 {
    let slow = (index as f64 / 40.0).sin() * 9_000.0;
    let hiss = (index.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as f64 - 128.0;
    (slow + hiss) as i16
}

struct Keeping {
    writer: SpoolWriter,
    encoder: Encoder,
    position: u64,
}

impl Keeping {
    fn over(medium: Platter, key: &FileKey) -> Self {
        let writer = SpoolWriter::over(Box::new(medium), key, begun(1)).unwrap();
        Self { writer, encoder: Encoder::new(Codec::Flac, RATE, 1).unwrap(), position: 0 }
    }

    fn frame(&mut self) -> attune_audio::Result<()> {
        let samples: Vec<i16> =
            (self.position..self.position + frame_samples(RATE) as u64).map(sample).collect();
        let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        let encoded = self.encoder.encode(&samples)?;
        self.writer.sound(&Sound {
            at: self.position,
            samples: u32::try_from(samples.len()).unwrap(),
            peak: [peak, 0],
            rms: [peak / 2, 0],
            voiced: !self.position.is_multiple_of(3),
            encoded: &encoded,
        })?;
        self.position += samples.len() as u64;
        Ok(())
    }
}

/// A spool of so many frames, ended or not, as bytes.
fn spool(key: &FileKey, frames: usize, end: bool) -> Vec<u8> {
    let platter = Platter::default();
    let mut keeping = Keeping::over(platter.clone(), key);
    for _ in 0..frames {
        keeping.frame().unwrap();
    }
    let Keeping { writer, position, .. } = keeping;
    if end {
        writer.end(Ended { at: position, why: Why::Asked, on: FixedClock::default().now() }).unwrap();
    } else {
        drop(writer);
    }
    platter.written.lock().unwrap().clone()
}

fn open(key: &FileKey, bytes: Vec<u8>) -> attune_audio::Result<SpoolReader<Cursor<Vec<u8>>>> {
    SpoolReader::over(Cursor::new(bytes), key)
}

#[test]
fn a_recording_reads_back_sample_for_sample_from_anywhere() {
    let key = FileKey::random();
    let mut reader = open(&key, spool(&key, 20, true)).unwrap();
    let end = 20 * frame_samples(RATE) as u64;
    assert_eq!(reader.story().end, end);
    assert_eq!(reader.story().ended.map(|ended| ended.why), Some(Why::Asked));
    for at in [0, 1, 2_879, 2_880, 50_001, end - 7] {
        let mut into = [0; 5_000];
        let read = reader.read(at, &mut into).unwrap();
        assert_eq!(read as u64, (end - at).min(5_000));
        assert!((0..read).all(|ahead| into[ahead] == sample(at + ahead as u64)), "from {at}");
    }
}

#[test]
fn the_stream_of_bytes_seeks_and_reads_like_a_file() {
    let key = FileKey::random();
    let mut pcm = open(&key, spool(&key, 6, true)).unwrap().into_pcm();
    assert_eq!(pcm.len(), 6 * 2_880 * 2);
    let mut all = Vec::new();
    pcm.read_to_end(&mut all).unwrap();
    let expected: Vec<u8> = (0..6 * 2_880).flat_map(|index| sample(index).to_le_bytes()).collect();
    assert!(all == expected);
    for at in [0_u64, 1, 7_681, 34_559] {
        pcm.seek(SeekFrom::Start(at)).unwrap();
        let mut some = Vec::new();
        (&mut pcm).take(999).read_to_end(&mut some).unwrap();
        let at = usize::try_from(at).unwrap();
        assert!(some == expected[at..(at + 999).min(expected.len())], "from byte {at}");
    }
}

#[test]
fn what_happened_stands_in_the_story_and_gaps_are_silent() {
    let (key, platter, at) = (FileKey::random(), Platter::default(), FixedClock::default().now());
    let mut keeping = Keeping::over(platter.clone(), &key);
    keeping.frame().unwrap();
    let word = Some(Private::new("the letter".to_owned()));
    keeping.writer.say(&Entry::Mark(Mark { at: 100, word: word.clone() })).unwrap();
    keeping.writer.say(&Entry::Gap(Gap { at: 2_880, samples: 2_400, why: GapReason::Device })).unwrap();
    keeping.position += 2_400;
    keeping.frame().unwrap();
    let pause = Pause { at: keeping.position, why: PauseReason::Private, since: at };
    keeping.writer.say(&Entry::Pause(pause)).unwrap();
    let until = at + chrono::TimeDelta::minutes(4);
    keeping.writer.say(&Entry::Resume { at: keeping.position, on: until }).unwrap();
    keeping.frame().unwrap();
    let (end, bytes) = (keeping.position, platter.written.lock().unwrap().clone());
    let mut reader = open(&key, bytes).unwrap();
    let story = reader.story().clone();
    assert_eq!(story.end, end);
    assert_eq!(story.marks, [Mark { at: 100, word }]);
    assert_eq!(story.gaps, [Gap { at: 2_880, samples: 2_400, why: GapReason::Device }]);
    assert_eq!(story.pauses.len(), 1);
    assert_eq!(story.pauses[0].until, Some(until));
    assert!(story.ended.is_none(), "nobody ended it");
    let mut hole = [1; 2_400];
    assert_eq!(reader.read(2_880, &mut hole).unwrap(), 2_400);
    assert!(hole.iter().all(|sample| *sample == 0));
}

#[test]
fn no_sample_and_no_word_stands_readable_in_the_file() {
    let (key, platter) = (FileKey::random(), Platter::default());
    let mut keeping = Keeping::over(platter.clone(), &key);
    let word = Some(Private::new("a-word-nobody-may-read".to_owned()));
    keeping.writer.say(&Entry::Mark(Mark { at: 0, word })).unwrap();
    (0..10).for_each(|_| keeping.frame().unwrap());
    let bytes = platter.written.lock().unwrap().clone();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(!holds(b"a-word-nobody") && !holds(b"begun") && !holds(b"flac"));
    let samples: Vec<u8> = (4_000..4_016).flat_map(|index| sample(index).to_le_bytes()).collect();
    assert!(!holds(&samples));
}

#[test]
fn a_full_disk_keeps_everything_before_it() {
    let key = FileKey::random();
    let platter = Platter { full_at: Some(30_000), ..Platter::default() };
    let mut keeping = Keeping::over(platter.clone(), &key);
    let kept = (0..100).take_while(|_| keeping.frame().is_ok()).count();
    assert!((2..100).contains(&kept));
    assert!(keeping.frame().is_err(), "nothing is written behind a torn frame");
    let bytes = platter.written.lock().unwrap().clone();
    let reader = open(&key, bytes).unwrap();
    assert_eq!(reader.story().end, kept as u64 * 2_880);
    assert!(reader.torn());
}

#[test]
fn a_power_cut_costs_two_seconds_at_most_even_on_a_slow_disk() {
    let key = FileKey::random();
    let platter = Platter { slow: Duration::from_millis(300), ..Platter::default() };
    let mut keeping = Keeping::over(platter.clone(), &key);
    let (began, mut written) = (Instant::now(), Vec::new());
    for frame in 1..=30_u32 {
        keeping.frame().unwrap();
        written.push((Instant::now(), platter.written.lock().unwrap().len()));
        // In time with a microphone.
        let due = Duration::from_millis(u64::from(frame * FRAME_MS));
        std::thread::park_timeout(due.saturating_sub(began.elapsed()));
    }
    drop(keeping);
    let (bytes, sure) = (platter.written.lock().unwrap().clone(), platter.sure.lock().unwrap().clone());
    let mut worst = 0;
    for (moment, upto) in &written {
        let held = sure.iter().take_while(|(at, _)| at <= moment).last().map_or(0, |(_, bytes)| *bytes);
        // The disk was sure of so much; what else it had is lost whole, or arrived in part.
        for remains in [held, (held + upto) / 2] {
            let end = open(&key, bytes[..remains].to_vec()).unwrap().story().end;
            let heard = open(&key, bytes[..*upto].to_vec()).unwrap().story().end;
            worst = worst.max(heard.saturating_sub(end));
        }
    }
    let ms = worst * 1000 / u64::from(RATE);
    assert!(worst > 0 && ms <= 2_000, "a cut costs up to {ms} ms");
}

#[test]
fn a_slow_disk_never_holds_up_the_sound() {
    let key = FileKey::random();
    let platter = Platter { slow: Duration::from_secs(1), ..Platter::default() };
    let mut keeping = Keeping::over(platter, &key);
    let began = Instant::now();
    (0..20).for_each(|_| keeping.frame().unwrap());
    assert!(began.elapsed() < Duration::from_millis(900), "20 frames took {:?}", began.elapsed());
}

#[test]
fn a_spool_somebody_else_began_or_of_an_unknown_shape_is_refused_without_panic() {
    let key = FileKey::random();
    let bytes = spool(&key, 3, true);
    assert!(open(&FileKey::random(), bytes.clone()).is_err());
    for cut in 0..60 {
        assert!(open(&key, bytes[..cut].to_vec()).is_err(), "cut at {cut}");
    }
    let platter = Platter::default();
    let strange = Begun { channels: 9, ..begun(1) };
    drop(SpoolWriter::over(Box::new(platter.clone()), &key, strange).unwrap());
    assert!(open(&key, platter.written.lock().unwrap().clone()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_cut_anywhere_keeps_every_frame_before_it_and_is_noticed(cut in 0.0..1.0_f64) {
        let key = FileKey::from_bytes([7; 32]);
        let bytes = spool(&key, 12, true);
        let cut = 400 + (cut * (bytes.len() - 401) as f64) as usize;
        let mut reader = open(&key, bytes[..cut].to_vec()).unwrap();
        let end = reader.story().end;
        prop_assert!(reader.story().ended.is_none());
        let mut into = vec![0; 12 * 2_880];
        let read = reader.read(0, &mut into).unwrap();
        prop_assert_eq!(read as u64, end);
        prop_assert!((0..read).all(|at| into[at] == sample(at as u64)));
        prop_assert!(end as f64 / (12.0 * 2_880.0) > cut as f64 / bytes.len() as f64 - 0.12);
    }

    #[test]
    fn a_flipped_bit_costs_one_frame_and_is_noticed(at in 0.0..1.0_f64, bit in 0_u8..8) {
        let key = FileKey::from_bytes([7; 32]);
        let mut bytes = spool(&key, 12, true);
        let at = 400 + (at * (bytes.len() - 401) as f64) as usize;
        bytes[at] ^= 1 << bit;
        let mut reader = open(&key, bytes).unwrap();
        let story = reader.story().clone();
        prop_assert!(story.damaged == 1 || reader.torn());
        let lost: u64 = story.gaps.iter().map(|gap| gap.samples).sum();
        prop_assert!(lost <= 2_880 && story.gaps.iter().all(|gap| gap.why == GapReason::Damaged));
        let mut into = vec![0; 12 * 2_880];
        let read = reader.read(0, &mut into).unwrap();
        let wrong = (0..read).filter(|at| into[*at] != sample(*at as u64)).count();
        prop_assert!(wrong <= 2_880, "only the damaged frame is silent");
    }
}

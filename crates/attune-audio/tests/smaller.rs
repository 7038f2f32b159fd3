//! A recording made smaller: the same time line, the same words, the sound in its place, and much less of it.

use std::{
    f64::consts::TAU,
    io::{self, Cursor, Write},
    sync::{Arc, Mutex},
};

use attune_audio::{
    Error,
    codec::Codec,
    spool::{
        Begun, DeviceUse, Durable, Entry, Framer, GapReason, Mark, Medium, Pause, PauseReason, SpoolReader,
        SpoolWriter, Waveform, Why, Worry, smaller, tells_the_same, to_ms,
    },
};
use attune_kernel::{Clock, Code, Coded, Private};
use attune_testkit::FixedClock;
use attune_vault::FileKey;

type Spool = SpoolReader<Cursor<Vec<u8>>>;

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Memory {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Durable for Memory {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn room(&self) -> io::Result<u64> {
        Ok(u64::MAX / 2)
    }
}

impl Medium for Memory {
    fn durable(&self) -> io::Result<Box<dyn Durable>> {
        Ok(Box::new(self.clone()))
    }
}

/// Somebody who speaks in syllables, in a room that is not quite silent. No two moments are alike.
fn voice(rate: u32, samples: usize, speaker: u16) -> Vec<f32> {
    let mut noise = u32::from(speaker) + 1;
    let mut phase = 0.0;
    (0..samples)
        .map(|n| {
            let at = n as f64 / f64::from(rate);
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let pitch = 130.0 + 40.0 * f64::from(speaker) + 25.0 * (TAU * 0.31 * at).sin();
            phase += TAU * pitch / f64::from(rate);
            let buzz: f64 = (1..12).map(|h| (f64::from(h) * phase).sin() / f64::from(h)).sum();
            let syllable = 0.1 + (TAU * (2.7 + f64::from(speaker)) * at).sin().max(0.0);
            (0.15 * buzz * syllable + 0.002 * (f64::from(noise >> 8) / 8_388_608.0 - 1.0)) as f32
        })
        .collect()
}

struct Kept {
    key: FileKey,
    bytes: Vec<u8>,
}

/// Speaks so many seconds at a rate, lets something happen in between, and ends or is cut off.
fn kept(rate: u32, channels: u16, seconds: usize, eventful: bool, ends: bool) -> Kept {
    let (key, memory, now) = (FileKey::random(), Memory::default(), FixedClock::default().now());
    let begun = Begun { v: 1, rate, channels, codec: Codec::Flac, at: now };
    let spool = SpoolWriter::over(Box::new(memory.clone()), &key, begun).unwrap();
    let mut framer = Framer::new(spool).unwrap();
    let voices: Vec<_> = (0..channels).map(|n| voice(rate, rate as usize * seconds, n)).collect();
    let whole = framer.whole();
    let device = DeviceUse { at: 0, channel: 0, name: "Desk".into(), rate };
    framer.say(&Entry::Device(device)).unwrap();
    let mut at = 0;
    while at < voices[0].len() {
        // Before a pause a frame is cut short.
        let pauses = eventful && at == whole * 10;
        let to = (at + if pauses { whole / 3 + 1 } else { whole }).min(voices[0].len());
        framer.write(&voices.iter().map(|voice| voice[at..to].to_vec()).collect::<Vec<_>>()).unwrap();
        if pauses {
            let position = framer.position();
            let pause = Pause { at: position, why: PauseReason::Private, since: now };
            framer
                .say(&Entry::Mark(Mark { at: position, word: Some(Private::new("sister".into())) }))
                .unwrap();
            framer.say(&Entry::Pause(pause)).unwrap();
            framer.say(&Entry::Resume { at: position, on: now }).unwrap();
            framer.gap(u64::from(rate) + 7, GapReason::Device).unwrap();
            framer.say(&Entry::Worry { at: framer.position(), what: Worry::TooQuiet }).unwrap();
        }
        at = to;
    }
    if ends {
        framer.end(Why::Asked, now).unwrap();
    } else {
        drop(framer);
    }
    Kept { key, bytes: memory.bytes() }
}

fn open(kept: &Kept) -> Spool {
    SpoolReader::over(Cursor::new(kept.bytes.clone()), &kept.key).unwrap()
}

fn made_smaller(of: &Kept) -> attune_audio::Result<Kept> {
    let (key, memory) = (FileKey::random(), Memory::default());
    let begin = |begun| SpoolWriter::over(Box::new(memory.clone()), &key, begun);
    let mut told = Vec::new();
    let spool = SpoolReader::over(Cursor::new(of.bytes.clone()), &of.key)?;
    let bytes = smaller(spool, begin, |done, total| told.push((done, total)))?;
    assert!(told.is_sorted() && told.last().is_some_and(|(done, total)| done == total), "{told:?}");
    let made = Kept { key, bytes: memory.bytes() };
    assert_eq!(bytes, made.bytes.len() as u64);
    Ok(made)
}

fn all(mut spool: Spool) -> Vec<f64> {
    let channels = usize::from(spool.story().begun.channels);
    let frames = spool.story().end as usize;
    let mut samples = vec![0; frames * channels];
    assert_eq!(spool.read(0, &mut samples).unwrap(), frames);
    samples.into_iter().map(f64::from).collect()
}

/// How alike two pieces are, and by how many samples the second is late, within some 20 ms.
fn alike(one: &[f64], other: &[f64], rate: u32) -> (f64, i64) {
    let reach = i64::from(rate) / 50;
    let inner = reach as usize..one.len().min(other.len()) - reach as usize;
    (-reach..=reach)
        .map(|late| {
            let shifted = &other[(inner.start as i64 + late) as usize..(inner.end as i64 + late) as usize];
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let one = &one[inner.clone()];
            (dot(one, shifted) / (dot(one, one) * dot(shifted, shifted)).sqrt(), late)
        })
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .unwrap()
}

#[test]
fn it_takes_a_fraction_of_the_room_and_sounds_the_same_at_the_same_time() {
    for channels in [1, 2] {
        let before = kept(24_000, channels, 20, false, true);
        let after = made_smaller(&before).unwrap();
        assert!(
            after.bytes.len() * 4 < before.bytes.len(),
            "{} of {}",
            after.bytes.len(),
            before.bytes.len()
        );
        tells_the_same(open(&before).story(), &mut open(&after)).unwrap();
        let (one, other) = (all(open(&before)), all(open(&after)));
        assert_eq!(one.len(), other.len());
        for channel in 0..usize::from(channels) {
            let of =
                |all: &[f64]| all.iter().copied().skip(channel).step_by(channels.into()).collect::<Vec<_>>();
            let (likeness, late) = alike(&of(&one), &of(&other), 24_000);
            assert!(likeness >= 0.9, "{likeness}");
            assert!(late.abs() <= 24, "a millisecond at most, and it was {late} samples");
        }
    }
}

#[test]
fn what_happened_stays_in_its_place_at_every_rate() {
    for (rate, kept_rate) in
        [(24_000, 24_000), (48_000, 24_000), (44_100, 24_000), (16_000, 16_000), (11_025, 12_000)]
    {
        let before = kept(rate, 1, 6, true, true);
        let after = made_smaller(&before).unwrap();
        let (of, made) = (open(&before), open(&after));
        tells_the_same(of.story(), &mut open(&after)).unwrap();
        assert_eq!((made.story().begun.rate, made.story().begun.codec), (kept_rate, Codec::Opus));
        assert_eq!(made.story().begun.at, of.story().begun.at);
        assert!(made.story().ms().abs_diff(of.story().ms()) <= 1);
        let (mark, was) = (&made.story().marks[0], &of.story().marks[0]);
        assert_eq!(mark.word, was.word);
        assert!(to_ms(mark.at, kept_rate).abs_diff(to_ms(was.at, rate)) <= 1);
        assert_eq!((made.story().gaps.len(), made.story().gaps[0].why), (1, GapReason::Device));
        assert_eq!((made.story().pauses.len(), made.story().worries.len()), (1, 1));
        assert_eq!(made.story().voice_db(), of.story().voice_db());
        let (Waveform { peaks, .. }, drawn) = (of.waveform(200), made.waveform(200));
        assert!(peaks.iter().zip(&drawn.peaks).filter(|(was, is)| was != is).count() <= 2, "drawn alike");
        // What follows the gap is where it was.
        let from = made.story().gaps[0].at + made.story().gaps[0].samples;
        let after_gap = &all(open(&after))[from as usize..];
        let mut original = kept(kept_rate, 1, 6, true, true);
        original.bytes = made_smaller(&original).map(|_| original.bytes).unwrap();
        let same = &all(open(&original))[from as usize..];
        let (likeness, late) = alike(same, after_gap, kept_rate);
        assert!(
            likeness >= 0.8 && late.unsigned_abs() * 1_000 <= 5 * u64::from(kept_rate),
            "{likeness} {late}"
        );
    }
}

#[test]
fn one_that_was_cut_off_stays_one_that_was_cut_off() {
    let before = kept(24_000, 1, 3, true, false);
    let mut made = open(&made_smaller(&before).unwrap());
    assert_eq!((made.story().ended, made.torn()), (None, false));
    tells_the_same(open(&before).story(), &mut made).unwrap();
}

#[test]
fn a_jump_lands_on_the_same_sound_as_listening_up_to_there() {
    let small = made_smaller(&kept(24_000, 1, 8, false, true)).unwrap();
    let through = all(open(&small));
    for at in [3_840 * 20, 3_840 * 33 + 17, 3_840 * 2] {
        let mut piece = vec![0; 3_840];
        open(&small).read(at as u64, &mut piece).unwrap();
        let piece: Vec<f64> = piece.into_iter().map(f64::from).collect();
        let (likeness, late) = alike(&through[at..at + 3_840], &piece, 24_000);
        assert!(likeness > 0.99 && late == 0, "{likeness} {late} from {at}");
    }
}

#[test]
fn what_does_not_read_whole_is_left_as_it_is() {
    let mut damaged = kept(24_000, 1, 4, false, true);
    let middle = damaged.bytes.len() / 2;
    damaged.bytes[middle] ^= 1;
    assert_eq!(made_smaller(&damaged).err().unwrap().code(), Code::AudioDamaged);
}

#[test]
fn a_copy_that_tells_something_else_is_not_taken_for_the_recording() {
    let before = kept(24_000, 1, 4, true, true);
    let short = made_smaller(&kept(24_000, 1, 3, true, true)).unwrap();
    let uneventful = made_smaller(&kept(24_000, 1, 4, false, true)).unwrap();
    let mut cut = made_smaller(&before).unwrap();
    cut.bytes.truncate(cut.bytes.len() - 9);
    for other in [short, uneventful, cut, kept(24_000, 1, 4, true, true)] {
        let told = tells_the_same(open(&before).story(), &mut open(&other));
        assert!(matches!(told, Err(Error::Damaged(_))));
    }
}

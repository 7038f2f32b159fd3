//! What a recording survives besides its devices: a disk that fills up or refuses, a folder nobody may write
//! to, and a time of day that jumps. What was heard up to then is whole, and what happened is said.

use std::{
    io::{self, Cursor, Write},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use attune_audio::{
    ear::{Ear, Heard, Outcome, Quality, SteadyPace},
    source::Wanted,
    spool::{Durable, Medium, RESERVE, SpoolReader, SpoolWriter, Why, Worry},
};
use attune_kernel::{Clock, Code, Coded, SystemClock};
use attune_testkit::stage::Stage;
use attune_vault::FileKey;
use chrono::{DateTime, TimeDelta, Utc};

const PATIENCE: Duration = Duration::from_secs(20);
const RATE: u32 = 24_000;
const TURN: u64 = 40_000;

/// A disk in memory that takes so many bytes and then refuses, and says what room it likes.
#[derive(Clone)]
struct Disk {
    written: Arc<Mutex<Vec<u8>>>,
    takes: usize,
    refusal: io::ErrorKind,
    room: Arc<AtomicU64>,
}

impl Disk {
    fn new(takes: usize, refusal: io::ErrorKind) -> Self {
        let room = Arc::new(AtomicU64::new(RESERVE * 100));
        Self { written: Arc::default(), takes, refusal, room }
    }

    fn read(&self, key: &FileKey) -> SpoolReader<Cursor<Vec<u8>>> {
        SpoolReader::over(Cursor::new(self.written.lock().unwrap().clone()), key).unwrap()
    }
}

impl Medium for Disk {
    fn durable(&self) -> io::Result<Box<dyn Durable>> {
        Ok(Box::new(self.clone()))
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.written.lock().unwrap();
        let take = bytes.len().min(self.takes - written.len());
        written.extend_from_slice(&bytes[..take]);
        if take == 0 { Err(self.refusal.into()) } else { Ok(take) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Durable for Disk {
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn room(&self) -> io::Result<u64> {
        Ok(self.room.load(Ordering::Acquire))
    }
}

/// The machine's clock, set wrong by so many seconds.
#[derive(Clone, Default)]
struct Wrong(Arc<AtomicI64>);

impl Clock for Wrong {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + TimeDelta::seconds(self.0.load(Ordering::Acquire))
    }
}

struct Room {
    ear: Ear,
    heard: Receiver<Heard>,
    key: FileKey,
}

impl Room {
    /// Listens to a microphone whose every sample is the one before it and one more, with a little hiss in the
    /// lowest bits of no consequence to the order.
    fn listen(clock: Arc<dyn Clock>) -> Self {
        let pace = Arc::new(SteadyPace::default());
        let stage = Stage::new(pace.clone());
        stage.plug("desk", RATE, 1, Arc::new(|at| ((at % TURN) as f32 - 20_000.0) / 32_768.0));
        let (tell, heard) = channel();
        let tell = Box::new(move |said| {
            let _gone = tell.send(said);
        });
        let ear = Ear::listen(Arc::new(stage), vec![Wanted::Default], clock, pace, tell).unwrap();
        Self { ear, heard, key: FileKey::random() }
    }

    fn keep_on(&self, disk: &Disk) {
        let (disk, key) = (disk.clone(), self.key.clone());
        let begin = Box::new(move |begun| SpoolWriter::over(Box::new(disk), &key, begun));
        self.ear.keep(Quality::Voice, begin).unwrap();
    }

    fn keep_in(&self, path: &Path) -> attune_audio::Result<()> {
        let (path, key) = (path.to_owned(), self.key.clone());
        self.ear.keep(Quality::Voice, Box::new(move |begun| SpoolWriter::create(&path, &key, begun)))
    }

    /// Waits until something was said.
    fn until<T>(&self, wanted: impl Fn(&Heard) -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            let left = PATIENCE.saturating_sub(began.elapsed());
            if let Some(found) = wanted(&self.heard.recv_timeout(left).expect("it is said in time")) {
                return found;
            }
        }
    }

    fn until_ended(&self) -> Outcome {
        self.until(|heard| if let Heard::Ended(outcome) = heard { Some(*outcome) } else { None })
    }

    /// Waits until so much more is kept.
    fn until_kept(&self, ms: u64) {
        self.until(|heard| matches!(heard, Heard::Level(levels) if levels.kept_ms >= ms).then_some(()));
    }
}

/// How many milliseconds there are, of which every sample follows the one before it.
fn unbroken<R: io::Read + io::Seek>(spool: &mut SpoolReader<R>) -> u64 {
    let story = spool.story().clone();
    assert!(story.gaps.is_empty() && story.damaged == 0, "{:?}", story.gaps);
    let mut samples = vec![0; story.end as usize];
    assert_eq!(spool.read(0, &mut samples).unwrap(), samples.len());
    let step = |pair: &[i16]| (i32::from(pair[1]) - i32::from(pair[0])).rem_euclid(TURN as i32);
    assert!(samples.windows(2).all(|pair| step(pair) == 1), "a sample is missing or there twice");
    story.ms()
}

#[test]
fn a_disk_that_refuses_in_the_middle_ends_the_recording_and_everything_before_it_is_whole() {
    let refusals = [
        (io::ErrorKind::StorageFull, Why::DiskFull),
        (io::ErrorKind::QuotaExceeded, Why::DiskFull),
        (io::ErrorKind::ReadOnlyFilesystem, Why::DiskFailed),
    ];
    for (refusal, why) in refusals {
        // Enough for the first words and some frames, and for the beginning of one more.
        let (room, disk) = (Room::listen(Arc::new(SystemClock)), Disk::new(3_000, refusal));
        room.keep_on(&disk);
        let outcome = room.until_ended();
        assert_eq!(outcome, Outcome { why, whole: false }, "{refusal:?}");
        let mut spool = disk.read(&room.key);
        assert!(unbroken(&mut spool) >= 320, "{refusal:?}: {} ms", spool.story().ms());
        assert!(spool.torn() && spool.story().ended.is_none());
        assert_eq!(room.ear.stop(Why::Asked).unwrap(), Some(outcome), "Stop tells how it had ended");
    }
}

#[test]
fn a_recording_warns_an_hour_before_the_disk_is_full_and_stops_cleanly_at_the_reserve() {
    let (room, disk) =
        (Room::listen(Arc::new(SystemClock)), Disk::new(usize::MAX, io::ErrorKind::StorageFull));
    room.keep_on(&disk);
    let enough = room.until(|heard| if let Heard::Room { minutes } = heard { Some(*minutes) } else { None });
    assert!(enough > 60, "{enough}");
    disk.room.store(RESERVE + 20 * 1024 * 1024, Ordering::Release);
    room.until(|heard| (*heard == Heard::Worry { what: Worry::DiskLow, on: true }).then_some(()));
    disk.room.store(RESERVE - 1, Ordering::Release);
    assert_eq!(room.until_ended(), Outcome { why: Why::DiskFull, whole: true });
    let mut spool = disk.read(&room.key);
    assert!(unbroken(&mut spool) >= 1_000);
    let story = spool.story();
    assert_eq!(story.ended.map(|ended| ended.why), Some(Why::DiskFull));
    assert_eq!(story.worries.iter().filter(|(_, what)| *what == Worry::DiskLow).count(), 1);
}

/// Nobody may create a file here, not even an administrator.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_nobody_may_write_to_is_refused_with_its_reason_and_another_one_serves() {
    let room = Room::listen(Arc::new(SystemClock));
    let refused = room.keep_in(Path::new("/sys/session.spool")).unwrap_err();
    assert_eq!(refused.code(), Code::ReadOnly, "{refused}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.spool");
    room.keep_in(&path).unwrap();
    room.until_kept(300);
    assert!(room.ear.stop(Why::Asked).unwrap().unwrap().whole);
    assert!(unbroken(&mut SpoolReader::open(&path, &room.key).unwrap()) >= 300);
}

#[test]
fn a_file_where_the_folder_should_be_is_refused_and_left_as_it_was() {
    let (room, folder) = (Room::listen(Arc::new(SystemClock)), tempfile::tempdir().unwrap());
    let file = folder.path().join("files");
    std::fs::write(&file, "somebody's").unwrap();
    assert!(room.keep_in(&file.join("session.spool")).is_err());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "somebody's");
    assert!(room.ear.stop(Why::Asked).unwrap().is_none(), "nothing was kept");
}

#[test]
fn a_spool_is_never_begun_over_another_file() {
    let (room, folder) = (Room::listen(Arc::new(SystemClock)), tempfile::tempdir().unwrap());
    let path = folder.path().join("session.spool");
    std::fs::write(&path, "another session").unwrap();
    assert!(room.keep_in(&path).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "another session");
}

#[test]
fn a_clock_that_jumps_two_hours_on_and_back_moves_no_sample_and_is_noted_each_time() {
    let (clock, folder) = (Wrong::default(), tempfile::tempdir().unwrap());
    let (room, path) = (Room::listen(Arc::new(clock.clone())), folder.path().join("session.spool"));
    room.keep_in(&path).unwrap();
    let began = Instant::now();
    for (kept, wrong) in [(300, 7_200), (700, 0)] {
        room.until_kept(kept);
        clock.0.store(wrong, Ordering::Release);
        room.until(|heard| (*heard == Heard::Worry { what: Worry::ClockChanged, on: true }).then_some(()));
    }
    room.until_kept(1_000);
    assert!(room.ear.stop(Why::Asked).unwrap().unwrap().whole);
    let took = began.elapsed();
    let mut spool = SpoolReader::open(&path, &room.key).unwrap();
    let long = unbroken(&mut spool);
    assert!((1_000..=took.as_millis() as u64 + 200).contains(&long), "{long} ms in {took:?}");
    let noted = spool.story().worries.iter().filter(|(_, what)| *what == Worry::ClockChanged).count();
    assert_eq!(noted, 2);
}

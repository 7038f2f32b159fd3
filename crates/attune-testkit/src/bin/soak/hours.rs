//! Long sessions in little time: a clock that runs faster, microphones that keep up with it, and each hour a
//! private moment, a change of device and one that is pulled out.
//!
//! Every minute of that clock the microphones play a click. The file is read to its end afterwards, and where
//! its clicks stand tells, to the sample, whether its time line ran with the clock. What a change of device
//! costs is judged in the machine's own time, since the machine runs no faster than ever; what drifts is judged
//! in the session's.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, channel},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use attune_audio::{
    ear::{Ear, Heard, Pace, Quality},
    source::{DeviceKey, Wanted},
    spool::{GapReason, PauseReason, SpoolReader, SpoolWriter, Story, Why},
};
use attune_kernel::SystemClock;
use attune_testkit::stage::{Script, Stage};
use attune_vault::FileKey;

use crate::{
    asked::Asked,
    process::{self, UNKNOWN},
    talk::{ROOM_DB, talk},
};

/// Bytes a session hour may add to what is in memory.
const GROWTH: f64 = 1024.0 * 1024.0;
/// A ring for another device, and whatever else comes and goes, is no growth.
const COMES_AND_GOES: f64 = 2.0 * GROWTH;
/// How far the time line may run from the clock in an hour.
const DRIFT: f64 = 0.050;
/// How far one change of device may move the time line, in the machine's time. When a device went is known to
/// within two looks at it; the rest is what a busy machine adds.
const STEP: f64 = 0.250;
const TICK: Duration = Duration::from_millis(2);
/// Minutes until everything has happened once.
const WARM_UP: u32 = 15;
/// How long the machine may take to do what it is asked.
const PATIENCE: Duration = Duration::from_secs(20);
const CLICK: f32 = 0.9;
const MINUTE: f64 = 60.0;

/// Records so many hours and prints what they took. Whether all that was promised held.
pub fn run(asked: &Asked) -> Result<bool> {
    let (hours, speed) = (asked.or("hours", 1_u32)?, asked.or("speed", 60.0_f64)?);
    asked.nothing_else()?;
    ensure!(hours > 0 && (1.0..=1_000.0).contains(&speed), "an hour at least, at 1 to 1000 times its speed");
    let folder = tempfile::tempdir()?;
    let (file, key) = (folder.path().join("hours.spool"), FileKey::random());
    let began = Instant::now();
    let session = Session::begin(&file, &key, speed)?;
    let taken = session.sit(hours)?;
    let bytes = std::fs::metadata(&file)?.len();
    println!(
        "{hours} h at {speed} times its speed or as fast as this machine goes: {:.0} s; voices kept at 24 kHz",
        began.elapsed().as_secs_f64()
    );
    println!("  on the disk        {:.1} MB an hour", bytes as f64 / 1e6 / f64::from(hours));
    let flat = taken.print(hours);
    Ok(read_back(&file, &key, speed)? & flat)
}

/// A clock that runs faster than the machine's, and no faster than the machine can follow.
struct Fast {
    micros: AtomicU64,
    speed: f64,
    over: AtomicBool,
}

impl Fast {
    /// Runs until the session is over.
    fn run(&self, stage: &Stage) {
        let mut before = Instant::now();
        while !self.over.load(Ordering::Acquire) {
            thread::park_timeout(TICK);
            let passed = before.elapsed();
            before += passed;
            if !stage.waits() {
                let passed = passed.min(TICK * 5).mul_f64(self.speed).as_micros();
                self.micros.fetch_add(u64::try_from(passed).unwrap_or(0), Ordering::AcqRel);
            }
        }
    }
}

impl Pace for Fast {
    fn now(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Acquire))
    }

    fn speed(&self) -> f64 {
        self.speed
    }
}

struct Session {
    stage: Stage,
    desk: DeviceKey,
    headset: DeviceKey,
    pace: Arc<Fast>,
    ear: Ear,
    heard: Receiver<Heard>,
}

impl Session {
    fn begin(file: &Path, key: &FileKey, speed: f64) -> Result<Self> {
        let pace = Arc::new(Fast { micros: AtomicU64::new(0), speed, over: AtomicBool::new(false) });
        let stage = Stage::new(pace.clone());
        let (desk, headset) = (stage.plug("desk", 48_000, 1, script(48_000)), "headset");
        let headset = stage.plug(headset, 44_100, 1, script(44_100));
        let (tell, heard) = channel();
        let tell = Box::new(move |said| {
            let _nobody_listens = tell.send(said);
        });
        let microphones = Arc::new(stage.clone());
        let ear = Ear::listen(microphones, vec![Wanted::Default], Arc::new(SystemClock), pace.clone(), tell)?;
        let (clock, watched) = (pace.clone(), stage.clone());
        thread::Builder::new().name("clock".into()).spawn(move || clock.run(&watched))?;
        let session = Self { stage, desk, headset, pace, ear, heard };
        let (file, key) = (file.to_owned(), key.clone());
        session.ear.keep(Quality::Voice, Box::new(move |begun| SpoolWriter::create(&file, &key, begun)))?;
        session.until("the first sample", |heard| *heard == Heard::Keeping)?;
        Ok(session)
    }

    /// Lets the hours pass, and in each what happens in an hour.
    fn sit(self, hours: u32) -> Result<Taken> {
        let mut taken = Taken::default();
        let from = process::keeping();
        for minute in 1..=hours * 60 {
            self.pass_until(Duration::from_secs(60 * u64::from(minute)))?;
            match minute % 60 {
                10 => {
                    self.ear.pause(PauseReason::Private)?;
                    self.until("a private moment", |heard| matches!(heard, Heard::Paused(_)))?;
                }
                12 => {
                    self.ear.resume()?;
                    self.until_it_listens_to("desk")?;
                }
                25 => {
                    self.stage.make_default(&self.headset);
                    self.until_it_listens_to("headset")?;
                }
                40 => {
                    self.stage.unplug(&self.headset, minute % 120 == 40);
                    self.until_it_listens_to("desk")?;
                }
                50 => self.stage.replug(&self.headset),
                _ => {}
            }
            if minute > WARM_UP {
                taken
                    .memory
                    .extend(process::resident().map(|bytes| (f64::from(minute) / 60.0, bytes as f64)));
            }
        }
        taken.worked = process::keeping().zip(from).map(|(now, from)| now.saturating_sub(from));
        ensure!(self.stage.offered(&self.desk) > 0, "the desk was heard");
        let outcome = self.ear.stop(Why::Asked)?.context("something was kept")?;
        self.pace.over.store(true, Ordering::Release);
        ensure!(outcome.whole && outcome.why == Why::Asked, "it ended as {outcome:?}");
        Ok(taken)
    }

    /// Waits for a moment of the session, and hears what is told meanwhile.
    fn pass_until(&self, moment: Duration) -> Result<()> {
        loop {
            let left = moment.saturating_sub(self.pace.now()).div_f64(self.pace.speed);
            if left.is_zero() {
                return Ok(());
            }
            // Or a moment later: the clock waits for the machine.
            let left = left.max(TICK);
            if let Ok(heard) = self.heard.recv_timeout(left) {
                told(&heard)?;
            }
        }
    }

    fn until_it_listens_to(&self, name: &str) -> Result<()> {
        self.until(name, |heard| matches!(heard, Heard::Listening { device, .. } if device == name))
    }

    fn until(&self, what: &str, wanted: impl Fn(&Heard) -> bool) -> Result<()> {
        let began = Instant::now();
        while let Some(left) = PATIENCE.checked_sub(began.elapsed()) {
            let heard =
                self.heard.recv_timeout(left).with_context(|| format!("nothing is heard of {what}"))?;
            told(&heard)?;
            if wanted(&heard) {
                return Ok(());
            }
        }
        bail!("nothing is heard of {what}")
    }
}

fn told(heard: &Heard) -> Result<()> {
    match heard {
        Heard::Ended(outcome) => bail!("the recording ended by itself: {outcome:?}"),
        Heard::Deaf(code) => bail!("no microphone opens: {code:?}"),
        _ => Ok(()),
    }
}

/// Half a minute of talk over and over, and a click of a millisecond at every minute.
fn script(rate: u32) -> Script {
    let sound = talk(rate, 30, ROOM_DB);
    let (minute, click) = (u64::from(rate) * 60, u64::from(rate) / 1_000);
    Arc::new(move |at| if at % minute < click { CLICK } else { sound[(at % sound.len() as u64) as usize] })
}

/// What the hours took of the machine.
#[derive(Default)]
struct Taken {
    /// Hours, and bytes in memory then.
    memory: Vec<(f64, f64)>,
    worked: Option<Duration>,
}

impl Taken {
    fn print(&self, hours: u32) -> bool {
        match self.worked {
            Some(worked) => println!(
                "  processor          {:.1} s an hour for keeping alone; the microphones' part is not in it",
                worked.as_secs_f64() / f64::from(hours)
            ),
            None => println!("  processor          {UNKNOWN}"),
        }
        let (Some(first), Some(last)) = (self.memory.first(), self.memory.last()) else {
            println!("  memory             {UNKNOWN}");
            return true;
        };
        let growth = slope(&self.memory);
        let grows = growth > GROWTH && growth * (last.0 - first.0) > COMES_AND_GOES;
        println!(
            "  memory             {:+.3} MB an hour after {WARM_UP} minutes ({:.1} MB, at the end {:.1} MB)   \
             limit 1 MB an hour{}",
            growth / GROWTH,
            first.1 / GROWTH,
            last.1 / GROWTH,
            over(grows)
        );
        !grows
    }
}

/// Reads the whole file, and compares its time line with the clock.
fn read_back(file: &Path, key: &FileKey, speed: f64) -> Result<bool> {
    let (before, began) = (process::resident(), Instant::now());
    let mut spool = SpoolReader::open(file, key)?;
    let (opened, story) = (began.elapsed(), spool.story().clone());
    let clicks = clicks(&mut spool)?;
    println!(
        "  read back          {:.1} h, opened in {:.1} s, read in {:.1} s{}",
        story.ms() as f64 / 3.6e6,
        opened.as_secs_f64(),
        (began.elapsed() - opened).as_secs_f64(),
        match (before, process::resident()) {
            (Some(before), Some(now)) =>
                format!(", {:.1} MB more in memory", now.saturating_sub(before) as f64 / GROWTH),
            _ => String::new(),
        }
    );
    ensure!(story.damaged == 0 && !spool.torn(), "{} frames do not read", story.damaged);
    ensure!(story.ended.is_some_and(|ended| ended.why == Why::Asked), "it does not say how it ended");
    let gaps = |why: GapReason| {
        let gaps = story.gaps.iter().filter(|gap| gap.why == why);
        let (count, samples) = gaps.fold((0, 0), |(count, sum), gap| (count + 1, sum + gap.samples));
        format!("{count} gaps of {:.1} s", samples as f64 / f64::from(story.begun.rate) / speed)
    };
    println!(
        "  changes            {} of device: {} of the machine's time in all; too busy to take the sound: {}; \
         {} pauses",
        story.devices.len() - 1,
        gaps(GapReason::Device),
        gaps(GapReason::Starved),
        story.pauses.len()
    );
    let line = Line::of(&story, &clicks);
    let drift = line.ran / line.hours.max(1e-9);
    println!(
        "  drift              {:+.2} ms an hour over {} minutes between changes   limit {:.0} ms an hour{}",
        drift * 1e3,
        (line.hours * 60.0).round(),
        DRIFT * 1e3,
        over(drift.abs() > DRIFT)
    );
    println!(
        "  a change of device moves the time line by {:.0} ms of the machine's time at most   limit {:.0} ms{}",
        line.step / speed * 1e3,
        STEP * 1e3,
        over(line.step / speed > STEP)
    );
    ensure!(line.hours > 0.0, "no two clicks stand in the file");
    Ok(drift.abs() <= DRIFT && line.step / speed <= STEP)
}

/// Where clicks stand, a second in memory at a time.
fn clicks(spool: &mut SpoolReader) -> Result<Vec<u64>> {
    let loud = (0.7 * 32_768.0) as u16;
    let (mut clicks, mut at) = (Vec::new(), 0);
    let rate = u64::from(spool.story().begun.rate);
    let mut second = vec![0_i16; rate as usize];
    while at < spool.story().end {
        let read = spool.read(at, &mut second)?;
        for (here, sample) in (at..).zip(&second[..read]) {
            if sample.unsigned_abs() > loud && clicks.last().is_none_or(|last| here > last + rate) {
                clicks.push(here);
            }
        }
        at += read as u64;
    }
    Ok(clicks)
}

/// How the time line ran beside the clock.
#[derive(Default)]
struct Line {
    /// Hours between clicks with nothing happening in between.
    hours: f64,
    /// By how many seconds the line ran behind in them.
    ran: f64,
    /// The most it moved in a minute with a change of device in it, in seconds of the session.
    step: f64,
}

impl Line {
    fn of(story: &Story, clicks: &[u64]) -> Self {
        let within = |at: u64, pair: &[u64]| pair[0] < at && at <= pair[1];
        clicks.windows(2).fold(Self::default(), |mut line, pair| {
            let between = (pair[1] - pair[0]) as f64 / f64::from(story.begun.rate);
            // Clicks may be missing where the device was.
            let minutes = (between / MINUTE).round().max(1.0);
            let off = between - minutes * MINUTE;
            let paused = story.pauses.iter().any(|pause| within(pause.at, pair));
            let changed = story.devices.iter().any(|device| within(device.at, pair))
                || story.gaps.iter().any(|gap| within(gap.at, pair));
            match (paused, changed) {
                (true, _) => {}
                (false, true) => line.step = line.step.max(off.abs()),
                (false, false) => {
                    line.hours += minutes / 60.0;
                    line.ran += off;
                }
            }
            line
        })
    }
}

/// By least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len().max(1) as f64;
    let middle = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (middle(|point| point.0), middle(|point| point.1));
    let (both, own) = points.iter().fold((0.0, 0.0), |(both, own), point| {
        (both + (point.0 - x) * (point.1 - y), own + (point.0 - x).powi(2))
    });
    if own > 0.0 { both / own } else { 0.0 }
}

const fn over(over: bool) -> &'static str {
    if over { "   OVER" } else { "" }
}

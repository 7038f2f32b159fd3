//! The keeper: empties the rings, makes frames, hands them to the spool. Never waits for a device or a disk.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use attune_kernel::{Clock, Code, Coded, Private};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    BeginSpool, Heard, Levels, Outcome, Pace, Quality, Tell,
    holding::Order,
    lane::{Brought, Lane, take_frame},
};
use crate::{
    Error, Result,
    codec::Codec,
    level::{self, Meter},
    source::{Device, DeviceKind, Wanted},
    spool::{
        self, Begun, DeviceUse, Entry, Framer, GapReason, Mark, Pause, PauseReason, RESERVE, Why, Worry,
    },
    tap::Drain,
};

const LOOK: Duration = Duration::from_millis(10);
const TELL_LEVEL: Duration = Duration::from_millis(100);
/// Sound is on its way through the system for a moment: last words are waited for after Stop.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// A device that hands over to another delivers to the end. One that did not for so long left a hole.
const HOLE: Duration = Duration::from_millis(100);
/// Longer than the slowest device takes to open after a pause.
const SLOW_START: Duration = Duration::from_millis(2_500);
const LOOK_AT_DISK: Duration = Duration::from_secs(1);
/// Wall and steady time differ by more than two clocks that are set to each other.
const CLOCK_JUMP: TimeDelta = TimeDelta::seconds(5);
/// Before a minute of sound has shown what an hour takes.
const USUAL_BYTES_A_SECOND: u64 = 24_000;

/// What is asked of the keeper, by the ear's owner and by the devices.
pub enum Ask {
    Choose(Vec<Wanted>),
    Keep { quality: Quality, begin: BeginSpool, answer: Sender<Result<()>> },
    Pause(PauseReason),
    Resume,
    Mark { word: Option<Private<String>>, at_ms: Option<u64> },
    Worry(Worry),
    Stop { why: Why, answer: Sender<Option<Outcome>> },
    Opened { channel: usize, device: Device, rate: u32, channels: u16, drain: Drain },
    Lost { channel: usize },
    Deaf { code: Code },
}

/// What is being kept.
struct Kept {
    framer: Framer,
    begun: bool,
    paused: bool,
    frame: Vec<Vec<f32>>,
}

/// The thread.
pub struct Keeper {
    asks: Receiver<Ask>,
    orders: Sender<Order>,
    wanted: Vec<Wanted>,
    clock: Arc<dyn Clock>,
    pace: Arc<dyn Pace>,
    tell: Tell,
    lanes: Vec<Lane>,
    devices: Vec<Option<(String, u32)>>,
    kept: Option<Kept>,
    /// Since when no device delivers.
    dark_since: Option<Duration>,
    /// Since when a device is waited for after a pause.
    awaited_since: Option<Duration>,
    meter: Meter,
    told_level: Instant,
    disk_looked: Duration,
    disk_worries: Vec<Worry>,
    clocks: (Duration, DateTime<Utc>),
    ending: Option<(Duration, Why, Sender<Option<Outcome>>)>,
    over: Option<Outcome>,
}

impl Keeper {
    pub fn new(
        asks: Receiver<Ask>,
        orders: Sender<Order>,
        wanted: Vec<Wanted>,
        clock: Arc<dyn Clock>,
        pace: Arc<dyn Pace>,
        tell: Tell,
    ) -> Self {
        let mut wanted = wanted;
        if wanted.is_empty() {
            wanted.push(Wanted::Default);
        }
        wanted.truncate(2);
        let (clocks, lanes) = ((pace.now(), clock.now()), wanted.iter().map(|_| Lane::default()).collect());
        Self {
            asks,
            orders,
            devices: vec![None; wanted.len()],
            meter: Meter::new(wanted.len()),
            wanted,
            clock,
            pace,
            tell,
            lanes,
            kept: None,
            dark_since: None,
            awaited_since: None,
            told_level: Instant::now(),
            disk_looked: Duration::ZERO,
            disk_worries: Vec::new(),
            clocks,
            ending: None,
            over: None,
        }
    }

    pub fn run(mut self) {
        self.order(Order::Open(self.wanted.clone()));
        loop {
            match self.asks.recv_timeout(LOOK) {
                Ok(ask) => {
                    if let Err(error) = self.hear(ask) {
                        self.fail(&error);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if let Err(error) = self.look() {
                self.fail(&error);
            }
            if self.ending.as_ref().is_some_and(|(until, ..)| self.pace.now() >= *until)
                && let Some((_, why, answer)) = self.ending.take()
            {
                let outcome = self.finish(why).or(self.over);
                // Whoever asked may have gone: the file is whole all the same.
                let _gone = answer.send(outcome);
                break;
            }
        }
        let _outcome = self.finish(Why::Asked);
    }

    fn hear(&mut self, ask: Ask) -> Result<()> {
        match ask {
            Ask::Choose(wanted) => self.choose(wanted),
            Ask::Keep { quality, begin, answer } => {
                let _gone = answer.send(self.keep(quality, begin));
                Ok(())
            }
            Ask::Pause(why) => self.pause(why),
            Ask::Resume => self.resume(),
            Ask::Mark { word, at_ms } => self.mark(word, at_ms),
            Ask::Worry(what) => self.note(what),
            Ask::Stop { why, answer } => {
                let listening = self.kept.as_ref().is_some_and(|kept| !kept.paused)
                    && self.lanes.iter().any(Lane::is_fed);
                let wait = if listening && why == Why::Asked { LAST_WORDS } else { Duration::ZERO };
                self.ending = Some((self.pace.now() + wait.mul_f64(self.pace.speed()), why, answer));
                Ok(())
            }
            Ask::Opened { channel, device, rate, channels, drain } => {
                self.opened(channel, device, (rate, channels), drain)
            }
            Ask::Lost { channel } => self.lost(channel),
            Ask::Deaf { code } => {
                (self.tell)(Heard::Deaf(code));
                Ok(())
            }
        }
    }

    fn choose(&mut self, wanted: Vec<Wanted>) -> Result<()> {
        // What is kept keeps its number of channels.
        if wanted.is_empty() || (self.kept.is_some() && wanted.len() != self.wanted.len()) {
            return Ok(());
        }
        self.wanted = wanted.into_iter().take(2).collect();
        if self.lanes.len() != self.wanted.len() {
            self.lanes.resize_with(self.wanted.len(), Lane::default);
            self.devices.resize(self.wanted.len(), None);
            self.meter = Meter::new(self.wanted.len());
        }
        if self.kept.is_none() {
            // Somebody tries them out, again or another one.
            self.meter.judge_anew();
        }
        if self.kept.as_ref().is_none_or(|kept| !kept.paused) {
            self.order(Order::Open(self.wanted.clone()));
        }
        Ok(())
    }

    fn keep(&mut self, quality: Quality, begin: BeginSpool) -> Result<()> {
        if self.kept.is_some() || self.over.is_some() {
            return Err(Code::AlreadyRecording.into());
        }
        let rate = quality.rate(self.lanes.iter().find_map(Lane::device_rate).unwrap_or(48_000));
        let channels = u16::try_from(self.lanes.len()).unwrap_or(1);
        let begun = Begun { v: 1, rate, channels, codec: Codec::Flac, at: self.clock.now() };
        for lane in &mut self.lanes {
            lane.keep_at(rate)?;
        }
        let mut framer = Framer::new(begin(begun)?)?;
        for (channel, device) in (0..).zip(&self.devices) {
            if let Some((name, rate)) = device {
                let name = name.clone();
                framer.say(&Entry::Device(DeviceUse { at: 0, channel, name, rate: *rate }))?;
            }
        }
        // What was delivered while the spool was begun came after the click: it is kept.
        self.dark_since = None;
        self.disk_looked = self.pace.now();
        self.clocks = (self.pace.now(), self.clock.now());
        let frame = vec![Vec::new(); usize::from(channels)];
        self.kept = Some(Kept { framer, begun: false, paused: false, frame });
        Ok(())
    }

    fn pause(&mut self, why: PauseReason) -> Result<()> {
        if self.kept.as_ref().is_none_or(|kept| kept.paused) {
            return Ok(());
        }
        self.hear_out()?;
        self.order(Order::Close);
        if let Some(kept) = &mut self.kept {
            kept.paused = true;
            kept.framer.say(&Entry::Pause(Pause {
                at: kept.framer.position(),
                why,
                since: self.clock.now(),
            }))?;
        }
        self.devices.fill(None);
        (self.tell)(Heard::Paused(why));
        Ok(())
    }

    fn resume(&mut self) -> Result<()> {
        let Some(kept) = self.kept.as_mut().filter(|kept| kept.paused) else { return Ok(()) };
        kept.paused = false;
        kept.framer.say(&Entry::Resume { at: kept.framer.position(), on: self.clock.now() })?;
        // Steady time may have stood still meanwhile, and wall time not.
        self.clocks = (self.pace.now(), self.clock.now());
        // What was warned of before is warned of again, should it still be so.
        self.meter.judge_anew();
        self.awaited_since = Some(self.pace.now());
        self.order(Order::Open(self.wanted.clone()));
        (self.tell)(Heard::Resumed);
        Ok(())
    }

    fn mark(&mut self, word: Option<Private<String>>, at_ms: Option<u64>) -> Result<()> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        let waiting = self.lanes.iter().find(|lane| lane.is_fed()).map_or(0, Lane::waiting) as u64;
        let now = kept.framer.position() + waiting;
        let at = at_ms.map_or(now, |ms| (ms * u64::from(kept.framer.rate()) / 1000).min(now));
        kept.framer.say(&Entry::Mark(Mark { at, word }))
    }

    fn note(&mut self, what: Worry) -> Result<()> {
        match &mut self.kept {
            Some(kept) => kept.framer.say(&Entry::Worry { at: kept.framer.position(), what }),
            None => Ok(()),
        }
    }

    fn opened(
        &mut self,
        channel: usize,
        device: Device,
        (rate, channels): (u32, u16),
        drain: Drain,
    ) -> Result<()> {
        let paused = self.kept.as_ref().is_some_and(|kept| kept.paused);
        let Some(lane) = self.lanes.get_mut(channel).filter(|_| !paused) else { return Ok(()) };
        let (now, was_fed) = (self.pace.now(), lane.is_fed());
        lane.starve(now)?;
        // The system may name another device before anybody notices that the one before has fallen silent.
        let silent = lane.heard().map_or(Duration::ZERO, |heard| now.saturating_sub(heard));
        if was_fed && silent > HOLE.mul_f64(self.pace.speed()) {
            self.fell_silent()?;
        }
        let lane = &mut self.lanes[channel];
        let (name, kind) = (device.name, device.kind);
        self.meter.another_device(channel, kind == DeviceKind::SystemSound);
        let kept_rate = self.kept.as_ref().map_or(Quality::Voice.rate(rate), |kept| kept.framer.rate());
        if let Err(error) = lane.feed(drain, rate, channels, kept_rate, self.pace.speed()) {
            // One device at a rate that nobody records at ends no recording.
            tracing::warn!(%error, rate, "a device cannot be heard");
            return self.lost(channel);
        }
        if let Some(kept) = &mut self.kept {
            // What the one before delivered waits still.
            let at = kept.framer.position() + lane.waiting() as u64;
            let channel = u16::try_from(channel).unwrap_or(0);
            kept.framer.say(&Entry::Device(DeviceUse { at, channel, name: name.clone(), rate }))?;
        }
        self.devices[channel] = Some((name.clone(), rate));
        (self.tell)(Heard::Listening { channel, device: name });
        Ok(())
    }

    fn lost(&mut self, channel: usize) -> Result<()> {
        let Some(lane) = self.lanes.get_mut(channel) else { return Ok(()) };
        lane.starve(self.pace.now())?;
        self.devices[channel] = None;
        self.fell_silent()?;
        (self.tell)(Heard::Lost { channel });
        Ok(())
    }

    /// A lane is fed no longer. The others go on with the time line; where there is none, it stands.
    fn fell_silent(&mut self) -> Result<()> {
        let dark = !self.lanes.iter().any(Lane::is_fed);
        if dark {
            self.dark_since = self.lanes.iter().filter_map(Lane::heard).max();
        }
        self.emit(dark)
    }

    /// Empties the rings, makes what frames there are, tells what there is to tell.
    fn look(&mut self) -> Result<()> {
        let now = self.pace.now();
        let leader = self.lanes.iter().position(Lane::is_fed);
        for channel in 0..self.lanes.len() {
            let brought = self.lanes[channel].look(now)?;
            if brought == Brought::default() {
                continue;
            }
            self.meter.hear(channel, self.lanes[channel].lately(), self.lanes[channel].rate());
            if Some(channel) == leader {
                self.mind_gaps(brought, now)?;
            }
        }
        if self.kept.as_ref().is_some_and(|kept| !kept.paused) {
            self.emit(false)?;
        } else {
            self.lanes.iter_mut().for_each(Lane::forget);
        }
        self.tell_worries()?;
        self.tell_level();
        self.look_at_disk(now)?;
        self.look_at_clocks(now)
    }

    /// Puts time that passed without sound on the time line.
    fn mind_gaps(&mut self, brought: Brought, now: Duration) -> Result<()> {
        let Some(kept) = self.kept.as_mut().filter(|kept| !kept.paused) else {
            self.dark_since = None;
            return Ok(());
        };
        if !kept.begun && brought.samples > 0 {
            kept.begun = true;
            (self.tell)(Heard::Keeping);
        }
        let rate = f64::from(kept.framer.rate());
        // A device takes its moment to open; one that was not to be had for longer is missed.
        let awaited = self.awaited_since.take();
        let long = awaited.filter(|since| now.saturating_sub(*since) > SLOW_START.mul_f64(self.pace.speed()));
        if let Some(since) = self.dark_since.take().or(long) {
            let dark = (now.saturating_sub(since)).as_secs_f64() - brought.samples as f64 / rate;
            self.gap((dark.max(0.0) * rate) as u64, GapReason::Device)?;
        }
        if brought.missing > 0 {
            self.gap(brought.missing, GapReason::Starved)?;
        }
        Ok(())
    }

    /// Writes a gap where the time line stands. What waits and came before it is written first.
    fn gap(&mut self, samples: u64, why: GapReason) -> Result<()> {
        if samples == 0 {
            return Ok(());
        }
        if why == GapReason::Starved {
            self.emit(true)?;
        }
        let Some(kept) = &mut self.kept else { return Ok(()) };
        kept.framer.gap(samples, why)
    }

    /// Makes frames of what waits: whole ones, or everything.
    fn emit(&mut self, everything: bool) -> Result<()> {
        let Some(kept) = self.kept.as_mut().filter(|kept| !kept.paused) else { return Ok(()) };
        while take_frame(&mut self.lanes, kept.framer.whole(), everything, &mut kept.frame) {
            kept.framer.write(&kept.frame)?;
        }
        Ok(())
    }

    /// Hears out what the devices delivered, and lets them go.
    fn hear_out(&mut self) -> Result<()> {
        let now = self.pace.now();
        for lane in &mut self.lanes {
            lane.starve(now)?;
        }
        self.emit(true)?;
        let Some(kept) = &self.kept else { return Ok(()) };
        if let Some(since) = self.dark_since.take().filter(|_| !kept.paused) {
            let dark = now.saturating_sub(since).as_secs_f64();
            self.gap((dark * f64::from(kept.framer.rate())) as u64, GapReason::Device)?;
        }
        Ok(())
    }

    /// Ends what is kept, if something is. Gives how.
    fn finish(&mut self, why: Why) -> Option<Outcome> {
        if let Err(error) = self.hear_out() {
            tracing::error!(%error, "the last of a recording was not written");
        }
        self.order(Order::Close);
        let kept = self.kept.take()?;
        let whole = match kept.framer.end(why, self.clock.now()) {
            Ok(_) => true,
            Err(error) => {
                tracing::error!(%error, "a recording could not be ended; what is on the disk stays");
                false
            }
        };
        let outcome = Outcome { why, whole };
        (self.tell)(Heard::Ended(outcome));
        Some(outcome)
    }

    /// The disk refused, or the sound cannot be taken any further. What is on the disk is safe.
    fn fail(&mut self, error: &Error) {
        tracing::error!(%error, "a recording cannot go on");
        let why = if error.code() == Code::DiskFull { Why::DiskFull } else { Why::DiskFailed };
        self.order(Order::Close);
        if let Some(kept) = self.kept.take() {
            let outcome = Outcome { why, whole: kept.framer.end(why, self.clock.now()).is_ok() };
            self.over = Some(outcome);
            (self.tell)(Heard::Ended(outcome));
        }
    }

    fn tell_worries(&mut self) -> Result<()> {
        if let Some(verdict) = self.meter.verdict() {
            (self.tell)(Heard::Verdict(verdict));
        }
        for (what, on) in self.meter.changed() {
            let what = match what {
                level::Warning::NoSignal => Worry::NoSignal,
                level::Warning::TooQuiet => Worry::TooQuiet,
                level::Warning::Clipping => Worry::Clipping,
            };
            if on {
                self.note(what)?;
            }
            (self.tell)(Heard::Worry { what, on });
        }
        Ok(())
    }

    fn tell_level(&mut self) {
        if self.told_level.elapsed() < TELL_LEVEL || !self.lanes.iter().any(Lane::is_fed) {
            return;
        }
        self.told_level = Instant::now();
        let now = self.meter.level();
        let kept_ms =
            self.kept.as_ref().map_or(0, |kept| spool::to_ms(kept.framer.position(), kept.framer.rate()));
        let speaking = self.kept.as_ref().is_some_and(|kept| kept.framer.speaking());
        (self.tell)(Heard::Level(Levels {
            peak_db: now.peak_db,
            rms_db: now.rms_db,
            channels: now.channels,
            speaking,
            kept_ms,
        }));
    }

    fn look_at_disk(&mut self, now: Duration) -> Result<()> {
        if now.saturating_sub(self.disk_looked) < LOOK_AT_DISK.mul_f64(self.pace.speed()) {
            return Ok(());
        }
        self.disk_looked = now;
        let Some(kept) = &self.kept else { return Ok(()) };
        let (room, failing) = (kept.framer.spool().room(), kept.framer.spool().failing());
        if room < RESERVE {
            self.over = self.finish(Why::DiskFull);
            return Ok(());
        }
        let seconds = kept.framer.position() / u64::from(kept.framer.rate());
        let a_second =
            if seconds < 60 { USUAL_BYTES_A_SECOND } else { kept.framer.spool().bytes() / seconds };
        let minutes = u32::try_from((room - RESERVE) / a_second.max(1) / 60).unwrap_or(u32::MAX);
        (self.tell)(Heard::Room { minutes });
        for (what, on) in [(Worry::DiskLow, minutes < 60), (Worry::DiskFailing, failing)] {
            if self.disk_worries.contains(&what) != on {
                self.disk_worries.retain(|known| *known != what);
                if on {
                    self.disk_worries.push(what);
                    self.note(what)?;
                }
                (self.tell)(Heard::Worry { what, on });
            }
        }
        Ok(())
    }

    /// A clock that was set moves no sample: it is only noted, because times of day will not add up.
    fn look_at_clocks(&mut self, now: Duration) -> Result<()> {
        let wall = self.clock.now();
        let (steady_before, wall_before) = self.clocks;
        let steady = TimeDelta::from_std(now.saturating_sub(steady_before)).unwrap_or(TimeDelta::MAX);
        self.clocks = (now, wall);
        let jumped = ((wall - wall_before) - steady).abs() > CLOCK_JUMP;
        if jumped && self.pace.speed() <= 1.0 && self.kept.as_ref().is_some_and(|kept| !kept.paused) {
            self.note(Worry::ClockChanged)?;
            (self.tell)(Heard::Worry { what: Worry::ClockChanged, on: true });
        }
        Ok(())
    }

    fn order(&self, order: Order) {
        // The thread of the devices lives as long as this one gives orders.
        let _ended = self.orders.send(order);
    }
}

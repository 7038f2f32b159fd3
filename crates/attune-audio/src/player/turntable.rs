//! The player's thread: takes orders, keeps the loudspeaker supplied, tells where it stands.

use std::{
    sync::{
        Arc,
        atomic::AtomicU64,
        mpsc::{Receiver, RecvTimeoutError, Sender},
    },
    time::{Duration, Instant},
};

use attune_kernel::{Code, Coded};

use super::{Order, PcmSource, PlayerState, SPEEDS, Told, line::Line, next, speaker::Speaker};
use crate::Result;

/// How often the loudspeaker is supplied: well before what is ready has been played.
const SUPPLY: Duration = Duration::from_millis(25);
/// How often the position is told while it plays.
const TELL: Duration = Duration::from_millis(100);
/// How long falling silent may take before the loudspeaker is closed all the same: longer than any system keeps
/// sound back.
const FALLING_SILENT: Duration = Duration::from_millis(900);

/// A loudspeaker that is open, and what supplies it.
struct Playing {
    speaker: Speaker,
    line: Line,
    /// Whether all of the recording has been made ready.
    all_ready: bool,
    /// Since when it has been falling silent.
    pausing: Option<Instant>,
}

/// A recording on its way to the loudspeaker.
pub struct Turntable {
    source: Box<dyn PcmSource>,
    told: Told,
    /// Where it stands when nothing is heard.
    at: u64,
    speed: f32,
    skip_silence: bool,
    fault: Option<Code>,
    playing: Option<Playing>,
    last_told: Instant,
    /// What anyone was told or answered last.
    said: Option<PlayerState>,
    revisions: Arc<AtomicU64>,
}

impl Turntable {
    pub fn new(source: Box<dyn PcmSource>, told: Told, revisions: Arc<AtomicU64>) -> Result<Self> {
        if source.rate() == 0 {
            return Err(Code::AudioUnreadable.into());
        }
        Ok(Self {
            source,
            told,
            at: 0,
            speed: 1.0,
            skip_silence: false,
            fault: None,
            playing: None,
            last_told: Instant::now(),
            said: None,
            revisions,
        })
    }

    /// Until nobody gives orders any more.
    pub fn run(mut self, orders: &Receiver<(Order, Sender<PlayerState>)>) {
        loop {
            let order = if self.playing.is_some() {
                orders.recv_timeout(SUPPLY)
            } else {
                orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match order {
                Ok((order, answer)) => {
                    let before = self.say();
                    self.take(order);
                    let state = self.say();
                    if before != state {
                        self.tell(state.clone());
                    }
                    // Whoever asked may have gone away meanwhile.
                    answer.send(state).ok();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    // Nobody listens any more, but it still ends without a click.
                    self.told = Box::new(|_| {});
                    self.pause();
                    while self.playing.is_some() {
                        self.go_on();
                        std::thread::park_timeout(SUPPLY / 5);
                    }
                    return;
                }
            }
            self.go_on();
        }
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Play => self.play(),
            Order::Pause => self.pause(),
            Order::Seek(ms) => self.go_to(self.moment(ms)),
            Order::Speed(speed) => {
                self.speed =
                    if speed.is_finite() { speed.clamp(*SPEEDS.start(), *SPEEDS.end()) } else { 1.0 };
                if let Some(playing) = &mut self.playing {
                    playing.line.set_speed(self.speed);
                }
            }
            Order::SkipSilence(on) => {
                self.skip_silence = on;
                if let Some(playing) = &mut self.playing {
                    playing.line.set_skip_silence(on);
                }
            }
            Order::Say => {}
        }
    }

    fn play(&mut self) {
        self.fault = None;
        if let Some(playing) = &mut self.playing {
            playing.pausing = None;
            playing.speaker.play(true);
            return;
        }
        if self.at >= self.source.samples() {
            self.at = 0;
        }
        if let Err(error) = self.start() {
            tracing::info!(%error, "no loudspeaker opens");
            self.stop(Some(Code::LoudspeakerMissing));
        }
    }

    fn start(&mut self) -> Result<()> {
        self.playing = Some(self.open()?);
        self.supply();
        // Reading may have failed meanwhile, and said so.
        if let Some(playing) = &mut self.playing {
            playing.speaker.play(true);
            playing.speaker.start()?;
        }
        Ok(())
    }

    fn open(&self) -> Result<Playing> {
        let speaker = Speaker::open()?;
        let mut line = Line::new(self.source.rate(), speaker.rate(), self.at)?;
        line.set_speed(self.speed);
        line.set_skip_silence(self.skip_silence);
        Ok(Playing { speaker, line, all_ready: false, pausing: None })
    }

    fn pause(&mut self) {
        if let Some(playing) = &mut self.playing {
            playing.pausing.get_or_insert_with(Instant::now);
            playing.speaker.play(false);
        }
    }

    fn go_to(&mut self, at: u64) {
        self.at = at;
        if let Some(playing) = &mut self.playing {
            playing.speaker.jump();
            playing.line.go_to(at);
            playing.all_ready = false;
        }
    }

    /// What is to be done while it plays.
    fn go_on(&mut self) {
        let Some(playing) = &self.playing else { return };
        if playing.speaker.is_lost() {
            return self.stop(Some(Code::LoudspeakerMissing));
        }
        if let Some(since) = playing.pausing {
            if playing.speaker.is_still() || since.elapsed() > FALLING_SILENT {
                self.at = self.heard();
                self.playing = None;
                // That it is paused has been told; this is where.
                self.tell_now();
            }
            return;
        }
        if playing.all_ready && playing.speaker.is_played_out() {
            self.at = self.source.samples();
            self.playing = None;
            return self.tell_now();
        }
        self.supply();
        if self.last_told.elapsed() >= TELL && self.playing.is_some() {
            self.tell_now();
        }
    }

    fn supply(&mut self) {
        let Some(playing) = &mut self.playing else { return };
        while !playing.all_ready && playing.speaker.room() > 0 {
            match playing.line.next(self.source.as_mut()) {
                Ok(Some(placed)) => playing.speaker.push(placed),
                Ok(None) => playing.all_ready = true,
                Err(error) => {
                    let code = error.code();
                    tracing::warn!(%error, "a recording cannot be read on");
                    return self.stop(Some(code));
                }
            }
        }
        playing.speaker.prime();
    }

    /// Stops by itself.
    fn stop(&mut self, fault: Option<Code>) {
        self.at = self.heard();
        self.fault = fault;
        self.playing = None;
        self.tell_now();
    }

    fn heard(&self) -> u64 {
        let a_second = f64::from(self.source.rate()) * f64::from(self.speed);
        let heard = self.playing.as_ref().and_then(|playing| playing.speaker.heard(a_second));
        // What the system keeps back may reach to before the last jump.
        heard.map_or(self.at, |at| at.max(self.at).min(self.source.samples()))
    }

    /// The sample at which a moment begins, so that whoever goes there stands there and not a millisecond
    /// before. The last moment is the end.
    fn moment(&self, ms: u32) -> u64 {
        let samples = self.source.samples();
        if ms >= self.ms(samples) {
            return samples;
        }
        (u64::from(ms) * u64::from(self.source.rate())).div_ceil(1_000)
    }

    fn ms(&self, samples: u64) -> u32 {
        u32::try_from(samples * 1_000 / u64::from(self.source.rate())).unwrap_or(u32::MAX)
    }

    /// How it is being played now; a revision of its own where it is not what was said last.
    fn say(&mut self) -> PlayerState {
        let mut state = PlayerState {
            revision: self.said.as_ref().map_or(0, |said| said.revision),
            playing: self.playing.as_ref().is_some_and(|playing| playing.pausing.is_none()),
            at_ms: self.ms(self.heard()),
            duration_ms: self.ms(self.source.samples()),
            speed: self.speed,
            skip_silence: self.skip_silence,
            fault: self.fault,
        };
        if self.said.as_ref() != Some(&state) {
            state.revision = next(&self.revisions);
            self.said = Some(state.clone());
        }
        state
    }

    fn tell_now(&mut self) {
        let state = self.say();
        self.tell(state);
    }

    fn tell(&mut self, state: PlayerState) {
        self.last_told = Instant::now();
        (self.told)(state);
    }
}

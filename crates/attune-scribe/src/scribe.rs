//! The scribe: one recorder for the whole application, whatever becomes of its windows.
//!
//! It holds an ear while somebody listens or records, the key of the spool that is being written, and a
//! picture of it all for the screens. Every change comes in as a [`Happening`] and is told when it is done.

use std::{
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant},
};

use attune_audio::{
    ear::{Ear, Heard, Levels, Outcome, Pace, Quality, SteadyPace},
    import,
    level::Verdict,
    source::{Device, Microphones, Wanted},
    spool::{self, PauseReason, SpoolWriter, Why, Worry},
};
use attune_kernel::{Clock, Code, PatientId, Private, ProfileId, RecordingId, SessionId};
use attune_practice::{
    recordings::{self, Source},
    sessions::{self, NewSession, Session},
};
use attune_store::{SpoolPlace, Store, WriteTx};

use crate::{
    Error, Happening, Result, Settled,
    asleep::Asleep,
    channels::Channels,
    elsewhere::OnlyOne,
    settle::settle,
    state::{Ending, Paused, Phase, Probe, RecorderState, Warning},
    watch::Watch,
};

const TICK: Duration = Duration::from_secs(1);
/// Less room than the reserve and this is too little to begin.
const ROOM_TO_BEGIN: u64 = 64 * 1024 * 1024;

/// What the scribe tells whoever shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// The picture changed.
    Changed(RecorderState),
    /// How loud it is; at most ten times a second.
    Level(Levels),
    /// A recording ended by itself: its rows wait to be written.
    Ended,
}

/// Hears what the scribe tells. It must not block.
pub type Tell = Arc<dyn Fn(Told) + Send + Sync>;

/// Whose recording begins, and how it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Starting {
    pub profile: ProfileId,
    pub quality: Quality,
}

/// The one recorder.
pub struct Scribe {
    microphones: Arc<dyn Microphones>,
    clock: Arc<dyn Clock>,
    pace: Arc<dyn Pace>,
    folder: PathBuf,
    tell: Tell,
    inbox: Sender<Happening>,
    desk: Mutex<Desk>,
    /// Told when a recording that was being ended is over.
    ended: Condvar,
    // Rows are written by one at a time: a start would look to settling like a recording that was cut off.
    rows: tokio::sync::Mutex<()>,
}

/// What changes.
struct Desk {
    picture: RecorderState,
    shown: RecorderState,
    ear: Option<Ear>,
    ears: u64,
    /// How a recording ended that nobody asked to end.
    over: Option<Outcome>,
    wanted: Vec<Wanted>,
    channels: Channels,
    live: Option<Live>,
    /// Recordings that are being taken in from files, or made smaller.
    busy: Vec<RecordingId>,
    asleep: Asleep,
}

/// The recording that is going on.
struct Live {
    recording: RecordingId,
    began: Instant,
    watch: Watch,
    speaking: bool,
    _only_one: OnlyOne,
}

/// A recording whose spool is at work.
pub(crate) struct Holding<'s> {
    scribe: &'s Scribe,
    recording: RecordingId,
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.scribe.desk().busy.retain(|busy| *busy != self.recording);
    }
}

impl Scribe {
    /// A scribe with nothing to do. `folder` is where this installation keeps its things.
    pub fn new(
        microphones: Arc<dyn Microphones>,
        clock: Arc<dyn Clock>,
        folder: PathBuf,
        tell: Tell,
    ) -> std::io::Result<Arc<Self>> {
        let (inbox, happenings) = channel();
        let desk = Desk {
            picture: RecorderState::default(),
            shown: RecorderState::default(),
            ear: None,
            ears: 0,
            over: None,
            wanted: vec![Wanted::Default],
            channels: Channels::default(),
            live: None,
            busy: Vec::new(),
            asleep: Asleep::new(clock.as_ref()),
        };
        let scribe = Arc::new(Self {
            microphones,
            clock,
            pace: Arc::new(SteadyPace::default()),
            folder,
            tell,
            inbox,
            desk: Mutex::new(desk),
            ended: Condvar::new(),
            rows: tokio::sync::Mutex::default(),
        });
        // Hears the ear and the seconds, for as long as somebody has use for the scribe.
        let weak = Arc::downgrade(&scribe);
        std::thread::Builder::new().name("attune-scribe".into()).spawn(move || listen(&weak, &happenings))?;
        Ok(scribe)
    }

    /// Every microphone there is. May take a moment.
    pub fn devices(&self) -> Result<Vec<Device>> {
        Ok(self.microphones.list()?)
    }

    /// What a screen shows, now.
    pub fn state(&self) -> RecorderState {
        self.desk().picture.clone()
    }

    /// Whether what is recorded is written down as it goes on: a screen says so, quietly.
    pub(crate) fn is_written_down(&self, writing: bool) {
        let mut desk = self.desk();
        desk.picture.writing = writing && desk.live.is_some();
        self.show(&mut desk);
    }

    /// The recording that goes on, paused or not, whosever it is.
    pub(crate) fn being_recorded(&self) -> Option<RecordingId> {
        self.desk().live.as_ref().map(|live| live.recording)
    }

    /// Writes the rows of every recording that is no longer being written.
    pub async fn settle(&self, store: &Store) -> Result<Vec<Settled>> {
        let _turn = self.rows.lock().await;
        settle(store, &self.busy()).await
    }

    /// Takes in a sound file as the recording of a session. What it is, its content says.
    pub async fn import(
        &self,
        store: &Store,
        quality: Quality,
        new: &NewSession,
        path: PathBuf,
        mut progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<Session> {
        let looked = path.clone();
        // Read once to its end before a row is written: a file that cannot be read leaves no session behind.
        let (found, mut progress) = blocking(move || {
            let found = import::probe(&looked)?;
            import::check(&looked, |done, total| progress(done / 2, total))?;
            Ok((found, progress))
        })
        .await?;
        must_have_room(store)?;
        let (held, (session, _, place)) = {
            let _turn = self.rows.lock().await;
            let begun = store
                .write(store.author(), async |tx| {
                    let session = sessions::begin_recorded(tx, new).await?;
                    let (recording, place) = recordings::begin(tx, session.id, Source::Imported).await?;
                    Ok((session.id, recording.id, place))
                })
                .await?;
            (self.holding(begun.1)?, begun)
        };
        let now = self.clock.now();
        let filled = blocking(move || {
            let progress = move |done: u64, total: u64| progress(total / 2 + done / 2, total);
            Ok(import::into_spool(&path, &found, quality, now, progress, |begun| {
                SpoolWriter::create(&place.path, &place.key, begun)
            })?)
        })
        .await;
        drop(held);
        self.settle(store).await?;
        filled?;
        Ok(store.read(async |tx| sessions::read(tx, session).await).await?)
    }

    /// Every recording whose spool is at work.
    fn busy(&self) -> Vec<RecordingId> {
        let desk = self.desk();
        desk.busy.iter().copied().chain(desk.live.as_ref().map(|live| live.recording)).collect()
    }

    /// Rows are written by one at a time.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.rows.lock().await
    }

    /// Keeps a recording from being settled, and from being held twice, for as long as what is returned lives.
    pub(crate) fn holding(&self, recording: RecordingId) -> Result<Holding<'_>> {
        let mut desk = self.desk();
        if desk.busy.contains(&recording) {
            return Err(Code::Busy.into());
        }
        desk.busy.push(recording);
        Ok(Holding { scribe: self, recording })
    }

    /// Begins to record a new session. Its rows and its key are on the disk before the first frame can be.
    pub async fn start(
        self: &Arc<Self>,
        store: &Store,
        starting: Starting,
        new: &NewSession,
    ) -> Result<Session> {
        self.begin(store, starting, async |tx| sessions::begin_recorded(tx, new).await).await
    }

    /// Goes on recording a session that was interrupted, or was ended too soon: another part of it.
    pub async fn go_on(
        self: &Arc<Self>,
        store: &Store,
        starting: Starting,
        session: SessionId,
    ) -> Result<Session> {
        self.begin(store, starting, async |tx| sessions::resume(tx, session).await).await
    }

    async fn begin(
        self: &Arc<Self>,
        store: &Store,
        starting: Starting,
        row: impl AsyncFnOnce(&mut WriteTx) -> attune_store::Result<Session>,
    ) -> Result<Session> {
        let _turn = self.rows.lock().await;
        if self.desk().live.is_some() {
            return Err(Code::AlreadyRecording.into());
        }
        let only_one = OnlyOne::take(&self.folder)?;
        must_have_room(store)?;
        let (session, recording, place) = store
            .write(store.author(), async |tx| {
                let session = row(tx).await?.id;
                let (recording, place) = recordings::begin(tx, session, Source::Microphone).await?;
                Ok((sessions::read(tx, session).await?, recording.id, place))
            })
            .await?;
        let live = Live {
            recording,
            began: Instant::now(),
            watch: Watch::new(session.planned_minutes),
            speaking: false,
            _only_one: only_one,
        };
        let (scribe, begun) = (Arc::clone(self), session.clone());
        let kept = blocking(move || scribe.keep(starting, place, &begun, live)).await;
        if let Err(error) = kept {
            // Nothing was kept, and the rows must not say otherwise.
            settle(store, &self.busy()).await?;
            return Err(error);
        }
        Ok(session)
    }

    /// Lets the ear keep what it hears; opens one where nobody listened yet. In one piece: whatever happens in
    /// the same moment finds a recording that goes on, or none.
    fn keep(&self, starting: Starting, place: SpoolPlace, session: &Session, live: Live) -> Result<()> {
        let mut desk = self.desk();
        let listened = desk.ear.as_ref().is_some_and(Ear::is_there);
        if !listened {
            let wanted = desk.wanted.clone();
            self.open(&mut desk, &wanted)?;
        }
        let begin = Box::new(move |begun| SpoolWriter::create(&place.path, &place.key, begun));
        let kept = desk.ear.as_ref().map(|ear| ear.keep(starting.quality, begin)).transpose();
        if let Err(error) = kept {
            // Nobody asked for a microphone that stays open.
            if !listened {
                desk.leave();
                self.show(&mut desk);
            }
            return Err(error.into());
        }
        desk.live = Some(live);
        desk.asleep = Asleep::new(self.clock.as_ref());
        let probed = std::mem::take(&mut desk.picture);
        desk.picture = RecorderState {
            phase: if desk.channels.is_deaf() { Phase::Searching } else { Phase::Recording },
            session: Some(session.id),
            patient: Some(session.patient),
            started_at: Some(self.clock.now()),
            planned_minutes: session.planned_minutes,
            device: desk.channels.names(),
            warnings: probed.warnings,
            profile: Some(starting.profile),
            ..RecorderState::default()
        };
        self.show(&mut desk);
        Ok(())
    }

    fn open(&self, desk: &mut Desk, wanted: &[Wanted]) -> Result<()> {
        desk.ears += 1;
        desk.channels = Channels::default();
        let (inbox, ear) = (self.inbox.clone(), desk.ears);
        let tell = Box::new(move |heard| {
            // The scribe may have gone a moment before its ear.
            let _gone = inbox.send(Happening::Heard(ear, heard));
        });
        let (clock, pace) = (Arc::clone(&self.clock), Arc::clone(&self.pace));
        let microphones = Arc::clone(&self.microphones);
        desk.ear = Some(Ear::listen(microphones, wanted.to_vec(), clock, pace, tell)?);
        Ok(())
    }

    /// Something happened.
    pub fn happen(&self, happening: Happening) -> Result<RecorderState> {
        let outcome = match &happening {
            Happening::Stop => self.stop(Why::Asked)?,
            Happening::ConsentWithdrawn(patient) if self.records(*patient) => self.stop(Why::Consent)?,
            Happening::Tick if self.is_forgotten() => self.stop(Why::Silence)?,
            _ => None,
        };
        let mut desk = self.desk();
        match happening {
            Happening::Heard(ear, _) if ear != desk.ears || desk.ear.is_none() => {}
            Happening::Heard(_, Heard::Level(levels)) => {
                desk.picture.elapsed_ms = levels.kept_ms;
                if let Some(live) = &mut desk.live {
                    live.speaking |= levels.speaking;
                }
                (self.tell)(Told::Level(levels));
                return Ok(desk.picture.clone());
            }
            Happening::Heard(_, heard) => desk.hear(heard),
            Happening::Listen(wanted) => self.listen(&mut desk, wanted)?,
            Happening::Leave => desk.leave(),
            Happening::Pause => desk.pause(PauseReason::Private, Paused::Private)?,
            Happening::Resume => desk.resume()?,
            Happening::Bookmark { word, at_ms } => desk.bookmark(word, at_ms)?,
            Happening::Extend(minutes) => desk.answer(|watch, elapsed| watch.extend(elapsed, minutes))?,
            Happening::StillHere => desk.answer(Watch::still_here)?,
            Happening::Slept => desk.sleep()?,
            Happening::Tick if desk.has_fallen() => desk.give_up(),
            Happening::Tick if desk.live.is_some() && desk.asleep.look(self.clock.as_ref()) => {
                desk.sleep()?
            }
            Happening::Tick | Happening::Stop | Happening::ConsentWithdrawn(_) => {}
        }
        let outcome = outcome.or_else(|| desk.over.take());
        if let Some(outcome) = outcome {
            desk.finish(outcome);
            self.ended.notify_all();
        }
        self.show(&mut desk);
        let picture = desk.picture.clone();
        drop(desk);
        if outcome.is_some() {
            (self.tell)(Told::Ended);
        }
        Ok(picture)
    }

    fn records(&self, patient: PatientId) -> bool {
        let desk = self.desk();
        desk.is_live() && desk.picture.patient == Some(patient)
    }

    fn is_forgotten(&self) -> bool {
        let mut desk = self.desk();
        if !desk.is_live() {
            return false;
        }
        let Some(live) = &mut desk.live else { return false };
        let speaking = std::mem::take(&mut live.speaking);
        let over = live.watch.look(live.began.elapsed(), speaking);
        desk.picture.prompts = live.watch.prompts();
        // Where nothing can be heard, silence proves nothing: somebody is asked, and nothing is ended.
        let deaf =
            desk.picture.phase == Phase::Searching || desk.picture.warnings.contains(&Warning::NoSignal);
        over && !deaf
    }

    /// Ends the recording. Waits for the last words and for the disk, and holds nobody up meanwhile. None where
    /// somebody else was ending it, and has.
    fn stop(&self, why: Why) -> Result<Option<Outcome>> {
        let ear = {
            let mut desk = self.desk();
            if desk.picture.phase == Phase::Stopping {
                let stopping = |desk: &mut Desk| desk.picture.phase == Phase::Stopping;
                drop(self.ended.wait_while(desk, stopping).unwrap_or_else(PoisonError::into_inner));
                return Ok(None);
            }
            if !desk.is_live() {
                return Err(Code::NotRecording.into());
            }
            desk.picture.phase = Phase::Stopping;
            self.show(&mut desk);
            desk.ear.take()
        };
        let outcome = ear.map(|ear| ear.stop(why)).transpose().unwrap_or_else(|error| {
            // Over all the same: the file is read as it stands.
            tracing::error!(%error, "a recording was not ended by the one who kept it");
            None
        });
        Ok(Some(outcome.flatten().unwrap_or(Outcome { why, whole: false })))
    }

    fn listen(&self, desk: &mut Desk, wanted: Vec<Wanted>) -> Result<()> {
        let wanted = if wanted.is_empty() { vec![Wanted::Default] } else { wanted };
        match desk.ear.as_ref().filter(|ear| ear.is_there()) {
            Some(ear) => ear.choose(wanted.clone())?,
            None if desk.live.is_none() => self.open(desk, &wanted)?,
            None => return Err(Code::NotRecording.into()),
        }
        desk.wanted = wanted;
        if desk.live.is_none() {
            desk.picture = RecorderState {
                phase: Phase::Listening,
                probe: Some(Probe::Listening),
                device: desk.channels.names(),
                ..RecorderState::default()
            };
        }
        Ok(())
    }

    /// Tells what changed; the time that passes is told with the level.
    fn show(&self, desk: &mut Desk) {
        desk.picture.revision = desk.shown.revision;
        desk.shown.elapsed_ms = desk.picture.elapsed_ms;
        if desk.shown != desk.picture {
            desk.picture.revision += 1;
            desk.shown = desk.picture.clone();
            (self.tell)(Told::Changed(desk.picture.clone()));
        }
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Whether a recording is going on that nobody is ending.
    fn is_live(&self) -> bool {
        self.live.is_some() && self.picture.phase != Phase::Stopping
    }

    fn recording(&self) -> Result<&Ear> {
        match &self.ear {
            Some(ear) if self.is_live() => Ok(ear),
            _ => Err(Code::NotRecording.into()),
        }
    }

    fn pause(&mut self, why: PauseReason, shown: Paused) -> Result<()> {
        self.recording()?.pause(why)?;
        self.picture.phase = Phase::Paused;
        self.picture.paused_for = Some(shown);
        Ok(())
    }

    /// Whoever is in the room when the machine wakes need not be who was there before: it stays paused until
    /// somebody says so.
    fn sleep(&mut self) -> Result<()> {
        if !self.is_live() {
            return Ok(());
        }
        if self.picture.phase != Phase::Paused {
            self.pause(PauseReason::Slept, Paused::Slept)?;
        }
        if let Some(live) = &mut self.live {
            live.watch.slept();
            self.picture.prompts = live.watch.prompts();
        }
        Ok(())
    }

    fn resume(&mut self) -> Result<()> {
        self.recording()?.resume()?;
        if self.picture.phase == Phase::Paused {
            self.picture.phase = Phase::Searching;
            self.picture.paused_for = None;
            self.answer(Watch::still_here)?;
        }
        Ok(())
    }

    fn bookmark(&mut self, word: Option<Private<String>>, at_ms: Option<u64>) -> Result<()> {
        self.recording()?.mark(word, at_ms)?;
        self.picture.bookmarks += 1;
        Ok(())
    }

    fn answer(&mut self, answer: impl FnOnce(&mut Watch, Duration)) -> Result<()> {
        let live = self.live.as_mut().ok_or(Code::NotRecording)?;
        answer(&mut live.watch, live.began.elapsed());
        self.picture.planned_minutes = live.watch.planned_minutes();
        self.picture.prompts = live.watch.prompts();
        Ok(())
    }

    fn leave(&mut self) {
        if self.live.is_none() {
            self.ear = None;
            self.channels = Channels::default();
            self.picture = RecorderState::default();
        }
    }

    /// Whether the ear's own thread is gone, which no microphone and no disk can bring about.
    fn has_fallen(&self) -> bool {
        self.ear.as_ref().is_some_and(|ear| !ear.is_there())
    }

    /// Says so: a light that goes on over an ear that hears nothing would be the worst of all.
    fn give_up(&mut self) {
        tracing::error!("the ear is gone");
        if self.live.is_some() {
            self.over = Some(Outcome { why: Why::DiskFailed, whole: false });
        } else {
            self.leave();
        }
    }

    fn hear(&mut self, heard: Heard) {
        let channels = self.wanted.len();
        let picture = &mut self.picture;
        match heard {
            // Told without a change of the picture.
            Heard::Level(_) | Heard::Keeping => {}
            // The devices are closed, or opened anew, and will be judged from the start.
            Heard::Paused(_) | Heard::Resumed => {
                self.channels = Channels::default();
                picture.device = None;
                picture.warnings.retain(|warning| warning.is_of_the_disk());
            }
            Heard::Listening { channel, device } => {
                self.channels.opened(channel, device);
                picture.device = self.channels.names();
                worry(picture, Warning::DeviceLost, self.channels.any_lost());
                worry(picture, Warning::MicrophoneDenied, false);
                if picture.phase == Phase::Searching {
                    picture.phase = Phase::Recording;
                }
            }
            Heard::Lost { channel } => {
                self.channels.lost(channel);
                picture.device = self.channels.names();
                worry(picture, Warning::DeviceLost, true);
                if picture.phase == Phase::Recording && self.channels.is_deaf() {
                    picture.phase = Phase::Searching;
                }
            }
            Heard::Deaf(code) => {
                self.channels.deaf(channels);
                worry(picture, Warning::MicrophoneDenied, code == Code::MicrophoneDenied);
                worry(picture, Warning::DeviceLost, code != Code::MicrophoneDenied);
                if picture.phase == Phase::Listening {
                    picture.probe = Some(Probe::NoSignal);
                }
            }
            Heard::Verdict(verdict) if picture.phase == Phase::Listening => {
                picture.probe = Some(match verdict {
                    Verdict::Good => Probe::Good,
                    Verdict::TooQuiet => Probe::TooQuiet,
                    Verdict::NoSignal => Probe::NoSignal,
                    Verdict::Clipping => Probe::Clipping,
                });
            }
            Heard::Verdict(_) => {}
            Heard::Worry { what, on } => {
                let warning = match what {
                    Worry::NoSignal => Warning::NoSignal,
                    Worry::TooQuiet => Warning::TooQuiet,
                    Worry::Clipping => Warning::Clipping,
                    Worry::DiskLow => Warning::DiskLow,
                    Worry::DiskFailing => Warning::DiskFailing,
                    // For the record, not for a person in the middle of a session.
                    Worry::ClockChanged | Worry::FileDamaged => return,
                };
                worry(picture, warning, on);
            }
            Heard::Room { minutes } => picture.disk_minutes = Some(minutes),
            Heard::Ended(outcome) => self.over = self.live.is_some().then_some(outcome),
        }
    }

    fn finish(&mut self, outcome: Outcome) {
        self.ear = None;
        self.channels = Channels::default();
        self.over = None;
        self.live = None;
        let before = std::mem::take(&mut self.picture);
        self.picture = RecorderState {
            session: before.session,
            patient: before.patient,
            profile: before.profile,
            elapsed_ms: before.elapsed_ms,
            bookmarks: before.bookmarks,
            ended: Some(match outcome.why {
                Why::Asked | Why::Imported => Ending::Asked,
                Why::Consent => Ending::Consent,
                Why::Silence => Ending::Silence,
                Why::DiskFull => Ending::DiskFull,
                Why::DiskFailed => Ending::DiskFailed,
            }),
            ..RecorderState::default()
        };
    }
}

fn worry(picture: &mut RecorderState, what: Warning, on: bool) {
    picture.warnings.retain(|known| *known != what);
    if on {
        picture.warnings.push(what);
        picture.warnings.sort_unstable();
    }
}

/// Passes on what the ear says and the seconds that pass.
fn listen(scribe: &Weak<Scribe>, happenings: &Receiver<Happening>) {
    let mut ticked = Instant::now();
    loop {
        let happening = match happenings.recv_timeout(TICK.saturating_sub(ticked.elapsed())) {
            Ok(happening) => happening,
            Err(RecvTimeoutError::Timeout) => {
                ticked = Instant::now();
                Happening::Tick
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let Some(scribe) = scribe.upgrade() else { return };
        match scribe.happen(happening) {
            Ok(_) => {}
            // Somebody pressed Stop in the same moment.
            Err(Error::Refused(Code::NotRecording)) => {}
            Err(error) => tracing::error!(%error, "a happening of a recording was not dealt with"),
        }
    }
}

/// A recording that would soon have to be stopped is not begun.
fn must_have_room(store: &Store) -> Result<()> {
    if spool::room(store.folder())? < spool::RESERVE + ROOM_TO_BEGIN {
        return Err(Code::DiskNearlyFull.into());
    }
    Ok(())
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?
}

//! The desk: who sits here, and whether their practice is open. One profile at a time.
//!
//! Every command asks the desk for the open store and is told `Locked` when there is none. Locking takes
//! the store away first and tells the screens in the same breath; what was in flight finishes or fails,
//! and nothing new begins.

mod idle;
mod playback;
mod recordings;
mod speech;

use std::{
    io,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use attune_audio::ear::Levels;
use attune_kernel::{Clock, Code, ProfileId, SystemClock};
use attune_scribe::{
    Happening, RecorderState, Scribe, Starting,
    transcribing::{LiveText, Moved, Transcriber, Written},
};
use attune_store::{
    Opened, Profiles, Progress, Result, Store, Topics,
    profiles::{Keychain, NewProfile, NoKeychain, SystemKeychain},
};
use tokio::{
    runtime::Handle,
    sync::{broadcast, watch},
    task::JoinHandle,
};

pub use self::{
    playback::{Playback, PlayerState},
    recordings::mind_recordings,
    speech::{ModelState, REMOTE_KEY, Speech, SpeechModel, SpeechModels, engine},
};

use self::idle::{Idle, Verdict};
use crate::{Equipment, Home, fault, preferences::Settings};

/// How often idleness is looked at.
const TICK: Duration = Duration::from_millis(500);

/// How long a window may take to hand over what is half written.
const HANDING_OVER: Duration = Duration::from_millis(300);

/// What the desk tells whoever listens.
#[derive(Debug, Clone)]
pub enum Told {
    Changed(Topics),
    Locked(bool),
    LockNear(u32),
    Backup(Progress),
    /// How far a sound file has come, in or out.
    Audio(Progress),
    Recorder(RecorderState),
    Level(Levels),
    RecordingEnded,
    Player(PlayerState),
    /// How far the recording that is being written down has come.
    Transcribing(Moved),
    LiveText(LiveText),
    Models(SpeechModels),
}

/// Who sits here.
pub struct Desk {
    profiles: Arc<Profiles>,
    open: Arc<RwLock<Option<Arc<Opened>>>>,
    idle: Mutex<Idle>,
    settings: Arc<RwLock<Settings>>,
    told: broadcast::Sender<Told>,
    scribe: Arc<Scribe>,
    speech: Arc<Speech>,
    transcriber: Arc<Transcriber>,
    /// Who writes down while the practice is open, and how they are told that it is being locked.
    writing: Mutex<Option<(watch::Sender<bool>, JoinHandle<()>)>>,
    playback: Playback,
    started: Instant,
    // One sits down or gets up at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Desk {
    /// A desk with nothing open.
    pub fn new(home: &Home, settings: Settings, equipment: Equipment) -> io::Result<Self> {
        // A trial home must leave the person's own keychain alone.
        let keychain: Arc<dyn Keychain> = if home.is_the_usual()
            || std::env::var_os("ATTUNE_KEYCHAIN").is_some_and(|which| which == "system")
        {
            Arc::new(SystemKeychain)
        } else {
            Arc::new(NoKeychain)
        };
        let (started, told) = (Instant::now(), broadcast::channel(256).0);
        let telling = told.clone();
        let tell: attune_scribe::Tell = Arc::new(move |said| {
            // Before the window is there, nobody listens.
            let _listeners = telling.send(match said {
                attune_scribe::Told::Changed(state) => Told::Recorder(state),
                attune_scribe::Told::Level(levels) => Told::Level(levels),
                attune_scribe::Told::Ended => Told::RecordingEnded,
            });
        });
        let clock = Arc::new(SystemClock);
        let scribe = Scribe::new(equipment.microphones, clock, home.folder().to_owned(), tell)?;
        let profiles = Arc::new(Profiles::new(home.folder(), Arc::new(SystemClock), keychain));
        let idle = Idle::new(minutes(&settings), started, SystemClock.now());
        let (open, settings) = (Arc::new(RwLock::default()), Arc::new(RwLock::new(settings)));
        let speech = Speech::new(home, equipment.worker, &profiles, &open, &settings, told.clone());
        let telling = told.clone();
        let tell: attune_scribe::transcribing::TellWritten = Arc::new(move |written| {
            // Before the window is there, nobody listens.
            let _listeners = telling.send(match written {
                Written::Moved(moved) => Told::Transcribing(moved),
                Written::Live(text) => Told::LiveText(text),
            });
        });
        let transcriber = Transcriber::new(Arc::clone(&speech) as _, Arc::clone(&scribe), tell);
        Ok(Self {
            profiles,
            open,
            idle: Mutex::new(idle),
            settings,
            playback: Playback::new(told.clone()),
            told,
            scribe,
            speech,
            transcriber,
            writing: Mutex::default(),
            started,
            turn: tokio::sync::Mutex::default(),
        })
    }

    /// Everyone's profiles.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// When the desk was set up: what cold start is measured from.
    pub const fn started(&self) -> Instant {
        self.started
    }

    /// The open practice, or `Locked`.
    pub fn opened(&self) -> Result<Arc<Opened>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(|| Code::Locked.into())
    }

    /// Hears everything from now on.
    pub fn listen(&self) -> broadcast::Receiver<Told> {
        self.told.subscribe()
    }

    pub(crate) fn tell(&self, told: Told) {
        // Before the window is there, nobody listens.
        let _listeners = self.told.send(told);
    }

    /// Makes a profile and sits it down.
    pub async fn enrol(
        self: &Arc<Self>,
        new: &NewProfile,
        found: impl AsyncFnOnce(&Store) -> Result<()>,
    ) -> Result<Arc<Opened>> {
        let _turn = self.turn.lock().await;
        self.get_up().await?;
        let opened = self.profiles.enrol(new, found).await?;
        Ok(self.sit_down(opened).await)
    }

    /// Opens with the password.
    pub async fn unlock(self: &Arc<Self>, profile: ProfileId, password: &str) -> Result<Arc<Opened>> {
        let _turn = self.turn.lock().await;
        self.get_up().await?;
        let opened = self.profiles.unlock(profile, password).await?;
        Ok(self.sit_down(opened).await)
    }

    /// Opens with the PIN.
    pub async fn unlock_with_pin(self: &Arc<Self>, profile: ProfileId, pin: &str) -> Result<Arc<Opened>> {
        let _turn = self.turn.lock().await;
        self.get_up().await?;
        let opened = self.profiles.unlock_with_pin(profile, pin).await?;
        Ok(self.sit_down(opened).await)
    }

    /// Opens with the printed kit, and sets a new password.
    pub async fn recover(
        self: &Arc<Self>,
        profile: ProfileId,
        kit: &str,
        password: &str,
    ) -> Result<Arc<Opened>> {
        let _turn = self.turn.lock().await;
        self.get_up().await?;
        let opened = self.profiles.recover(profile, kit, password).await?;
        Ok(self.sit_down(opened).await)
    }

    async fn sit_down(self: &Arc<Self>, opened: Opened) -> Arc<Opened> {
        let opened = Arc::new(opened);
        // Before a screen can ask: a consent that was taken back as the desk was locked ends its recording, and
        // what a crash or a lock left unfinished stands among the sessions.
        self.mind_consent(&opened).await;
        self.settle(&opened).await;
        self.pass_on_changes(&opened);
        self.speech.open_on(&opened);
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&opened));
        self.begin_writing(&opened);
        self.touch();
        self.tell(Told::Locked(false));
        opened
    }

    /// Writes down whatever waits, for as long as the practice is open.
    fn begin_writing(&self, opened: &Arc<Opened>) {
        let (leave, leaving) = watch::channel(false);
        let (transcriber, opened) = (Arc::clone(&self.transcriber), Arc::clone(opened));
        self.transcriber.show_live(self.settings().live_text);
        let runtime = Handle::current();
        // A thread of its own: what it hears and decodes is work for a processor.
        let writing = tokio::task::spawn_blocking(move || {
            runtime.block_on(transcriber.attend(&opened, leaving));
        });
        *self.writing.lock().unwrap_or_else(PoisonError::into_inner) = Some((leave, writing));
    }

    /// What is being written down waits again, and nobody holds its words any more.
    async fn end_writing(&self) {
        let writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((leave, writing)) = writing else { return };
        // Who has ended already needs not be told.
        let _ended = leave.send(true);
        if let Err(error) = writing.await {
            tracing::error!(%error, "whoever writes down did not end as they should");
        }
    }

    /// Does something that takes its time and reads what is sealed, unless the practice is locked meanwhile.
    pub async fn unless_locked<T>(
        &self,
        work: impl Future<Output = attune_scribe::Result<T>>,
    ) -> attune_scribe::Result<T> {
        let mut told = self.listen();
        let locked = async {
            while !matches!(
                told.recv().await,
                Ok(Told::Locked(true)) | Err(broadcast::error::RecvError::Closed)
            ) {}
        };
        tokio::select! {
            biased;
            () = locked => Err(Code::Locked.into()),
            done = work => done,
        }
    }

    /// What writing down takes on this computer.
    pub const fn speech(&self) -> &Arc<Speech> {
        &self.speech
    }

    /// Who writes sessions down.
    pub const fn transcriber(&self) -> &Arc<Transcriber> {
        &self.transcriber
    }

    /// Writes the rows of recordings that ended. One that cannot be written now is tried again at the next
    /// opening, and keeps nobody out.
    pub async fn settle(&self, opened: &Opened) {
        if let Err(error) = self.scribe.settle(opened).await {
            fault::note(&error);
        }
    }

    /// The one recorder.
    pub const fn scribe(&self) -> &Arc<Scribe> {
        &self.scribe
    }

    /// The one player.
    pub const fn playback(&self) -> &Playback {
        &self.playback
    }

    /// What the recorder shows to whoever sits here.
    pub fn recorder(&self) -> RecorderState {
        self.scribe.state().seen_from(self.opened().ok().map(|opened| opened.id()))
    }

    /// Something happened to the recorder. Ending a recording takes a moment, and holds nobody up.
    pub async fn happen(&self, happening: Happening) -> attune_scribe::Result<RecorderState> {
        let scribe = Arc::clone(&self.scribe);
        tokio::task::spawn_blocking(move || scribe.happen(happening)).await.map_err(io::Error::other)??;
        Ok(self.recorder())
    }

    /// Ends the recording, and writes its rows where the practice is open.
    pub async fn stop_recording(&self) -> attune_scribe::Result<RecorderState> {
        let state = self.happen(Happening::Stop).await?;
        if let Ok(opened) = self.opened() {
            self.settle(&opened).await;
        }
        Ok(state)
    }

    /// How a recording that begins now is kept.
    pub fn starting(&self, opened: &Opened) -> Starting {
        Starting { profile: opened.id(), quality: self.settings().kept_quality }
    }

    /// Locks. The screens are told before the store is closed: they blank while it does.
    pub async fn lock(&self) -> Result<()> {
        let Some(opened) = self.clear() else { return Ok(()) };
        // Before anything is waited for: whoever sits down next must find it all put away.
        let _turn = self.turn.lock().await;
        self.stop_listening().await;
        self.end_writing().await;
        self.profiles.lock(opened).await
    }

    /// Locks a moment from now, for a lock that comes from outside the window: half a word may still be on
    /// its way into the store, and the window hands it over when it hears that the lock is near.
    pub async fn lock_shortly(&self) -> Result<()> {
        if self.opened().is_ok() {
            self.tell(Told::LockNear(0));
            tokio::time::sleep(HANDING_OVER).await;
        }
        self.lock().await
    }

    /// Ends what is going on, and locks: the application is about to end.
    pub async fn leave(&self) {
        if self.scribe.state().is_recording()
            && let Err(error) = self.stop_recording().await
        {
            fault::note(&error);
        }
        if let Err(error) = self.lock().await {
            fault::note(&error);
        }
    }

    async fn get_up(&self) -> Result<()> {
        match self.clear() {
            Some(opened) => {
                self.stop_listening().await;
                self.end_writing().await;
                self.profiles.lock(opened).await
            }
            None => Ok(()),
        }
    }

    /// Nobody tries a microphone out behind a lock. What is being recorded goes on.
    pub async fn stop_listening(&self) {
        if let Err(error) = self.happen(Happening::Leave).await {
            fault::note(&error);
        }
    }

    /// Takes the store off the desk, and says so.
    fn clear(&self) -> Option<Arc<Opened>> {
        let opened = self.open.write().unwrap_or_else(PoisonError::into_inner).take()?;
        self.playback.close();
        self.tell(Told::Locked(true));
        Some(opened)
    }

    /// Somebody is here.
    pub fn touch(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).touch(Instant::now());
    }

    /// The preferences now.
    pub fn settings(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes on new preferences.
    pub fn prefer(&self, settings: Settings) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).set_limit(minutes(&settings));
        if settings.live_text != self.settings().live_text {
            self.transcriber.show_live(settings.live_text);
        }
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings;
        // A model that was just chosen is what the queue may have waited for.
        self.transcriber.wake();
    }

    fn pass_on_changes(self: &Arc<Self>, opened: &Arc<Opened>) {
        let (desk, mut changes) = (Arc::clone(self), opened.changes());
        tokio::spawn(async move {
            loop {
                match changes.recv().await {
                    Ok(topics) => desk.tell(Told::Changed(topics)),
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        desk.tell(Told::Changed(Topics::everything()))
                    }
                    Err(broadcast::error::RecvError::Closed) => return,
                }
            }
        });
    }
}

fn minutes(settings: &Settings) -> Duration {
    Duration::from_secs(u64::from(settings.lock_after_minutes) * 60)
}

/// Looks at the clock twice a second, and locks when nobody has been here, or the machine has slept.
pub fn watch_idleness(desk: Arc<Desk>) {
    tauri::async_runtime::spawn(async move {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let verdict = desk
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .look(Instant::now(), SystemClock.now());
            if desk.opened().is_err() {
                continue;
            }
            match verdict {
                Verdict::Stay => {}
                Verdict::Near(seconds) => desk.tell(Told::LockNear(seconds)),
                Verdict::Lock => {
                    if let Err(error) = desk.lock().await {
                        crate::fault::note(&error);
                    }
                }
            }
        }
    });
}

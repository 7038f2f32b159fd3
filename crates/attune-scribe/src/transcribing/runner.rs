//! Who works through the queue: one recording at a time, as long as a practice is open.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use attune_kernel::{Code, Coded, RecordingId, SessionId};
use attune_practice::{
    recordings::{self, Recording},
    transcripts::{self, Wish},
};
use attune_speech::{
    engine::{About, Engine, local::Local},
    said::Transcription,
    speakers::Naming,
};
use attune_store::{Job, JobState, Store};
use tokio::sync::{Notify, watch};

use super::{
    LiveText, Moved, TellWritten, Tools, Transcribing, Waiting, Work, Written, again, naming, pages,
    underway::{Step, Underway, lasts},
};
use crate::{Result, Scribe, TRANSCRIBE};

/// How often the disk is looked at while a session is recorded.
const LOOK: Duration = Duration::from_secs(2);

/// Writes down what waits.
pub struct Transcriber {
    tools: Arc<dyn Tools>,
    scribe: Arc<Scribe>,
    tell: TellWritten,
    state: Mutex<State>,
    woken: Notify,
    stopped: Notify,
}

#[derive(Default)]
struct State {
    /// The local engine as it was last used: it ends by itself when nobody needs it.
    engine: Option<(String, Local)>,
    moved: Option<Moved>,
    /// The recording somebody wants left alone.
    stop: Option<RecordingId>,
    /// Why a recording is not written down as it goes on: it is tried once.
    not_live: Option<RecordingId>,
    listening: bool,
    show_live: bool,
}

/// Whichever engine a recording goes to.
enum Hand {
    Local(String, Box<Local>),
    Remote(Box<dyn Engine>),
}

impl Hand {
    fn engine(&mut self) -> &mut dyn Engine {
        match self {
            Self::Local(_, local) => local.as_mut(),
            Self::Remote(remote) => remote.as_mut(),
        }
    }
}

impl Transcriber {
    /// One with nothing to do.
    pub fn new(tools: Arc<dyn Tools>, scribe: Arc<Scribe>, tell: TellWritten) -> Arc<Self> {
        Arc::new(Self {
            tools,
            scribe,
            tell,
            state: Mutex::default(),
            woken: Notify::new(),
            stopped: Notify::new(),
        })
    }

    /// Something may have come into the queue, or the means to deal with it.
    pub fn wake(&self) {
        self.woken.notify_one();
    }

    /// Whether the text is told as it comes.
    pub fn show_live(&self, show: bool) {
        self.state().show_live = show;
    }

    /// Works until `leaving` says that the practice is being locked. What it is at then waits again, and did not
    /// count as tried.
    pub async fn attend(&self, store: &Store, mut leaving: watch::Receiver<bool>) {
        let mut live = None;
        while !*leaving.borrow() {
            let worked = match self.work(store, &mut live, &mut leaving).await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::error!(code = %error.code(), error = &error as &dyn std::error::Error, "the queue");
                    false
                }
            };
            if worked {
                continue;
            }
            let recording = self.scribe.being_recorded().is_some();
            tokio::select! {
                _ = leaving.changed() => {}
                () = self.woken.notified() => {}
                () = tokio::time::sleep(LOOK), if recording => {}
            }
        }
        self.listening(false);
        // Words that were heard behind an open desk do not stay behind a locked one.
        let mut state = self.state();
        (state.engine, state.moved, state.not_live) = (None, None, None);
    }

    /// One piece of work. Says whether there was any.
    async fn work(
        &self,
        store: &Store,
        live: &mut Option<Underway>,
        leaving: &mut watch::Receiver<bool>,
    ) -> Result<bool> {
        if let Some(recording) = self.scribe.being_recorded() {
            return tokio::select! {
                biased;
                _ = leaving.changed() => Ok(true),
                worked = self.follow(store, recording, live) => worked,
            };
        }
        self.listening(false);
        let Some(job) = self.next(store).await? else { return Ok(false) };
        self.perform(store, job, live, leaving).await?;
        Ok(true)
    }

    /// The job that has waited longest of those that can be done.
    async fn next(&self, store: &Store) -> Result<Option<Job>> {
        let open = store.read(async |tx| tx.open_jobs().await).await?;
        let next = open.into_iter().find(|job| {
            job.kind == TRANSCRIBE
                && job.state == JobState::Waiting
                && job.wished().is_ok_and(|wish| self.waits_for(&wish).is_none())
        });
        let Some(job) = next else { return Ok(None) };
        Ok(store.write(store.author(), async |tx| tx.begin_job(job.id).await).await?)
    }

    async fn perform(
        &self,
        store: &Store,
        job: Job,
        live: &mut Option<Underway>,
        leaving: &mut watch::Receiver<bool>,
    ) -> Result<()> {
        let recording = RecordingId::from(job.record);
        // What was said of an earlier job does not count for this one.
        self.state().stop = None;
        let done = tokio::select! {
            biased;
            _ = leaving.changed() => None,
            () = self.wants_left_alone(recording) => Some(Err(Code::Cancelled.into())),
            done = self.do_job(store, &job, live) => Some(done),
        };
        self.state().moved = None;
        let id = job.id;
        let after = match done {
            Some(Ok(())) => return Ok(()),
            None => store.write(store.author(), async |tx| tx.give_job_back(id, None).await).await,
            Some(Err(error)) => {
                let code = error.code();
                tracing::warn!(%recording, %code, error = &error as &dyn std::error::Error, "not written down");
                let last = lasts(&error);
                let failed = store.write(store.author(), async |tx| {
                    if last { tx.stop_job(id, code).await } else { tx.fail_job(id, code).await }
                });
                failed.await
            }
        };
        match after {
            // It was done in the same moment.
            Err(error) if error.code() == Code::Gone => Ok(()),
            after => Ok(after.map(drop)?),
        }
    }

    async fn do_job(&self, store: &Store, job: &Job, live: &mut Option<Underway>) -> Result<()> {
        let wish: Wish = job.wished()?;
        let recording = RecordingId::from(job.record);
        let (recording, place) = store
            .read(async |tx| {
                let recording = recordings::read(tx, recording).await?;
                if recording.deleted_at.is_some() {
                    return Err(Code::AudioDeleted.into());
                }
                let place = tx.spool_place(recording.file).await?;
                Ok((recording, place))
            })
            .await?;
        let mut hand = self.hand(store, &wish, recording.session).await?;
        let model = hand.engine().about().model.clone();
        let part = match wish.again {
            Some(asked) => Some(again::part(store, recording.id, asked).await?),
            None => None,
        };
        let underway = match live.take() {
            Some(held) if held.recording == recording.id && held.model == model && part.is_none() => held,
            _ => Underway::open(recording.id, model, place, part.as_ref().map(|(_, span)| *span)).await?,
        };
        let written = self.write_down(store, recording.id, underway, &mut hand).await;
        self.put_back(hand);
        match part {
            Some((transcript, span)) => {
                again::keep(store, job, &transcript, span, wish.remote, written?).await
            }
            None => pages::keep(store, job, &recording, wish.remote, written?).await,
        }
    }

    async fn write_down(
        &self,
        store: &Store,
        recording: RecordingId,
        mut underway: Underway,
        hand: &mut Hand,
    ) -> Result<Transcription> {
        underway.over = true;
        loop {
            self.gently(hand);
            let (held, step) = underway.step(hand.engine()).await;
            underway = held;
            if step? == Step::Done {
                break;
            }
            self.moved(recording, underway.writing.written_ms(), underway.ms());
        }
        let naming = self.naming(store, recording).await?;
        let about: About = hand.engine().about().clone();
        Ok(underway.writing.done(&naming, &about))
    }

    /// Writes down what the disk has of the recording that goes on. Whatever stands in the way of it stands in the
    /// way of nothing else: the job that follows begins anew.
    async fn follow(
        &self,
        store: &Store,
        recording: RecordingId,
        live: &mut Option<Underway>,
    ) -> Result<bool> {
        let chosen = self.tools.chosen().filter(|_| self.tools.while_recording());
        let (Some(model), false) = (chosen, self.state().not_live == Some(recording)) else {
            self.listening(false);
            return Ok(false);
        };
        match self.follow_with(store, recording, model, live).await {
            Ok(worked) => Ok(worked),
            Err(error) => {
                tracing::warn!(%recording, code = %error.code(), "not written down while it is recorded");
                *live = None;
                self.state().not_live = Some(recording);
                self.listening(false);
                Ok(false)
            }
        }
    }

    async fn follow_with(
        &self,
        store: &Store,
        recording: RecordingId,
        model: String,
        live: &mut Option<Underway>,
    ) -> Result<bool> {
        let mut underway = match live.take() {
            Some(held) if held.recording == recording => held,
            _ => {
                let place = store
                    .read(async |tx| {
                        let file = recordings::read(tx, recording).await?.file;
                        tx.spool_place(file).await
                    })
                    .await?;
                Underway::open(recording, model.clone(), place, None).await?
            }
        };
        self.listening(true);
        let mut hand = Hand::Local(model.clone(), Box::new(self.local(&model)?));
        let before = underway.writing.written_ms();
        let stepped = loop {
            self.gently(&mut hand);
            let (held, step) = underway.step(hand.engine()).await;
            underway = held;
            match step {
                Ok(Step::More) => {}
                Ok(Step::Dry | Step::Done) => break Ok(()),
                Err(error) => break Err(error),
            }
            if self.scribe.being_recorded() != Some(recording) {
                break Ok(());
            }
        };
        self.put_back(hand);
        let written = underway.writing.written_ms();
        if written > before && self.state().show_live {
            let so_far = underway.writing.so_far();
            let text = LiveText::of(recording, &so_far, written, underway.writing.heard_ms());
            (self.tell)(Written::Live(text));
        }
        *live = Some(underway);
        stepped.map(|()| false)
    }

    /// What helps to tell the voices of a recording apart.
    pub(super) async fn naming(&self, store: &Store, recording: RecordingId) -> Result<Naming> {
        let recording = store.read(async |tx| recordings::read(tx, recording).await).await?;
        naming::of(store, &recording).await
    }

    async fn hand(&self, store: &Store, wish: &Wish, session: SessionId) -> Result<Hand> {
        if wish.remote {
            if !store.read(async |tx| transcripts::remote::may_go_out(tx, session).await).await? {
                return Err(Code::RemoteNotAllowed.into());
            }
            return Ok(Hand::Remote(self.tools.remote().await?));
        }
        let model = wish.model.clone().or_else(|| self.tools.chosen()).ok_or(Code::ModelMissing)?;
        let mut local = self.local(&model)?;
        local.open().await?;
        Ok(Hand::Local(model, Box::new(local)))
    }

    fn local(&self, model: &str) -> Result<Local> {
        match self.state().engine.take() {
            Some((held, local)) if held == model => Ok(local),
            _ => Ok(self.tools.local(model)?),
        }
    }

    fn put_back(&self, hand: Hand) {
        if let Hand::Local(model, local) = hand {
            self.state().engine = Some((model, *local));
        }
    }

    /// While a session is recorded the engine leaves the machine to the people in the room.
    fn gently(&self, hand: &mut Hand) {
        if let Hand::Local(_, local) = hand {
            local.set_gentle(self.scribe.being_recorded().is_some());
        }
    }

    fn moved(&self, recording: RecordingId, done_ms: u32, total_ms: u32) {
        let moved = Moved { recording, done_ms, total_ms };
        // Told when there is something to see: a bar has some two hundred places.
        let told = self.state().moved.replace(moved);
        let far = |moved: Moved| u64::from(moved.done_ms) * 200 / u64::from(moved.total_ms.max(1));
        if told.map(far) != Some(far(moved)) {
            (self.tell)(Written::Moved(moved));
        }
    }

    fn listening(&self, listening: bool) {
        let was = std::mem::replace(&mut self.state().listening, listening);
        if was != listening {
            self.scribe.is_written_down(listening);
        }
    }

    async fn wants_left_alone(&self, recording: RecordingId) {
        loop {
            let stopped = self.stopped.notified();
            {
                let mut state = self.state();
                if state.stop == Some(recording) {
                    state.stop = None;
                    return;
                }
            }
            stopped.await;
        }
    }

    /// What a job with this wish waits for, apart from its turn.
    fn waits_for(&self, wish: &Wish) -> Option<Waiting> {
        let ready = wish.remote || wish.model.is_some() || self.tools.chosen().is_some();
        if !ready {
            return Some(Waiting::Model);
        }
        self.scribe.being_recorded().map(|_| Waiting::Recording)
    }

    /// What stands of the words of a session: each recording's work and transcripts.
    pub async fn of_session(&self, store: &Store, session: SessionId) -> Result<Vec<Transcribing>> {
        let (recordings, jobs, transcripts) = store
            .read(async |tx| {
                let recordings = recordings::of_session(tx, session).await?;
                let mut jobs = HashMap::new();
                for recording in &recordings {
                    jobs.insert(recording.id, tx.jobs_of(recording.id).await?);
                }
                Ok((recordings, jobs, transcripts::of_session(tx, session).await?))
            })
            .await?;
        let moved = self.state().moved;
        let of = |recording: &Recording| {
            let job = open_work(jobs.get(&recording.id).map_or(&[], Vec::as_slice));
            let moved = moved.filter(|moved| moved.recording == recording.id);
            let total_ms = u32::try_from(recording.duration_ms).unwrap_or(u32::MAX);
            let work = job.map(|job| Work {
                id: job.id,
                state: job.state,
                why: job.why,
                done_ms: moved.map_or(0, |moved| moved.done_ms),
                total_ms: moved.map_or(total_ms, |moved| moved.total_ms),
            });
            Transcribing {
                recording: recording.id,
                waits_for: job
                    .filter(|job| job.state == JobState::Waiting)
                    .and_then(|job| self.waits_for(&job.wished().unwrap_or_default())),
                job: work,
                transcripts: transcripts
                    .iter()
                    .filter(|each| each.recording == recording.id)
                    .cloned()
                    .collect(),
            }
        };
        Ok(recordings.iter().map(of).collect())
    }

    /// Writes a recording down: for the first time, once more after it failed, or with another engine beside what
    /// there is.
    pub async fn start(
        &self,
        store: &Store,
        recording: RecordingId,
        model: Option<String>,
        remote: bool,
    ) -> Result<()> {
        let wish = Wish { model, remote, again: None };
        self.queue(store, recording, &wish).await
    }

    pub(super) async fn queue(&self, store: &Store, recording: RecordingId, wish: &Wish) -> Result<()> {
        store
            .write(store.author(), async |tx| {
                // A recording whose audio is gone has nothing to be written down.
                if recordings::read(tx, recording).await?.deleted_at.is_some() {
                    return Err(Code::AudioDeleted.into());
                }
                tx.queue_job_with(TRANSCRIBE, recording, wish).await.map(drop)
            })
            .await?;
        self.wake();
        Ok(())
    }

    /// Leaves a recording alone: what is being written of it is given up, what waits waits for a person.
    pub async fn stop(&self, store: &Store, recording: RecordingId) -> Result<()> {
        let jobs = store.read(async |tx| tx.jobs_of(recording).await).await?;
        for job in jobs.iter().filter(|job| job.kind == TRANSCRIBE) {
            match job.state {
                JobState::Running => {
                    self.state().stop = Some(recording);
                    self.stopped.notify_one();
                }
                JobState::Waiting => {
                    let id = job.id;
                    store.write(store.author(), async |tx| tx.stop_job(id, Code::Cancelled).await).await?;
                }
                JobState::Done | JobState::Stopped => {}
            }
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The work on a recording that a person should know of: what is under way, else what was asked for last and is not done.
fn open_work(jobs: &[Job]) -> Option<&Job> {
    let ours = || jobs.iter().rev().filter(|job| job.kind == TRANSCRIBE);
    let running = ours().find(|job| job.state == JobState::Running);
    running.or_else(|| ours().take_while(|job| job.state != JobState::Done).next())
}

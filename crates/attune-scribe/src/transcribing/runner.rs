//! Who works through the queue: one recording at a time, as long as a practice is open.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use attune_kernel::{Code, Coded, RecordingId, SessionId};
use attune_practice::{
    recordings,
    transcripts::{self, Wish},
};
use attune_speech::{
    engine::{About, Engine, local::Local},
    said::{HoleWhy, Transcription},
    speakers::{Naming, SpeakerTurn},
};
use attune_store::{Job, JobState, SpoolPlace, Store};
use futures_util::FutureExt;
use tokio::sync::{Notify, watch};

use super::{
    Moved, TellWritten, Tools, Written, again, naming, pages,
    sound::one_channel,
    underway::{Step, Underway, lasts},
};
use crate::{Result, Scribe, TRANSCRIBE, scribe::blocking};

/// How often the disk is looked at while a session is recorded.
const LOOK: Duration = Duration::from_secs(2);

/// Writes down what waits.
pub struct Transcriber {
    pub(super) tools: Arc<dyn Tools>,
    pub(super) scribe: Arc<Scribe>,
    pub(super) tell: TellWritten,
    state: Mutex<State>,
    woken: Notify,
    pub(super) stopped: Notify,
}

#[derive(Default)]
pub(super) struct State {
    /// The local engine as it was last used: it ends by itself when nobody needs it.
    engine: Option<(String, Local)>,
    pub(super) moved: Option<Moved>,
    /// The recording somebody wants left alone.
    pub(super) stop: Option<RecordingId>,
    /// Why a recording is not written down as it goes on: it is tried once.
    pub(super) not_live: Option<RecordingId>,
    listening: bool,
    pub(super) show_live: bool,
}

/// Whichever engine a recording goes to.
pub(super) enum Hand {
    Local(String, Box<Local>),
    Remote(Box<dyn Engine>),
}

impl Hand {
    pub(super) fn engine(&mut self) -> &mut dyn Engine {
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
        // Whoever can no longer say that it is being locked has locked it.
        while !*leaving.borrow() && leaving.has_changed().is_ok() {
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
        let held = live.as_ref().map(|live| live.recording);
        let Some(job) = self.next(store, held).await? else { return Ok(false) };
        self.perform(store, job, live, leaving).await?;
        Ok(true)
    }

    /// The job that has waited longest of those that can be done.
    async fn next(&self, store: &Store, first: Option<RecordingId>) -> Result<Option<Job>> {
        let mut open = store.read(async |tx| tx.open_jobs().await).await?;
        // Nobody else does this work: what is still said to be under way failed without a word.
        for job in open.iter().filter(|job| job.kind == TRANSCRIBE && job.state == JobState::Running) {
            store.write(store.author(), async |tx| tx.fail_job(job.id, Code::Unexpected).await).await?;
        }
        // What was listened to is soon done; what waits longest comes next.
        open.sort_by_key(|job| first != Some(RecordingId::from(job.record)));
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
            done = AssertUnwindSafe(self.do_job(store, &job, live)).catch_unwind() => {
                // What falls over here must not take the queue with it.
                Some(done.unwrap_or_else(|_| Err(Code::Unexpected.into())))
            }
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
        let (recording, place) = store.read(async |tx| recordings::sound(tx, recording).await).await?;
        let mut hand = self.hand(store, &wish, recording.session).await?;
        let model = hand.engine().about().model.clone();
        let part = match (wish.again, wish.transcript) {
            (Some(asked), Some(id)) => Some(again::part(store, id, asked).await?),
            _ => None,
        };
        let goes_on = |held: &mut Underway| {
            held.recording == recording.id && held.model == model && part.is_none() && !wish.remote
        };
        let held = live.take_if(goes_on);
        let was_held = held.is_some();
        let span = part.as_ref().map(|(_, span)| *span);
        let anew = || Underway::open(recording.id, model.clone(), place.clone(), span);
        let underway = match held {
            Some(held) => held,
            None => anew().await?,
        };
        let mut written = self.write_down(store, &wish, underway, &mut hand, &place).await;
        if was_held && written.as_ref().is_ok_and(failed_somewhere) {
            // Beside a recording the engine may have had too little of the machine. Now it has all of it.
            written = self.write_down(store, &wish, anew().await?, &mut hand, &place).await;
        }
        self.put_back(hand);
        if let Ok(nothing) = &written
            && nothing.segments.is_empty()
            && failed_somewhere(nothing)
        {
            // An engine that fails at everything has not written an empty transcript: it has written none.
            return Err(Code::EngineFailed.into());
        }
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
        wish: &Wish,
        mut underway: Underway,
        hand: &mut Hand,
        place: &SpoolPlace,
    ) -> Result<Transcription> {
        let recording = underway.recording;
        underway.over = true;
        loop {
            if underway.writing.is_ready() {
                still_wanted(store, recording, wish).await?;
            }
            self.gently(hand);
            let (held, step) = underway.step(hand.engine()).await;
            underway = held;
            if step? == Step::Done {
                break;
            }
            self.moved(recording, underway.writing.written_ms(), underway.ms());
        }
        let mut naming = self.naming(store, recording).await?;
        // A part is too short to tell voices apart in.
        if wish.again.is_none() {
            naming.turns = self.turns(place.clone(), hand).await;
        }
        let about: About = hand.engine().about().clone();
        Ok(underway.writing.done(&naming, &about))
    }

    /// Who speaks when, by the model for just that, where one was brought in. Without an answer the voices are told apart
    /// as ever.
    async fn turns(&self, place: SpoolPlace, hand: &mut Hand) -> Option<Vec<SpeakerTurn>> {
        let (Hand::Local(_, local), Some(model)) = (hand, self.tools.diarizer()) else { return None };
        let told = match blocking(move || one_channel(&place)).await {
            Ok(Some(pcm)) => {
                // Two models at once are one too many for a small computer.
                local.rest().await;
                local.diarize(&model, &pcm).await.map_err(Into::into)
            }
            // Two microphones say it better, and a very long sound is too much at once.
            Ok(None) => return None,
            Err(error) => Err(error),
        };
        told.inspect_err(|error: &crate::Error| {
            tracing::warn!(code = %error.code(), "speakers are told apart by their sound");
        })
        .ok()
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

    pub(super) fn local(&self, model: &str) -> Result<Local> {
        match self.state().engine.take() {
            Some((held, local)) if held == model => Ok(local),
            _ => Ok(self.tools.local(model)?),
        }
    }

    pub(super) fn put_back(&self, hand: Hand) {
        if let Hand::Local(model, local) = hand {
            self.state().engine = Some((model, *local));
        }
    }

    /// While a session is recorded the engine leaves the machine to the people in the room.
    pub(super) fn gently(&self, hand: &mut Hand) {
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

    pub(super) fn listening(&self, listening: bool) {
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

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the engine failed at a part of it.
fn failed_somewhere(written: &Transcription) -> bool {
    written.holes.iter().any(|hole| hole.why == HoleWhy::Engine)
}

/// Whether this sound may still be written down. Asked before every window: an hour is long enough to think better of it.
async fn still_wanted(store: &Store, recording: RecordingId, wish: &Wish) -> Result<()> {
    let allowed = store.read(async |tx| {
        let recording = recordings::read(tx, recording).await?;
        if recording.deleted_at.is_some() {
            return Err(Code::AudioDeleted.into());
        }
        if wish.remote && !transcripts::remote::may_go_out(tx, recording.session).await? {
            return Err(Code::RemoteNotAllowed.into());
        }
        Ok(())
    });
    Ok(allowed.await?)
}

//! The queue as people see it: what stands of the words of a session, and what they may ask for.

use std::collections::HashMap;

use attune_kernel::{Code, JobId, RecordingId, SessionId};
use attune_practice::{
    recordings::{self, Recording},
    transcripts::{self, Wish},
};
use attune_store::{Job, JobState, Store};

use super::{Transcriber, Transcribing, Waiting, Work};
use crate::{Result, TRANSCRIBE};

impl Transcriber {
    /// What a job with this wish waits for, apart from its turn.
    pub(super) fn waits_for(&self, wish: &Wish) -> Option<Waiting> {
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
        let wish = Wish { model, remote, ..Wish::default() };
        self.queue(store, recording, &wish).await
    }

    pub(super) async fn queue(&self, store: &Store, recording: RecordingId, wish: &Wish) -> Result<()> {
        store
            .write(store.author(), async |tx| {
                // A recording whose audio is gone has nothing to be written down.
                if recordings::read(tx, recording).await?.deleted_at.is_some() {
                    return Err(Code::AudioDeleted.into());
                }
                if wish.again.is_none() {
                    // What still waits for a model would one day come and push aside what is asked for now.
                    for job in tx.jobs_of(recording).await? {
                        let whole =
                            job.wished::<Wish>().is_ok_and(|other| other.again.is_none() && other != *wish);
                        if job.kind == TRANSCRIBE && job.state == JobState::Waiting && whole {
                            tx.stop_job(job.id, Code::Cancelled).await?;
                        }
                    }
                }
                tx.queue_job_with(TRANSCRIBE, recording, wish).await.map(drop)
            })
            .await?;
        self.wake();
        Ok(())
    }

    /// Lets work that was stopped begin anew, as it was asked for.
    pub async fn retry(&self, store: &Store, job: JobId) -> Result<()> {
        store.write(store.author(), async |tx| tx.retry_job(job).await.map(drop)).await?;
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
}

/// The work on a recording that a person should know of: what is under way, else what was asked for last and is not done.
fn open_work(jobs: &[Job]) -> Option<&Job> {
    let ours = || jobs.iter().rev().filter(|job| job.kind == TRANSCRIBE);
    let running = ours().find(|job| job.state == JobState::Running);
    running.or_else(|| ours().take_while(|job| job.state != JobState::Done).next())
}

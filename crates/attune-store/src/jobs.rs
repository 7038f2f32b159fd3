//! Jobs: long work on a record, such as writing down what was said. It waits in the store, so that a
//! process that dies in the middle loses nothing but its own try.
//!
//! A job is queued in the transaction that makes it needed, taken by whoever can do it, and tried twice at
//! the most: a third time would fail like the two before, and keep everything behind it waiting. Then it is
//! stopped, stays visible, and waits for a person. Jobs stay on this device and leave no audit line; what
//! they write does.
//!
//! A job may carry a wish, which only whoever queues and whoever takes it understand: two wishes for one
//! record are two jobs.

use attune_kernel::{Code, JobId, RecordId};
use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use specta::Type;
use sqlx::{FromRow, Row, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{
    Error, Result, Store,
    tx::{ReadTx, WriteTx},
};

/// How often a job is tried before a person is asked.
const MOST_TRIES: u32 = 2;
/// What whoever shows the queue follows.
pub const JOBS: &str = "jobs";

/// Long work on one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    pub record: RecordId,
    /// What in particular is asked for, as JSON.
    pub wish: Option<String>,
    pub state: JobState,
    /// How often it was begun.
    pub tries: u32,
    /// Why it failed last; none where the process died.
    pub why: Option<Code>,
    pub queued_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Waiting,
    Running,
    Done,
    /// Tried twice in vain. It waits for a person.
    Stopped,
}

impl Job {
    /// What in particular is asked for; nothing, where nothing was.
    pub fn wished<T: DeserializeOwned + Default>(&self) -> Result<T> {
        self.wish.as_deref().map_or_else(|| Ok(T::default()), |wish| Ok(serde_json::from_str(wish)?))
    }
}

impl WriteTx {
    /// Queues work on a record. Where the same work waits already, or is under way, that is the job.
    pub async fn queue_job(&mut self, kind: &'static str, record: impl Into<RecordId>) -> Result<JobId> {
        self.queue(kind, record.into(), None).await
    }

    /// The same, asking for something in particular. A wish that says nothing is none.
    pub async fn queue_job_with(
        &mut self,
        kind: &'static str,
        record: impl Into<RecordId>,
        wish: &impl Serialize,
    ) -> Result<JobId> {
        let wish = serde_json::to_string(wish)?;
        self.queue(kind, record.into(), (!matches!(wish.as_str(), "{}" | "null")).then_some(wish)).await
    }

    async fn queue(&mut self, kind: &'static str, record: RecordId, wish: Option<String>) -> Result<JobId> {
        if let Some(open) = self.open_job(kind, record, wish.as_deref()).await? {
            return Ok(open);
        }
        let id = JobId::new(self.now());
        let query = sqlx::query(
            "insert into jobs (id, kind, record, wish, state, tries, queued_at, changed_at)
             values (?, ?, ?, ?, 'waiting', 0, ?, ?)",
        )
        .bind(id.as_uuid())
        .bind(kind)
        .bind(record.as_uuid())
        .bind(wish)
        .bind(self.now())
        .bind(self.now());
        self.admit(query).await?;
        self.touch(JOBS);
        Ok(id)
    }

    async fn open_job(&mut self, kind: &str, record: RecordId, wish: Option<&str>) -> Result<Option<JobId>> {
        let query = sqlx::query_as::<_, (Uuid,)>(
            "select id from jobs
             where kind = ? and record = ? and wish is ? and state in ('waiting', 'running')",
        );
        let open = self.optional(query.bind(kind).bind(record.as_uuid()).bind(wish)).await?;
        Ok(open.map(|(id,)| id.into()))
    }

    /// Takes the job that has waited longest, if one does. From here on it counts as tried.
    pub async fn take_job(&mut self, kind: &'static str) -> Result<Option<Job>> {
        let query = sqlx::query_as::<_, Job>(
            "select * from jobs where state = 'waiting' and kind = ? order by queued_at, id limit 1",
        );
        let Some(job) = self.optional(query.bind(kind)).await? else { return Ok(None) };
        let job = Job { state: JobState::Running, tries: job.tries + 1, changed_at: self.now(), ..job };
        self.keep_job(&job).await?;
        Ok(Some(job))
    }

    /// Takes this job, if it still waits. From here on it counts as tried.
    pub async fn begin_job(&mut self, id: JobId) -> Result<Option<Job>> {
        let job = self.job(id).await?;
        if job.state != JobState::Waiting {
            return Ok(None);
        }
        let job = Job { state: JobState::Running, tries: job.tries + 1, changed_at: self.now(), ..job };
        self.keep_job(&job).await?;
        Ok(Some(job))
    }

    /// Says that a job is done.
    pub async fn finish_job(&mut self, id: JobId) -> Result<Job> {
        let job = self.running(id).await?;
        let job = Job { state: JobState::Done, why: None, changed_at: self.now(), ..job };
        self.keep_job(&job).await?;
        Ok(job)
    }

    /// Says that a job failed, and why: it waits again, or is stopped when it was tried often enough.
    pub async fn fail_job(&mut self, id: JobId, why: Code) -> Result<Job> {
        let job = self.running(id).await?;
        let job = Job { state: after_a_try(job.tries), why: Some(why), changed_at: self.now(), ..job };
        self.keep_job(&job).await?;
        Ok(job)
    }

    /// Gives back a job that was taken and not really tried: the practice locks, or there is nothing to do it
    /// with. It waits again, and has lost no try.
    pub async fn give_job_back(&mut self, id: JobId, why: Option<Code>) -> Result<Job> {
        let job = self.running(id).await?;
        let tries = job.tries.saturating_sub(1);
        let job = Job { state: JobState::Waiting, tries, why, changed_at: self.now(), ..job };
        self.keep_job(&job).await?;
        Ok(job)
    }

    /// Stops a job that waits or is under way, however often it was tried: a person asks for it, or trying
    /// again would be in vain.
    pub async fn stop_job(&mut self, id: JobId, why: Code) -> Result<Job> {
        let job = self.job(id).await?;
        if !matches!(job.state, JobState::Waiting | JobState::Running) {
            return Ok(job);
        }
        let job = Job { state: JobState::Stopped, why: Some(why), changed_at: self.now(), ..job };
        self.keep_job(&job).await?;
        Ok(job)
    }

    /// Lets a stopped job begin anew, because a person asks for it. Where the same work was queued meanwhile,
    /// that is the job.
    pub async fn retry_job(&mut self, id: JobId) -> Result<Job> {
        let job = self.job(id).await?;
        if job.state != JobState::Stopped {
            return Ok(job);
        }
        if let Some(open) = self.open_job(&job.kind, job.record, job.wish.as_deref()).await? {
            return self.job(open).await;
        }
        let job = Job { state: JobState::Waiting, tries: 0, changed_at: self.now(), ..job };
        self.keep_job(&job).await?;
        Ok(job)
    }

    async fn running(&mut self, id: JobId) -> Result<Job> {
        let job = self.job(id).await?;
        // Whoever finishes a job that nobody took, or twice, is mistaken about which one it is.
        if job.state == JobState::Running { Ok(job) } else { Err(Code::Gone.into()) }
    }

    async fn keep_job(&mut self, job: &Job) -> Result<()> {
        let query = sqlx::query("update jobs set state = ?, tries = ?, why = ?, changed_at = ? where id = ?")
            .bind(job.state.name())
            .bind(job.tries)
            .bind(job.why.map(|why| serde_json::to_string(&why)).transpose()?)
            .bind(job.changed_at)
            .bind(job.id.as_uuid());
        self.admit(query).await?;
        self.touch(JOBS);
        Ok(())
    }
}

impl ReadTx {
    /// A job.
    pub async fn job(&mut self, id: JobId) -> Result<Job> {
        self.one(sqlx::query_as("select * from jobs where id = ?").bind(id.as_uuid())).await
    }

    /// Everything that waits, is under way or was stopped, in the order it was queued.
    pub async fn open_jobs(&mut self) -> Result<Vec<Job>> {
        self.all(sqlx::query_as("select * from jobs where state <> 'done' order by queued_at, id")).await
    }

    /// All the work there ever was on a record, in the order it was queued.
    pub async fn jobs_of(&mut self, record: impl Into<RecordId>) -> Result<Vec<Job>> {
        let query = sqlx::query_as("select * from jobs where record = ? order by queued_at, id");
        self.all(query.bind(record.into().as_uuid())).await
    }
}

impl Store {
    /// Jobs that were under way when the process ended have had their try. Only one process holds the
    /// store, so nobody is at them any more.
    pub(crate) async fn wait_again(&self) -> Result<()> {
        self.write_through(self.author(), async |tx| {
            let query = sqlx::query_as::<_, Job>("select * from jobs where state = 'running'");
            for job in tx.all(query).await? {
                let job = Job { state: after_a_try(job.tries), why: None, changed_at: tx.now(), ..job };
                tx.keep_job(&job).await?;
            }
            Ok(())
        })
        .await?;
        Ok(())
    }
}

const fn after_a_try(tries: u32) -> JobState {
    if tries < MOST_TRIES { JobState::Waiting } else { JobState::Stopped }
}

impl FromRow<'_, SqliteRow> for Job {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let state: String = row.try_get("state")?;
        let why: Option<String> = row.try_get("why")?;
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            kind: row.try_get("kind")?,
            record: row.try_get::<Uuid, _>("record")?.into(),
            wish: row.try_get("wish")?,
            state: JobState::named(&state).map_err(|error| sqlx::Error::Decode(error.into()))?,
            tries: row.try_get("tries")?,
            // A code that a newer Attune gave is a failure all the same.
            why: why.map(|why| serde_json::from_str(&why).unwrap_or(Code::Unexpected)),
            queued_at: row.try_get("queued_at")?,
            changed_at: row.try_get("changed_at")?,
        })
    }
}

impl JobState {
    const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    fn named(name: &str) -> Result<Self> {
        match name {
            "waiting" => Ok(Self::Waiting),
            "running" => Ok(Self::Running),
            "done" => Ok(Self::Done),
            "stopped" => Ok(Self::Stopped),
            _ => Err(Error::Damaged("a job is in no state there is")),
        }
    }
}

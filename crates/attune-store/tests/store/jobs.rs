//! Jobs: queued with what makes them needed, tried twice, never lost and never hidden.

use attune_kernel::{Code, JobId, RecordId};
use attune_store::{Job, JobState, Result, Store};
use attune_testkit::StoreInFolder;
use serde::{Deserialize, Serialize};

use crate::{refusal, spools::thing};

const KIND: &str = "transcribe";

async fn queued(store: &Store) -> (JobId, RecordId) {
    let queued = store.write(store.author(), async |tx| {
        let record = thing(tx).await?;
        Ok((tx.queue_job(KIND, record).await?, record))
    });
    queued.await.unwrap()
}

async fn take(store: &Store) -> Option<Job> {
    store.write(store.author(), async |tx| tx.take_job(KIND).await).await.unwrap()
}

async fn fail(store: &Store, id: JobId) -> Result<Job> {
    store.write(store.author(), async |tx| tx.fail_job(id, Code::AudioDamaged).await).await
}

async fn finish(store: &Store, id: JobId) -> Result<Job> {
    store.write(store.author(), async |tx| tx.finish_job(id).await).await
}

async fn job(store: &Store, id: JobId) -> Job {
    store.read(async |tx| tx.job(id).await).await.unwrap()
}

#[tokio::test]
async fn a_job_is_queued_with_what_makes_it_needed_or_not_at_all() {
    let store = StoreInFolder::create().await;
    let refused = store.write(store.author(), async |tx| {
        let record = thing(tx).await?;
        tx.queue_job(KIND, record).await?;
        Err::<(), _>(Code::Busy.into())
    });
    assert_eq!(refusal(refused.await), Code::Busy);
    assert!(store.read(async |tx| tx.open_jobs().await).await.unwrap().is_empty());
    let mut changes = store.changes();
    let (id, record) = queued(&store).await;
    assert!(changes.recv().await.unwrap().iter().any(|topic| topic == "jobs"));
    assert_eq!(store.read(async |tx| tx.jobs_of(record).await).await.unwrap(), [job(&store, id).await]);
}

#[tokio::test]
async fn the_same_work_is_queued_once_until_it_is_done() {
    let store = StoreInFolder::create().await;
    let (id, record) = queued(&store).await;
    let again =
        async || store.write(store.author(), async |tx| tx.queue_job(KIND, record).await).await.unwrap();
    assert_eq!(again().await, id);
    take(&store).await.unwrap();
    assert_eq!(again().await, id);
    finish(&store, id).await.unwrap();
    assert_ne!(again().await, id);
    assert_eq!(store.read(async |tx| tx.jobs_of(record).await).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_has_waited_longest_is_taken_first_and_each_only_once() {
    let store = StoreInFolder::create().await;
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(queued(&store).await.0);
        store.clock().advance(chrono::TimeDelta::seconds(1));
    }
    for id in waiting {
        let taken = take(&store).await.unwrap();
        assert_eq!((taken.id, taken.state, taken.tries), (id, JobState::Running, 1));
    }
    assert_eq!(take(&store).await, None);
    let other = store.write(store.author(), async |tx| tx.take_job("something else").await).await;
    assert_eq!(other.unwrap(), None);
}

#[tokio::test]
async fn a_job_that_failed_twice_is_stopped_and_seen_and_goes_on_when_a_person_says_so() {
    let store = StoreInFolder::create().await;
    let (id, _) = queued(&store).await;
    take(&store).await.unwrap();
    assert_eq!(fail(&store, id).await.unwrap().state, JobState::Waiting);
    assert_eq!(take(&store).await.unwrap().tries, 2);
    let stopped = fail(&store, id).await.unwrap();
    assert_eq!((stopped.state, stopped.why), (JobState::Stopped, Some(Code::AudioDamaged)));
    assert_eq!(take(&store).await, None, "a third time would fail like the two before");
    assert_eq!(store.read(async |tx| tx.open_jobs().await).await.unwrap(), [stopped]);
    let retried = store.write(store.author(), async |tx| tx.retry_job(id).await).await.unwrap();
    assert_eq!((retried.state, retried.tries), (JobState::Waiting, 0));
    take(&store).await.unwrap();
    let done = finish(&store, id).await.unwrap();
    assert_eq!((done.state, done.why), (JobState::Done, None));
    assert!(store.read(async |tx| tx.open_jobs().await).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_job_that_was_under_way_when_the_process_died_has_had_a_try_and_waits_again() {
    let store = StoreInFolder::create().await;
    let (id, _) = queued(&store).await;
    take(&store).await.unwrap();
    let store = store.reopen().await;
    let waiting = job(&store, id).await;
    assert_eq!((waiting.state, waiting.tries, waiting.why), (JobState::Waiting, 1, None));
    take(&store).await.unwrap();
    let store = store.reopen().await;
    assert_eq!(
        job(&store, id).await.state,
        JobState::Stopped,
        "what brings us down twice is not tried again"
    );
}

#[tokio::test]
async fn only_a_job_that_is_under_way_is_finished_or_fails() {
    let store = StoreInFolder::create().await;
    let (id, _) = queued(&store).await;
    assert_eq!(refusal(finish(&store, id).await), Code::Gone);
    assert_eq!(refusal(fail(&store, id).await), Code::Gone);
    take(&store).await.unwrap();
    finish(&store, id).await.unwrap();
    assert_eq!(refusal(finish(&store, id).await), Code::Gone);
    assert_eq!(refusal(fail(&store, id).await), Code::Gone);
    let retried = store.write(store.author(), async |tx| tx.retry_job(id).await).await.unwrap();
    assert_eq!(retried.state, JobState::Done, "what is done stays done");
}

#[tokio::test]
async fn work_leaves_no_audit_line_and_nothing_to_send() {
    let store = StoreInFolder::create().await;
    let (id, _) = queued(&store).await;
    let lines = store.verify().await.unwrap().lines;
    let sent = store.read(async |tx| tx.queued().await).await.unwrap().len();
    take(&store).await.unwrap();
    finish(&store, id).await.unwrap();
    assert_eq!(store.verify().await.unwrap().lines, lines);
    assert_eq!(store.read(async |tx| tx.queued().await).await.unwrap().len(), sent);
}

/// What somebody may ask for in particular.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Wish {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
}

fn wish(model: &str) -> Wish {
    Wish { model: Some(model.into()) }
}

#[tokio::test]
async fn two_wishes_for_one_record_are_two_jobs_and_the_same_wish_is_one() {
    let store = StoreInFolder::create().await;
    let (plain, record) = queued(&store).await;
    let ask = async |wish: &Wish| {
        store.write(store.author(), async |tx| tx.queue_job_with(KIND, record, wish).await).await.unwrap()
    };
    let careful = ask(&wish("careful")).await;
    assert_eq!(ask(&wish("careful")).await, careful);
    assert_ne!(ask(&wish("fast")).await, careful);
    assert_eq!(ask(&Wish::default()).await, plain, "a wish that says nothing is none");
    assert_eq!(job(&store, careful).await.wished::<Wish>().unwrap(), wish("careful"));
    assert_eq!(job(&store, plain).await.wished::<Wish>().unwrap(), Wish::default());
    assert_eq!(store.read(async |tx| tx.open_jobs().await).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_job_that_is_given_back_has_lost_no_try() {
    let store = StoreInFolder::create().await;
    let (id, _) = queued(&store).await;
    for _ in 0..5 {
        assert_eq!(take(&store).await.unwrap().tries, 1);
        let back =
            store.write(store.author(), async |tx| tx.give_job_back(id, Some(Code::ModelMissing)).await);
        let back = back.await.unwrap();
        assert_eq!((back.state, back.tries, back.why), (JobState::Waiting, 0, Some(Code::ModelMissing)));
    }
    let again = store.write(store.author(), async |tx| tx.give_job_back(id, None).await).await;
    assert_eq!(refusal(again), Code::Gone, "only what was taken is given back");
}

#[tokio::test]
async fn a_job_is_stopped_at_once_and_begins_anew_unless_the_same_was_asked_for_meanwhile() {
    let store = StoreInFolder::create().await;
    let stop = async |id| {
        store.write(store.author(), async |tx| tx.stop_job(id, Code::Cancelled).await).await.unwrap()
    };
    let retry = async |id| store.write(store.author(), async |tx| tx.retry_job(id).await).await.unwrap();
    let (id, record) = queued(&store).await;
    assert_eq!(stop(id).await.state, JobState::Stopped);
    assert_eq!(retry(id).await.state, JobState::Waiting);
    take(&store).await.unwrap();
    let stopped = stop(id).await;
    assert_eq!((stopped.state, stopped.why), (JobState::Stopped, Some(Code::Cancelled)));
    assert_eq!(refusal(finish(&store, id).await), Code::Gone, "whoever was at it comes too late");
    let other = store.write(store.author(), async |tx| tx.queue_job(KIND, record).await).await.unwrap();
    assert_eq!(retry(id).await.id, other);
    take(&store).await.unwrap();
    finish(&store, other).await.unwrap();
    assert_eq!(stop(other).await.state, JobState::Done, "what is done stays done");
}

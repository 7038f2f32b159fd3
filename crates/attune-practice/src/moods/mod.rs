//! Moods: how somebody felt, from 1 to 10, with words or without.
//!
//! This is the slice to copy. A mood is written once and never changed: amending its words, withdrawing it
//! and taking that back are statements beside it, and the newest one holds. So nothing that was felt is
//! lost, two devices never disagree, and undo is simply one statement more. Only the person who logged a
//! mood may speak of it again: nobody puts words into another's mouth.
//!
//! A mood is never judged here, and never closes or opens a question of safety.

mod record;
pub(crate) mod sample;
mod score;
mod table;
#[cfg(test)]
mod tests;

use attune_kernel::{Code, MemberId, MoodAmendmentId, MoodId, PatientId, Private};
use attune_store::{ReadTx, Result, WriteTx};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{patients, text};

pub use record::{MOOD, MOOD_AMENDMENT};
pub(crate) use record::{replay_amendment, replay_mood};
pub use score::{MoodLevel, Score};

/// How somebody felt, as it stands today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Mood {
    pub id: MoodId,
    pub patient: PatientId,
    pub score: Score,
    pub level: MoodLevel,
    pub words: Option<Private<String>>,
    pub felt_at: DateTime<Utc>,
    pub logged_at: DateTime<Utc>,
    /// Who logged it: the patient, or a clinician in the room.
    pub author: MemberId,
    pub by_patient: bool,
    pub withdrawn: bool,
}

/// What somebody logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewMood {
    pub patient: PatientId,
    pub score: i32,
    pub words: Option<Private<String>>,
    /// When it was felt; now, if left out.
    pub felt_at: Option<DateTime<Utc>>,
}

const MOST_WORDS: usize = 500;

/// Logs how somebody feels, or felt a while ago.
pub async fn log(tx: &mut WriteTx, new: &NewMood) -> Result<Mood> {
    let score = Score::check(new.score)?;
    let words = words(new.words.as_ref().map(|words| words.reveal().as_str()))?;
    let felt_at = felt_at(new.felt_at, tx.now())?;
    patients::must_be_active(tx, new.patient).await?;

    let id = MoodId::new(tx.now());
    let logged_at = tx.now();
    record::write(tx, id, Logged { patient: new.patient, score, words, felt_at, logged_at }).await?;
    table::get(tx, id).await
}

/// Puts other words to a mood, or takes its words away.
pub async fn amend(tx: &mut WriteTx, id: MoodId, words: Option<&str>) -> Result<Mood> {
    let words = self::words(words)?;
    let mood = own(tx, id).await?;
    if mood.withdrawn {
        return Err(Code::Gone.into());
    }
    if mood.words == words {
        return Ok(mood);
    }
    state(tx, "amend", &mood, words, false).await
}

/// Takes a mood back: it is no longer listed, and can be restored.
pub async fn withdraw(tx: &mut WriteTx, id: MoodId) -> Result<Mood> {
    let mood = own(tx, id).await?;
    if mood.withdrawn {
        return Ok(mood);
    }
    state(tx, "withdraw", &mood, mood.words.clone(), true).await
}

/// Undoes a withdrawal.
pub async fn restore(tx: &mut WriteTx, id: MoodId) -> Result<Mood> {
    let mood = own(tx, id).await?;
    if !mood.withdrawn {
        return Ok(mood);
    }
    state(tx, "restore", &mood, mood.words.clone(), false).await
}

/// A chart's moods, the last felt first, without those that were taken back.
pub async fn list(tx: &mut ReadTx, patient: PatientId) -> Result<Vec<Mood>> {
    table::list(tx, patient).await
}

/// What a mood says when it is logged.
struct Logged {
    patient: PatientId,
    score: Score,
    words: Option<Private<String>>,
    felt_at: DateTime<Utc>,
    logged_at: DateTime<Utc>,
}

/// What is said about a mood afterwards, in full.
struct Amended {
    mood: MoodId,
    patient: PatientId,
    words: Option<Private<String>>,
    withdrawn: bool,
    at: DateTime<Utc>,
}

/// A mood that whoever writes may speak of again, because they logged it.
async fn own(tx: &mut WriteTx, id: MoodId) -> Result<Mood> {
    let mood = table::get(tx, id).await?;
    if mood.author == tx.author().member { Ok(mood) } else { Err(Code::NotYours.into()) }
}

async fn state(
    tx: &mut WriteTx,
    action: &'static str,
    mood: &Mood,
    words: Option<Private<String>>,
    withdrawn: bool,
) -> Result<Mood> {
    // A clock that was set back must not make today's word older than yesterday's.
    let at = match table::last_amended(tx, mood.id, mood.author).await? {
        Some(last) => tx.now().max(last + TimeDelta::milliseconds(1)),
        None => tx.now(),
    };
    let id = MoodAmendmentId::new(at);
    let amended = Amended { mood: mood.id, patient: mood.patient, words, withdrawn, at };
    record::write_amendment(tx, action, id, amended).await?;
    table::get(tx, mood.id).await
}

fn words(typed: Option<&str>) -> Result<Option<Private<String>>, Code> {
    let Some(words) = text::paragraphs(typed.unwrap_or_default())? else { return Ok(None) };
    text::at_most(words, MOST_WORDS, Code::WordsTooLong).map(|words| Some(Private::new(words)))
}

/// A minute ahead is two clocks that differ; ten years back is a slip in the year.
fn felt_at(given: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Code> {
    let Some(felt_at) = given else { return Ok(now) };
    if felt_at > now + TimeDelta::minutes(1) {
        return Err(Code::FeltInFuture);
    }
    if felt_at < now - TimeDelta::days(3_653) {
        return Err(Code::FeltTooLongAgo);
    }
    Ok(felt_at.duration_trunc(TimeDelta::milliseconds(1)).unwrap_or(felt_at))
}

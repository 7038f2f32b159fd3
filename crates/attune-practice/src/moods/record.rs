//! The frozen forms of a mood and of what is said about it later.
//!
//! Neither says who wrote it: the envelope it travels in is signed, and a name inside could only lie.

use attune_kernel::{MoodAmendmentId, MoodId, PatientId, Private};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Amended, Logged, Score, table};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
    text,
};

/// How somebody felt, in the stream that they and the care team read.
pub const MOOD: Kind = Kind { name: "mood", class: Class::Append, topic: "moods" };
/// What was said about a mood later, in the same stream.
pub const MOOD_AMENDMENT: Kind = Kind { name: "mood_amendment", class: Class::Append, topic: "moods" };

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MoodV1 {
    pub v: u32,
    pub patient: PatientId,
    pub score: Private<i32>,
    pub words: Option<Private<String>>,
    pub felt_at: DateTime<Utc>,
    pub logged_at: DateTime<Utc>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MoodAmendmentV1 {
    pub v: u32,
    pub mood: MoodId,
    pub patient: PatientId,
    pub words: Option<Private<String>>,
    pub withdrawn: bool,
    pub at: DateTime<Utc>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read(body: &str) -> Result<MoodV1, Replayed> {
    form::read(body, 1, |v| match v {
        1 => form::parse(body),
        _ => None,
    })
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read_amendment(body: &str) -> Result<MoodAmendmentV1, Replayed> {
    form::read(body, 1, |v| match v {
        1 => form::parse(body),
        _ => None,
    })
}

/// Writes the row, and sends the form.
pub(super) async fn write(tx: &mut WriteTx, id: MoodId, logged: Logged) -> Result<()> {
    let stream = tx.stream(StreamKind::Shared, Some(logged.patient)).await?;
    let unknown = Unknown::default();
    let query = table::insert(id, tx.author().member, &logged, &unknown)?;
    let form = MoodV1 {
        v: 1,
        patient: logged.patient,
        score: i32::from(logged.score.get()).into(),
        words: logged.words,
        felt_at: logged.felt_at,
        logged_at: logged.logged_at,
        unknown,
    };
    tx.change(Change::new(MOOD, id, stream, "log", &form)?, query).await
}

/// Writes the row, and sends the form.
pub(super) async fn write_amendment(
    tx: &mut WriteTx,
    action: &'static str,
    id: MoodAmendmentId,
    amended: Amended,
) -> Result<()> {
    let stream = tx.stream(StreamKind::Shared, Some(amended.patient)).await?;
    let unknown = Unknown::default();
    let query = table::insert_amendment(id, tx.author().member, &amended, &unknown)?;
    let form = MoodAmendmentV1 {
        v: 1,
        mood: amended.mood,
        patient: amended.patient,
        words: amended.words,
        withdrawn: amended.withdrawn,
        at: amended.at,
        unknown,
    };
    tx.change(Change::new(MOOD_AMENDMENT, id, stream, action, &form)?, query).await
}

/// Applies a mood from elsewhere.
pub(crate) async fn replay_mood(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if let Some(why) = arrived.not_once_in(tx, StreamKind::Shared, form.patient).await? {
        return Ok(why);
    }
    let Ok(score) = Score::check(*form.score.reveal()) else {
        return Ok(Replayed::Unreadable);
    };
    if !(form::sorts_as_text(form.felt_at) && form::sorts_as_text(form.logged_at)) {
        return Ok(Replayed::Unreadable);
    }
    let change = Change::new(MOOD, arrived.record, arrived.stream, "receive", &form)?;
    let logged = Logged {
        patient: form.patient,
        score,
        words: tamed(form.words),
        felt_at: form.felt_at,
        logged_at: form.logged_at,
    };
    let query = table::insert(arrived.record.into(), arrived.author, &logged, &form.unknown)?;
    tx.receive(change, query).await?;
    Ok(Replayed::Applied)
}

/// Applies what was said about a mood elsewhere, though the mood itself may still be on its way.
pub(crate) async fn replay_amendment(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read_amendment(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if let Some(why) = arrived.not_once_in(tx, StreamKind::Shared, form.patient).await? {
        return Ok(why);
    }
    if !form::sorts_as_text(form.at) {
        return Ok(Replayed::Unreadable);
    }
    let change = Change::new(MOOD_AMENDMENT, arrived.record, arrived.stream, "receive", &form)?;
    let amended = Amended {
        mood: form.mood,
        patient: form.patient,
        words: tamed(form.words),
        withdrawn: form.withdrawn,
        at: form.at,
    };
    let query = table::insert_amendment(arrived.record.into(), arrived.author, &amended, &form.unknown)?;
    tx.receive(change, query).await?;
    Ok(Replayed::Applied)
}

fn tamed(words: Option<Private<String>>) -> Option<Private<String>> {
    words.map(|words| Private::new(text::tamed(words.reveal())))
}

//! Recordings: one stretch of a session's sound each, from the moment it was asked for until it ended.
//!
//! The row is written, and the spool's key with it, before the first sample can be kept. It is finished
//! when the recording stops; or when Attune next looks, if it fell silent without a word, and then it is
//! "recovered". Nothing is ever removed because it looks broken, short or old: the sound goes when a person
//! deletes it, and then its key goes with it. The row stays and says that there was a recording, who had
//! it deleted and when.
//!
//! A person may also have the sound made smaller. Then a copy is made beside it, and takes its place in one
//! transaction once it is known to be whole. Until then the copy is nobody's truth, and the only thing here
//! that goes without a person asking ([`drop_copies`]): what it is a copy of is still there.
//!
//! The sound itself is never here: whoever records or plays is told its place by the store.

mod health;
mod record;
mod table;
#[cfg(test)]
mod tests;

use attune_kernel::{Code, FileId, MemberId, PatientId, Private, RecordingId, SessionId};
use attune_store::{ReadTx, Result, SpoolPlace, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{consents, form::Unknown, patients, text};

pub use health::{
    Bookmark, DeviceUse, Gap, GapWhy, Health, HealthWarning, HealthWarningKind, Pause, PauseWhy,
};
pub use record::RECORDING;
pub(crate) use record::replay;

/// One stretch of a session's sound, and how well it went.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    pub id: RecordingId,
    pub session: SessionId,
    pub patient: PatientId,
    /// The first stretch of a session is 1.
    pub part: u32,
    pub file: FileId,
    pub source: Source,
    pub codec: Codec,
    pub state: RecordingState,
    pub began_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    /// Gaps count, pauses do not. Nought while it goes on.
    #[specta(type = u32)]
    pub duration_ms: i64,
    // A file is never longer than a JavaScript number counts.
    #[specta(type = u32)]
    pub bytes: u64,
    pub bookmarks: Vec<Bookmark>,
    pub health: Health,
    pub deleted_at: Option<DateTime<Utc>>,
    pub deleted_by: Option<MemberId>,
}

/// Where the sound came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Microphone,
    Imported,
}

/// How the sound is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// Every sample.
    #[default]
    Lossless,
    /// Good to listen to, in much less room.
    Small,
}

/// How a recording stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    Recording,
    Kept,
    /// It fell silent without a word, and everything up to then was found.
    Recovered,
    /// A person had the sound deleted.
    Deleted,
}

/// All that can happen to a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Keep,
    Recover,
    Shrink,
    Delete,
}

impl RecordingState {
    /// What it is after a step, or why it cannot be taken.
    const fn after(self, step: Step) -> Result<Self, Code> {
        match (self, step) {
            (Self::Recording, Step::Keep) => Ok(Self::Kept),
            (Self::Recording, Step::Recover) => Ok(Self::Recovered),
            // Nobody deletes what is being said, or copies half of it.
            (Self::Recording, Step::Delete | Step::Shrink) => Err(Code::AlreadyRecording),
            (Self::Kept | Self::Recovered, Step::Shrink) => Ok(self),
            (Self::Kept | Self::Recovered | Self::Deleted, Step::Delete) => Ok(Self::Deleted),
            (Self::Kept | Self::Recovered, Step::Keep | Step::Recover) => Err(Code::NotRecording),
            (Self::Deleted, Step::Keep | Step::Recover | Step::Shrink) => Err(Code::AudioDeleted),
        }
    }
}

/// How a recording ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    pub ended_at: DateTime<Utc>,
    /// How much was kept: gaps count, pauses do not.
    pub duration_ms: i64,
    /// How far the spool's whole frames reach.
    pub bytes: u64,
    pub bookmarks: Vec<Bookmark>,
    pub health: Health,
    /// Whether it was found after it fell silent, and not ended.
    pub recovered: bool,
}

const LONGEST_BOOKMARK: usize = 120;

/// Begins the next stretch of a session that is being recorded. The spool may be made once the transaction
/// has committed, and not before.
pub async fn begin(tx: &mut WriteTx, session: SessionId, source: Source) -> Result<(Recording, SpoolPlace)> {
    let begun = table::session(tx, session).await?;
    if !begun.recording {
        return Err(Code::SessionOver.into());
    }
    patients::must_be_active(tx, begun.patient).await?;
    consents::must_be_live(tx, begun.patient).await?;
    let before = table::of_session(tx, session).await?;
    if before.iter().any(|other| other.state == RecordingState::Recording) {
        return Err(Code::AlreadyRecording.into());
    }
    let id = RecordingId::new(tx.now());
    let place = tx.begin_spool(id).await?;
    let recording = Recording {
        id,
        session,
        patient: begun.patient,
        part: before.iter().map(|other| other.part).max().unwrap_or(0) + 1,
        file: place.file,
        source,
        codec: Codec::Lossless,
        state: RecordingState::Recording,
        began_at: tx.now(),
        ended_at: None,
        duration_ms: 0,
        bytes: 0,
        bookmarks: Vec::new(),
        health: Health::default(),
        deleted_at: None,
        deleted_by: None,
    };
    record::write(tx, "begin", &recording, Unknown::default()).await?;
    Ok((recording, place))
}

/// Says how a recording ended, or how it was found. Once only, and whatever its bookmarks look like: this
/// is no moment to refuse anything.
pub async fn finish(tx: &mut WriteTx, id: RecordingId, finished: &Finished) -> Result<Recording> {
    let (mut recording, unknown) = table::get(tx, id).await?;
    let step = if finished.recovered { Step::Recover } else { Step::Keep };
    recording.state = recording.state.after(step)?;
    recording.ended_at = Some(finished.ended_at.max(recording.began_at));
    recording.duration_ms = finished.duration_ms.max(0);
    recording.bytes = finished.bytes;
    recording.bookmarks = finished.bookmarks.iter().map(Bookmark::tamed).collect();
    recording.health = finished.health.tamed();
    tx.finish_spool(recording.file, finished.bytes).await?;
    let action = if finished.recovered { "recover" } else { "finish" };
    record::write(tx, action, &recording, unknown).await?;
    Ok(recording)
}

/// Deletes the sound for good, and nothing else: what is said of the recording stays. Deleting it again
/// leaves no trace.
pub async fn delete_audio(tx: &mut WriteTx, id: RecordingId) -> Result<Recording> {
    let (mut recording, unknown) = table::get(tx, id).await?;
    let after = recording.state.after(Step::Delete)?;
    if recording.state == after {
        return Ok(recording);
    }
    recording.state = after;
    recording.deleted_at = Some(tx.now());
    recording.deleted_by = Some(tx.author().member);
    record::write(tx, "delete", &recording, unknown).await?;
    forget(tx, &recording).await?;
    Ok(recording)
}

/// Begins a copy of the sound that is to be smaller. The file may be made once the transaction has committed.
/// A copy that an earlier attempt left goes first.
pub async fn begin_smaller(tx: &mut WriteTx, id: RecordingId) -> Result<SpoolPlace> {
    let (recording, _) = table::get(tx, id).await?;
    recording.state.after(Step::Shrink)?;
    for (copy, record) in tx.growing_copies().await? {
        if record == id.into() {
            tx.forget_copy(copy).await?;
        }
    }
    tx.begin_copy(id, recording.file).await
}

/// Lets a finished copy take the place of the sound, whose key is gone with this transaction.
pub async fn replace_spool(tx: &mut WriteTx, id: RecordingId, copy: FileId, bytes: u64) -> Result<Recording> {
    let (mut recording, unknown) = table::get(tx, id).await?;
    recording.state = recording.state.after(Step::Shrink)?;
    if !tx.growing_copies().await?.contains(&(copy, id.into())) {
        return Err(Code::Gone.into());
    }
    recording.file = copy;
    recording.bytes = bytes;
    recording.codec = Codec::Small;
    tx.finish_copy(copy, bytes).await?;
    record::write(tx, "shrink", &recording, unknown).await?;
    Ok(recording)
}

/// Forgets the copies that took nothing's place, but for those of recordings that are `busy` being copied.
pub async fn drop_copies(tx: &mut WriteTx, busy: &[RecordingId]) -> Result<()> {
    for (copy, record) in tx.growing_copies().await? {
        if !busy.iter().any(|busy| record == (*busy).into()) {
            tx.forget_copy(copy).await?;
        }
    }
    Ok(())
}

/// Whether there are copies left over, so that looking costs no write.
pub async fn leftover_copies(tx: &mut ReadTx, busy: &[RecordingId]) -> Result<bool> {
    let copies = tx.growing_copies().await?;
    Ok(copies.iter().any(|(_, record)| !busy.iter().any(|busy| *record == (*busy).into())))
}

/// Says that the sound was written to a file outside the store, which anyone who finds it can read.
pub async fn exported(tx: &mut WriteTx, id: RecordingId) -> Result<()> {
    let recording = read(tx, id).await?;
    tx.exported(RECORDING, recording.id).await
}

/// A recording.
pub async fn read(tx: &mut ReadTx, id: RecordingId) -> Result<Recording> {
    Ok(table::get(tx, id).await?.0)
}

/// A recording and where its sound is, unless somebody deleted it.
pub async fn sound(tx: &mut ReadTx, id: RecordingId) -> Result<(Recording, SpoolPlace)> {
    let recording = read(tx, id).await?;
    if recording.deleted_at.is_some() {
        return Err(Code::AudioDeleted.into());
    }
    let place = tx.spool_place(recording.file).await?;
    Ok((recording, place))
}

/// A session's recordings, the first stretch first.
pub async fn of_session(tx: &mut ReadTx, session: SessionId) -> Result<Vec<Recording>> {
    table::of_session(tx, session).await
}

/// The recordings of several sessions, each session's first stretch first.
pub(crate) async fn of_sessions(tx: &mut ReadTx, sessions: &[SessionId]) -> Result<Vec<Recording>> {
    table::of_sessions(tx, sessions).await
}

/// Recordings that were begun on this device and not finished: one goes on, or fell silent without a word.
pub async fn unfinished(tx: &mut ReadTx) -> Result<Vec<Recording>> {
    let here = tx.growing_spools().await?;
    let mut under_way = table::under_way(tx).await?;
    under_way.retain(|recording| here.contains(&recording.file));
    Ok(under_way)
}

/// The word somebody gave a bookmark; none, if there is nothing to see in it.
pub fn bookmark_word(typed: Option<&str>) -> Result<Option<Private<String>>, Code> {
    let Some(word) = text::line(typed.unwrap_or_default())? else { return Ok(None) };
    text::at_most(word, LONGEST_BOOKMARK, Code::BookmarkTooLong).map(|word| Some(Private::new(word)))
}

/// Forgets all of the sound that this device has, a copy that is being made included.
async fn forget(tx: &mut WriteTx, recording: &Recording) -> Result<()> {
    let copies = tx.growing_copies().await?;
    for file in tx.files_of(recording.id).await? {
        if copies.iter().any(|(copy, _)| *copy == file) {
            tx.forget_copy(file).await?;
        } else {
            tx.forget_file(file).await?;
        }
    }
    Ok(())
}

//! The frozen form of a recording: everything that is said of it, and never what opens it.

use attune_kernel::{FileId, MemberId, PatientId, RecordingId, SessionId};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Bookmark, Codec, Health, Recording, RecordingState, Source, forget, table};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
};

/// What is said of a recording, in the stream the care team reads.
pub const RECORDING: Kind = Kind { name: "recording", class: Class::Register, topic: "recordings" };

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct RecordingV1 {
    pub v: u32,
    pub session: SessionId,
    pub patient: PatientId,
    pub part: u32,
    pub file: FileId,
    pub source: Source,
    /// Came later: one that does not say is as it was recorded.
    #[serde(default, skip_serializing_if = "is_lossless")]
    pub codec: Codec,
    pub state: RecordingState,
    pub began_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub duration_ms: i64,
    pub bytes: u64,
    pub bookmarks: Vec<Bookmark>,
    pub health: Health,
    pub deleted_at: Option<DateTime<Utc>>,
    pub deleted_by: Option<MemberId>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

fn is_lossless(codec: &Codec) -> bool {
    *codec == Codec::Lossless
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read(body: &str) -> Result<RecordingV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Changes the row, and sends the form.
pub(super) async fn write(
    tx: &mut WriteTx,
    action: &'static str,
    recording: &Recording,
    unknown: Unknown,
) -> Result<()> {
    let query = table::put(recording, &unknown)?;
    let stream = tx.stream(StreamKind::Clinical, Some(recording.patient)).await?;
    let form = RecordingV1::of(recording, unknown);
    tx.change(Change::new(RECORDING, recording.id, stream, action, &form)?, query).await
}

/// Applies a recording from elsewhere. What was deleted stays deleted, in whatever order the news comes.
pub(crate) async fn replay(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if !arrived.lies_in(tx, StreamKind::Clinical, Some(form.patient)).await?
        || !arrived.lies_where_it_lay(tx).await?
    {
        return Ok(Replayed::Misplaced);
    }
    if !form.makes_sense() {
        return Ok(Replayed::Unreadable);
    }
    let id = RecordingId::from(arrived.record);
    if tx.knows(id).await? {
        let (here, _) = table::get(tx, id).await?;
        // A recording keeps its sound, and whoever records it says when it ends. Another file is news where the
        // sound does not lie, made smaller where it does; a deletion is one whichever file it names.
        let deletes = form.state == RecordingState::Deleted;
        let swaps = here.file != form.file && !deletes && tx.files_of(id).await?.contains(&here.file);
        let goes_on_here = tx.growing_spools().await?.contains(&here.file);
        if swaps || here.state == RecordingState::Deleted || goes_on_here {
            return Ok(Replayed::Known);
        }
    }
    let change = Change::new(RECORDING, id, arrived.stream, "receive", &form)?;
    let (recording, unknown) = form.into_recording(id);
    tx.receive(change, table::put(&recording, &unknown)?).await?;
    if recording.state == RecordingState::Deleted {
        forget(tx, &recording).await?;
    }
    Ok(Replayed::Applied)
}

impl RecordingV1 {
    fn of(recording: &Recording, unknown: Unknown) -> Self {
        Self {
            v: 1,
            session: recording.session,
            patient: recording.patient,
            part: recording.part,
            file: recording.file,
            source: recording.source,
            codec: recording.codec,
            state: recording.state,
            began_at: recording.began_at,
            ended_at: recording.ended_at,
            duration_ms: recording.duration_ms,
            bytes: recording.bytes,
            bookmarks: recording.bookmarks.clone(),
            health: recording.health.clone(),
            deleted_at: recording.deleted_at,
            deleted_by: recording.deleted_by,
            unknown,
        }
    }

    /// Whether its times sort, and its state and its deletion say the same.
    fn makes_sense(&self) -> bool {
        let times = [Some(self.began_at), self.ended_at, self.deleted_at];
        let deleted = self.state == RecordingState::Deleted;
        times.into_iter().flatten().all(form::sorts_as_text)
            && deleted == self.deleted_at.is_some()
            && deleted == self.deleted_by.is_some()
    }

    fn into_recording(self, id: RecordingId) -> (Recording, Unknown) {
        let recording = Recording {
            id,
            session: self.session,
            patient: self.patient,
            part: self.part,
            file: self.file,
            source: self.source,
            codec: self.codec,
            state: self.state,
            began_at: self.began_at,
            ended_at: self.ended_at,
            duration_ms: self.duration_ms.max(0),
            bytes: self.bytes,
            bookmarks: self.bookmarks.iter().map(Bookmark::tamed).collect(),
            health: self.health.tamed(),
            deleted_at: self.deleted_at,
            deleted_by: self.deleted_by,
        };
        (recording, self.unknown)
    }
}

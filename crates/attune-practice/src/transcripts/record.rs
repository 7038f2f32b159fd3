//! The frozen form of a transcript: everything that is said of it, and no word of what it says.

use attune_kernel::{FileId, MemberId, PatientId, RecordingId, SessionId, TranscriptId};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Hole, Kept, LONGEST_NAME, Transcript, TranscriptSpeaker, TranscriptState, corrections, forget, speakers,
    table,
};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
    text,
};

/// What is said of a transcript, in the stream the care team reads.
pub const TRANSCRIPT: Kind = Kind { name: "transcript", class: Class::Register, topic: "transcripts" };
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TranscriptV1 {
    pub v: u32,
    pub recording: RecordingId,
    pub session: SessionId,
    pub patient: PatientId,
    pub file: FileId,
    pub state: TranscriptState,
    pub made_at: DateTime<Utc>,
    pub language: Option<String>,
    pub engine: String,
    pub model: String,
    pub practice: bool,
    pub remote: bool,
    pub length_ms: u32,
    pub speech_ms: u32,
    pub covered_ms: u32,
    pub holes: Vec<Hole>,
    pub speakers: Vec<TranscriptSpeaker>,
    pub deleted_at: Option<DateTime<Utc>>,
    pub deleted_by: Option<MemberId>,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read(body: &str) -> Result<TranscriptV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Changes the row, sends the form, and gives the transcript as it stands now.
pub(super) async fn write(tx: &mut WriteTx, action: &'static str, kept: &Kept) -> Result<Transcript> {
    let id = kept.transcript.id;
    let stream = tx.stream(StreamKind::Clinical, Some(kept.transcript.patient)).await?;
    let change = Change::new(TRANSCRIPT, id, stream, action, &TranscriptV1::of(kept))?;
    tx.change(change, table::put(kept)?).await?;
    Ok(table::get(tx, id).await?.transcript)
}

/// Applies a transcript from elsewhere. What was deleted stays deleted, in whatever order the news comes.
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
    let id = TranscriptId::from(arrived.record);
    if tx.knows(id).await? {
        let here = table::get(tx, id).await?;
        if (here.transcript.recording, here.transcript.session) != (form.recording, form.session) {
            return Ok(Replayed::Unreadable);
        }
        // Other pages are news where these do not lie; a deletion is one whichever pages it names.
        let deletes = form.state == TranscriptState::Deleted;
        let swaps = here.file != form.file && !deletes && tx.files_of(id).await?.contains(&here.file);
        if swaps || here.transcript.state == TranscriptState::Deleted {
            return Ok(Replayed::Known);
        }
    }
    let change = Change::new(TRANSCRIPT, id, arrived.stream, "receive", &form)?;
    let kept = form.into_kept(id);
    tx.receive(change, table::put(&kept)?).await?;
    if kept.transcript.state == TranscriptState::Deleted {
        corrections::receive_empty(tx, arrived, &kept.transcript).await?;
        forget(tx, id).await?;
    }
    Ok(Replayed::Applied)
}

impl TranscriptV1 {
    fn of(kept: &Kept) -> Self {
        let transcript = kept.transcript.clone();
        Self {
            v: 1,
            recording: transcript.recording,
            session: transcript.session,
            patient: transcript.patient,
            file: kept.file,
            state: transcript.state,
            made_at: transcript.made_at,
            language: transcript.language,
            engine: transcript.engine,
            model: transcript.model,
            practice: transcript.practice,
            remote: transcript.remote,
            length_ms: transcript.length_ms,
            speech_ms: transcript.speech_ms,
            covered_ms: transcript.covered_ms,
            holes: transcript.holes,
            speakers: transcript.speakers,
            deleted_at: transcript.deleted_at,
            deleted_by: transcript.deleted_by,
            unknown: kept.unknown.clone(),
        }
    }

    /// Whether its times sort, and its state and its deletion say the same.
    fn makes_sense(&self) -> bool {
        let deleted = self.state == TranscriptState::Deleted;
        [Some(self.made_at), self.deleted_at].into_iter().flatten().all(form::sorts_as_text)
            && deleted == self.deleted_at.is_some()
            && deleted == self.deleted_by.is_some()
    }

    fn into_kept(self, id: TranscriptId) -> Kept {
        let told = |text: &str| text::tamed(text).chars().take(LONGEST_NAME).collect::<String>();
        let mut holes = self.holes;
        holes.retain(|hole| hole.t0_ms < hole.t1_ms);
        let transcript = Transcript {
            id,
            recording: self.recording,
            session: self.session,
            patient: self.patient,
            state: self.state,
            current: false,
            degraded: Vec::new(),
            made_at: self.made_at,
            language: self.language.as_deref().map(told),
            engine: told(&self.engine),
            model: told(&self.model),
            practice: self.practice,
            remote: self.remote,
            length_ms: self.length_ms,
            speech_ms: self.speech_ms,
            covered_ms: self.covered_ms.min(self.speech_ms),
            holes,
            speakers: speakers::tamed(&self.speakers),
            corrections: 0,
            deleted_at: self.deleted_at,
            deleted_by: self.deleted_by,
        };
        Kept { transcript, file: self.file, unknown: self.unknown }
    }
}

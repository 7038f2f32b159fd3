//! The frozen forms of a transcript and of a correction: everything that is said of a transcript and no word that a
//! machine wrote, and what a person typed for as long as it is not deleted.

use attune_kernel::{
    FileId, MemberId, PatientId, Private, RecordingId, SessionId, TranscriptCorrectionId, TranscriptId,
};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    Correction, Hole, Kept, LONGEST_NAME, Says, Transcript, TranscriptSpeaker, TranscriptState, forget,
    speakers, table,
};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
    text,
};

/// What is said of a transcript, in the stream the care team reads.
pub const TRANSCRIPT: Kind = Kind { name: "transcript", class: Class::Register, topic: "transcripts" };
/// One thing a person put right in it, in the same stream. A register, so that deleting can empty it.
pub const TRANSCRIPT_CORRECTION: Kind =
    Kind { name: "transcript_correction", class: Class::Register, topic: "transcripts" };

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

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CorrectionV1 {
    pub v: u32,
    pub transcript: TranscriptId,
    pub patient: PatientId,
    pub segment: u32,
    pub what: What,
    pub text: Option<Private<String>>,
    pub speaker: Option<u8>,
    pub undoes: Option<TranscriptCorrectionId>,
    pub at: DateTime<Utc>,
    pub by: MemberId,
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// Of what a correction speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Text,
    Speaker,
    Emptied,
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read(body: &str) -> Result<TranscriptV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Reads every version there ever was, brought up to the newest.
pub(super) fn read_correction(body: &str) -> Result<CorrectionV1, Replayed> {
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

/// Writes the row, and sends the form.
pub(super) async fn write_correction(
    tx: &mut WriteTx,
    action: &'static str,
    correction: &Correction,
) -> Result<()> {
    let stream = tx.stream(StreamKind::Clinical, Some(correction.patient)).await?;
    let unknown = Unknown::default();
    let query = table::put_correction(correction, &unknown)?;
    let form = CorrectionV1::of(correction, unknown);
    tx.change(Change::new(TRANSCRIPT_CORRECTION, correction.id, stream, action, &form)?, query).await
}

/// Empties what people put right in a transcript, here and wherever the news comes.
pub(super) async fn empty_corrections(tx: &mut WriteTx, transcript: &Transcript) -> Result<()> {
    for correction in table::corrections(tx, transcript).await? {
        if correction.says != Says::Emptied {
            write_correction(tx, "empty", &correction.emptied()).await?;
        }
    }
    Ok(())
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
        receive_emptied(tx, arrived, &kept.transcript).await?;
        forget(tx, id).await?;
    }
    Ok(Replayed::Applied)
}

/// Applies a correction from elsewhere, though its transcript may still be on its way. Once written it is only ever
/// emptied; one that comes after its transcript's deletion is emptied at once, and that is told.
pub(crate) async fn replay_correction(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read_correction(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if !arrived.lies_in(tx, StreamKind::Clinical, Some(form.patient)).await?
        || !arrived.lies_where_it_lay(tx).await?
    {
        return Ok(Replayed::Misplaced);
    }
    if !form.makes_sense(arrived.author) {
        return Ok(Replayed::Unreadable);
    }
    let id = TranscriptCorrectionId::from(arrived.record);
    let emptied = form.what == What::Emptied;
    if tx.knows(id).await? {
        let here = table::correction(tx, id).await?;
        if here.says == Says::Emptied || !emptied {
            return Ok(Replayed::Known);
        }
        receive_one_emptied(tx, arrived, &here.emptied()).await?;
        return Ok(Replayed::Applied);
    }
    let deleted = table::is_deleted(tx, form.transcript, form.patient).await?;
    let change = Change::new(TRANSCRIPT_CORRECTION, id, arrived.stream, "receive", &form)?;
    let (correction, unknown) = form.into_correction(id);
    if deleted && !emptied {
        write_correction(tx, "empty", &correction.emptied()).await?;
    } else {
        tx.receive(change, table::put_correction(&correction, &unknown)?).await?;
    }
    Ok(Replayed::Applied)
}

/// Empties what is known here of a transcript that was deleted elsewhere. Whoever deleted it tells of those they knew.
async fn receive_emptied(tx: &mut WriteTx, arrived: &Arrived<'_>, transcript: &Transcript) -> Result<()> {
    for correction in table::corrections(tx, transcript).await? {
        if correction.says != Says::Emptied {
            receive_one_emptied(tx, arrived, &correction.emptied()).await?;
        }
    }
    Ok(())
}

async fn receive_one_emptied(tx: &mut WriteTx, arrived: &Arrived<'_>, emptied: &Correction) -> Result<()> {
    let unknown = Unknown::default();
    let query = table::put_correction(emptied, &unknown)?;
    let form = CorrectionV1::of(emptied, unknown);
    let change = Change::new(TRANSCRIPT_CORRECTION, emptied.id, arrived.stream, "receive", &form)?;
    tx.receive(change, query).await
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

impl CorrectionV1 {
    fn of(correction: &Correction, unknown: Unknown) -> Self {
        let (what, text, speaker) = match &correction.says {
            Says::Text(text) => (What::Text, text.clone(), None),
            Says::Speaker(speaker) => (What::Speaker, None, *speaker),
            Says::Emptied => (What::Emptied, None, None),
        };
        Self {
            v: 1,
            transcript: correction.transcript,
            patient: correction.patient,
            segment: correction.segment,
            what,
            text,
            speaker,
            undoes: correction.undoes,
            at: correction.at,
            by: correction.by,
            unknown,
        }
    }

    /// Whether its time sorts, it says one thing, and whoever signed it is whoever it says. Emptied, it may come from
    /// whoever deleted.
    fn makes_sense(&self, author: MemberId) -> bool {
        form::sorts_as_text(self.at)
            && (self.text.is_none() || self.what == What::Text)
            && (self.speaker.is_none() || self.what == What::Speaker)
            && (self.by == author || self.what == What::Emptied)
    }

    fn into_correction(self, id: TranscriptCorrectionId) -> (Correction, Unknown) {
        let line = |text: Private<String>| Private::new(text::tamed(text.reveal()).replace('\n', " "));
        let says = match self.what {
            What::Text => Says::Text(self.text.map(line)),
            What::Speaker => Says::Speaker(self.speaker),
            What::Emptied => Says::Emptied,
        };
        let correction = Correction {
            id,
            transcript: self.transcript,
            patient: self.patient,
            segment: self.segment,
            says,
            undoes: self.undoes,
            at: self.at,
            by: self.by,
        };
        (correction, self.unknown)
    }
}

impl Correction {
    /// The same without what it said.
    fn emptied(&self) -> Self {
        Self { says: Says::Emptied, undoes: None, ..self.clone() }
    }
}

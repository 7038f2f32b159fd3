//! The frozen form of a correction, and of one whose words are gone.

use attune_kernel::{MemberId, PatientId, Private, TranscriptCorrectionId, TranscriptId};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Correction, Says};
use crate::{
    Arrived, Replayed,
    form::{self, Unknown},
    text,
    transcripts::{Transcript, table},
};

/// One thing a person put right in a transcript, in the stream the care team reads. A register, so that
/// deleting can empty it.
pub const TRANSCRIPT_CORRECTION: Kind =
    Kind { name: "transcript_correction", class: Class::Register, topic: "transcripts" };

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::transcripts) struct CorrectionV1 {
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
pub(in crate::transcripts) enum What {
    Text,
    Speaker,
    Emptied,
}

/// Reads every version there ever was, brought up to the newest.
pub(in crate::transcripts) fn read(body: &str) -> Result<CorrectionV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

/// Writes the row, and sends the form.
pub(super) async fn write(tx: &mut WriteTx, action: &'static str, correction: &Correction) -> Result<()> {
    let stream = tx.stream(StreamKind::Clinical, Some(correction.patient)).await?;
    let unknown = Unknown::default();
    let query = table::put_correction(correction, &unknown)?;
    let form = CorrectionV1::of(correction, unknown);
    tx.change(Change::new(TRANSCRIPT_CORRECTION, correction.id, stream, action, &form)?, query).await
}

/// Empties what people put right in a transcript, here and wherever the news comes.
pub(in crate::transcripts) async fn empty(tx: &mut WriteTx, transcript: &Transcript) -> Result<()> {
    for correction in table::corrections(tx, transcript).await? {
        if correction.says != Says::Emptied {
            write(tx, "empty", &correction.emptied()).await?;
        }
    }
    Ok(())
}

/// Applies a correction from elsewhere, though its transcript may still be on its way. Once written it is
/// only ever emptied; one that comes after its transcript's deletion is emptied at once, and that is told.
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
        write(tx, "empty", &correction.emptied()).await?;
    } else {
        tx.receive(change, table::put_correction(&correction, &unknown)?).await?;
    }
    Ok(Replayed::Applied)
}

/// Empties what is known here of a transcript that was deleted elsewhere. Whoever deleted it tells of those
/// they knew.
pub(in crate::transcripts) async fn receive_empty(
    tx: &mut WriteTx,
    arrived: &Arrived<'_>,
    transcript: &Transcript,
) -> Result<()> {
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

    /// Whether its time sorts, it says one thing, and whoever signed it is whoever it says. Emptied, it may
    /// come from whoever deleted.
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

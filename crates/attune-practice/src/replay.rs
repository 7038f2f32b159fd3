//! Records from elsewhere, each handed to the slice that knows its kind.
//!
//! What arrives may come in any order, twice, from a newer application, or from somebody hostile who holds
//! a key to a shared stream. So nothing here trusts a body: each slice checks that the record lies in the
//! stream where such a thing belongs. And nothing here fails for what a body says: one bad record must not
//! hold up the hundred after it, so the answer is a [`Replayed`], and an error means this store's own trouble.

use attune_kernel::{Code, MemberId, PatientId, RecordId, StreamId};
use attune_store::{Error, Result, StreamKind, WriteTx};

use crate::{consents, moods, patients, recordings, sessions, team, transcripts};

/// One record from elsewhere. All but the body was signed by its author and checked before it came here.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// The record.
    pub record: RecordId,
    /// Its kind's name.
    pub kind: &'a str,
    /// The stream it came in.
    pub stream: StreamId,
    /// Who wrote it.
    pub author: MemberId,
    /// Its frozen form, as JSON.
    pub body: &'a str,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replayed {
    /// It stands in its table.
    Applied,
    /// It is written once, and it was here already.
    Known,
    /// A kind this application does not know. Nothing was changed; whoever holds the record keeps it.
    Unknown,
    /// A version this application does not know. Nothing was changed; whoever holds the record keeps it.
    Newer,
    /// A record in a stream where it does not belong.
    Misplaced,
    /// Not what its kind says it is.
    Unreadable,
}

/// Applies a record from elsewhere. Nothing is queued: it is already there.
pub async fn replay(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    if arrived.kind == moods::MOOD.name {
        moods::replay_mood(tx, arrived).await
    } else if arrived.kind == moods::MOOD_AMENDMENT.name {
        moods::replay_amendment(tx, arrived).await
    } else if arrived.kind == consents::CONSENT.name {
        consents::replay_consent(tx, arrived).await
    } else if arrived.kind == consents::CONSENT_WITHDRAWAL.name {
        consents::replay_withdrawal(tx, arrived).await
    } else if arrived.kind == sessions::SESSION.name {
        sessions::replay(tx, arrived).await
    } else if arrived.kind == recordings::RECORDING.name {
        recordings::replay(tx, arrived).await
    } else if arrived.kind == transcripts::TRANSCRIPT.name {
        transcripts::replay(tx, arrived).await
    } else if arrived.kind == transcripts::TRANSCRIPT_CORRECTION.name {
        transcripts::replay_correction(tx, arrived).await
    } else if arrived.kind == transcripts::remote::REMOTE_TRANSCRIPTION.name {
        transcripts::remote::replay_switch(tx, arrived).await
    } else if arrived.kind == transcripts::remote::REMOTE_PERMISSION.name {
        transcripts::remote::replay_permission(tx, arrived).await
    } else if arrived.kind == patients::PATIENT.name {
        patients::replay(tx, arrived).await
    } else if arrived.kind == team::MEMBER.name {
        team::replay_member(tx, arrived).await
    } else if arrived.kind == team::PRACTICE.name {
        team::replay_practice(tx, arrived).await
    } else {
        Ok(Replayed::Unknown)
    }
}

impl Arrived<'_> {
    /// Whether this record came in the stream of a kind: of this chart, or of the practice.
    pub(crate) async fn lies_in(
        &self,
        tx: &mut WriteTx,
        kind: StreamKind,
        chart: Option<PatientId>,
    ) -> Result<bool> {
        match tx.stream(kind, chart).await {
            Ok(stream) => Ok(stream == self.stream),
            Err(Error::Refused(Code::Gone)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Why this record, which is written once and belongs to this chart's stream of a kind, is not to be
    /// applied. None where it is.
    pub(crate) async fn not_once_in(
        &self,
        tx: &mut WriteTx,
        kind: StreamKind,
        chart: PatientId,
    ) -> Result<Option<Replayed>> {
        if !self.lies_in(tx, kind, Some(chart)).await? {
            return Ok(Some(Replayed::Misplaced));
        }
        Ok(tx.knows(self.record).await?.then_some(Replayed::Known))
    }

    /// Whether this record is new here or came in its own stream again: nothing moves from chart to chart.
    pub(crate) async fn lies_where_it_lay(&self, tx: &mut WriteTx) -> Result<bool> {
        Ok(!tx.knows(self.record).await? || tx.stream_of(self.record).await? == self.stream)
    }
}

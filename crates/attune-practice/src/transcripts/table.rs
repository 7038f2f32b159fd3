//! The tables `transcripts` and `transcript_corrections`, and the view that everyone reads of the former.

use attune_kernel::{Code, PatientId, Private, RecordingId, SessionId, TranscriptCorrectionId, TranscriptId};
use attune_store::{ReadTx, Result};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use sqlx::{FromRow, Row, Sqlite, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Correction, Kept, Says, Transcript, TranscriptState, coverage::degraded};
use crate::form::Unknown;

pub(super) async fn get(tx: &mut ReadTx, id: TranscriptId) -> Result<Kept> {
    let query = sqlx::query_as("select * from transcripts_as_they_stand where id = ?");
    tx.one(query.bind(id.as_uuid())).await
}

/// One whose words are there.
pub(super) async fn kept(tx: &mut ReadTx, id: TranscriptId) -> Result<Kept> {
    let kept = get(tx, id).await?;
    match kept.transcript.state {
        TranscriptState::Kept => Ok(kept),
        TranscriptState::Deleted => Err(Code::TranscriptDeleted.into()),
    }
}

pub(super) async fn of_session(tx: &mut ReadTx, session: SessionId) -> Result<Vec<Transcript>> {
    let query = sqlx::query_as(
        "select * from transcripts_as_they_stand where session = ? order by made_at desc, id desc",
    );
    Ok(unwrapped(tx.all(query.bind(session.as_uuid())).await?))
}

pub(super) async fn of_recording(tx: &mut ReadTx, recording: RecordingId) -> Result<Vec<Transcript>> {
    let query = sqlx::query_as(
        "select * from transcripts_as_they_stand where recording = ? order by made_at desc, id desc",
    );
    Ok(unwrapped(tx.all(query.bind(recording.as_uuid())).await?))
}

fn unwrapped(rows: Vec<Kept>) -> Vec<Transcript> {
    rows.into_iter().map(|row| row.transcript).collect()
}

/// When this recording was last written down.
pub(super) async fn last_made(tx: &mut ReadTx, recording: RecordingId) -> Result<Option<DateTime<Utc>>> {
    let query = sqlx::query_as::<_, (DateTime<Utc>,)>(
        "select made_at from transcripts where recording = ? order by made_at desc limit 1",
    );
    Ok(tx.optional(query.bind(recording.as_uuid())).await?.map(|(at,)| at))
}

/// A transcript's corrections, the oldest first. Those that came in another chart's stream do not count.
pub(super) async fn corrections(tx: &mut ReadTx, transcript: &Transcript) -> Result<Vec<Correction>> {
    let query = sqlx::query_as(
        "select * from transcript_corrections where transcript = ? and patient = ? order by at, id",
    );
    tx.all(query.bind(transcript.id.as_uuid()).bind(transcript.patient.as_uuid())).await
}

pub(super) async fn correction(tx: &mut ReadTx, id: TranscriptCorrectionId) -> Result<Correction> {
    tx.one(sqlx::query_as("select * from transcript_corrections where id = ?").bind(id.as_uuid())).await
}

/// Whether a transcript is known here to be deleted.
pub(super) async fn is_deleted(tx: &mut ReadTx, id: TranscriptId, patient: PatientId) -> Result<bool> {
    let query = sqlx::query_scalar(
        "select exists (select 1 from transcripts where id = ? and patient = ? and state = 'deleted')",
    );
    tx.scalar(query.bind(id.as_uuid()).bind(patient.as_uuid())).await
}

pub(super) fn put(kept: &Kept) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into transcripts (id, recording, session, patient, file, state, made_at, language, engine, model,
            practice, remote, length_ms, speech_ms, covered_ms, holes, speakers, deleted_at, deleted_by, unknown)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
            recording = excluded.recording, session = excluded.session, patient = excluded.patient,
            file = excluded.file, state = excluded.state, made_at = excluded.made_at,
            language = excluded.language, engine = excluded.engine, model = excluded.model,
            practice = excluded.practice, remote = excluded.remote, length_ms = excluded.length_ms,
            speech_ms = excluded.speech_ms, covered_ms = excluded.covered_ms, holes = excluded.holes,
            speakers = excluded.speakers, deleted_at = excluded.deleted_at,
            deleted_by = excluded.deleted_by, unknown = excluded.unknown",
    );
    let transcript = &kept.transcript;
    Ok(query
        .bind(transcript.id.as_uuid())
        .bind(transcript.recording.as_uuid())
        .bind(transcript.session.as_uuid())
        .bind(transcript.patient.as_uuid())
        .bind(kept.file.as_uuid())
        .bind(transcript.state.name())
        .bind(transcript.made_at)
        .bind(transcript.language.clone())
        .bind(transcript.engine.clone())
        .bind(transcript.model.clone())
        .bind(transcript.practice)
        .bind(transcript.remote)
        .bind(transcript.length_ms)
        .bind(transcript.speech_ms)
        .bind(transcript.covered_ms)
        .bind(serde_json::to_string(&transcript.holes)?)
        .bind(serde_json::to_string(&transcript.speakers)?)
        .bind(transcript.deleted_at)
        .bind(transcript.deleted_by.map(|member| member.as_uuid()))
        .bind(kept.unknown.to_text()?))
}

pub(super) fn put_correction(
    correction: &Correction,
    unknown: &Unknown,
) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into transcript_corrections (id, transcript, patient, segment, what, text, speaker, undoes, at,
            author, unknown)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         on conflict (id) do update set
            transcript = excluded.transcript, patient = excluded.patient, segment = excluded.segment,
            what = excluded.what, text = excluded.text, speaker = excluded.speaker, undoes = excluded.undoes,
            at = excluded.at, author = excluded.author, unknown = excluded.unknown",
    );
    let (what, text, speaker) = match &correction.says {
        Says::Text(text) => ("text", text.as_ref().map(|text| text.reveal().clone()), None),
        Says::Speaker(speaker) => ("speaker", None, *speaker),
        Says::Emptied => ("emptied", None, None),
    };
    Ok(query
        .bind(correction.id.as_uuid())
        .bind(correction.transcript.as_uuid())
        .bind(correction.patient.as_uuid())
        .bind(correction.segment)
        .bind(what)
        .bind(text)
        .bind(speaker)
        .bind(correction.undoes.map(|undone| undone.as_uuid()))
        .bind(correction.at)
        .bind(correction.by.as_uuid())
        .bind(unknown.to_text()?))
}

impl FromRow<'_, SqliteRow> for Kept {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let unknown: String = row.try_get("unknown")?;
        Ok(Self {
            transcript: Transcript::from_row(row)?,
            file: row.try_get::<Uuid, _>("file")?.into(),
            unknown: Unknown::from_text(&unknown).map_err(|error| sqlx::Error::Decode(error.into()))?,
        })
    }
}

impl FromRow<'_, SqliteRow> for Transcript {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let (practice, holes, speakers) =
            (row.try_get("practice")?, json::<Vec<_>>(row, "holes")?, json::<Vec<_>>(row, "speakers")?);
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            recording: row.try_get::<Uuid, _>("recording")?.into(),
            session: row.try_get::<Uuid, _>("session")?.into(),
            patient: row.try_get::<Uuid, _>("patient")?.into(),
            state: TranscriptState::named(row.try_get("state")?),
            current: row.try_get("current")?,
            degraded: degraded(practice, &holes, &speakers),
            made_at: row.try_get("made_at")?,
            language: row.try_get("language")?,
            engine: row.try_get("engine")?,
            model: row.try_get("model")?,
            practice,
            remote: row.try_get("remote")?,
            length_ms: row.try_get("length_ms")?,
            speech_ms: row.try_get("speech_ms")?,
            covered_ms: row.try_get("covered_ms")?,
            holes,
            speakers,
            corrections: row.try_get("corrections")?,
            deleted_at: row.try_get("deleted_at")?,
            deleted_by: row.try_get::<Option<Uuid>, _>("deleted_by")?.map(Into::into),
        })
    }
}

impl FromRow<'_, SqliteRow> for Correction {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        let says = match row.try_get("what")? {
            "text" => Says::Text(row.try_get::<Option<String>, _>("text")?.map(Private::new)),
            "speaker" => Says::Speaker(row.try_get("speaker")?),
            // The table lets in no fourth word; were there one, it would say nothing we know.
            _ => Says::Emptied,
        };
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            transcript: row.try_get::<Uuid, _>("transcript")?.into(),
            patient: row.try_get::<Uuid, _>("patient")?.into(),
            segment: row.try_get("segment")?,
            says,
            undoes: row.try_get::<Option<Uuid>, _>("undoes")?.map(Into::into),
            at: row.try_get("at")?,
            by: row.try_get::<Uuid, _>("author")?.into(),
        })
    }
}

/// What a column of JSON holds. What is wrong with it is told by its place: serde's own words quote it.
fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> sqlx::Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| sqlx::Error::Decode(attune_store::Error::from(error).into()))
}

impl TranscriptState {
    const fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Deleted => "deleted",
        }
    }

    fn named(name: &str) -> Self {
        // The table lets in no third word.
        if name == "deleted" { Self::Deleted } else { Self::Kept }
    }
}

//! Transcripts: how far each is, their words and what a person puts right, and what becomes of them.

use std::{path::PathBuf, sync::Arc};

use attune_kernel::{JobId, RecordingId, SessionId, TranscriptId};
use attune_practice::transcripts::{
    self, OpenTranscript, SpeakerRole, Transcript, TranscriptCorrection, export,
};
use attune_scribe::transcribing::Transcribing;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{Fault, desk::Desk};

type TheDesk<'s> = State<'s, Arc<Desk>>;

/// What a transcript is written as, for other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptFormat {
    Txt,
    Vtt,
    Json,
}

/// Whether the voice of whoever sits here is known on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VoiceState {
    pub learnt_at: Option<DateTime<Utc>>,
}

/// What stands of the words of a session: each recording's work and transcripts.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_of_session(
    desk: TheDesk<'_>,
    session: SessionId,
) -> Result<Vec<Transcribing>, Fault> {
    Ok(desk.transcriber().of_session(&*desk.opened()?, session).await?)
}

/// Opens a transcript, and says in the audit that it was opened.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_open(desk: TheDesk<'_>, id: TranscriptId) -> Result<OpenTranscript, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| transcripts::open(tx, id).await).await?)
}

/// Reads again a transcript that is open already, which the audit need not hear of.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_read(desk: TheDesk<'_>, id: TranscriptId) -> Result<OpenTranscript, Fault> {
    Ok(desk.opened()?.read(async |tx| transcripts::words(tx, id).await).await?)
}

/// Writes a recording down: for the first time, once more after it failed, or with another engine beside what there is.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_start(
    desk: TheDesk<'_>,
    recording: RecordingId,
    model: Option<String>,
    remote: bool,
) -> Result<(), Fault> {
    Ok(desk.transcriber().start(&*desk.opened()?, recording, model, remote).await?)
}

/// Lets work that was stopped begin anew, as it was asked for.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_retry(desk: TheDesk<'_>, job: JobId) -> Result<(), Fault> {
    Ok(desk.transcriber().retry(&*desk.opened()?, job).await?)
}

/// Leaves a recording alone that waits to be written down, or is being.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_stop(desk: TheDesk<'_>, recording: RecordingId) -> Result<(), Fault> {
    Ok(desk.transcriber().stop(&*desk.opened()?, recording).await?)
}

/// Writes a part of a transcript down once more, when its turn comes.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_again(
    desk: TheDesk<'_>,
    id: TranscriptId,
    t0_ms: u32,
    t1_ms: u32,
) -> Result<(), Fault> {
    Ok(desk.transcriber().again(&*desk.opened()?, id, t0_ms, t1_ms).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn transcripts_correct(
    desk: TheDesk<'_>,
    id: TranscriptId,
    segment: u32,
    text: String,
) -> Result<OpenTranscript, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| transcripts::correct(tx, id, segment, &text).await).await?)
}

/// Takes back what was last put right in a segment.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_uncorrect(
    desk: TheDesk<'_>,
    id: TranscriptId,
    segment: u32,
) -> Result<OpenTranscript, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| transcripts::uncorrect(tx, id, segment).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn transcripts_history(
    desk: TheDesk<'_>,
    id: TranscriptId,
    segment: u32,
) -> Result<Vec<TranscriptCorrection>, Fault> {
    Ok(desk.opened()?.read(async |tx| transcripts::history(tx, id, segment).await).await?)
}

/// Says whose these segments are.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_say(
    desk: TheDesk<'_>,
    id: TranscriptId,
    segments: Vec<u32>,
    speaker: u8,
) -> Result<OpenTranscript, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| transcripts::say(tx, id, &segments, speaker).await).await?)
}

/// Lets two speakers change places.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_swap(
    desk: TheDesk<'_>,
    id: TranscriptId,
    a: u8,
    b: u8,
) -> Result<OpenTranscript, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| transcripts::swap(tx, id, a, b).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn transcripts_name(
    desk: TheDesk<'_>,
    id: TranscriptId,
    speaker: u8,
    role: SpeakerRole,
    name: Option<String>,
) -> Result<OpenTranscript, Fault> {
    let opened = desk.opened()?;
    let named = async |tx: &mut _| transcripts::name(tx, id, speaker, role, name.as_deref()).await;
    Ok(opened.write(opened.author(), named).await?)
}

/// Tells the voices apart anew: so many.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_tell_apart(
    desk: TheDesk<'_>,
    id: TranscriptId,
    speakers: u32,
) -> Result<OpenTranscript, Fault> {
    let opened = desk.opened()?;
    Ok(desk.unless_locked(desk.transcriber().tell_apart(&opened, id, speakers)).await?)
}

/// Deletes the words for good, and nothing else.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_delete(desk: TheDesk<'_>, id: TranscriptId) -> Result<Transcript, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| transcripts::delete(tx, id).await).await?)
}

/// Writes a transcript as a file that anyone can read.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_export(
    desk: TheDesk<'_>,
    id: TranscriptId,
    path: String,
    format: TranscriptFormat,
) -> Result<(), Fault> {
    let opened = desk.opened()?;
    // What leaves the seal is in the audit, before it does.
    let open = opened
        .write(opened.author(), async |tx| {
            transcripts::exported(tx, id).await?;
            transcripts::words(tx, id).await
        })
        .await?;
    let text = match format {
        TranscriptFormat::Txt => export::txt(&open),
        TranscriptFormat::Vtt => export::vtt(&open),
        TranscriptFormat::Json => export::json(&open),
    };
    Ok(tokio::fs::write(PathBuf::from(path), text).await.map_err(attune_store::Error::from)?)
}

/// Learns the voice of a speaker as that of whoever sits here.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_remember_voice(
    desk: TheDesk<'_>,
    id: TranscriptId,
    speaker: u8,
) -> Result<VoiceState, Fault> {
    let opened = desk.opened()?;
    desk.unless_locked(desk.transcriber().remember_voice(&opened, id, speaker)).await?;
    voice_state(desk).await
}

#[tauri::command]
#[specta::specta]
pub async fn voice_state(desk: TheDesk<'_>) -> Result<VoiceState, Fault> {
    let opened = desk.opened()?;
    let member = opened.author().member;
    let voice = opened.read(async |tx| tx.voice(member).await).await?;
    Ok(VoiceState { learnt_at: voice.map(|voice| voice.learnt_at) })
}

/// Forgets the voice of whoever sits here.
#[tauri::command]
#[specta::specta]
pub async fn voice_forget(desk: TheDesk<'_>) -> Result<VoiceState, Fault> {
    let opened = desk.opened()?;
    let author = opened.author();
    opened.write(author, async |tx| tx.forget_voice(author.member).await).await?;
    Ok(VoiceState { learnt_at: None })
}

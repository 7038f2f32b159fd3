//! Speech models on this computer, and the engine elsewhere.

use std::{path::PathBuf, sync::Arc};

use attune_kernel::{Code, SessionId};
use attune_practice::transcripts::remote;
use attune_speech::engine::remote::check_address;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager, Runtime, State};
use tauri_plugin_dialog::DialogExt;

use super::choosing::chosen;
use crate::{
    Fault, Home,
    desk::{Desk, REMOTE_KEY, SpeechModels},
    fault, preferences,
};

type TheDesk<'s> = State<'s, Arc<Desk>>;

/// The engine elsewhere, as a screen shows it. Its key never crosses back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RemoteTranscription {
    pub on: bool,
    pub endpoint: String,
    pub model: String,
    pub has_key: bool,
}

/// What of it can be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RemoteChange {
    pub on: bool,
    pub endpoint: String,
    pub model: String,
}

#[tauri::command]
#[specta::specta]
pub async fn speech_models(desk: TheDesk<'_>) -> Result<SpeechModels, Fault> {
    Ok(desk.speech().models()?)
}

/// Begins to fetch a model, from where it was stopped. The first one that comes is the one that is used.
#[tauri::command]
#[specta::specta]
pub async fn speech_model_download<R: Runtime>(
    app: AppHandle<R>,
    desk: TheDesk<'_>,
    id: String,
) -> Result<SpeechModels, Fault> {
    let came = id.clone();
    desk.speech().download(&id, move || {
        let desk = app.state::<Arc<Desk>>();
        if !desk.speech().has_chosen()
            && let Err(error) = choose(&app, &desk, Some(came))
        {
            fault::note(&error);
        }
        desk.transcriber().wake();
    });
    Ok(desk.speech().models()?)
}

/// Stops a model that is on its way. What came of it stays.
#[tauri::command]
#[specta::specta]
pub async fn speech_model_cancel(desk: TheDesk<'_>, id: String) -> Result<SpeechModels, Fault> {
    desk.speech().cancel(&id);
    Ok(desk.speech().models()?)
}

#[tauri::command]
#[specta::specta]
pub async fn speech_model_delete(desk: TheDesk<'_>, id: String) -> Result<SpeechModels, Fault> {
    desk.speech().delete(&id)?;
    Ok(desk.speech().models()?)
}

/// Says which model sessions are written down with from now on; none is none.
#[tauri::command]
#[specta::specta]
pub async fn speech_model_choose<R: Runtime>(
    app: AppHandle<R>,
    desk: TheDesk<'_>,
    id: Option<String>,
) -> Result<SpeechModels, Fault> {
    if id.as_deref().is_some_and(|id| !desk.speech().has(id)) {
        return Err(Code::ModelMissing.into());
    }
    choose(&app, &desk, id)?;
    Ok(desk.speech().models()?)
}

fn choose<R: Runtime>(app: &AppHandle<R>, desk: &Desk, id: Option<String>) -> attune_store::Result<()> {
    let settings = preferences::Settings { speech_model: id, ..desk.settings() };
    preferences::keep(app, &app.state::<Home>(), &settings)?;
    desk.prefer(settings);
    desk.speech().tell();
    Ok(())
}

/// Asks for a model's file in the system's own dialog. None when the person thinks better of it.
#[tauri::command]
#[specta::specta]
pub async fn speech_model_choose_file<R: Runtime>(app: AppHandle<R>) -> Result<Option<String>, Fault> {
    Ok(chosen(app.dialog().file().add_filter("GGUF", &["gguf"]), false).await)
}

/// Takes in a model from a file.
#[tauri::command]
#[specta::specta]
pub async fn speech_model_bring_in<R: Runtime>(
    app: AppHandle<R>,
    desk: TheDesk<'_>,
    path: String,
) -> Result<SpeechModels, Fault> {
    let brought = desk.speech().bring_in(PathBuf::from(path)).await?;
    if !desk.speech().has_chosen() && brought.family.writes() && !brought.is_practice() {
        choose(&app, &desk, Some(brought.id))?;
    }
    Ok(desk.speech().models()?)
}

#[tauri::command]
#[specta::specta]
pub async fn remote_read(desk: TheDesk<'_>) -> Result<RemoteTranscription, Fault> {
    let opened = desk.opened()?;
    let remote = opened.read(async |tx| remote::remote(tx).await).await?;
    let has_key = desk.speech().key_for(opened.id(), &remote.endpoint).await.is_some();
    Ok(RemoteTranscription { on: remote.on, endpoint: remote.endpoint, model: remote.model, has_key })
}

#[tauri::command]
#[specta::specta]
pub async fn remote_change(desk: TheDesk<'_>, change: RemoteChange) -> Result<RemoteTranscription, Fault> {
    let opened = desk.opened()?;
    if change.on {
        check_address(&change.endpoint)?;
    }
    let remote = remote::Remote { on: change.on, endpoint: change.endpoint, model: change.model };
    opened.write(opened.author(), async |tx| remote::change(tx, &remote).await).await?;
    remote_read(desk).await
}

/// Keeps the key to the engine elsewhere in the keychain.
#[tauri::command]
#[specta::specta]
pub async fn remote_key_set(desk: TheDesk<'_>, key: String) -> Result<RemoteTranscription, Fault> {
    let opened = desk.opened()?;
    let endpoint = opened.read(async |tx| remote::remote(tx).await).await?.endpoint;
    desk.speech().keep_key(opened.id(), &endpoint, &key).await?;
    remote_read(desk).await
}

#[tauri::command]
#[specta::specta]
pub async fn remote_key_clear(desk: TheDesk<'_>) -> Result<RemoteTranscription, Fault> {
    let opened = desk.opened()?;
    desk.profiles().forget_beside(opened.id(), REMOTE_KEY).await?;
    remote_read(desk).await
}

/// Says that everyone in this session agreed that its sound leaves the computer.
#[tauri::command]
#[specta::specta]
pub async fn transcripts_allow_remote(desk: TheDesk<'_>, session: SessionId) -> Result<(), Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| remote::allow_remote(tx, session).await).await?)
}

/// Whether the sound of this session may leave the computer.
#[tauri::command]
#[specta::specta]
pub async fn remote_allowed(desk: TheDesk<'_>, session: SessionId) -> Result<bool, Fault> {
    Ok(desk.opened()?.read(async |tx| remote::may_go_out(tx, session).await).await?)
}

/// Whether the text of a session is shown as it comes.
#[tauri::command]
#[specta::specta]
pub async fn live_text(desk: TheDesk<'_>, on: bool) -> Result<(), Fault> {
    desk.transcriber().show_live(on);
    Ok(())
}

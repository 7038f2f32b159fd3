//! Who sits here: the first run, unlocking, locking.

use std::sync::Arc;

use attune_kernel::{PatientId, ProfileId};
use attune_practice::team::{self, Founding, Member, Practice};
use attune_store::{
    Opened, Result,
    profiles::{Everyone, Held, Kit, NewProfile, ProfileCard},
};
use serde::Serialize;
use specta::Type;
use tauri::State;

use crate::{Fault, desk::Desk};

/// What the frame needs to know of an open practice.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenDesk {
    pub profile: ProfileCard,
    pub me: Member,
    pub practice: Practice,
    /// In a patient's own application: their chart.
    pub own_chart: Option<PatientId>,
    pub kit_verified: bool,
    pub keychain: Held,
}

/// Everyone's profiles, and the one that is open.
#[derive(Debug, Clone, Serialize, Type)]
pub struct DeskState {
    pub profiles: Vec<ProfileCard>,
    /// Profiles whose file does not read: somebody's, but nobody can tell whose.
    pub unreadable: u32,
    pub open: Option<OpenDesk>,
}

/// A new profile, open, with its kit to be shown.
#[derive(Debug, Clone, Serialize, Type)]
pub struct Enrolled {
    pub desk: OpenDesk,
    pub kit: Kit,
}

type TheDesk<'s> = State<'s, Arc<Desk>>;

async fn look(desk: &Desk, opened: &Opened) -> Result<OpenDesk> {
    let (me, practice, own_chart) = opened
        .read(async |tx| {
            Ok((team::me(tx, opened.author()).await?, team::practice(tx).await?, team::own_chart(tx).await?))
        })
        .await?;
    let id = opened.id();
    Ok(OpenDesk {
        profile: desk.profiles().card(id)?,
        me,
        practice,
        own_chart,
        kit_verified: desk.profiles().kit_verified(id)?,
        keychain: desk.profiles().keychain_of(id)?,
    })
}

#[tauri::command]
#[specta::specta]
pub async fn desk_state(desk: TheDesk<'_>) -> Result<DeskState, Fault> {
    let open = match desk.opened() {
        Ok(opened) => Some(look(&desk, &opened).await?),
        Err(_) => None,
    };
    let Everyone { cards, unreadable } = desk.profiles().everyone()?;
    Ok(DeskState { profiles: cards, unreadable, open })
}

#[tauri::command]
#[specta::specta]
pub async fn desk_enrol(desk: TheDesk<'_>, profile: NewProfile) -> Result<Enrolled, Fault> {
    let founding = Founding::of(&profile);
    let opened = desk
        .enrol(&profile, async |store| {
            store.write(store.author(), async |tx| team::found(tx, &founding).await.map(drop)).await
        })
        .await?;
    let kit = opened.kit().await.ok_or(attune_kernel::Code::Unexpected)?;
    Ok(Enrolled { desk: look(&desk, &opened).await?, kit })
}

#[tauri::command]
#[specta::specta]
pub async fn desk_unlock(desk: TheDesk<'_>, profile: ProfileId, password: String) -> Result<OpenDesk, Fault> {
    let opened = desk.unlock(profile, &password).await?;
    Ok(look(&desk, &opened).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn desk_unlock_with_pin(
    desk: TheDesk<'_>,
    profile: ProfileId,
    pin: String,
) -> Result<OpenDesk, Fault> {
    let opened = desk.unlock_with_pin(profile, &pin).await?;
    Ok(look(&desk, &opened).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn desk_recover(
    desk: TheDesk<'_>,
    profile: ProfileId,
    kit: String,
    new_password: String,
) -> Result<OpenDesk, Fault> {
    let opened = desk.recover(profile, &kit, &new_password).await?;
    Ok(look(&desk, &opened).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn desk_lock(desk: TheDesk<'_>) -> Result<(), Fault> {
    Ok(desk.lock().await?)
}

/// Somebody touched something.
#[tauri::command]
#[specta::specta]
pub async fn desk_touch(desk: TheDesk<'_>) -> Result<(), Fault> {
    desk.touch();
    Ok(())
}

/// The first screen stands and can be used. Says so on standard output when the start is being measured.
#[tauri::command]
#[specta::specta]
pub async fn desk_ready(desk: TheDesk<'_>) -> Result<(), Fault> {
    if std::env::var_os("ATTUNE_MEASURE_START").is_some() {
        println!("usable {}", desk.started().elapsed().as_millis());
    }
    Ok(())
}

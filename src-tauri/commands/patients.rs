//! Patients.

use std::sync::Arc;

use attune_kernel::{Code, PatientId};
use attune_practice::{
    patients::{self, ImportReport, NewPatient, Patient, PatientFound, Standing},
    team,
};
use attune_store::Error;
use base64::{Engine, engine::general_purpose::STANDARD};
use tauri::State;

use crate::{Fault, desk::Desk};

type TheDesk<'s> = State<'s, Arc<Desk>>;

#[tauri::command]
#[specta::specta]
pub async fn patients_find(
    desk: TheDesk<'_>,
    query: String,
    standing: Standing,
) -> Result<Vec<PatientFound>, Fault> {
    Ok(desk.opened()?.read(async |tx| patients::find(tx, &query, standing).await).await?)
}

/// Opens a chart, and says in the audit that it was opened.
#[tauri::command]
#[specta::specta]
pub async fn patients_open(desk: TheDesk<'_>, id: PatientId) -> Result<Patient, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| patients::open(tx, id).await).await?)
}

/// Reads again a chart that is open already, which the audit need not hear of.
#[tauri::command]
#[specta::specta]
pub async fn patients_read(desk: TheDesk<'_>, id: PatientId) -> Result<Patient, Fault> {
    Ok(desk.opened()?.read(async |tx| patients::read(tx, id).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn patients_create(desk: TheDesk<'_>, patient: NewPatient) -> Result<Patient, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| patients::create(tx, &patient).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn patients_edit(desk: TheDesk<'_>, id: PatientId, patient: NewPatient) -> Result<Patient, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| patients::edit(tx, id, &patient).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn patients_archive(desk: TheDesk<'_>, id: PatientId) -> Result<Patient, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| patients::archive(tx, id).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn patients_restore(desk: TheDesk<'_>, id: PatientId) -> Result<Patient, Fault> {
    let opened = desk.opened()?;
    Ok(opened.write(opened.author(), async |tx| patients::restore(tx, id).await).await?)
}

#[tauri::command]
#[specta::specta]
pub async fn patients_resembling(
    desk: TheDesk<'_>,
    patient: NewPatient,
    except: Option<PatientId>,
) -> Result<Vec<Patient>, Fault> {
    Ok(desk.opened()?.read(async |tx| patients::resembling(tx, &patient, except).await).await?)
}

/// What an import would do. `file` is the file's bytes in base 64.
#[tauri::command]
#[specta::specta]
pub async fn patients_import_preview(desk: TheDesk<'_>, file: String) -> Result<ImportReport, Fault> {
    let (opened, bytes) = (desk.opened()?, bytes_of(&file)?);
    let today = opened.now().date_naive();
    let report = opened.read(async |tx| {
        let country = team::practice(tx).await?.country;
        patients::preview(tx, &bytes, &country, today).await
    });
    Ok(report.await?)
}

#[tauri::command]
#[specta::specta]
pub async fn patients_import(
    desk: TheDesk<'_>,
    file: String,
    with_duplicates: bool,
) -> Result<ImportReport, Fault> {
    let (opened, bytes) = (desk.opened()?, bytes_of(&file)?);
    let report = opened.write(opened.author(), async |tx| {
        let country = team::practice(tx).await?.country;
        patients::import(tx, &bytes, &country, with_duplicates).await
    });
    Ok(report.await?)
}

fn bytes_of(file: &str) -> Result<Vec<u8>, Error> {
    STANDARD.decode(file).map_err(|_| Code::CsvUnreadable.into())
}

//! The sample practice: made when a trial asks for it, in an empty home, under a password that is no
//! secret and is shown on its lock screen.

use std::sync::Arc;

use attune_kernel::Private;
use attune_practice::{
    consents::{self, ConsentKind},
    patients::{self, Standing},
    sample,
    sessions::{NewSession, Place},
    team,
};
use attune_store::{
    Opened,
    profiles::{NewProfile, ProfileKind},
};

use crate::{Home, desk::Desk};

/// What opens every sample practice.
pub const PASSWORD: &str = "open-the-window-26";

/// Makes the sample practice if `ATTUNE_SAMPLE` asks for one and nothing is here yet, and leaves it locked.
pub async fn make_if_asked(desk: &Arc<Desk>, home: &Home) -> anyhow::Result<()> {
    let asked = std::env::var_os("ATTUNE_SAMPLE").is_some_and(|asked| asked == "1");
    // Never beside a person's own practice.
    if asked && !home.is_the_usual() && desk.profiles().list()?.is_empty() {
        make(desk).await?;
        desk.lock().await?;
    }
    Ok(())
}

/// Makes the sample practice and leaves it open.
pub async fn make(desk: &Arc<Desk>) -> anyhow::Result<Arc<Opened>> {
    let new = NewProfile {
        kind: ProfileKind::Practice,
        name: Private::new(sample::OWNER.to_owned()),
        practice_name: Some(Private::new(sample::PRACTICE.to_owned())),
        country: sample::COUNTRY.to_owned(),
        password: Private::new(PASSWORD.to_owned()),
        sample: true,
    };
    let opened = desk
        .enrol(&new, async |store| {
            let founding = team::Founding::of(&new);
            store.write(store.author(), async |tx| team::found(tx, &founding).await.map(drop)).await?;
            sample::fill(store, store.now().date_naive()).await
        })
        .await?;
    record_a_session(desk, &opened).await?;
    Ok(opened)
}

/// Two synthetic voices of nobody, through the same door as any sound file.
const SESSION: &[u8] = include_bytes!("../../crates/attune-speech/practice/sample-session.flac");

/// Gives the first patient who consents a session that can be listened to.
async fn record_a_session(desk: &Arc<Desk>, opened: &Arc<Opened>) -> anyhow::Result<()> {
    let consenting = opened.read(async |tx| {
        for found in patients::find(tx, "", Standing::Active).await? {
            if consents::live(tx, found.patient.id, ConsentKind::Recording).await?.is_some() {
                return Ok(Some(found.patient.id));
            }
        }
        Ok(None)
    });
    let Some(patient) = consenting.await? else { return Ok(()) };
    let session = NewSession {
        patient,
        planned_minutes: Some(50),
        place: Place::Room,
        attendees: Vec::new(),
        confirmed: true,
    };
    let path = opened.folder().join("session.flac");
    std::fs::write(&path, SESSION)?;
    let quality = desk.settings().kept_quality;
    let imported = desk.scribe().import(opened, quality, &session, path.clone(), |_, _| {}).await;
    std::fs::remove_file(&path)?;
    imported?;
    Ok(())
}

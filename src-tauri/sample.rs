//! The sample practice: made when a trial asks for it, in an empty home, under a password that is no
//! secret and is shown on its lock screen.

use std::sync::Arc;

use attune_kernel::Private;
use attune_practice::{sample, team};
use attune_store::{
    Opened, Result,
    profiles::{NewProfile, ProfileKind},
};

use crate::{Home, desk::Desk};

/// What opens every sample practice.
pub const PASSWORD: &str = "open-the-window-26";

/// Makes the sample practice if `ATTUNE_SAMPLE` asks for one and nothing is here yet, and leaves it locked.
pub async fn make_if_asked(desk: &Arc<Desk>, home: &Home) -> Result<()> {
    let asked = std::env::var_os("ATTUNE_SAMPLE").is_some_and(|asked| asked == "1");
    // Never beside a person's own practice.
    if asked && !home.is_the_usual() && desk.profiles().list()?.is_empty() {
        make(desk).await?;
        desk.lock().await?;
    }
    Ok(())
}

/// Makes the sample practice and leaves it open.
pub async fn make(desk: &Arc<Desk>) -> Result<Arc<Opened>> {
    let new = NewProfile {
        kind: ProfileKind::Practice,
        name: Private::new(sample::OWNER.to_owned()),
        practice_name: Some(Private::new(sample::PRACTICE.to_owned())),
        country: sample::COUNTRY.to_owned(),
        password: Private::new(PASSWORD.to_owned()),
        sample: true,
    };
    desk.enrol(&new, async |store| {
        let founding = team::Founding::of(&new);
        store.write(store.author(), async |tx| team::found(tx, &founding).await.map(drop)).await?;
        sample::fill(store, store.now().date_naive()).await
    })
    .await
}

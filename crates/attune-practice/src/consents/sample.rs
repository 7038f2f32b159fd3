//! The sample practice's consents: signed on the first day by everyone who has the application, so that there
//! is somebody of whom nothing may be recorded.

use attune_store::{Result, WriteTx};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};

use super::{ConsentKind, signature, text};
use crate::sample::Followed;

/// Signs the recording consent in somebody's own name, a little after they first came.
pub(crate) async fn sign(tx: &mut WriteTx, one: &Followed, today: NaiveDate) -> Result<()> {
    if !one.at_home {
        return Ok(());
    }
    let first_day = today - Days::new(one.since.unsigned_abs());
    let at = (first_day.and_time(NaiveTime::MIN) + TimeDelta::minutes(9 * 60 + 5)).and_utc();
    super::sign(tx, one.patient, text(ConsentKind::Recording), signature(one.name)?, at).await?;
    Ok(())
}

//! The sample practice's last sessions: two or three a patient who still comes, a week apart, none of
//! them recorded.

use attune_kernel::SessionId;
use attune_store::{Result, WriteTx};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, Weekday};

use super::{Details, Kept, Place, SessionState, record};
use crate::{
    form::Unknown,
    sample::{Dice, Followed},
};

/// Writes down when somebody came in the weeks before `today`.
pub(crate) async fn lately(tx: &mut WriteTx, one: &Followed, today: NaiveDate) -> Result<()> {
    if one.archived {
        return Ok(());
    }
    let mut dice = Dice::new(0x5e55_0001 + one.since.unsigned_abs());
    let (weekday, hour) = (dice.below(5), 9 + dice.below(8).cast_signed());
    let remote = dice.chance(30);
    for weeks in (1..=2 + dice.below(2)).rev() {
        let monday = today.week(Weekday::Mon).first_day() - Days::new(7 * weeks);
        let began = (monday + Days::new(weekday)).and_time(NaiveTime::MIN) + TimeDelta::hours(hour);
        let started_at = began.and_utc();
        let session = Kept {
            id: SessionId::new(started_at),
            patient: one.patient,
            clinician: one.clinician,
            started_at,
            ended_at: Some(started_at + TimeDelta::minutes(48 + dice.below(5).cast_signed())),
            details: Details {
                planned_minutes: Some(50),
                place: if remote { Place::Remote } else { Place::Room },
                attendees: Vec::new(),
            },
            state: SessionState::Unrecorded,
            confirmed_at: None,
            consent: None,
        };
        record::write(tx, "begin", &session, Unknown::default()).await?;
    }
    Ok(())
}

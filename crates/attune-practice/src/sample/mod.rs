//! The sample practice: one that looks lived in, so that nobody has to enter a year before they can look.
//!
//! The same day always gives the same practice: every choice comes from dice with a fixed seed. Names
//! and words are invented. Each slice adds its own part in its `sample.rs`, through its own rules, so the
//! sample cannot hold what a person could not have entered.

mod dice;
#[cfg(test)]
mod tests;

use attune_kernel::{Author, Code, MemberId, PatientId};
use attune_store::{Error, Result, Store, profiles::ProfileKind};
use chrono::NaiveDate;

use crate::{
    consents, moods, patients, sessions,
    team::{self, Founding, Role},
};

pub(crate) use dice::Dice;

/// Who sits at the sample practice's desk.
pub const OWNER: &str = "Ingrid Lindqvist";
/// What the practice is called.
pub const PRACTICE: &str = "Lindqvist Practice";
/// Where it is.
pub const COUNTRY: &str = "GB";

/// How a year went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    GettingBetter,
    /// Better, then a fall in the last third, then up again.
    Relapse,
    UpAndDown,
    Steady,
    /// A word now and then.
    Sparse,
}

/// Someone the sample follows through its year.
pub(crate) struct Followed {
    pub(crate) patient: PatientId,
    pub(crate) name: &'static str,
    pub(crate) course: Course,
    /// Whose hand writes in the room.
    pub(crate) clinician: MemberId,
    /// Whether they have the application themselves.
    pub(crate) at_home: bool,
    /// Whose hand writes at home, once they joined.
    pub(crate) own: Option<MemberId>,
    /// How many days before today they came first.
    pub(crate) since: i64,
    pub(crate) archived: bool,
}

/// Fills a store with the sample practice as it stands on `today`, founding it if nobody has.
pub async fn fill(store: &Store, today: NaiveDate) -> Result<()> {
    let owner = store.author();
    let followed = store
        .write(owner, async |tx| {
            match team::practice(tx).await {
                Err(Error::Refused(Code::Gone)) => drop(team::found(tx, &founding()).await?),
                found => drop(found?),
            }
            let colleague = team::sample::colleague(tx).await?;
            let mut followed = patients::sample::fill(tx, today, colleague).await?;
            for one in followed.iter_mut().filter(|one| one.at_home) {
                one.own = Some(team::add(tx, one.name, Role::Patient).await?.id);
            }
            Ok(followed)
        })
        .await?;
    for one in &followed {
        let hand = |member| Author { member, ..owner };
        for (member, moods) in moods::sample::year_of(one, today) {
            store.write(hand(member), async |tx| moods::sample::log_all(tx, &moods).await).await?;
        }
        store
            .write(hand(one.clinician), async |tx| {
                consents::sample::sign(tx, one, today).await?;
                sessions::sample::lately(tx, one, today).await
            })
            .await?;
    }
    store
        .write(owner, async |tx| {
            for one in followed.iter().filter(|one| one.archived) {
                patients::archive(tx, one.patient).await?;
            }
            Ok(())
        })
        .await
}

fn founding() -> Founding {
    Founding {
        kind: ProfileKind::Practice,
        name: OWNER.to_owned().into(),
        practice_name: Some(PRACTICE.to_owned().into()),
        country: COUNTRY.to_owned(),
    }
}

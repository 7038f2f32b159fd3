//! The practice and the people who write in it.
//!
//! A store is founded once, right after it was made: a clinician's by its owner, or a patient's own, where
//! the "practice" has no name and the one chart is their own. Members are never removed: what somebody
//! wrote keeps its author.

mod record;
pub(crate) mod sample;
mod table;
#[cfg(test)]
mod tests;

use attune_kernel::{Author, Code, MemberId, PatientId, Private, RecordId};
use attune_store::{
    ReadTx, Result, StreamKind, WriteTx,
    profiles::{NewProfile, ProfileKind},
};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Country,
    form::Unknown,
    patients::{self, NewPatient},
    text,
};

pub use record::{MEMBER, PRACTICE};
pub(crate) use record::{replay_member, replay_practice};

/// A workspace: one or more clinicians and their patients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Practice {
    /// Empty in a patient's own application.
    pub name: String,
    pub country: Country,
}

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A clinician who also administers.
    Owner,
    Clinician,
    Assistant,
    Patient,
}

/// A person who writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    pub id: MemberId,
    pub name: Private<String>,
    pub role: Role,
}

/// What the first day asks.
#[derive(Debug, Clone)]
pub struct Founding {
    pub kind: ProfileKind,
    /// The person who sits here.
    pub name: Private<String>,
    /// Asked of a practice, and left out in a patient's own application.
    pub practice_name: Option<Private<String>>,
    pub country: String,
}

impl Founding {
    /// What a new profile already answered.
    pub fn of(new: &NewProfile) -> Self {
        Self {
            kind: new.kind,
            name: new.name.clone(),
            practice_name: new.practice_name.clone(),
            country: new.country.clone(),
        }
    }
}

/// What the first day made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founded {
    pub me: Member,
    pub practice: Practice,
    /// The person's own chart, in a patient's own application.
    pub own_chart: Option<PatientId>,
}

const LONGEST_NAME: usize = 100;

/// Founds the practice in a new store, with its author as the first member.
pub async fn found(tx: &mut WriteTx, founding: &Founding) -> Result<Founded> {
    let personal = founding.kind == ProfileKind::Personal;
    let country = Country::check(&founding.country)?;
    let name = match &founding.practice_name {
        _ if personal => String::new(),
        Some(name) => practice_name(name.reveal())?,
        None => return Err(Code::PracticeNameMissing.into()),
    };
    let member_name = member_name(founding.name.reveal())?;

    tx.open_stream(StreamKind::Practice, None).await?;
    tx.open_stream(StreamKind::Own, None).await?;
    let practice = Practice { name, country };
    let id = RecordId::new(tx.now());
    record::write_practice(tx, "found", id, &practice, Unknown::default()).await?;

    let role = if personal { Role::Patient } else { Role::Owner };
    let me = Member { id: tx.author().member, name: member_name, role };
    record::write_member(tx, "join", &me, Unknown::default()).await?;

    let own_chart = if personal {
        let myself = NewPatient { name: founding.name.clone(), ..NewPatient::default() };
        Some(patients::create(tx, &myself).await?.id)
    } else {
        None
    };
    Ok(Founded { me, practice, own_chart })
}

/// Adds a colleague, or a patient who has the application themselves.
pub async fn add(tx: &mut WriteTx, name: &str, role: Role) -> Result<Member> {
    let member = Member { id: MemberId::new(tx.now()), name: member_name(name)?, role };
    record::write_member(tx, "join", &member, Unknown::default()).await?;
    Ok(member)
}

/// Gives the practice another name.
pub async fn rename(tx: &mut WriteTx, name: &str) -> Result<Practice> {
    let name = practice_name(name)?;
    let (id, mut practice, unknown) = table::practice(tx).await?;
    if practice.name != name {
        practice.name = name;
        record::write_practice(tx, "rename", id, &practice, unknown).await?;
    }
    Ok(practice)
}

/// The practice.
pub async fn practice(tx: &mut ReadTx) -> Result<Practice> {
    Ok(table::practice(tx).await?.1)
}

/// The person who sits here.
pub async fn me(tx: &mut ReadTx, author: Author) -> Result<Member> {
    table::member(tx, author.member).await
}

/// Everyone who writes here, by name; patients who have the application themselves are among them.
pub async fn members(tx: &mut ReadTx) -> Result<Vec<Member>> {
    table::members(tx).await
}

/// The person's own chart, in a patient's own application: nobody but a patient treats themselves.
pub async fn own_chart(tx: &mut ReadTx) -> Result<Option<PatientId>> {
    for member in table::members(tx).await? {
        if member.role == Role::Patient
            && let Some(chart) = patients::of_clinician(tx, member.id).await?
        {
            return Ok(Some(chart));
        }
    }
    Ok(None)
}

fn practice_name(typed: &str) -> Result<String, Code> {
    let name = text::line(typed)?.ok_or(Code::PracticeNameMissing)?;
    text::at_most(name, LONGEST_NAME, Code::PracticeNameTooLong)
}

fn member_name(typed: &str) -> Result<Private<String>, Code> {
    let name = text::line(typed)?.ok_or(Code::NameMissing)?;
    text::at_most(name, LONGEST_NAME, Code::NameTooLong).map(Private::new)
}

//! The frozen forms of a practice and of a member.

use attune_kernel::{Private, RecordId};
use attune_store::{Change, Class, Kind, Result, StreamKind, WriteTx};
use serde::{Deserialize, Serialize};

use super::{Member, Practice, Role, table};
use crate::{
    Arrived, Country, Replayed,
    form::{self, Unknown},
    text,
};

/// The practice's name and country.
pub const PRACTICE: Kind = Kind { name: "practice", class: Class::Register, topic: "team" };
/// A member's name and role.
pub const MEMBER: Kind = Kind { name: "member", class: Class::Register, topic: "team" };

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PracticeV1 {
    pub v: u32,
    pub name: Option<String>,
    pub country: String,
    #[serde(flatten)]
    pub unknown: Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct MemberV1 {
    pub v: u32,
    pub name: Private<String>,
    pub role: Role,
    #[serde(flatten)]
    pub unknown: Unknown,
}

pub(super) fn read_practice(body: &str) -> Result<PracticeV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

pub(super) fn read_member(body: &str) -> Result<MemberV1, Replayed> {
    form::read(body, 1, |v| (v == 1).then(|| form::parse(body)).flatten())
}

pub(super) async fn write_practice(
    tx: &mut WriteTx,
    action: &'static str,
    id: RecordId,
    practice: &Practice,
    unknown: Unknown,
) -> Result<()> {
    let query = table::put_practice(id, practice, &unknown)?;
    let form = PracticeV1 {
        v: 1,
        name: Some(practice.name.clone()).filter(|name| !name.is_empty()),
        country: practice.country.to_string(),
        unknown,
    };
    let stream = tx.stream(StreamKind::Practice, None).await?;
    tx.change(Change::new(PRACTICE, id, stream, action, &form)?, query).await
}

pub(super) async fn write_member(
    tx: &mut WriteTx,
    action: &'static str,
    member: &Member,
    unknown: Unknown,
) -> Result<()> {
    let query = table::put_member(member, &unknown)?;
    let form = MemberV1 { v: 1, name: member.name.clone(), role: member.role, unknown };
    let stream = tx.stream(StreamKind::Practice, None).await?;
    tx.change(Change::new(MEMBER, member.id, stream, action, &form)?, query).await
}

pub(crate) async fn replay_practice(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read_practice(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if !arrived.lies_in(tx, StreamKind::Practice, None).await? {
        return Ok(Replayed::Misplaced);
    }
    let Ok(country) = Country::check(&form.country) else {
        return Ok(Replayed::Unreadable);
    };
    let practice = Practice { name: text::tamed(form.name.as_deref().unwrap_or_default()), country };
    let query = table::put_practice(arrived.record, &practice, &form.unknown)?;
    tx.receive(Change::new(PRACTICE, arrived.record, arrived.stream, "receive", &form)?, query).await?;
    Ok(Replayed::Applied)
}

pub(crate) async fn replay_member(tx: &mut WriteTx, arrived: &Arrived<'_>) -> Result<Replayed> {
    let form = match read_member(arrived.body) {
        Ok(form) => form,
        Err(why) => return Ok(why),
    };
    if !arrived.lies_in(tx, StreamKind::Practice, None).await? {
        return Ok(Replayed::Misplaced);
    }
    let member = Member {
        id: arrived.record.into(),
        name: Private::new(text::tamed(form.name.reveal())),
        role: form.role,
    };
    let query = table::put_member(&member, &form.unknown)?;
    tx.receive(Change::new(MEMBER, arrived.record, arrived.stream, "receive", &form)?, query).await?;
    Ok(Replayed::Applied)
}

//! The tables `practice` and `team`.

use attune_kernel::{MemberId, Private, RecordId};
use attune_store::{ReadTx, Result};
use sqlx::{FromRow, Row, Sqlite, query::Query, sqlite::SqliteArguments, sqlite::SqliteRow};
use uuid::Uuid;

use super::{Member, Practice, Role};
use crate::{Country, form::Unknown};

pub(super) async fn practice(tx: &mut ReadTx) -> Result<(RecordId, Practice, Unknown)> {
    // There is one. Were there two, every device would still show the same.
    let query = sqlx::query_as::<_, (Uuid, Option<String>, String, String)>(
        "select id, name, country, unknown from practice order by id limit 1",
    );
    let (id, name, country, unknown) = tx.one(query).await?;
    let practice = Practice { name: name.unwrap_or_default(), country: Country::kept(country) };
    Ok((id.into(), practice, Unknown::from_text(&unknown)?))
}

pub(super) fn put_practice(
    id: RecordId,
    practice: &Practice,
    unknown: &Unknown,
) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into practice (id, name, country, unknown) values (?, ?, ?, ?)
         on conflict (id) do update set
            name = excluded.name, country = excluded.country, unknown = excluded.unknown",
    );
    Ok(query
        .bind(id.as_uuid())
        .bind(Some(practice.name.clone()).filter(|name| !name.is_empty()))
        .bind(practice.country.to_string())
        .bind(unknown.to_text()?))
}

pub(super) async fn member(tx: &mut ReadTx, id: MemberId) -> Result<Member> {
    tx.one(sqlx::query_as("select id, name, role from team where id = ?").bind(id.as_uuid())).await
}

pub(super) async fn members(tx: &mut ReadTx) -> Result<Vec<Member>> {
    tx.all(sqlx::query_as("select id, name, role from team order by name collate nocase, id")).await
}

pub(super) fn put_member(
    member: &Member,
    unknown: &Unknown,
) -> Result<Query<'static, Sqlite, SqliteArguments>> {
    let query = sqlx::query(
        "insert into team (id, name, role, unknown) values (?, ?, ?, ?)
         on conflict (id) do update set
            name = excluded.name, role = excluded.role, unknown = excluded.unknown",
    );
    Ok(query
        .bind(member.id.as_uuid())
        .bind(member.name.reveal().clone())
        .bind(member.role.name())
        .bind(unknown.to_text()?))
}

impl FromRow<'_, SqliteRow> for Member {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get::<Uuid, _>("id")?.into(),
            name: Private::new(row.try_get("name")?),
            role: Role::named(row.try_get("role")?),
        })
    }
}

impl Role {
    const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Clinician => "clinician",
            Self::Assistant => "assistant",
            Self::Patient => "patient",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "owner" => Self::Owner,
            "clinician" => Self::Clinician,
            "assistant" => Self::Assistant,
            // The table lets in no fifth word; were there one, the role that may least is the safe one.
            _ => Self::Patient,
        }
    }
}

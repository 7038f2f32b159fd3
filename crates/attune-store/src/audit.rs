//! The audit chain: every line holds the hash of itself and the line before, so a line that was changed,
//! removed or slipped in is found. Lines name records by identifier and never say what is in them.

use attune_vault::digest;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    Result,
    tx::{ReadTx, WriteTx},
};

#[derive(sqlx::FromRow)]
struct Line {
    line: i64,
    at: DateTime<Utc>,
    member: Uuid,
    device: Uuid,
    action: String,
    kind: String,
    record: Uuid,
    hash: Vec<u8>,
}

impl Line {
    fn hash_after(&self, before: &[u8]) -> [u8; 32] {
        digest(&[
            before,
            &self.line.to_be_bytes(),
            &self.at.timestamp_millis().to_be_bytes(),
            self.member.as_bytes(),
            self.device.as_bytes(),
            self.action.as_bytes(),
            self.kind.as_bytes(),
            self.record.as_bytes(),
        ])
    }
}

impl WriteTx {
    pub(crate) async fn audit_line(
        &mut self,
        action: &'static str,
        kind: &'static str,
        record: Uuid,
    ) -> Result<()> {
        let last =
            sqlx::query_as::<_, (i64, Vec<u8>)>("select line, hash from audit order by line desc limit 1");
        let (last, before) = self.optional(last).await?.unwrap_or_default();
        let author = self.author();
        let line = Line {
            line: last + 1,
            at: self.now(),
            member: author.member.as_uuid(),
            device: author.device.as_uuid(),
            action: action.to_owned(),
            kind: kind.to_owned(),
            record,
            hash: Vec::new(),
        };
        let query = sqlx::query(
            "insert into audit (line, at, member, device, action, kind, record, hash) values (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(line.line)
        .bind(line.at)
        .bind(line.member)
        .bind(line.device)
        .bind(&line.action)
        .bind(&line.kind)
        .bind(line.record)
        .bind(line.hash_after(&before).to_vec());
        self.admit(query).await?;
        Ok(())
    }
}

impl ReadTx {
    /// Walks the chain from its start. Returns how many lines there are, and the first that does not
    /// follow from the one before.
    pub(crate) async fn walk_audit(&mut self) -> Result<(i64, Option<i64>)> {
        const STEP: i64 = 5_000;
        let (mut seen, mut before) = (0, Vec::new());
        loop {
            let page = sqlx::query_as::<_, Line>(
                "select line, at, member, device, action, kind, record, hash from audit
                 where line > ? order by line limit ?",
            );
            let lines = self.all(page.bind(seen).bind(STEP)).await?;
            if lines.is_empty() {
                break;
            }
            for line in lines {
                if line.line != seen + 1 || line.hash_after(&before)[..] != line.hash[..] {
                    return Ok((seen, Some(seen + 1)));
                }
                seen = line.line;
                before = line.hash;
            }
        }
        // SQLite remembers the highest line it ever gave out: lines cut off the end are missed here.
        let ever = sqlx::query_scalar::<_, i64>(
            "select coalesce(max(seq), 0) from sqlite_sequence where name = 'audit'",
        );
        let ever = self.scalar(ever).await?;
        Ok((seen, (ever != seen).then_some(seen + 1)))
    }

    /// What was done to one record, oldest first: action and moment.
    pub async fn history(
        &mut self,
        record: impl Into<attune_kernel::RecordId>,
    ) -> Result<Vec<(String, DateTime<Utc>)>> {
        let query = sqlx::query_as("select action, at from audit where record = ? order by line");
        self.all(query.bind(record.into().as_uuid())).await
    }
}

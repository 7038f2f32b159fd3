//! The voices of those who sit here, learnt once so that they are known again.
//!
//! A voice is features, never sound, and it is the most personal thing kept here: it belongs to this device,
//! has neither outbox record nor audit line, is never sent anywhere, and goes when its owner says so.

use attune_kernel::{MemberId, Private};
use chrono::{DateTime, Utc};

use crate::{
    Result,
    tx::{ReadTx, WriteTx},
};

/// A voice that was learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// What is known of it, as JSON: whoever tells voices apart wrote it and reads it.
    pub print: Private<String>,
    pub learnt_at: DateTime<Utc>,
}

impl WriteTx {
    /// Keeps what is known of a member's voice, in place of what was.
    pub async fn keep_voice(&mut self, member: MemberId, print: &str) -> Result<()> {
        let query = sqlx::query(
            "insert into voices (member, print, learnt_at) values (?, ?, ?)
             on conflict (member) do update set print = excluded.print, learnt_at = excluded.learnt_at",
        );
        self.admit(query.bind(member.as_uuid()).bind(print).bind(self.now())).await?;
        Ok(())
    }

    /// Forgets a member's voice.
    pub async fn forget_voice(&mut self, member: MemberId) -> Result<()> {
        self.admit(sqlx::query("delete from voices where member = ?").bind(member.as_uuid())).await?;
        Ok(())
    }
}

impl ReadTx {
    /// A member's voice, if it was learnt.
    pub async fn voice(&mut self, member: MemberId) -> Result<Option<Voice>> {
        let query = sqlx::query_as::<_, (String, DateTime<Utc>)>(
            "select print, learnt_at from voices where member = ?",
        );
        let found = self.optional(query.bind(member.as_uuid())).await?;
        Ok(found.map(|(print, learnt_at)| Voice { print: Private::new(print), learnt_at }))
    }
}

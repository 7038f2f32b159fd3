//! Whether everything is as it was left: the database's pages, the audit chain, every sealed file.

use std::io;

use attune_kernel::FileId;
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

use crate::{Result, Store};

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// Every page of the database is sound.
    pub database: bool,
    /// Every audit line follows from the one before.
    pub audit: bool,
    /// How many audit lines there are.
    pub lines: u32,
    /// How many sealed files opened and read to their end.
    pub files: u32,
    /// How many did not.
    pub files_damaged: u32,
}

impl Check {
    /// Nothing is amiss.
    pub const fn sound(&self) -> bool {
        self.database && self.audit && self.files_damaged == 0
    }
}

impl Store {
    /// Reads everything once and says what it found. Changes nothing.
    pub async fn verify(&self) -> Result<Check> {
        let (database, (lines, broken), ids) = self
            .read(async |tx| {
                let found: String = tx.scalar(sqlx::query_scalar("pragma integrity_check")).await?;
                let chain = tx.walk_audit().await?;
                let ids = tx.all(sqlx::query_as::<_, (Uuid,)>("select id from files order by id")).await?;
                Ok((found == "ok", chain, ids))
            })
            .await?;
        let (mut files, mut files_damaged) = (0, 0);
        for (id,) in ids {
            match self.read_through(id.into()).await {
                Ok(()) => files += 1,
                Err(error) => {
                    tracing::warn!(file = %id, error = %error, "a sealed file does not read");
                    files_damaged += 1;
                }
            }
        }
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        Ok(Check { database, audit: broken.is_none(), lines, files, files_damaged })
    }

    async fn read_through(&self, id: FileId) -> Result<()> {
        let mut file = self.open_file(id).await?;
        tokio::task::spawn_blocking(move || io::copy(&mut file, &mut io::sink()))
            .await
            .map_err(io::Error::other)??;
        Ok(())
    }
}

//! Whether everything is as it was left: the database's pages, the audit chain, every sealed file.

use std::io;

use attune_kernel::FileId;
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

use crate::{Error, Result, Store, spools::Expected};

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
    /// How many sealed files and spools opened and read to their end.
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
        let pages = self.read(async |tx| tx.scalar(sqlx::query_scalar("pragma integrity_check")).await).await;
        let chain = readable(self.read(async |tx| tx.walk_audit().await).await)?;
        let ids = sqlx::query_as::<_, (Uuid, String, i64, bool)>(
            "select id, form, bytes, growing from files order by id",
        );
        let ids = readable(self.read(async |tx| tx.all(ids).await).await)?;
        let database = readable(pages)?.is_some_and(|found: String| found == "ok") && ids.is_some();
        let audit = matches!(chain, Some((_, None)));
        let (lines, _) = chain.unwrap_or_default();
        let ids = ids.unwrap_or_default();
        let (mut files, mut files_damaged) = (0, 0);
        for (id, form, bytes, growing) in ids {
            let bytes = u64::try_from(bytes).unwrap_or(0);
            let read = match form.as_str() {
                "spool" => self.walk_spool(id.into(), Expected { bytes, growing }).await,
                _ => self.read_through(id.into()).await,
            };
            match read {
                Ok(()) => files += 1,
                Err(error) => {
                    tracing::warn!(file = %id, error = %error, "a sealed file does not read");
                    files_damaged += 1;
                }
            }
        }
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        Ok(Check { database, audit, lines, files, files_damaged })
    }

    async fn read_through(&self, id: FileId) -> Result<()> {
        let mut file = self.open_file(id).await?;
        tokio::task::spawn_blocking(move || io::copy(&mut file, &mut io::sink()))
            .await
            .map_err(io::Error::other)??;
        Ok(())
    }
}

/// What a read gave, or none where the pages it needed are damaged: that is a finding, not a failure.
fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(Error::Database(error)) => {
            tracing::warn!(%error, "a part of the database does not read");
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

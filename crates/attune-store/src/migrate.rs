//! Forward through the store's history, one numbered file at a time, each in one transaction and each
//! after a copy that was opened and checked.
//!
//! SQLite keeps the number of the last file in `user_version`, inside the same transaction as the change
//! itself: a process killed at any instruction leaves either the old shape or the new one.

use std::{
    io,
    path::{Path, PathBuf},
};

use attune_kernel::Code;
use attune_vault::DatabaseKey;
use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection, migrate::Migrator};

use crate::{Error, Result, open::options};

static HISTORY: Migrator = sqlx::migrate!("../../migrations/device");

/// How many copies from before a migration are kept.
const COPIES: usize = 3;

/// The version this application writes.
pub(crate) fn latest() -> i64 {
    HISTORY.iter().map(|step| step.version).max().unwrap_or(0)
}

/// The version a store is at.
pub(crate) async fn version(connection: &mut SqliteConnection) -> Result<i64> {
    Ok(sqlx::query_scalar("pragma user_version").fetch_one(connection).await?)
}

/// Brings the store at `path` to [`latest`], or refuses a newer one without touching it.
pub(crate) async fn migrate(path: &Path, key: &DatabaseKey, now: DateTime<Utc>) -> Result<()> {
    let mut connection = SqliteConnection::connect_with(&options(path, key)).await?;
    let from = version(&mut connection).await?;
    let outcome = if from == latest() { Ok(()) } else { forward(&mut connection, path, key, now).await };
    connection.close().await?;
    outcome
}

async fn forward(
    connection: &mut SqliteConnection,
    path: &Path,
    key: &DatabaseKey,
    now: DateTime<Utc>,
) -> Result<()> {
    let from = version(connection).await?;
    for step in HISTORY.iter().filter(|step| step.version > from) {
        if version(connection).await? > 0 {
            copy_and_check(connection, path, key, step.version, now).await?;
        }
        run(connection, step.version, step.sql.as_str()).await?;
    }
    Ok(())
}

/// One file of history, all or nothing.
pub(crate) async fn run(connection: &mut SqliteConnection, version: i64, sql: &str) -> Result<()> {
    let mut tx = connection.begin_with("begin immediate").await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("pragma user_version = {version}"))).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Copies the store beside itself and opens the copy: a backup nobody tried is a hope.
async fn copy_and_check(
    connection: &mut SqliteConnection,
    path: &Path,
    key: &DatabaseKey,
    to: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut *connection).await?;
    let folder = path.parent().ok_or(Error::Damaged("the store has no folder"))?.join("before-migration");
    std::fs::create_dir_all(&folder)?;
    let copy = folder.join(format!("{}-before-{to:04}.db", now.format("%Y%m%dT%H%M%S%3f")));
    std::fs::copy(path, &copy)?;
    std::fs::File::open(&copy)?.sync_all()?;
    let mut opened = SqliteConnection::connect_with(&options(&copy, key).read_only(true)).await?;
    let sound: String = sqlx::query_scalar("pragma integrity_check").fetch_one(&mut opened).await?;
    opened.close().await?;
    if sound != "ok" {
        return Err(Code::StoreDamaged.into());
    }
    let copies = copies(&folder)?;
    for old in copies.iter().rev().skip(COPIES) {
        std::fs::remove_file(old)?;
    }
    Ok(())
}

/// The copies in a folder, oldest first.
fn copies(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "db") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

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
    let copy = folder.join(format!("before-{to:04}-{}.db", now.format("%Y%m%dT%H%M%S%3f")));
    std::fs::copy(path, &copy)?;
    std::fs::File::open(&copy)?.sync_all()?;
    let mut opened = SqliteConnection::connect_with(&options(&copy, key).read_only(true)).await?;
    let sound: String = sqlx::query_scalar("pragma integrity_check").fetch_one(&mut opened).await?;
    opened.close().await?;
    if sound != "ok" {
        return Err(Code::StoreDamaged.into());
    }
    // The one just made always stays, whatever a clock that was set back makes of its name.
    let others = copies(&folder)?.into_iter().filter(|other| *other != copy);
    for old in others.rev().skip(COPIES - 1) {
        std::fs::remove_file(old)?;
    }
    Ok(())
}

/// The copies in a folder, the oldest version first.
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

#[cfg(test)]
mod tests {
    use std::{env, process::Command};

    use attune_kernel::Clock;
    use attune_kernel::SystemClock;
    use tempfile::TempDir;

    use super::*;

    const DIE_AFTER: &str = "ATTUNE_TEST_DIE_AFTER";
    const STORE: &str = "ATTUNE_TEST_STORE";
    const NAME: &str =
        "migrate::tests::a_migration_killed_at_any_instruction_leaves_the_old_store_or_the_new_one";

    fn key() -> DatabaseKey {
        DatabaseKey::from_bytes([9; 32])
    }

    async fn old_store(folder: &Path) -> PathBuf {
        let path = folder.join("store.db");
        std::fs::File::create_new(&path).unwrap();
        let mut connection = SqliteConnection::connect_with(&options(&path, &key())).await.unwrap();
        let first = HISTORY.iter().min_by_key(|step| step.version).unwrap();
        run(&mut connection, first.version, first.sql.as_str()).await.unwrap();
        sqlx::query("insert into unsaved values ('here', 'kept', '')")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        path
    }

    #[tokio::test]
    async fn a_new_store_comes_to_the_newest_version_and_an_old_one_keeps_a_copy() {
        let folder = TempDir::new().unwrap();
        let path = old_store(folder.path()).await;
        migrate(&path, &key(), SystemClock.now()).await.unwrap();
        let mut connection = SqliteConnection::connect_with(&options(&path, &key())).await.unwrap();
        assert_eq!(version(&mut connection).await.unwrap(), latest());
        let copies = copies(&folder.path().join("before-migration")).unwrap();
        assert!(!copies.is_empty() && copies.len() <= COPIES);
        let newest = copies.last().unwrap();
        let mut copy =
            SqliteConnection::connect_with(&options(newest, &key()).read_only(true)).await.unwrap();
        assert_eq!(version(&mut copy).await.unwrap(), latest() - 1);
    }

    #[tokio::test]
    async fn a_file_that_was_sealed_before_there_were_spools_keeps_its_key() {
        let folder = TempDir::new().unwrap();
        let path = old_store(folder.path()).await;
        let mut connection = SqliteConnection::connect_with(&options(&path, &key())).await.unwrap();
        sqlx::raw_sql(
            "insert into streams values (x'01', 'self', null, '');
             insert into records values (x'02', x'01', 'thing', 'append', 1);
             insert into files values (x'03', x'02', zeroblob(32), 7, '2026')",
        )
        .execute(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        migrate(&path, &key(), SystemClock.now()).await.unwrap();
        let mut connection = SqliteConnection::connect_with(&options(&path, &key())).await.unwrap();
        let kept = sqlx::query_as::<_, (Vec<u8>, String, i64, bool)>(
            "select key, form, bytes, growing from files where id = x'03' and record = x'02'",
        );
        let kept = kept.fetch_one(&mut connection).await.unwrap();
        assert_eq!(kept, (vec![0; 32], "sealed".to_owned(), 7, false));
    }

    #[tokio::test]
    async fn a_newer_store_is_refused_and_not_a_byte_of_it_changes() {
        let folder = TempDir::new().unwrap();
        let path = old_store(folder.path()).await;
        let mut connection = SqliteConnection::connect_with(&options(&path, &key())).await.unwrap();
        sqlx::raw_sql("pragma user_version = 9999").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let before = std::fs::read(&path).unwrap();
        let clock = std::sync::Arc::new(SystemClock);
        let Err(refused) = crate::Store::open(folder.path(), &key(), clock).await else {
            panic!("a newer store opened")
        };
        assert_eq!(attune_kernel::Coded::code(&refused), Code::StoreNewer);
        assert!(before == std::fs::read(&path).unwrap());
    }

    /// The process that dies: this same test, started again with a number of instructions to live.
    async fn die_migrating(path: PathBuf, after: i32) {
        let mut connection = SqliteConnection::connect_with(&options(&path, &key())).await.unwrap();
        let mut handle = connection.lock_handle().await.unwrap();
        handle.set_progress_handler(after, || std::process::abort());
        drop(handle);
        forward(&mut connection, &path, &key(), SystemClock.now()).await.unwrap();
    }

    #[tokio::test]
    async fn a_migration_killed_at_any_instruction_leaves_the_old_store_or_the_new_one() {
        if let (Ok(after), Ok(path)) = (env::var(DIE_AFTER), env::var(STORE)) {
            return die_migrating(path.into(), after.parse().unwrap()).await;
        }
        let (mut after, mut died) = (1, 0);
        loop {
            let folder = TempDir::new().unwrap();
            let path = old_store(folder.path()).await;
            let child = Command::new(env::current_exe().unwrap())
                .args(["--exact", NAME, "--nocapture"])
                .env(DIE_AFTER, after.to_string())
                .env(STORE, &path)
                .output()
                .unwrap();
            migrate(&path, &key(), SystemClock.now()).await.unwrap();
            let mut connection = SqliteConnection::connect_with(&options(&path, &key())).await.unwrap();
            assert_eq!(
                version(&mut connection).await.unwrap(),
                latest(),
                "killed after {after} instructions"
            );
            let kept: String =
                sqlx::query_scalar("select text from unsaved").fetch_one(&mut connection).await.unwrap();
            assert_eq!(kept, "kept");
            if child.status.success() {
                break;
            }
            died += 1;
            after += after / 2 + 1;
        }
        assert!(died >= 10, "the migration was killed {died} times on its way");
    }
}

//! The inner door: nothing changes without its record and its audit line, and all of it or nothing.

use attune_kernel::{Code, MoodId, PatientId};
use attune_store::{Change, Class, Kind, StreamKind};
use attune_testkit::StoreInFolder;
use serde_json::json;
use sqlx::Connection;

use crate::refusal;

const MOOD: Kind = Kind { name: "mood", class: Class::Append, topic: "moods" };
const INSERT: &str =
    "insert into moods (id, patient, score, felt_at, logged_at, author) values (?, ?, ?, ?, ?, ?)";

async fn log(store: &StoreInFolder, score: i64) -> attune_store::Result<MoodId> {
    store
        .write(store.author(), async |tx| {
            let (id, patient) = (MoodId::new(tx.now()), PatientId::new(tx.now()));
            let stream = tx.open_stream(StreamKind::Shared, Some(patient)).await?;
            let change = Change::new(MOOD, id, stream, "log", &json!({ "v": 1, "score": score }))?;
            let (now, member) = (tx.now(), tx.author().member);
            let query = sqlx::query(INSERT)
                .bind(id.as_uuid())
                .bind(patient.as_uuid())
                .bind(score)
                .bind(now)
                .bind(now)
                .bind(member.as_uuid());
            tx.change(change, query).await?;
            Ok(id)
        })
        .await
}

#[tokio::test]
async fn a_change_is_row_and_outbox_record_and_audit_line_together() {
    let store = StoreInFolder::create().await;
    let mut topics = store.changes();
    let id = log(&store, 7).await.unwrap();
    let (queued, history, stream) = store
        .read(async |tx| Ok((tx.queued().await?, tx.history(id).await?, tx.stream_of(id).await?)))
        .await
        .unwrap();
    assert_eq!((queued.len(), queued[0].kind.as_str(), queued[0].version), (1, "mood", 1));
    assert_eq!((queued[0].stream, queued[0].body.as_str()), (stream, r#"{"score":7,"v":1}"#));
    assert_eq!(history, [("log".to_owned(), store.now())]);
    assert_eq!(topics.recv().await.unwrap().iter().collect::<Vec<_>>(), ["moods"]);
    let check = store.verify().await.unwrap();
    assert!(check.sound() && check.lines == 2, "the stream's line and the mood's: {check:?}");
}

#[tokio::test]
async fn a_refused_row_leaves_neither_record_nor_audit_line() {
    let store = StoreInFolder::create().await;
    assert_eq!(
        refusal(log(&store, 11).await),
        Code::Unexpected,
        "the table's own rule refuses a score of 11"
    );
    assert!(store.read(async |tx| tx.queued().await).await.unwrap().is_empty());
    assert_eq!(store.verify().await.unwrap().lines, 0);
}

#[tokio::test]
async fn a_row_changed_beside_the_door_does_not_commit() {
    let store = StoreInFolder::create().await;
    let id = log(&store, 7).await.unwrap();
    let sneaked = store
        .write(store.author(), async |tx| {
            let sneaky =
                sqlx::query_as::<_, (i64,)>("update moods set score = 1 where id = ? returning score");
            tx.one(sneaky.bind(id.as_uuid())).await
        })
        .await;
    assert!(matches!(sneaked, Err(attune_store::Error::Trespass)));
    let score = sqlx::query_scalar::<_, i64>("select score from moods where id = ?").bind(id.as_uuid());
    assert_eq!(store.read(async |tx| tx.scalar(score).await).await.unwrap(), 7);
    assert!(log(&store, 3).await.is_ok(), "the door still opens for those who knock");
}

#[tokio::test]
async fn a_change_speaks_for_one_row_and_a_table_is_not_emptied_in_passing() {
    let store = StoreInFolder::create().await;
    let id = log(&store, 7).await.unwrap();
    log(&store, 8).await.unwrap();
    let many = store
        .write(store.author(), async |tx| {
            let register = Kind { class: Class::Register, ..MOOD };
            let stream = tx.stream_of(id).await?;
            let change = Change::new(register, id, stream, "amend", &json!({ "v": 1 }))?;
            tx.change(change, sqlx::query("update moods set score = 1")).await
        })
        .await;
    assert!(matches!(many, Err(attune_store::Error::Trespass)));
    let emptied = store
        .write(store.author(), async |tx| {
            // SQLite empties a table without visiting its rows; they are counted all the same.
            tx.optional(sqlx::query_as::<_, (i64,)>("delete from moods")).await
        })
        .await;
    assert!(matches!(emptied, Err(attune_store::Error::Trespass)));
    let count = sqlx::query_scalar::<_, i64>("select count(*) from moods where score > 1");
    assert_eq!(store.read(async |tx| tx.scalar(count).await).await.unwrap(), 2);
}

#[tokio::test]
async fn reading_cannot_write() {
    let store = StoreInFolder::create().await;
    let id = log(&store, 7).await.unwrap();
    let wrote = store
        .read(async |tx| {
            let sneaky =
                sqlx::query_as::<_, (i64,)>("update moods set score = 1 where id = ? returning score");
            tx.one(sneaky.bind(id.as_uuid())).await
        })
        .await;
    assert_eq!(refusal(wrote), Code::ReadOnly);
}

#[tokio::test]
async fn what_is_written_once_is_never_written_again() {
    let store = StoreInFolder::create().await;
    let id = log(&store, 7).await.unwrap();
    let again = store
        .write(store.author(), async |tx| {
            let stream = tx.stream_of(id).await?;
            let change = Change::new(MOOD, id, stream, "log", &json!({ "v": 1 }))?;
            tx.change(change, sqlx::query("update moods set score = 1 where id = ?").bind(id.as_uuid())).await
        })
        .await;
    assert_eq!(refusal(again), Code::StoreDamaged);
    let score = sqlx::query_scalar::<_, i64>("select score from moods where id = ?").bind(id.as_uuid());
    assert_eq!(store.read(async |tx| tx.scalar(score).await).await.unwrap(), 7);
}

#[tokio::test]
async fn a_chart_has_one_stream_of_a_kind_however_often_it_is_opened() {
    let store = StoreInFolder::create().await;
    let patient = PatientId::new(store.now());
    let (first, again, other) = store
        .write(store.author(), async |tx| {
            let first = tx.open_stream(StreamKind::Clinical, Some(patient)).await?;
            let again = tx.open_stream(StreamKind::Clinical, Some(patient)).await?;
            let other = tx.open_stream(StreamKind::Shared, Some(patient)).await?;
            Ok((first, again, other))
        })
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[tokio::test]
async fn an_audit_line_that_was_changed_removed_or_cut_off_is_found() {
    for tamper in [
        "update audit set action = 'view' where line = 3",
        "delete from audit where line = 3",
        "delete from audit where line = (select max(line) from audit)",
        "update audit set member = randomblob(16) where line = 1",
    ] {
        let store = StoreInFolder::create().await;
        for score in 1..4 {
            log(&store, score).await.unwrap();
        }
        assert!(store.verify().await.unwrap().audit);
        let (folder, key) = (store.path().join("store.db"), store.key().to_pragma());
        let options =
            sqlx::sqlite::SqliteConnectOptions::new().filename(folder).pragma("key", key.as_str().to_owned());
        let mut beside = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(tamper).execute(&mut beside).await.unwrap();
        assert!(!store.verify().await.unwrap().audit, "{tamper}");
    }
}

#[tokio::test]
async fn unsaved_text_outlives_the_store_being_closed() {
    let store = StoreInFolder::create().await;
    store.write(store.author(), async |tx| tx.keep_unsaved("patients/new", "half a na").await).await.unwrap();
    let store = store.reopen().await;
    let kept = store.read(async |tx| tx.unsaved("patients/new").await).await.unwrap();
    assert_eq!(kept.as_deref(), Some("half a na"));
    store.write(store.author(), async |tx| tx.drop_unsaved("patients/new").await).await.unwrap();
    assert_eq!(store.read(async |tx| tx.unsaved("patients/new").await).await.unwrap(), None);
}

#[tokio::test]
async fn reading_goes_on_while_someone_writes() {
    let store = StoreInFolder::create().await;
    log(&store, 5).await.unwrap();
    store
        .write(store.author(), async |_| {
            let count = sqlx::query_scalar::<_, i64>("select count(*) from moods");
            let seen = store.read(async |tx| tx.scalar(count).await).await?;
            assert_eq!(seen, 1, "a reader sees what was there before, at once");
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn nothing_on_the_disk_is_in_the_clear() {
    let store = StoreInFolder::create().await;
    let canary = "cänary-quince-7731";
    store.write(store.author(), async |tx| tx.keep_unsaved("place", canary).await).await.unwrap();
    let mut searched = 0;
    for name in ["store.db", "store.db-wal", "store.db-shm"] {
        let bytes = std::fs::read(store.path().join(name)).unwrap();
        assert!(!bytes.windows(canary.len()).any(|window| window == canary.as_bytes()));
        searched += bytes.len();
    }
    assert!(searched > 4096, "the database and its log were searched");
}

//! Voices: kept on this device, told to nobody, gone when their owner says so.

use attune_kernel::Private;
use attune_testkit::StoreInFolder;

#[tokio::test]
async fn a_voice_is_kept_in_place_of_the_one_before_and_stays_through_a_restart() {
    let store = StoreInFolder::create().await;
    let me = store.author().member;
    assert_eq!(store.read(async |tx| tx.voice(me).await).await.unwrap(), None);
    for print in ["[1.5]", "[2.5]"] {
        store.clock().advance(chrono::TimeDelta::days(1));
        store.write(store.author(), async |tx| tx.keep_voice(me, print).await).await.unwrap();
    }
    let store = store.reopen().await;
    let kept = store.read(async |tx| tx.voice(me).await).await.unwrap().unwrap();
    assert_eq!((&kept.print, kept.learnt_at), (&Private::new("[2.5]".to_owned()), store.now()));
    assert!(!format!("{kept:?}").contains("2.5"));
}

#[tokio::test]
async fn a_voice_leaves_no_audit_line_and_nothing_to_send_and_goes_when_it_is_forgotten() {
    let store = StoreInFolder::create().await;
    let me = store.author().member;
    let lines = store.verify().await.unwrap().lines;
    store.write(store.author(), async |tx| tx.keep_voice(me, "[1.5]").await).await.unwrap();
    store.write(store.author(), async |tx| tx.forget_voice(me).await).await.unwrap();
    store.write(store.author(), async |tx| tx.forget_voice(me).await).await.unwrap();
    assert_eq!(store.read(async |tx| tx.voice(me).await).await.unwrap(), None);
    assert_eq!(store.verify().await.unwrap().lines, lines);
    assert!(store.read(async |tx| tx.queued().await).await.unwrap().is_empty());
}

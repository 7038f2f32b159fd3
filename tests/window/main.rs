//! The real window under a virtual display, driven through WebKit's own WebDriver: the built program as a
//! person meets it. Few journeys, whole ones.

#![cfg(target_os = "linux")]

mod driven;

use driven::Driven;

const PASSWORD: &str = "seven quiet herons wading";

#[tokio::test]
async fn a_practice_is_begun_a_patient_added_a_mood_logged_locked_unlocked_and_seen() {
    let attune = Driven::start().await;
    attune.begin_practice("Ingrid Lindqvist", "Lindqvist Practice", PASSWORD).await;
    attune.add_patient("Maya Okafor").await;
    attune.log_mood(6).await;
    assert_eq!(attune.title().await, "Attune", "the title names no one");
    attune.lock().await;
    assert!(!attune.page().await.contains("Okafor"), "nothing of the practice is left behind the lock");
    attune.unlock(PASSWORD).await;
    attune.open_patient("Maya Okafor").await;
    attune.sees_mood(6).await;
    attune.finish().await;
}

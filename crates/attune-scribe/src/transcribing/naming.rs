//! What is known of those in the room before anybody has listened: how many they are, and the clinician's voice.

use attune_practice::{recordings::Recording, sessions};
use attune_speech::speakers::Naming;
use attune_store::Store;

use crate::Result;

/// What helps to tell the voices of a recording apart.
pub(super) async fn of(store: &Store, recording: &Recording) -> Result<Naming> {
    let member = store.author().member;
    let (session, voice) = store
        .read(async |tx| {
            let session = sessions::read(tx, recording.session).await?;
            Ok((session, tx.voice(member).await?))
        })
        .await?;
    // Whoever came along was named. Where nobody was, the voices say how many there are.
    let speakers = (!session.attendees.is_empty()).then_some(2 + session.attendees.len());
    // A voice that does not read is one that was not learnt: no transcript fails for it.
    let voice = voice.and_then(|voice| {
        serde_json::from_str(voice.print.reveal())
            .inspect_err(|_| tracing::warn!("a voice that was learnt does not read"))
            .ok()
    });
    Ok(Naming { speakers, voice, turns: None })
}

//! What becomes of recordings around the desk: rows are written when one ends, and one whose consent is taken
//! back ends.

use std::sync::Arc;

use attune_practice::consents::{self, ConsentKind};
use attune_scribe::Happening;
use attune_store::{JOBS, Opened};
use tokio::sync::broadcast::error::RecvError;

use super::{Desk, Told};
use crate::fault;

/// Minds them for as long as the application runs.
pub fn mind_recordings(desk: &Arc<Desk>) {
    let (desk, mut told) = (Arc::clone(desk), desk.listen());
    tauri::async_runtime::spawn(async move {
        loop {
            let (ended, consents) = match told.recv().await {
                Ok(Told::RecordingEnded) => (true, false),
                Ok(Told::Changed(topics)) => {
                    if topics.iter().any(|topic| topic == JOBS) {
                        desk.transcriber().wake();
                    }
                    (false, topics.iter().any(|topic| topic == consents::CONSENT.topic))
                }
                // The disk of a session that has just begun is read from now on.
                Ok(Told::Recorder(_)) => {
                    desk.transcriber().wake();
                    continue;
                }
                Ok(_) => continue,
                // What was missed may have been any of it.
                Err(RecvError::Lagged(_)) => {
                    desk.transcriber().wake();
                    (true, true)
                }
                Err(RecvError::Closed) => return,
            };
            // Behind a lock both wait until it is opened.
            let Ok(opened) = desk.opened() else { continue };
            if ended {
                desk.settle(&opened).await;
            }
            if consents {
                desk.mind_consent(&opened).await;
            }
        }
    });
}

impl Desk {
    /// Ends the recording of a patient who no longer consents. It makes no difference where they said so.
    pub async fn mind_consent(&self, opened: &Opened) {
        let state = self.scribe().state().seen_from(Some(opened.id()));
        let (true, Some(patient)) = (state.is_recording(), state.patient) else { return };
        match opened.read(async |tx| consents::live(tx, patient, ConsentKind::Recording).await).await {
            Ok(Some(_)) => {}
            Ok(None) => {
                let ended = self.happen(Happening::ConsentWithdrawn(patient)).await;
                if let Err(error) = ended {
                    fault::note(&error);
                }
            }
            Err(error) => {
                fault::note(&error);
            }
        }
    }
}

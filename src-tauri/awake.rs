//! Keeps the machine from falling asleep by itself while a session is recorded: for fifty minutes nobody
//! touches a key. It does not keep anyone from closing the lid; then the recording pauses with a mark.

use std::sync::Arc;

use keepawake::KeepAwake;
use tokio::sync::broadcast::error::RecvError;

use crate::desk::{Desk, Told};

/// For as long as the application runs. On a thread of its own: asking the system may block.
pub fn stay_awake_while_recording(desk: &Arc<Desk>) {
    let (desk, mut told) = (Arc::clone(desk), desk.listen());
    let watching = std::thread::Builder::new().name("attune-awake".into()).spawn(move || {
        let mut held = None;
        loop {
            let recording = match told.blocking_recv() {
                Ok(Told::Recorder(state)) => state.is_recording(),
                Err(RecvError::Lagged(_)) => desk.scribe().state().is_recording(),
                Ok(_) => continue,
                Err(RecvError::Closed) => return,
            };
            match (recording, held.is_some()) {
                (true, false) => held = hold(),
                (false, true) => held = None,
                _ => {}
            }
        }
    });
    if let Err(error) = watching {
        tracing::warn!(%error, "nothing keeps the machine awake while it records");
    }
}

fn hold() -> Option<KeepAwake> {
    let awake = keepawake::Builder::default()
        .display(false)
        .idle(true)
        .sleep(true)
        .reason("A recording is going on")
        .app_name("Attune")
        .app_reverse_domain("org.attune.Attune")
        .create();
    match awake {
        Ok(awake) => Some(awake),
        Err(error) => {
            tracing::info!(%error, "this system does not let itself be kept awake");
            None
        }
    }
}

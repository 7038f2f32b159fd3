//! What is being listened to: one recording at a time, and none behind a lock.

use std::sync::{Arc, Mutex, PoisonError, atomic::AtomicU64};

use attune_audio::{
    Error, Result,
    player::{self, Player},
    spool::SpoolReader,
};
use attune_kernel::{Code, RecordingId};
use attune_store::SpoolPlace;
use serde::{Deserialize, Serialize};
use specta::Type;
use tokio::sync::broadcast;

use super::Told;

/// How a recording is being played, and which.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlayerState {
    /// Grows with every change: an answer that was overtaken by news is older than it.
    #[specta(type = u32)]
    pub revision: u64,
    pub recording: Option<RecordingId>,
    pub playing: bool,
    /// What is heard now.
    pub at_ms: u32,
    pub duration_ms: u32,
    pub speed: f32,
    pub skip_silence: bool,
    /// Why it stopped by itself.
    pub fault: Option<Code>,
}

impl PlayerState {
    fn of(recording: RecordingId, state: player::PlayerState) -> Self {
        Self {
            revision: state.revision,
            recording: Some(recording),
            playing: state.playing,
            at_ms: state.at_ms,
            duration_ms: state.duration_ms,
            speed: state.speed,
            skip_silence: state.skip_silence,
            fault: state.fault,
        }
    }
}

/// The one player.
pub struct Playback {
    open: Mutex<Option<Arc<(RecordingId, Player)>>>,
    told: broadcast::Sender<Told>,
    revisions: Arc<AtomicU64>,
}

impl Playback {
    pub fn new(told: broadcast::Sender<Told>) -> Self {
        Self { open: Mutex::new(None), told, revisions: Arc::default() }
    }

    /// Takes a recording, in the place of the one before.
    pub fn open(&self, recording: RecordingId, place: &SpoolPlace) -> Result<PlayerState> {
        self.close();
        let spool = SpoolReader::open(&place.path, &place.key)?;
        let told = self.told.clone();
        let tell = Box::new(move |state| {
            // Nobody listens while there is no window.
            let _listeners = told.send(Told::Player(PlayerState::of(recording, state)));
        });
        let player = Player::open(Box::new(spool.to_listen()), tell, Arc::clone(&self.revisions))?;
        let state = PlayerState::of(recording, player.state());
        *self.held() = Some(Arc::new((recording, player)));
        Ok(state)
    }

    /// Does something with what is open.
    pub fn order(&self, order: impl FnOnce(&Player) -> player::PlayerState) -> Result<PlayerState> {
        let open = self.held().clone().ok_or(Error::Refused(Code::Gone))?;
        let (recording, player) = &*open;
        Ok(PlayerState::of(*recording, order(player)))
    }

    /// Falls silent and lets the recording go.
    pub fn close(&self) {
        // Not under the lock: the player says its last word first.
        let open = self.held().take();
        drop(open);
    }

    /// Lets go of this recording, if it is the one that is open.
    pub fn close_if(&self, recording: RecordingId) {
        let is_open = self.held().as_ref().is_some_and(|open| open.0 == recording);
        if is_open {
            self.close();
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Arc<(RecordingId, Player)>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Locks before the machine sleeps, where the operating system waits for it: logind on Linux. Everywhere
//! else the idle watch finds out within half a second of waking.

use std::sync::Arc;

#[cfg(target_os = "linux")]
use attune_scribe::Happening;

use crate::desk::Desk;

#[cfg(target_os = "linux")]
mod logind {
    //! logind's word that sleep is near.

    #[zbus::proxy(
        interface = "org.freedesktop.login1.Manager",
        default_service = "org.freedesktop.login1",
        default_path = "/org/freedesktop/login1"
    )]
    pub trait Sleep {
        /// The machine waits with sleeping for as long as this is held.
        fn inhibit(
            &self,
            what: &str,
            who: &str,
            why: &str,
            mode: &str,
        ) -> zbus::Result<zbus::zvariant::OwnedFd>;

        #[zbus(signal)]
        fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
    }
}

/// Listens for as long as the application runs.
#[cfg(target_os = "linux")]
pub fn lock_before_sleep(desk: Arc<Desk>) {
    use futures_util::StreamExt;

    async fn listen(desk: &Arc<Desk>) -> zbus::Result<()> {
        let bus = zbus::Connection::system().await?;
        let logind = logind::SleepProxy::new(&bus).await?;
        let mut signals = logind.receive_prepare_for_sleep().await?;
        let hold = || logind.inhibit("sleep", "Attune", "locking", "delay");
        let mut held = Some(hold().await?);
        while let Some(signal) = signals.next().await {
            if signal.args()?.start {
                // Nobody knows who will be in the room when it wakes: the microphone is closed, with a mark.
                if desk.scribe().state().is_recording()
                    && let Err(error) = desk.happen(Happening::Slept).await
                {
                    crate::fault::note(&error);
                }
                if let Err(error) = desk.lock_shortly().await {
                    crate::fault::note(&error);
                }
                // Locked: the machine may sleep.
                drop(held.take());
            } else {
                held = Some(hold().await?);
            }
        }
        drop(held);
        Ok(())
    }

    tauri::async_runtime::spawn(async move {
        if let Err(error) = listen(&desk).await {
            tracing::info!(%error, "no word of sleep from the system; the idle watch will notice");
        }
    });
}

/// The idle watch does it.
#[cfg(not(target_os = "linux"))]
pub fn lock_before_sleep(_: Arc<Desk>) {}

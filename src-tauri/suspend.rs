//! Locks before the machine sleeps, where the operating system says so beforehand. Everywhere else the
//! idle watch finds out on waking, before anyone can have read the screen for long.

use std::sync::Arc;

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
        #[zbus(signal)]
        fn prepare_for_sleep(&self, start: bool) -> zbus::Result<()>;
    }
}

/// Listens for as long as the application runs.
#[cfg(target_os = "linux")]
pub fn lock_before_sleep(desk: Arc<Desk>) {
    use futures_util::StreamExt;

    async fn listen(desk: &Desk) -> zbus::Result<()> {
        let bus = zbus::Connection::system().await?;
        let mut signals = logind::SleepProxy::new(&bus).await?.receive_prepare_for_sleep().await?;
        while let Some(signal) = signals.next().await {
            if signal.args()?.start
                && let Err(error) = desk.lock_shortly().await
            {
                crate::fault::note(&error);
            }
        }
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

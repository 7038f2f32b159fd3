//! The machine's own microphones, through cpal.
//!
//! On Linux the PulseAudio host (which PipeWire answers too) goes first: it names devices as people know them
//! and hears what the computer plays. Where it does not answer, ALSA does. The server may go away and come
//! back at any time, so nothing is held on to that cannot be found again by its key.
//!
//! What this refuses: to take the sound of the loudspeakers for a microphone because no microphone is there.

mod found;
mod listen;
mod reach;
#[cfg(target_os = "linux")]
mod watch;

pub(crate) use reach::{Reach, let_go};

use cpal::ErrorKind;
use found::Found;

use crate::{
    Result,
    source::{Device, DeviceKey, Microphones, Open, Wanted},
};

/// The devices of this machine. Cheap to make: nothing is reached before the first question.
#[derive(Default)]
pub struct CpalHost {
    reach: Reach,
}

impl CpalHost {
    /// Reaches nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Microphones for CpalHost {
    fn list(&self) -> Result<Vec<Device>> {
        self.reach.ask(|host| Ok(found::all(host)?.into_iter().map(|found| found.device).collect()))
    }

    fn default_key(&self) -> Option<DeviceKey> {
        self.list().ok()?.into_iter().find(|device| device.default).map(|device| device.key)
    }

    fn open(&self, wanted: &Wanted) -> Result<Open> {
        let wanted = wanted.clone();
        let (device, opened) = self.reach.ask(move |host| {
            let Found { device, handle, config } = found::wanted(host, &wanted)?
                .ok_or_else(|| cpal::Error::new(ErrorKind::DeviceNotAvailable))?;
            let opened = listen::listen(host, &handle, config)?;
            Ok((device, opened))
        })?;
        Ok(Open {
            device,
            rate: opened.rate,
            channels: opened.channels,
            drain: Some(opened.drain),
            stream: Box::new(opened.held),
        })
    }
}

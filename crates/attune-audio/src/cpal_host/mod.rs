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
mod watch;

pub(crate) use reach::{ask, in_pieces, let_go, start};
pub(crate) use watch::{Watch, over as watch_over};

use cpal::ErrorKind;
use found::Found;

use crate::{
    Result,
    source::{Device, DeviceKey, Microphones, Open, Wanted},
};

/// The devices of this machine. Nothing is reached before the first question.
#[derive(Debug, Clone, Copy, Default)]
pub struct CpalHost;

impl Microphones for CpalHost {
    fn list(&self) -> Result<Vec<Device>> {
        ask(|host| Ok(found::all(host)?.into_iter().map(|found| found.device).collect()))
    }

    fn default_key(&self) -> Option<DeviceKey> {
        self.list().ok()?.into_iter().find(|device| device.default).map(|device| device.key)
    }

    fn open(&self, wanted: &Wanted) -> Result<Open> {
        let wanted = wanted.clone();
        let (device, opened) = ask(move |host| {
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

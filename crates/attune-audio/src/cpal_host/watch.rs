//! Notices a device that was pulled out while its stream goes on.
//!
//! PulseAudio moves the streams of a device that goes to another one and tells nobody. A recording would go on
//! from a microphone nobody chose, under the name of the one that is gone; and a session played to headphones
//! would go on from the loudspeakers.

use std::{
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};

use cpal::{
    Device, DeviceId, Host,
    traits::{DeviceTrait, HostTrait},
};

use super::reach::is_pulse;

/// How often it is looked for. The loss is to be known within the second.
const LOOK: Duration = Duration::from_millis(400);

/// Watches until it is dropped.
pub(crate) struct Watch {
    _until_dropped: Sender<()>,
}

/// Says once that the device is no longer there. Other hosts end the stream by themselves, and need no watch.
pub(crate) fn over(host: &Arc<Host>, device: &Device, gone: impl FnOnce() + Send + 'static) -> Option<Watch> {
    if !is_pulse(&host.id()) {
        return None;
    }
    let id = device.id().ok()?;
    let host = Arc::clone(host);
    let (until_dropped, dropped) = mpsc::channel();
    let watching = thread::Builder::new().name("attune-watch".to_owned()).spawn(move || {
        while dropped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            if !is_there(&host, &id) {
                return gone();
            }
        }
    });
    // Where there is no thread to be had, what is left is that a silent device is noticed.
    watching.is_ok().then_some(Watch { _until_dropped: until_dropped })
}

/// A server that gives no list is gone itself, and its streams with it.
fn is_there(host: &Host, id: &DeviceId) -> bool {
    host.devices().is_ok_and(|mut all| all.any(|device| device.id().is_ok_and(|other| other == *id)))
}

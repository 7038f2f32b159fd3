//! Where sound comes from: named devices, and the trait behind which the machine's own stand.
//!
//! A device is known by a key that stays the same between starts, never by its place in a list. Asking for
//! the default follows it when the person changes it.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{Result, tap::Drain};

/// A device's lasting identity, as its host names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct DeviceKey(pub String);

/// What a device hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    Microphone,
    /// What the computer itself plays: the far side of a call.
    SystemSound,
}

/// A device one can record from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    pub key: DeviceKey,
    pub name: String,
    pub kind: DeviceKind,
    /// Whether the system would take this one if nobody chose.
    pub default: bool,
    pub channels: u16,
    pub rate: u32,
}

/// Which device somebody wants. One for each channel that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case", tag = "kind", content = "key")]
pub enum Wanted {
    /// Whatever the system would take, also when that changes.
    #[default]
    Default,
    /// This one; while it is missing, the default stands in.
    Device(DeviceKey),
}

/// A device that delivers: dropping it stops it.
pub struct Open {
    pub device: Device,
    /// As it delivers, which need not be what [`Device`] names.
    pub rate: u32,
    pub channels: u16,
    /// The other end of the ring its callback fills. `None` once it was handed on.
    pub drain: Option<Drain>,
    /// Held for as long as it should deliver.
    pub stream: Box<dyn Listening>,
}

/// A stream that runs until it is dropped.
pub trait Listening: Send {}

/// The microphones there are. Calls may block for a while: never make them on a thread that keeps sound.
pub trait Microphones: Send + Sync + 'static {
    /// Everything one can record from, junk left out.
    fn list(&self) -> Result<Vec<Device>>;
    /// What the system would take now.
    fn default_key(&self) -> Option<DeviceKey>;
    /// Opens and starts a device.
    fn open(&self, wanted: &Wanted) -> Result<Open>;
}

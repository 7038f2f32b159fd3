//! Which devices there are, which of them a person would call a device, and which one is meant.

use cpal::{
    Host, HostId, SupportedStreamConfig,
    traits::{DeviceTrait, HostTrait},
};

use super::reach::is_pulse;
use crate::source::{Device, DeviceKey, DeviceKind, Wanted};

/// What PulseAudio and PipeWire end the name of a loudspeaker with, where it is listened to.
const MONITOR: &str = ".monitor";

/// A device and the way to open it.
pub(super) struct Found {
    pub device: Device,
    pub handle: cpal::Device,
    pub config: SupportedStreamConfig,
}

/// Everything one can record from. At most one of them is the default, and that one is a microphone: without
/// any, PulseAudio names the loudspeakers' own sound as the default, and a session would be recorded from it.
pub(super) fn all(host: &Host) -> Result<Vec<Found>, cpal::Error> {
    let mut all: Vec<Found> = host.devices()?.filter_map(|handle| describe(host.id(), handle)).collect();
    let system = host.default_input_device().and_then(|device| key(&device));
    let is_microphone = |found: &Found| found.device.kind == DeviceKind::Microphone;
    let default = all
        .iter()
        .position(|found| is_microphone(found) && Some(&found.device.key) == system.as_ref())
        .or_else(|| all.iter().position(is_microphone));
    if let Some(default) = default {
        all[default].device.default = true;
    }
    Ok(all)
}

/// The device that is meant, or the one that stands in for it while it is missing.
pub(super) fn wanted(host: &Host, wanted: &Wanted) -> Result<Option<Found>, cpal::Error> {
    let mut all = all(host)?;
    let chosen = match wanted {
        Wanted::Default => None,
        Wanted::Device(key) => all.iter().position(|found| found.device.key == *key),
    };
    let stand_in = || match wanted {
        // A channel that is to hear the far side must not turn into a second microphone.
        Wanted::Device(DeviceKey(key)) if key.ends_with(MONITOR) => {
            let DeviceKey(loudspeaker) = self::key(&host.default_output_device()?)?;
            all.iter().position(|found| found.device.key.0 == format!("{loudspeaker}{MONITOR}"))
        }
        _ => all.iter().position(|found| found.device.default),
    };
    Ok(chosen.or_else(stand_in).map(|place| all.swap_remove(place)))
}

fn key(device: &cpal::Device) -> Option<DeviceKey> {
    Some(DeviceKey(device.id().ok()?.to_string()))
}

/// None for what is no device to a person, or cannot be recorded from.
fn describe(host: HostId, handle: cpal::Device) -> Option<Found> {
    let id = handle.id().ok()?;
    if is_junk(host.name(), id.id()) {
        return None;
    }
    let (config, kind) = recordable(host, &handle, id.id())?;
    let description = handle.description().ok()?;
    let device = Device {
        key: DeviceKey(id.to_string()),
        name: description.name().lines().next().unwrap_or_default().trim().to_owned(),
        kind,
        default: false,
        channels: config.channels(),
        rate: config.sample_rate(),
    };
    Some(Found { device, handle, config })
}

fn recordable(host: HostId, handle: &cpal::Device, id: &str) -> Option<(SupportedStreamConfig, DeviceKind)> {
    if let Ok(config) = handle.default_input_config() {
        let kind = if is_pulse(&host) && id.ends_with(MONITOR) {
            DeviceKind::SystemSound
        } else {
            DeviceKind::Microphone
        };
        return Some((config, kind));
    }
    // Windows records from a loudspeaker that is opened as if it were a microphone.
    if cfg!(windows) {
        return Some((handle.default_output_config().ok()?, DeviceKind::SystemSound));
    }
    None
}

/// ALSA lists every plug-in it could chain, and each card many times over. PulseAudio makes up a loudspeaker
/// where there is none.
fn is_junk(host: &str, id: &str) -> bool {
    match host {
        "ALSA" => {
            let card = id.strip_prefix("plughw:CARD=");
            // By the card's name, not by its number, which changes when another is plugged in.
            let named = card.is_some_and(|card| !card.starts_with(|first: char| first.is_ascii_digit()));
            id != "default" && !named
        }
        "PulseAudio" => id.starts_with("auto_null"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_alsa_only_the_default_and_named_cards_are_devices() {
        let junk = [
            "null",
            "lavrate",
            "samplerate",
            "speexrate",
            "jack",
            "oss",
            "pulse",
            "upmix",
            "vdownmix",
            "dmix",
            "surround51:CARD=PCH,DEV=0",
            "hw:CARD=PCH,DEV=0",
            "sysdefault:CARD=PCH",
            "plughw:CARD=0,DEV=0",
        ];
        for id in junk {
            assert!(is_junk("ALSA", id), "{id}");
        }
        for id in ["default", "plughw:CARD=PCH,DEV=0", "plughw:CARD=Headset,DEV=0"] {
            assert!(!is_junk("ALSA", id), "{id}");
        }
    }

    #[test]
    fn the_loudspeaker_pulseaudio_makes_up_is_no_device() {
        assert!(is_junk("PulseAudio", "auto_null.monitor"));
        assert!(!is_junk("PulseAudio", "alsa_input.usb-Blue_Yeti-00.analog-stereo"));
    }
}

//! Opens a microphone as it delivers by itself, whatever its rate and format.
//!
//! The callback copies and nothing else. What the system complains about is sorted here: whether the stream
//! has ended, or goes on all the same.

use std::sync::Arc;

use cpal::{
    Device, ErrorKind, FromSample, Host, I24, SampleFormat, SizedSample, StreamConfig, SupportedStreamConfig,
    U24,
    traits::{DeviceTrait, StreamTrait},
};

use super::{Watch, in_pieces, let_go, watch_over};
use crate::{
    source::Listening,
    tap::{Alarm, Drain, Failure, Tap, tap},
};

/// Which part of a second PulseAudio is to hold at most; it delivers twice as often. In its own large pieces
/// nothing would be seen of a dead device, and all of a piece lost with the application. In much smaller ones it
/// drops what a busy machine makes it deliver late.
const HELD_BACK: u32 = 10;

/// A stream that delivers.
pub(super) struct Opened {
    pub rate: u32,
    pub channels: u16,
    pub drain: Drain,
    pub held: Held,
}

/// Stops the stream when dropped.
pub(super) struct Held {
    stream: Option<cpal::Stream>,
    _watch: Option<Watch>,
}

impl Listening for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            let_go(stream);
        }
    }
}

/// Opens and starts it.
pub(super) fn listen(
    host: &Arc<Host>,
    device: &Device,
    config: SupportedStreamConfig,
) -> Result<Opened, cpal::Error> {
    let (rate, channels) = (config.sample_rate(), config.channels());
    let (tap, drain, alarm) = tap(rate, channels);
    let asked = in_pieces(host.id(), config.config(), HELD_BACK);
    let stream = build_any(device, config.sample_format(), asked, tap, alarm.clone())?;
    stream.play()?;
    let watch = watch_over(host, device, move || alarm.raise(Failure::Gone));
    Ok(Opened { rate, channels, drain, held: Held { stream: Some(stream), _watch: watch } })
}

fn build_any(
    device: &Device,
    format: SampleFormat,
    config: StreamConfig,
    tap: Tap,
    alarm: Alarm,
) -> Result<cpal::Stream, cpal::Error> {
    match format {
        SampleFormat::I8 => build::<i8>(device, config, tap, alarm),
        SampleFormat::I16 => build::<i16>(device, config, tap, alarm),
        SampleFormat::I24 => build::<I24>(device, config, tap, alarm),
        SampleFormat::I32 => build::<i32>(device, config, tap, alarm),
        SampleFormat::I64 => build::<i64>(device, config, tap, alarm),
        SampleFormat::U8 => build::<u8>(device, config, tap, alarm),
        SampleFormat::U16 => build::<u16>(device, config, tap, alarm),
        SampleFormat::U24 => build::<U24>(device, config, tap, alarm),
        SampleFormat::U32 => build::<u32>(device, config, tap, alarm),
        SampleFormat::U64 => build::<u64>(device, config, tap, alarm),
        SampleFormat::F32 => build::<f32>(device, config, tap, alarm),
        SampleFormat::F64 => build::<f64>(device, config, tap, alarm),
        // One bit a sample: nobody's microphone, and nothing here could keep it.
        _ => Err(ErrorKind::UnsupportedConfig.into()),
    }
}

fn build<T: SizedSample>(
    device: &Device,
    config: StreamConfig,
    mut tap: Tap,
    alarm: Alarm,
) -> Result<cpal::Stream, cpal::Error>
where
    f32: FromSample<T>,
{
    device.build_input_stream::<T, _, _>(
        config,
        move |samples, _| tap.take(samples, f32::from_sample_),
        move |error| {
            if let Some(failure) = ended(error.kind()) {
                alarm.raise(failure);
            }
        },
        None,
    )
}

/// Whether the stream has ended with this, and why.
fn ended(kind: ErrorKind) -> Option<Failure> {
    match kind {
        // Rerouted, at a lower priority, or a moment too late: it delivers all the same.
        ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied | ErrorKind::Xrun => None,
        ErrorKind::PermissionDenied => Some(Failure::Denied),
        // Whatever else it is, opening the device anew is what helps, and costs a short gap at most.
        _ => Some(Failure::Gone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_ends_a_stream_raises_the_alarm() {
        for kind in [ErrorKind::DeviceChanged, ErrorKind::RealtimeDenied, ErrorKind::Xrun] {
            assert_eq!(ended(kind), None, "{kind:?}");
        }
        for kind in [ErrorKind::DeviceNotAvailable, ErrorKind::StreamInvalidated, ErrorKind::BackendError] {
            assert_eq!(ended(kind), Some(Failure::Gone), "{kind:?}");
        }
        assert_eq!(ended(ErrorKind::PermissionDenied), Some(Failure::Denied));
    }
}

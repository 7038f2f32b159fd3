//! The loudspeaker the system takes now, supplied through a ring.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use cpal::{
    Device, ErrorKind, FromSample, Host, I24, SampleFormat, SizedSample, StreamConfig, U24,
    traits::{DeviceTrait, HostTrait},
};
use rtrb::Producer;

use super::{
    needle::{Needle, Ready, Shared, ring},
    stretch::Placed,
};
use crate::{
    Result,
    cpal_host::{Watch, ask, in_pieces, let_go, start, watch_over},
};

/// How much PulseAudio asks for at a time, in parts of a second; it keeps twice that. With much more, pauses and
/// jumps are late; with much less, a busy machine is heard.
const ASKED: u32 = 10;
/// A loudspeaker that asks for nothing for so long is gone, whatever it says.
const QUIET: Duration = Duration::from_secs(1);

/// An open loudspeaker. Dropping it closes it.
pub struct Speaker {
    rate: u32,
    ring: Producer<Ready>,
    shared: Arc<Shared>,
    stream: Option<cpal::Stream>,
    _watch: Option<Watch>,
}

impl Speaker {
    /// Opens what the system takes now. It asks for nothing until it is started.
    pub fn open() -> Result<Self> {
        ask(open)
    }

    /// The same with nothing behind it.
    #[cfg(test)]
    pub fn without_a_system(rate: u32, ring: Producer<Ready>, shared: Arc<Shared>) -> Self {
        Self { rate, ring, shared, stream: None, _watch: None }
    }

    /// Starts it, once something is ready: what it asks for before that would be silence to wait through.
    pub fn start(&mut self) -> Result<()> {
        if let Some(stream) = self.stream.take() {
            self.stream = Some(start(stream)?);
        }
        self.shared.called.fetch_max(self.shared.now(), Ordering::AcqRel);
        Ok(())
    }

    /// Samples a second.
    pub const fn rate(&self) -> u32 {
        self.rate
    }

    /// Plays what is ready, or falls silent.
    pub fn play(&self, on: bool) {
        self.shared.still.store(false, Ordering::Release);
        self.shared.playing.store(on, Ordering::Release);
    }

    /// Whether nothing is heard any more since it was told to fall silent.
    pub fn is_still(&self) -> bool {
        self.shared.still.load(Ordering::Acquire) && self.is_heard_out()
    }

    /// Leaves out what was made ready until now.
    pub fn jump(&self) {
        self.shared.stretch.fetch_add(1, Ordering::AcqRel);
    }

    /// How many more samples find room.
    pub fn room(&self) -> usize {
        self.ring.slots()
    }

    /// Makes one more ready.
    pub fn push(&mut self, placed: Placed) {
        let stretch = self.shared.stretch.load(Ordering::Acquire);
        // The caller has asked for the room.
        self.ring.push(Ready { placed, stretch }).ok();
    }

    /// Says that enough is ready to play. Begun with the first samples, it would run dry on them after a jump.
    pub fn prime(&self) {
        self.shared.primed.store(self.shared.stretch.load(Ordering::Acquire), Ordering::Release);
    }

    /// Where in the recording that is which is heard now, at this many samples of it a second. None where
    /// nothing was heard since the last jump.
    pub fn heard(&self, samples_a_second: f64) -> Option<u64> {
        if self.shared.taken.load(Ordering::Acquire) != self.shared.stretch.load(Ordering::Acquire) {
            return None;
        }
        let ahead = self.shared.heard.load(Ordering::Acquire).saturating_sub(self.shared.now());
        let ahead = (ahead as f64 / 1e6 * samples_a_second) as u64;
        Some(self.shared.at.load(Ordering::Acquire).saturating_sub(ahead))
    }

    /// Whether everything that was made ready has been heard.
    pub fn is_played_out(&self) -> bool {
        self.ring.slots() == self.ring.buffer().capacity() && self.is_heard_out()
    }

    fn is_heard_out(&self) -> bool {
        self.shared.now() >= self.shared.heard.load(Ordering::Acquire)
    }

    /// Whether the loudspeaker is gone, or takes nothing any more.
    pub fn is_lost(&self) -> bool {
        let called = self.shared.called.load(Ordering::Acquire);
        let quiet = Duration::from_micros(self.shared.now().saturating_sub(called));
        self.shared.lost.load(Ordering::Acquire) || quiet > QUIET
    }
}

impl Drop for Speaker {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            let_go(stream);
        }
    }
}

fn open(host: &Arc<Host>) -> Result<Speaker, cpal::Error> {
    // A host whose server has gone names no device; asking for all of them says that it has.
    let _reached = host.devices()?;
    let device =
        host.default_output_device().ok_or_else(|| cpal::Error::new(ErrorKind::DeviceNotAvailable))?;
    let config = device.default_output_config()?;
    let rate = config.sample_rate();
    let (ring, needle, shared) = ring(rate, config.channels());
    let asked = in_pieces(host.id(), config.config(), ASKED);
    let stream = build_any(&device, config.sample_format(), asked, needle)?;
    let lost = Arc::clone(&shared);
    let watch = watch_over(host, &device, move || lost.lost.store(true, Ordering::Release));
    Ok(Speaker { rate, ring, shared, stream: Some(stream), _watch: watch })
}

fn build_any(
    device: &Device,
    format: SampleFormat,
    config: StreamConfig,
    needle: Needle,
) -> Result<cpal::Stream, cpal::Error> {
    match format {
        SampleFormat::I8 => build::<i8>(device, config, needle),
        SampleFormat::I16 => build::<i16>(device, config, needle),
        SampleFormat::I24 => build::<I24>(device, config, needle),
        SampleFormat::I32 => build::<i32>(device, config, needle),
        SampleFormat::I64 => build::<i64>(device, config, needle),
        SampleFormat::U8 => build::<u8>(device, config, needle),
        SampleFormat::U16 => build::<u16>(device, config, needle),
        SampleFormat::U24 => build::<U24>(device, config, needle),
        SampleFormat::U32 => build::<u32>(device, config, needle),
        SampleFormat::U64 => build::<u64>(device, config, needle),
        SampleFormat::F32 => build::<f32>(device, config, needle),
        SampleFormat::F64 => build::<f64>(device, config, needle),
        _ => Err(ErrorKind::UnsupportedConfig.into()),
    }
}

fn build<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    mut needle: Needle,
) -> Result<cpal::Stream, cpal::Error> {
    let shared = Arc::clone(&needle.shared);
    device.build_output_stream::<T, _, _>(
        config,
        move |out, info| {
            let stamp = info.timestamp();
            needle.fill(out, stamp.playback.saturating_duration_since(stamp.callback));
        },
        move |error| match error.kind() {
            // It goes on, at a lower priority or after a moment's gap. Rerouted is not among
            // these: the next loudspeaker may be heard by somebody else.
            ErrorKind::RealtimeDenied | ErrorKind::Xrun => {}
            _ => shared.lost.store(true, Ordering::Release),
        },
        None,
    )
}

//! How a frame of sound becomes bytes and sound again.
//!
//! A packet stands alone: it needs no header and none of its neighbours, so that whatever part of a recording
//! survived can be heard. Rate and channels are known to whoever holds the packets. Nothing here trusts a
//! packet: damaged bytes give an error, never a panic and never more sound than a packet can hold.

pub(crate) mod flac;
mod opus;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// In which way sound is kept.
#[derive(Copy, Clone, Eq, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codec {
    /// Every sample as it was.
    Flac,
    /// About a sixth of that; made for voices. Each channel is coded by itself, so that two speakers stay apart.
    Opus,
}

/// Milliseconds in a packet, but for the last one before a stop.
pub const PACKET_MS: u32 = 160;

/// Makes packets.
pub struct Encoder(Making);

enum Making {
    Flac(flac::Maker),
    Opus(opus::Maker),
}

/// Reads packets. For Opus one after the other: after a jump the first 20 ms or so are not yet themselves.
pub struct Decoder(Reading);

enum Reading {
    Flac(flac::Reader),
    Opus(opus::Reader),
}

impl Encoder {
    /// One or two channels. Opus knows 8, 12, 16, 24 and 48 kHz only.
    pub fn new(codec: Codec, rate: u32, channels: u16) -> Result<Self> {
        Ok(Self(match codec {
            Codec::Flac => Making::Flac(flac::Maker::new(None, channels)?),
            Codec::Opus => Making::Opus(opus::Maker::new(rate, channels)?),
        }))
    }

    /// How many samples of each channel the sound comes out late by. Whoever wants it in its place hands it over
    /// that much ahead.
    pub fn delay(&mut self) -> Result<usize> {
        match &mut self.0 {
            Making::Flac(_) => Ok(0),
            Making::Opus(maker) => maker.delay(),
        }
    }

    /// One packet of all of `interleaved`, which holds one sample of each channel at least.
    pub fn encode(&mut self, interleaved: &[i16]) -> Result<Vec<u8>> {
        match &mut self.0 {
            Making::Flac(maker) => maker.frame(interleaved, 0),
            Making::Opus(maker) => maker.packet(interleaved),
        }
    }
}

/// The rate at which [`Codec::Opus`] keeps sound that came at `rate`: nothing of a voice is lost, and nothing
/// is made up.
pub fn opus_rate(rate: u32) -> u32 {
    [8_000, 12_000, 16_000, 24_000].into_iter().find(|known| *known >= rate).unwrap_or(24_000)
}

impl Decoder {
    /// For packets of an [`Encoder`] that was made alike.
    pub fn new(codec: Codec, rate: u32, channels: u16) -> Result<Self> {
        Ok(Self(match codec {
            Codec::Flac => Reading::Flac(flac::Reader::new(channels)?),
            Codec::Opus => Reading::Opus(opus::Reader::new(rate, channels)?),
        }))
    }

    /// Appends the packet's samples to `out`; leaves it as it was where the packet is damaged.
    pub fn decode(&mut self, payload: &[u8], out: &mut Vec<i16>) -> Result<()> {
        let before = out.len();
        let read = match &mut self.0 {
            Reading::Flac(reader) => reader.frame(payload, out),
            Reading::Opus(reader) => reader.packet(payload, out),
        };
        if read.is_err() {
            out.truncate(before);
        }
        read
    }
}

/// How many channels there are, as an index: one or two.
fn one_or_two(channels: u16) -> Result<usize> {
    match channels {
        1 | 2 => Ok(usize::from(channels)),
        _ => Err(Error::Damaged("a recording has one or two channels")),
    }
}

/// How many samples of each channel stand in `interleaved`.
fn frames_of(interleaved: &[i16], channels: usize) -> Result<usize> {
    if interleaved.is_empty() || !interleaved.len().is_multiple_of(channels) {
        return Err(Error::Damaged("a packet holds as many samples of each channel"));
    }
    Ok(interleaved.len() / channels)
}

#[cfg(test)]
mod tests;

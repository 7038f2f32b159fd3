//! Single frames of FLAC: made by `flacenc`, read by `claxon`.
//!
//! `claxon` rather than the decoder that imports use: it checks both of a frame's check sums, computes without
//! overflow whatever the bytes say, and reads a lone frame without a stream around it.

use std::io::Cursor;

use claxon::frame::FrameReader;
use flacenc::{
    bitsink::ByteSink,
    component::{BitRepr, StreamInfo},
    config,
    error::{Verified, Verify},
    source::{Fill, FrameBuf},
};

use super::{frames_of, one_or_two};
use crate::{Error, Result};

/// The longest frame the encoder takes, in samples of one channel.
pub(crate) const LONGEST: usize = flacenc::constant::MAX_BLOCK_SIZE;

/// A rate that no frame header can express, so that the encoder writes "as the stream says" instead: shorter,
/// and true at every rate.
const UNSAID: usize = 65_537;

/// Makes frames.
pub(crate) struct Maker {
    channels: usize,
    config: Verified<config::Encoder>,
    info: StreamInfo,
    buffer: FrameBuf,
    wide: Vec<i32>,
}

impl Maker {
    /// Names `rate` in every frame, where there is one and FLAC's encoder can.
    pub(crate) fn new(rate: Option<u32>, channels: u16) -> Result<Self> {
        let channels = one_or_two(channels)?;
        let config = config::Encoder::default().into_verified().map_err(|_| refused())?;
        let said = rate.and_then(|rate| StreamInfo::new(rate as usize, channels, 16).ok());
        let info = match said {
            Some(info) => info,
            None => StreamInfo::new(UNSAID, channels, 16).map_err(|_| refused())?,
        };
        let buffer =
            FrameBuf::with_size(channels, flacenc::constant::MIN_BLOCK_SIZE).map_err(|_| refused())?;
        Ok(Self { channels, config, info, buffer, wide: Vec::new() })
    }

    /// One frame with this place in its stream.
    pub(crate) fn frame(&mut self, interleaved: &[i16], number: usize) -> Result<Vec<u8>> {
        let frames = frames_of(interleaved, self.channels)?;
        if frames > LONGEST {
            return Err(refused());
        }
        if frames > self.buffer.size() {
            self.buffer.resize(frames);
        }
        self.wide.clear();
        self.wide.extend(interleaved.iter().map(|sample| i32::from(*sample)));
        self.buffer.fill_interleaved(&self.wide).map_err(|_| refused())?;
        let frame = flacenc::encode_fixed_size_frame(&self.config, &self.buffer, number, &self.info)
            .map_err(|_| refused())?;
        let mut sink = ByteSink::with_capacity(frame.count_bits());
        frame.write(&mut sink).map_err(|_| refused())?;
        Ok(sink.into_inner())
    }
}

/// Reads frames.
pub(crate) struct Reader {
    channels: usize,
    /// Handed to the decoder and taken back, so that it need not allocate each time.
    spare: Vec<i32>,
}

impl Reader {
    pub(crate) fn new(channels: u16) -> Result<Self> {
        Ok(Self { channels: one_or_two(channels)?, spare: Vec::new() })
    }

    /// Appends the samples of exactly one frame.
    pub(crate) fn frame(&mut self, payload: &[u8], out: &mut Vec<i16>) -> Result<()> {
        let mut reader = FrameReader::new(Cursor::new(payload));
        let block = match reader.read_next_or_eof(std::mem::take(&mut self.spare)) {
            Ok(Some(block)) => block,
            Ok(None) | Err(_) => return Err(damaged()),
        };
        let whole = reader.into_inner().position() == payload.len() as u64;
        if !whole || block.channels() as usize != self.channels {
            return Err(damaged());
        }
        out.reserve(block.len() as usize);
        for at in 0..block.duration() {
            for channel in 0..block.channels() {
                out.push(i16::try_from(block.sample(channel, at)).map_err(|_| damaged())?);
            }
        }
        self.spare = block.into_buffer();
        Ok(())
    }
}

fn refused() -> Error {
    Error::Damaged("the encoder refused")
}

fn damaged() -> Error {
    Error::Damaged("a packet of sound")
}

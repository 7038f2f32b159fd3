//! Packets of Opus, for sound that may be kept smaller.
//!
//! A packet begins with its number of samples (the last one is rarely a multiple of 20 ms), and holds for
//! each 20 ms and each channel a length and that many bytes. Each channel has a coder of its own: coded
//! together, two speakers would leak into each other.

use opus::{Application, Bitrate, Channels, Signal};

use super::{frames_of, one_or_two};
use crate::{Error, Result};

/// Bits a second for one voice.
const BITS: i32 = 28_000;
/// More than a piece of 20 ms ever takes at that.
const ROOM: usize = 1_275;

/// Samples in 20 ms.
fn piece(rate: u32) -> usize {
    rate as usize / 50
}

/// Makes packets.
pub(super) struct Maker {
    coders: Vec<opus::Encoder>,
    piece: usize,
    voice: Vec<i16>,
}

impl Maker {
    pub(super) fn new(rate: u32, channels: u16) -> Result<Self> {
        let coders = (0..one_or_two(channels)?)
            .map(|_| {
                // Not the mode for calls: it filters the low end of a voice out.
                let mut coder = opus::Encoder::new(rate, Channels::Mono, Application::Audio)?;
                coder.set_bitrate(Bitrate::Bits(BITS))?;
                coder.set_signal(Signal::Voice)?;
                Ok(coder)
            })
            .collect::<Result<_, opus::Error>>()
            .map_err(|_| refused())?;
        Ok(Self { coders, piece: piece(rate), voice: Vec::new() })
    }

    pub(super) fn delay(&mut self) -> Result<usize> {
        let coder = self.coders.first_mut().ok_or_else(refused)?;
        let delay = coder.get_lookahead().map_err(|_| refused())?;
        usize::try_from(delay).map_err(|_| refused())
    }

    pub(super) fn packet(&mut self, interleaved: &[i16]) -> Result<Vec<u8>> {
        let channels = self.coders.len();
        let frames = u16::try_from(frames_of(interleaved, channels)?).map_err(|_| refused())?;
        let mut packet = frames.to_le_bytes().to_vec();
        let mut coded = [0; ROOM];
        for piece in interleaved.chunks(self.piece * channels) {
            for (channel, coder) in self.coders.iter_mut().enumerate() {
                self.voice.clear();
                self.voice.extend(piece.iter().skip(channel).step_by(channels));
                self.voice.resize(self.piece, 0);
                let length = coder.encode(&self.voice, &mut coded).map_err(|_| refused())?;
                packet.extend_from_slice(&u16::try_from(length).map_err(|_| refused())?.to_le_bytes());
                packet.extend_from_slice(&coded[..length]);
            }
        }
        Ok(packet)
    }
}

/// Reads packets.
pub(super) struct Reader {
    coders: Vec<opus::Decoder>,
    piece: usize,
    voice: Vec<i16>,
}

impl Reader {
    pub(super) fn new(rate: u32, channels: u16) -> Result<Self> {
        let coders = (0..one_or_two(channels)?)
            .map(|_| opus::Decoder::new(rate, Channels::Mono))
            .collect::<Result<_, opus::Error>>()
            .map_err(|_| refused())?;
        let piece = piece(rate);
        Ok(Self { coders, piece, voice: vec![0; piece] })
    }

    pub(super) fn packet(&mut self, payload: &[u8], out: &mut Vec<i16>) -> Result<()> {
        let mut rest = payload;
        let mut left = usize::from(number(&mut rest)?);
        if left == 0 {
            return Err(damaged());
        }
        let channels = self.coders.len();
        while left > 0 {
            let frames = left.min(self.piece);
            let begin = out.len();
            out.resize(begin + frames * channels, 0);
            for (channel, coder) in self.coders.iter_mut().enumerate() {
                let length = usize::from(number(&mut rest)?);
                let (coded, after) = rest.split_at_checked(length).ok_or_else(damaged)?;
                rest = after;
                // No bytes at all would mean "make something up" to the decoder.
                if coded.is_empty() || coder.decode(coded, &mut self.voice, false).ok() != Some(self.piece) {
                    return Err(damaged());
                }
                let places = out[begin + channel..].iter_mut().step_by(channels);
                for (place, sample) in places.zip(&self.voice[..frames]) {
                    *place = *sample;
                }
            }
            left -= frames;
        }
        if rest.is_empty() { Ok(()) } else { Err(damaged()) }
    }
}

fn number(bytes: &mut &[u8]) -> Result<u16> {
    let (number, after) = bytes.split_first_chunk().ok_or_else(damaged)?;
    *bytes = after;
    Ok(u16::from_le_bytes(*number))
}

fn refused() -> Error {
    Error::Damaged("the encoder refused")
}

fn damaged() -> Error {
    Error::Damaged("a packet of sound")
}

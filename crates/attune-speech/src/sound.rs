//! Sound that is to be written down: one or two channels at 16 kHz, in order, as much as there is.

use crate::Result;

/// Samples a second, of everything in this crate.
pub const RATE: u32 = 16_000;

/// Where sound comes from. It is read once, from its beginning to its end.
pub trait Sound: Send {
    /// How many channels there are: one, or two of which the first is the clinician's.
    fn channels(&self) -> usize;

    /// Puts the next samples of each channel at the end of `into`, as many of each, and gives how many. Nought is the end
    /// of what there is now; where it still grows, there may be more later.
    fn next(&mut self, into: &mut [Vec<f32>]) -> Result<usize>;
}

/// Sound that is in memory already.
#[derive(Debug, Clone)]
pub struct Held {
    channels: Vec<Vec<f32>>,
    at: usize,
}

impl Held {
    /// Of one channel or two, which are heard as far as the shortest of them goes.
    pub fn new(channels: Vec<Vec<f32>>) -> Self {
        Self { channels, at: 0 }
    }
}

impl Sound for Held {
    fn channels(&self) -> usize {
        self.channels.len()
    }

    fn next(&mut self, into: &mut [Vec<f32>]) -> Result<usize> {
        let length = self.channels.iter().map(Vec::len).min().unwrap_or(0);
        let to = (self.at + RATE as usize).min(length);
        for (into, channel) in into.iter_mut().zip(&self.channels) {
            into.extend_from_slice(&channel[self.at..to]);
        }
        let many = to - self.at;
        self.at = to;
        Ok(many)
    }
}

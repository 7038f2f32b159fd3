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

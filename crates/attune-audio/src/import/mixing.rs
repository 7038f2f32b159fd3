//! Makes of any channels at any rate, changing or not, one or two at the kept rate.

use super::Sink;
use crate::{Result, resample::Resampler};

pub(super) struct Mixer {
    kept_rate: u32,
    /// Of what comes in, now.
    rate: u32,
    /// One for each channel that is kept: none before there was any sound.
    lanes: Vec<Lane>,
    interleaved: Vec<f32>,
    frames: u64,
}

struct Lane {
    resampler: Resampler,
    incoming: Vec<f32>,
    outgoing: Vec<f32>,
}

impl Mixer {
    pub(super) fn new(kept_rate: u32) -> Self {
        Self { kept_rate, rate: 0, lanes: Vec::new(), interleaved: Vec::new(), frames: 0 }
    }

    /// Samples of each channel so far.
    pub(super) const fn frames(&self) -> u64 {
        self.frames
    }

    pub(super) fn channels(&self) -> u16 {
        u16::try_from(self.lanes.len()).unwrap_or(2)
    }

    /// Two channels stay two; more become one. What the first sound has holds for all of it.
    pub(super) fn push(
        &mut self,
        samples: &[f32],
        rate: u32,
        channels: usize,
        sink: &mut Sink<'_>,
    ) -> Result<()> {
        if samples.is_empty() || channels == 0 {
            return Ok(());
        }
        if rate != self.rate {
            self.finish(sink)?;
            let lanes = if self.lanes.is_empty() { 1 + usize::from(channels == 2) } else { self.lanes.len() };
            self.lanes = (0..lanes).map(|_| Lane::new(rate, self.kept_rate)).collect::<Result<_>>()?;
            self.rate = rate;
        }
        let apart = channels == 2 && self.lanes.len() == 2;
        for (channel, lane) in self.lanes.iter_mut().enumerate() {
            lane.incoming.clear();
            if apart {
                lane.incoming.extend(samples.iter().skip(channel).step_by(2));
            } else {
                let frames = samples.chunks_exact(channels);
                lane.incoming.extend(frames.map(|frame| frame.iter().sum::<f32>() / channels as f32));
            }
            lane.resampler.push(&lane.incoming, &mut lane.outgoing);
        }
        self.give(sink)
    }

    /// Stands in for what was lost.
    pub(super) fn silence(&mut self, ms: u64, sink: &mut Sink<'_>) -> Result<()> {
        let (rate, channels) = (self.rate, self.lanes.len());
        let mut left = ms.saturating_mul(u64::from(rate)) / 1_000;
        let quiet = vec![0.0; channels * 4_096];
        while left > 0 && channels > 0 {
            let frames = left.min(4_096);
            self.push(&quiet[..channels * usize::try_from(frames).unwrap_or(4_096)], rate, channels, sink)?;
            left -= frames;
        }
        Ok(())
    }

    /// Gives what the filters still hold.
    pub(super) fn finish(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        for lane in &mut self.lanes {
            lane.resampler.finish(&mut lane.outgoing);
        }
        self.give(sink)
    }

    fn give(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        let frames = self.lanes.iter().map(|lane| lane.outgoing.len()).min().unwrap_or(0);
        if frames == 0 {
            return Ok(());
        }
        self.interleaved.clear();
        for at in 0..frames {
            self.interleaved.extend(self.lanes.iter().map(|lane| lane.outgoing[at]));
        }
        self.lanes.iter_mut().for_each(|lane| lane.outgoing.clear());
        self.frames += frames as u64;
        sink(&self.interleaved, self.channels())
    }
}

impl Lane {
    fn new(rate: u32, kept_rate: u32) -> Result<Self> {
        let resampler = Resampler::new(rate, kept_rate)?;
        Ok(Self { resampler, incoming: Vec::new(), outgoing: Vec::new() })
    }
}

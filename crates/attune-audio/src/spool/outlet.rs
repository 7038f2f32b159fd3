//! A spool as those see it who play or export it.

use std::io::{Read, Seek};

use super::reader::SpoolReader;
use crate::{Result, export::Pcm, player::PcmSource};

impl<R: Read + Seek> Pcm for SpoolReader<R> {
    fn rate(&self) -> u32 {
        self.story().begun.rate
    }

    fn channels(&self) -> u16 {
        self.story().begun.channels
    }

    fn frames(&self) -> u64 {
        self.story().end
    }

    fn read(&mut self, at: u64, into: &mut [i16]) -> Result<usize> {
        Self::read(self, at, into)
    }
}

/// A spool to listen to: its channels together, and where nobody speaks.
pub struct Listened<R: Read + Seek> {
    spool: SpoolReader<R>,
    silent: Vec<(u64, u64)>,
    samples: Vec<i16>,
}

impl<R: Read + Seek> SpoolReader<R> {
    /// To be played.
    pub fn to_listen(self) -> Listened<R> {
        Listened { silent: self.silent(), spool: self, samples: Vec::new() }
    }
}

impl<R: Read + Seek + Send> PcmSource for Listened<R> {
    fn rate(&self) -> u32 {
        self.spool.story().begun.rate
    }

    fn samples(&self) -> u64 {
        self.spool.story().end
    }

    fn read(&mut self, at: u64, into: &mut [f32]) -> Result<usize> {
        let channels = usize::from(self.spool.story().begun.channels);
        self.samples.resize(into.len() * channels, 0);
        let read = self.spool.read(at, &mut self.samples)?;
        let share = 1.0 / (32_768.0 * channels as f32);
        for (mixed, frame) in into.iter_mut().zip(self.samples.chunks_exact(channels)).take(read) {
            *mixed = frame.iter().map(|sample| f32::from(*sample)).sum::<f32>() * share;
        }
        Ok(read)
    }

    fn silent_spans(&self) -> &[(u64, u64)] {
        &self.silent
    }
}

//! What is kept of a voice while sound goes by: for each frame of 16 ms some twenty numbers, never the sound.
//!
//! Cepstra say how a throat and a room colour the sound, the pitch says how high it speaks, the level how loud, and the
//! lean which of two microphones is nearer. All of them fit into a byte each, so that three hours of talk stay a few
//! megabytes and another number of speakers can be tried without hearing the sound again.

use crate::sound::RATE;

/// Samples in a frame.
pub const FRAME: usize = 256;

/// Cepstral coefficients kept of each frame: the first, which is loudness, is left out.
pub const CEPSTRA: usize = 19;

/// A frame of sound as a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// Coefficient times [`STEPS`].
    pub cepstra: [i8; CEPSTRA],
    /// Nought where no pitch is heard, otherwise [`PITCH_STEPS`] an octave above [`LOWEST_PITCH`].
    pub pitch: u8,
    /// Decibels above -100 of full scale.
    pub level: u8,
    /// Half decibels by which the first channel is louder than the second; nought where there is one.
    pub lean: i8,
    /// Whether somebody speaks in it.
    pub active: bool,
}

const STEPS: f32 = 5.0;
const PITCH_STEPS: f32 = 90.0;
pub(super) const LOWEST_PITCH: f32 = 62.5;

impl Trace {
    /// A frame in which nobody speaks.
    pub const QUIET: Self = Self { cepstra: [0; CEPSTRA], pitch: 0, level: 0, lean: 0, active: false };

    /// One that is heard.
    pub fn new(cepstra: &[f32; CEPSTRA], hertz: Option<f32>, decibels: f32, lean: f32) -> Self {
        let mut kept = [0; CEPSTRA];
        for (kept, coefficient) in kept.iter_mut().zip(cepstra) {
            *kept = (coefficient * STEPS).round().clamp(-127.0, 127.0) as i8;
        }
        let pitch = hertz.map_or(0, |hertz| {
            (1.0 + PITCH_STEPS * (hertz / LOWEST_PITCH).log2()).round().clamp(1.0, 255.0) as u8
        });
        Self {
            cepstra: kept,
            pitch,
            level: (decibels + 100.0).round().clamp(0.0, 255.0) as u8,
            lean: (lean * 2.0).round().clamp(-127.0, 127.0) as i8,
            active: true,
        }
    }

    /// A coefficient.
    pub fn cepstrum(&self, which: usize) -> f32 {
        f32::from(self.cepstra[which]) / STEPS
    }

    /// The pitch in octaves above [`LOWEST_PITCH`], where there is one.
    pub fn octaves(&self) -> Option<f32> {
        (self.pitch > 0).then(|| (f32::from(self.pitch) - 1.0) / PITCH_STEPS)
    }

    /// Decibels by which the first channel is louder.
    pub fn lean_db(&self) -> f32 {
        f32::from(self.lean) / 2.0
    }
}

/// Frames that follow one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Which frame of the sound the first of these is.
    pub first: u32,
    pub frames: Vec<Trace>,
}

/// Milliseconds before a frame.
pub fn frame_ms(frame: u32) -> u32 {
    (u64::from(frame) * FRAME as u64 * 1000 / u64::from(RATE)) as u32
}

/// The frame that holds a moment.
pub fn frame_at(ms: u32) -> u32 {
    (u64::from(ms) * u64::from(RATE) / 1000 / FRAME as u64) as u32
}

/// All that is kept of the voices in one sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traces {
    runs: Vec<Run>,
    /// How many channels there were.
    pub channels: usize,
}

impl Traces {
    /// Nothing yet, of so many channels.
    pub fn of(channels: usize) -> Self {
        Self { runs: Vec::new(), channels }
    }

    /// The next stretch. They come in order.
    pub fn push(&mut self, run: Run) {
        match self.runs.last_mut() {
            Some(last) if last.first + last.frames.len() as u32 == run.first => {
                last.frames.extend(run.frames)
            }
            _ => self.runs.push(run),
        }
    }

    /// The frames kept between two moments, with which frame of the sound each is.
    pub fn between(&self, t0: u32, t1: u32) -> impl Iterator<Item = (u32, &Trace)> {
        let (from, to) = (frame_at(t0), frame_at(t1.saturating_add(15)));
        let begin = self.runs.partition_point(|run| run.first + run.frames.len() as u32 <= from);
        self.runs[begin..].iter().take_while(move |run| run.first < to).flat_map(move |run| {
            let low = from.saturating_sub(run.first) as usize;
            let high = ((to - run.first) as usize).min(run.frames.len());
            (low..high).map(move |at| (run.first + at as u32, &run.frames[at]))
        })
    }

    /// All frames that are kept, in order.
    pub fn all(&self) -> impl Iterator<Item = (u32, &Trace)> {
        self.runs.iter().flat_map(|run| (run.first..).zip(&run.frames))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(first: u32, length: usize) -> Run {
        Run { first, frames: vec![Trace { active: true, ..Trace::QUIET }; length] }
    }

    #[test]
    fn what_is_kept_of_a_frame_is_what_it_was_to_a_tenth() {
        let mut cepstra = [0.0; CEPSTRA];
        cepstra[3] = -4.32;
        let trace = Trace::new(&cepstra, Some(210.0), -31.4, 3.1);
        assert!((trace.cepstrum(3) + 4.32).abs() <= 0.1);
        assert!((LOWEST_PITCH * trace.octaves().unwrap().exp2() - 210.0).abs() < 2.0);
        assert!((trace.lean_db() - 3.0).abs() < 0.3);
        assert_eq!(Trace::new(&cepstra, None, -200.0, 900.0).octaves(), None);
    }

    #[test]
    fn stretches_that_touch_are_one_and_a_span_finds_its_frames() {
        let mut traces = Traces::of(1);
        traces.push(run(10, 5));
        traces.push(run(15, 5));
        traces.push(run(100, 10));
        assert_eq!(traces.runs.len(), 2);
        let found: Vec<u32> = traces.between(frame_ms(18), frame_ms(102)).map(|(at, _)| at).collect();
        assert_eq!(found, [18, 19, 100, 101]);
        assert_eq!(traces.between(frame_ms(40), frame_ms(90)).count(), 0);
        assert_eq!(traces.all().count(), 20);
    }
}

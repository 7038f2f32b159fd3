//! From frames to stretches: where somebody speaks, with a breath before and after.
//!
//! A stretch ends where nobody has spoken for twice the breath; what lies between two stretches is never handed to an
//! engine. Nobody speaks for ever: a stretch that would be longer than a window is cut at its quietest moment.

use std::collections::VecDeque;

use crate::speakers::trace::{FRAME, Run, Trace};

/// Frames of sound kept before and after speech: 272 ms. Two of them are what remains of a pause: with less, engines that
/// write a word down a moment late write it down behind the pause.
pub const BREATH: usize = 17;
/// A stretch in which less is spoken (80 ms) is a click or a door.
const LEAST: usize = 5;
/// From so much on (320 ms) it can be judged whether it is steady.
const JUDGED: usize = 20;
/// Speech is louder and softer by at least so many decibels,
const LIVELY_DB: u8 = 4;
/// and higher and lower by so much: a thirtieth of an octave.
const MOVES: u8 = 3;
/// How far back a place to cut is looked for: 5 s.
const SEARCH: usize = 312;
/// Over how many frames it has to be quiet there: 112 ms.
const LULL: usize = 7;

/// Where somebody speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// Which frame of the sound it begins with.
    pub first: u32,
    pub pcm: Vec<f32>,
    pub frames: Vec<Trace>,
}

impl Stretch {
    fn empty(first: u32) -> Self {
        Self { first, pcm: Vec::new(), frames: Vec::new() }
    }

    fn push(&mut self, pcm: &[f32], trace: Trace) {
        self.pcm.extend_from_slice(pcm);
        self.frames.push(trace);
    }

    /// How many of its frames somebody speaks in.
    pub fn active(&self) -> usize {
        self.frames.iter().filter(|frame| frame.active).count()
    }

    /// What is to be kept of the voices in it.
    pub fn run(&self) -> Run {
        Run { first: self.first, frames: self.frames.clone() }
    }

    /// Everything from a frame on, taken off.
    fn split_off(&mut self, at: usize) -> Self {
        Self {
            first: self.first + at as u32,
            pcm: self.pcm.split_off(at * FRAME),
            frames: self.frames.split_off(at),
        }
    }
}

/// Makes stretches of frames.
pub struct Stretches {
    longest: usize,
    next: u32,
    /// The last frames in which nobody spoke, and which belong to no stretch.
    before: VecDeque<Vec<f32>>,
    open: Option<Stretch>,
    /// Frames since somebody spoke in the open one.
    still: usize,
}

impl Stretches {
    /// For stretches of at most so many frames.
    pub fn of(longest: usize) -> Self {
        Self { longest: longest.max(SEARCH), next: 0, before: VecDeque::new(), open: None, still: 0 }
    }

    /// The next frame; a stretch, where one ended with it.
    pub fn hear(&mut self, pcm: &[f32; FRAME], trace: Trace) -> Option<Stretch> {
        let now = self.next;
        self.next += 1;
        let Some(open) = &mut self.open else {
            if trace.active {
                self.still = 0;
                let mut open = Stretch::empty(now - self.before.len() as u32);
                for quiet in self.before.drain(..) {
                    open.push(&quiet, Trace::QUIET);
                }
                open.push(pcm, trace);
                self.open = Some(open);
            } else {
                self.before.push_back(pcm.to_vec());
                if self.before.len() > BREATH {
                    self.before.pop_front();
                }
            }
            return None;
        };
        open.push(pcm, trace);
        self.still = if trace.active { 0 } else { self.still + 1 };
        if self.still >= 2 * BREATH {
            return self.close(self.still - BREATH);
        }
        if open.frames.len() >= self.longest {
            let rest = open.split_off(quietest(open));
            return self.open.replace(rest).filter(worth_it);
        }
        None
    }

    /// There is no more: the open one, if there is.
    pub fn end(&mut self) -> Option<Stretch> {
        self.close(self.still.saturating_sub(BREATH))
    }

    /// How many frames were heard.
    pub fn heard(&self) -> u32 {
        self.next
    }

    /// Where the open one begins, in frames.
    pub fn open_since(&self) -> Option<u32> {
        self.open.as_ref().map(|open| open.first)
    }

    /// How many samples wait in it.
    pub fn held(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.pcm.len())
    }

    /// Ends the open stretch without its last frames, which may be the breath before the next.
    fn close(&mut self, without: usize) -> Option<Stretch> {
        let mut open = self.open.take()?;
        // Where it was cut in a pause, less than the pause is left of it.
        let rest = open.split_off(open.frames.len().saturating_sub(without));
        self.before = rest.pcm.chunks_exact(FRAME).map(<[f32]>::to_vec).collect();
        Some(open).filter(worth_it)
    }
}

/// Whether somebody may speak in it.
fn worth_it(stretch: &Stretch) -> bool {
    let voices: Vec<&Trace> = stretch.frames.iter().filter(|frame| frame.active).collect();
    voices.len() >= LEAST && !(voices.len() >= JUDGED && is_steady(&voices))
}

/// Whether it goes on as a fan does, or a tone: as loud all the time, and at no pitch or always the same. Nobody speaks like
/// that, and some engines write words where it does.
pub fn is_steady(voices: &[&Trace]) -> bool {
    let mut levels: Vec<u8> = voices.iter().map(|trace| trace.level).collect();
    range(&mut levels) < LIVELY_DB && !is_melodious(voices)
}

/// Whether there is a pitch in it that moves.
pub fn is_melodious(voices: &[&Trace]) -> bool {
    let mut pitches: Vec<u8> = voices.iter().map(|trace| trace.pitch).filter(|pitch| *pitch > 0).collect();
    pitches.len() * 5 >= voices.len() && range(&mut pitches) >= MOVES
}

/// Between the tenth of them that is lowest and the tenth that is highest.
fn range(values: &mut [u8]) -> u8 {
    values.sort_unstable();
    let many = values.len();
    if many == 0 { 0 } else { values[many - 1 - many / 10] - values[many / 10] }
}

/// Where to cut a stretch that is too long: after which frame of its last seconds it is quietest.
pub fn quietest(stretch: &Stretch) -> usize {
    quietest_of(&stretch.pcm)
}

/// The same of plain sound; in frames.
pub fn quietest_of(pcm: &[f32]) -> usize {
    let powers: Vec<f32> =
        pcm.chunks_exact(FRAME).map(|frame| frame.iter().map(|sample| sample * sample).sum()).collect();
    let length = powers.len();
    let from = length.saturating_sub(SEARCH).max(length / 4);
    let to = length.saturating_sub(LULL);
    let lull = |at: &usize| powers[*at..*at + LULL].iter().sum::<f32>();
    (from..to)
        .min_by(|a, b| lull(a).total_cmp(&lull(b)))
        .map_or(length / 2, |at| at + LULL / 2)
        .clamp(1, length.max(2) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hear(stretches: &mut Stretches, voice: &[bool]) -> Vec<Stretch> {
        let mut found = Vec::new();
        for &active in voice {
            let at = stretches.next;
            // Louder and softer, as speech is.
            let trace = Trace { active, level: 50 + (at % 20) as u8, ..Trace::QUIET };
            let at = at as f32;
            found.extend(stretches.hear(&[at; FRAME], trace));
        }
        found.extend(stretches.end());
        found
    }

    #[test]
    fn speech_keeps_its_breath_and_the_pause_between_is_left_out() {
        let mut voice = vec![false; 40];
        voice.extend([true; 20]);
        voice.extend([false; 100]);
        voice.extend([true; 30]);
        voice.extend([false; 5]);
        let found = hear(&mut Stretches::of(1000), &voice);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].first as usize, found[0].frames.len()), (40 - BREATH, BREATH + 20 + BREATH));
        assert_eq!(found[0].pcm[0], (40 - BREATH) as f32);
        assert_eq!((found[1].first as usize, found[1].frames.len()), (160 - BREATH, BREATH + 30 + 5));
    }

    #[test]
    fn a_short_pause_ends_nothing_and_a_click_is_no_stretch() {
        let mut voice = vec![true; 10];
        voice.extend([false; 2 * BREATH - 1]);
        voice.extend([true; 10]);
        voice.extend([false; 200]);
        voice.extend([true; LEAST - 1]);
        voice.extend([false; 200]);
        let found = hear(&mut Stretches::of(1000), &voice);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].active(), 20);
    }

    #[test]
    fn whoever_speaks_without_a_pause_is_cut_where_it_is_quietest_and_nothing_is_lost() {
        let mut stretches = Stretches::of(400);
        let mut found = Vec::new();
        for at in 0..1000u32 {
            let level = if (380..390).contains(&at) { 0.01 } else { 0.5 };
            let trace = Trace { active: true, level: 50 + (at % 20) as u8, ..Trace::QUIET };
            found.extend(stretches.hear(&[level; FRAME], trace));
        }
        found.extend(stretches.end());
        assert!((380..390).contains(&found[1].first), "cut at {}", found[1].first);
        assert_eq!(found.iter().map(|stretch| stretch.frames.len()).sum::<usize>(), 1000);
        for pair in found.windows(2) {
            assert_eq!(pair[0].first as usize + pair[0].frames.len(), pair[1].first as usize);
            assert!(pair[0].frames.len() <= 400);
        }
    }

    #[test]
    fn a_fan_and_a_tone_are_nobody_but_a_whisper_and_a_song_are() {
        let like = |level: fn(u32) -> u8, pitch: fn(u32) -> u8| {
            let mut stretches = Stretches::of(1000);
            for at in 0..100 {
                let trace = Trace { active: true, level: level(at), pitch: pitch(at), ..Trace::QUIET };
                assert!(stretches.hear(&[0.1; FRAME], trace).is_none());
            }
            stretches.end().is_some()
        };
        assert!(!like(|at| 60 + (at % 2) as u8, |_| 0));
        assert!(!like(|at| 60 + (at % 2) as u8, |at| 100 + (at % 2) as u8));
        assert!(like(|at| 50 + (at % 20) as u8, |_| 0));
        assert!(like(|_| 60, |at| 100 + (at / 5) as u8));
    }
}

//! From stretches to windows: as much speech as an engine takes at once, with the long pauses left out, and the way back.
//!
//! Silence costs nothing and misleads no engine, because none of it is handed to one. Each window knows which of its
//! samples is which of the sound's, so that a word gets its own time however many pauses were left out before it.

use std::collections::VecDeque;

use super::stretches::{Stretch, quietest_of};
use crate::{
    said::Span,
    sound::RATE,
    speakers::trace::{FRAME, frame_ms},
};

/// From here on a window is full enough to end at the next longer pause.
const FULL: usize = frames(20_000);
/// What a longer pause is.
const PAUSE: usize = frames(1_000);
/// After so much silence whatever waits is written down, …
const SILENCE: usize = frames(5_000);
/// … where it is at least so much. A shorter one waits for company,
const SOME: usize = frames(8_000);
/// but not for ever.
const PATIENCE: usize = frames(20_000);

const fn frames(ms: usize) -> usize {
    ms * (RATE as usize / 1000) / FRAME
}

/// Where a piece of a window lies in the sound, in frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// In the window.
    at: usize,
    /// In the sound.
    first: u32,
    length: usize,
}

/// Sound that is ready to be written down.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Packed {
    pub pcm: Vec<f32>,
    pieces: Vec<Piece>,
    /// How many of its frames somebody speaks in.
    pub active: usize,
}

impl Packed {
    fn frames(&self) -> usize {
        self.pcm.len() / FRAME
    }

    fn push(&mut self, stretch: Stretch) {
        let at = self.frames();
        self.active += stretch.active();
        self.pieces.push(Piece { at, first: stretch.first, length: stretch.frames.len() });
        self.pcm.extend(stretch.pcm);
    }

    /// How long it is.
    pub fn length_ms(&self) -> u32 {
        frame_ms(self.frames() as u32)
    }

    /// From where to where of the sound it reaches.
    pub fn span(&self) -> Span {
        let begin = self.pieces.first().map_or(0, |piece| piece.first);
        let end = self.pieces.last().map_or(0, |piece| piece.first + piece.length as u32);
        Span { t0: frame_ms(begin), t1: frame_ms(end) }
    }

    /// Where a word of the window lies in the sound. It lies in one piece: the one its middle is in. None where it lies
    /// behind the end of the window, in what an engine made up for itself.
    pub fn place(&self, span: Span) -> Option<Span> {
        if span.t0 >= self.length_ms() {
            return None;
        }
        let piece = self.piece_at(span.t0 / 2 + span.t1.max(span.t0) / 2)?;
        Some(Span { t0: real(piece, span.t0), t1: real(piece, span.t1.max(span.t0)) })
    }

    fn piece_at(&self, ms: u32) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| frame_ms(piece.at as u32) <= ms);
        self.pieces.get(after.saturating_sub(1))
    }

    /// Takes off what is longer than an engine takes at once.
    fn split_off(&mut self, longest: usize) -> Self {
        let within = longest.clamp(1, self.frames());
        let joint =
            self.pieces.iter().rev().map(|piece| piece.at).find(|at| (within / 2..=within).contains(at));
        let cut = joint.unwrap_or_else(|| quietest_of(&self.pcm[..within * FRAME]));
        let mut rest = Self { pcm: self.pcm.split_off(cut * FRAME), ..Self::default() };
        for piece in std::mem::take(&mut self.pieces) {
            let before = cut.saturating_sub(piece.at).min(piece.length);
            if before > 0 {
                self.pieces.push(Piece { length: before, ..piece });
            }
            if before < piece.length {
                rest.pieces.push(Piece {
                    at: (piece.at + before) - cut,
                    first: piece.first + before as u32,
                    length: piece.length - before,
                });
            }
        }
        // Nobody counts twice; who speaks where is not known any more, only how much.
        rest.active = self.active * rest.frames() / (rest.frames() + self.frames());
        self.active -= rest.active;
        rest
    }
}

/// A moment of a window on the sound's own line, held inside a piece.
fn real(piece: &Piece, ms: u32) -> u32 {
    let from = frame_ms(piece.at as u32);
    let end = frame_ms(piece.first + piece.length as u32);
    (frame_ms(piece.first) + ms.saturating_sub(from)).min(end)
}

/// Packs stretches into windows.
pub struct Windows {
    longest: usize,
    filling: Packed,
    ready: VecDeque<Packed>,
}

impl Windows {
    /// Of at most so many frames each.
    pub fn of(longest: usize) -> Self {
        Self { longest, filling: Packed::default(), ready: VecDeque::new() }
    }

    /// The next stretch. It is no longer than a window.
    pub fn push(&mut self, stretch: Stretch) {
        if let Some(pause) = self.pause_before(stretch.first) {
            let together = self.filling.frames() + stretch.frames.len();
            if together > self.longest || (self.filling.frames() >= FULL && pause >= PAUSE) {
                self.flush();
            }
        }
        self.filling.push(stretch);
    }

    /// Nobody speaks at this frame: what waits may be ready.
    pub fn silence(&mut self, now: u32) {
        if let Some(pause) = self.pause_before(now) {
            let enough = self.filling.frames() >= SOME;
            if (enough && pause >= SILENCE) || pause >= PATIENCE {
                self.flush();
            }
        }
    }

    /// What waits is ready.
    pub fn flush(&mut self) {
        if !self.filling.pieces.is_empty() {
            self.ready.push_back(std::mem::take(&mut self.filling));
        }
    }

    /// The next window, in pieces no longer than an engine takes.
    pub fn next(&mut self, longest_ms: u32) -> Option<&Packed> {
        let longest = frames(longest_ms as usize).max(frames(1_000));
        while self.ready.front().is_some_and(|window| window.frames() > longest) {
            let mut front = self.ready.pop_front()?;
            let rest = front.split_off(longest);
            self.ready.push_front(rest);
            self.ready.push_front(front);
        }
        self.ready.front()
    }

    /// Whether one waits.
    pub fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// The next one is done with.
    pub fn take(&mut self) -> Option<Packed> {
        self.ready.pop_front()
    }

    /// Where the earliest of what is not done with begins.
    pub fn since_ms(&self) -> Option<u32> {
        let earliest = self.ready.front().unwrap_or(&self.filling);
        (!earliest.pieces.is_empty()).then(|| earliest.span().t0)
    }

    /// How many samples wait.
    pub fn held(&self) -> usize {
        self.filling.pcm.len() + self.ready.iter().map(|window| window.pcm.len()).sum::<usize>()
    }

    /// Frames between what waits and another.
    fn pause_before(&self, frame: u32) -> Option<usize> {
        let last = self.filling.pieces.last()?;
        Some((frame as usize).saturating_sub(last.first as usize + last.length))
    }
}

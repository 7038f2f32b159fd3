//! Whether somebody speaks, frame by frame.
//!
//! The detector knows speech from noise by its sound; what it calls speech is believed until it has been quiet for a
//! fifth of a second, because words end more softly than they begin. It decides what an engine is asked about, never
//! what is stored.

use earshot::Detector;

use crate::{sound::RATE, speakers::trace::FRAME};

/// Somebody begins to speak.
const BEGINS: f32 = 0.5;
/// Somebody who spoke still does.
const GOES_ON: f32 = 0.3;
/// Frames for which a voice is believed to go on: 200 ms.
const HANGOVER: u32 = RATE / 5 / FRAME as u32;

/// Listens whether somebody speaks.
pub struct Activity {
    detector: Box<Detector>,
    /// Frames for which what was heard last still counts.
    believed: u32,
}

impl Activity {
    /// One that has heard nothing.
    pub fn new() -> Self {
        Self { detector: Box::new(Detector::default()), believed: 0 }
    }

    /// Whether somebody speaks in the next frame. Its samples have to be between -1 and 1.
    pub fn hear(&mut self, frame: &[f32; FRAME]) -> bool {
        let likely = self.detector.predict_f32(frame);
        if likely >= BEGINS || (self.believed > 0 && likely >= GOES_ON) {
            self.believed = HANGOVER;
            return true;
        }
        self.believed = self.believed.saturating_sub(1);
        false
    }
}

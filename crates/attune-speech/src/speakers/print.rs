//! A voice that was learnt, so that it is known again.
//!
//! It holds averages of how somebody sounds: no sound, no word, nothing that could be played.

use serde::{Deserialize, Serialize};

use super::trace::Traces;
use crate::said::Span;

/// How somebody sounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoicePrint {
    /// The form this is kept in.
    v: u8,
    mean: Vec<f32>,
    spread: Vec<f32>,
    /// From how much speech it was learnt.
    pub heard_ms: u32,
}

impl VoicePrint {
    /// Learns a voice from where it speaks.
    pub(crate) fn learn(_traces: &Traces, _spans: &[Span]) -> Option<Self> {
        None
    }
}

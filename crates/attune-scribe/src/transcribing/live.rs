//! The text as it comes, while a session is recorded: what a screen shows where somebody asked to see it.

use attune_kernel::{Private, RecordingId};
use attune_speech::said::Segment;
use serde::{Deserialize, Serialize};
use specta::Type;

/// How much of it is shown.
const LAST: usize = 20;

/// The last of what was said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LiveText {
    pub recording: RecordingId,
    pub segments: Vec<LiveSegment>,
    pub written_ms: u32,
    pub heard_ms: u32,
}

/// A sentence or so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LiveSegment {
    pub speaker: u8,
    pub t0_ms: u32,
    pub t1_ms: u32,
    pub text: Private<String>,
    /// Whether these words stand. The last of them may still become longer; who says what is only told in the end.
    pub settled: bool,
}

impl LiveText {
    /// From what is written down so far.
    pub(super) fn of(recording: RecordingId, so_far: &[Segment], written_ms: u32, heard_ms: u32) -> Self {
        let last = &so_far[so_far.len().saturating_sub(LAST)..];
        let segments = last.iter().enumerate().map(|(at, segment)| LiveSegment {
            speaker: segment.speaker,
            t0_ms: segment.t0,
            t1_ms: segment.t1,
            text: segment.text(),
            settled: at + 1 < last.len(),
        });
        Self { recording, segments: segments.collect(), written_ms, heard_ms }
    }
}

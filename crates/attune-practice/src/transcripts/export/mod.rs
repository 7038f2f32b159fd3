//! A transcript as a file that others can read: plain text, subtitles, or JSON.
//!
//! Pure: an opened transcript goes in and a text comes out. A file leaves the screen that warns about it, so
//! every warning goes with it: that the practice model wrote it, what is not written down, which words are
//! unsure. The words around the transcript's own are data beside the code, as the consent's are: a file has
//! no screen's language.

mod json;

use std::{collections::HashMap, fmt::Write as _, sync::LazyLock};

use serde::Deserialize;

use super::{Degraded, Hole, OpenTranscript, SpeakerRole, Transcript, TranscriptSegment, TranscriptWord};

pub use json::json;

/// Below this a word is marked as unsure.
const UNSURE: f32 = 0.5;

/// Turns with their speakers and times, for reading.
pub fn txt(open: &OpenTranscript) -> String {
    let around = &*AROUND;
    let names = names(&open.transcript);
    let mut lines = String::new();
    for reason in &open.transcript.degraded {
        lines.push_str(around.of(*reason));
        lines.push('\n');
    }
    if open.segments.iter().flat_map(|segment| &segment.words).any(TranscriptWord::is_unsure) {
        lines.push_str(&around.unsure);
        lines.push('\n');
    }
    if !lines.is_empty() {
        lines.push('\n');
    }
    for part in parts(open) {
        // Writing to a text cannot fail.
        let _ = match part {
            Part::Said(segment) => {
                let words: Vec<String> = segment.words.iter().map(TranscriptWord::marked).collect();
                let name = named(&names, segment.speaker);
                writeln!(lines, "{}  {name}: {}", clock(segment.t0_ms), words.join(" "))
            }
            Part::Missing(hole) => {
                writeln!(lines, "[{} {}–{}]", around.missing, clock(hole.t0_ms), clock(hole.t1_ms))
            }
        };
    }
    lines
}

/// Subtitles in WebVTT, each with its voice.
pub fn vtt(open: &OpenTranscript) -> String {
    let around = &*AROUND;
    let names = names(&open.transcript);
    let mut cues = String::from("WEBVTT\n");
    let told: Vec<&str> = open.transcript.degraded.iter().map(|reason| around.of(*reason)).collect();
    if !told.is_empty() {
        let _ = write!(cues, "\nNOTE\n{}\n", escaped(&told.join("\n")));
    }
    if open.transcript.practice {
        // A player shows no notes. This one must be seen.
        let until = stamp(open.transcript.length_ms.clamp(1, 8_000));
        let _ = write!(cues, "\n{} --> {until}\n{}\n", stamp(0), escaped(&around.practice));
    }
    for part in parts(open) {
        let _ = match part {
            Part::Said(segment) => {
                let words: Vec<String> = segment.words.iter().map(TranscriptWord::classed).collect();
                let name = escaped(&named(&names, segment.speaker)).replace('\n', " ");
                let until = segment.t1_ms.max(segment.t0_ms.saturating_add(1));
                write!(
                    cues,
                    "\n{} --> {}\n<v {name}>{}</v>\n",
                    stamp(segment.t0_ms),
                    stamp(until),
                    words.join(" ")
                )
            }
            Part::Missing(hole) => {
                write!(cues, "\n{} --> {}\n[{}]\n", stamp(hole.t0_ms), stamp(hole.t1_ms), around.missing)
            }
        };
    }
    cues
}

enum Part<'a> {
    Said(&'a TranscriptSegment),
    Missing(&'a Hole),
}

/// What was said and what is missing, in the order of the recording. A segment without a word says nothing.
fn parts(open: &OpenTranscript) -> Vec<Part<'_>> {
    let said = open.segments.iter().filter(|segment| !segment.words.is_empty()).map(Part::Said);
    let mut parts: Vec<_> = said.chain(open.transcript.holes.iter().map(Part::Missing)).collect();
    parts.sort_by_key(|part| match part {
        Part::Said(segment) => segment.t0_ms,
        Part::Missing(hole) => hole.t0_ms,
    });
    parts
}

/// What each speaker is called: the name a person gave, else the role, counted where several have it.
fn names(transcript: &Transcript) -> Vec<String> {
    let role = |role: SpeakerRole| match role {
        SpeakerRole::Clinician => AROUND.clinician.as_str(),
        SpeakerRole::Client => AROUND.client.as_str(),
        SpeakerRole::Other => AROUND.other.as_str(),
    };
    let unnamed = || transcript.speakers.iter().filter(|speaker| speaker.name.is_none());
    let mut counted: HashMap<&str, u32> = HashMap::new();
    let mut name = |speaker: &super::TranscriptSpeaker| {
        if let Some(name) = &speaker.name {
            return name.reveal().clone();
        }
        let word = role(speaker.role);
        let count = counted.entry(word).or_default();
        *count += 1;
        let several = unnamed().filter(|other| other.role == speaker.role).count() > 1;
        if several || speaker.role == SpeakerRole::Other {
            format!("{word} {count}")
        } else {
            word.to_owned()
        }
    };
    transcript.speakers.iter().map(&mut name).collect()
}

fn named(names: &[String], speaker: u8) -> String {
    names.get(usize::from(speaker)).unwrap_or(&AROUND.other).clone()
}

/// As a person says a moment: 12:03, and 1:02:03 after an hour.
fn clock(ms: u32) -> String {
    let seconds = ms / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes:02}:{seconds:02}")
    }
}

/// As WebVTT has a moment: hours, and thousandths.
fn stamp(ms: u32) -> String {
    let seconds = ms / 1_000;
    format!("{:02}:{:02}:{:02}.{:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60, ms % 1_000)
}

/// As WebVTT has text. Without a ">" no "-->" can begin a cue where a person typed one.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl TranscriptWord {
    fn is_unsure(&self) -> bool {
        self.p < UNSURE
    }

    fn marked(&self) -> String {
        let text = self.text.reveal();
        if self.is_unsure() { format!("{text}(?)") } else { text.clone() }
    }

    fn classed(&self) -> String {
        let text = escaped(self.text.reveal());
        if self.is_unsure() { format!("<c.unsure>{text}</c>") } else { text }
    }
}

impl TranscriptSegment {
    fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.reveal().as_str()).collect();
        words.join(" ")
    }
}

/// The words around the transcript's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Around {
    practice: String,
    holes: String,
    guessed: String,
    unsure: String,
    missing: String,
    clinician: String,
    client: String,
    other: String,
}

impl Around {
    fn of(&self, reason: Degraded) -> &str {
        match reason {
            Degraded::PracticeModel => &self.practice,
            Degraded::MissingParts => &self.holes,
            Degraded::SpeakersGuessed => &self.guessed,
        }
    }
}

static AROUND: LazyLock<Around> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/transcripts/export.json"))
        .expect("the file is part of this program, and a test reads it")
});

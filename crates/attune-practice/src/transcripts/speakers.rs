//! Speakers: who somebody is in the room, how that is known, and what a person says of it.
//!
//! A segment names its speaker by a place in the transcript's list. The machine's labels stand in the pages,
//! what a person says of single segments is a correction, and what they say of a voice as a whole stands in
//! the list and outlives every telling apart.

use std::collections::BTreeSet;

use attune_kernel::{Code, Private, TranscriptId};
use attune_store::{Result, WriteTx};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    OpenTranscript, Pages, Said, Whole,
    apart::apart,
    corrections::{Says, Standing, put},
    pages::within_one,
    record, rewrite, table, whole, words,
};
use crate::text;

/// Who somebody is in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SpeakerRole {
    Clinician,
    Client,
    Other,
}

/// How it is known who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// Their own microphone.
    Channel,
    /// The clinician's voice, which was learnt before.
    Voice,
    /// Who asks more questions. A person should look.
    Guess,
    Person,
}

/// One of those who spoke.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptSpeaker {
    pub role: SpeakerRole,
    pub known_by: KnownBy,
    /// How well this voice stands apart from the others, 0 to 1.
    #[specta(type = u32)]
    pub confidence: f32,
    /// As a person calls them.
    pub name: Option<Private<String>>,
}

const LONGEST_NAME: usize = 60;
/// More voices than anybody tells apart in one room.
const MOST_SPEAKERS: usize = 16;

/// Lets two speakers change places: whoever was taken for the one is the other.
pub async fn swap(tx: &mut WriteTx, id: TranscriptId, a: u8, b: u8) -> Result<OpenTranscript> {
    let mut kept = table::kept(tx, id).await?;
    let speakers = &mut kept.transcript.speakers;
    let (a, b) = (usize::from(a), usize::from(b));
    if a.max(b) >= speakers.len() {
        return Err(Code::Gone.into());
    }
    if a != b {
        speakers.swap(a, b);
        // How well a voice stands apart belongs to the voice, not to who it is.
        let confidence = speakers[a].confidence;
        speakers[a].confidence = speakers[b].confidence;
        speakers[b].confidence = confidence;
        for speaker in [a, b] {
            speakers[speaker].known_by = KnownBy::Person;
        }
        record::write(tx, "swap", &kept).await?;
    }
    words(tx, id).await
}

/// Says who a voice is, and what they are called; no name takes the one they had.
pub async fn name(
    tx: &mut WriteTx,
    id: TranscriptId,
    speaker: u8,
    role: SpeakerRole,
    name: Option<&str>,
) -> Result<OpenTranscript> {
    let name = match text::line(name.unwrap_or_default())? {
        Some(name) => Some(Private::new(text::at_most(name, LONGEST_NAME, Code::NameTooLong)?)),
        None => None,
    };
    let mut kept = table::kept(tx, id).await?;
    let speaker = kept.transcript.speakers.get_mut(usize::from(speaker)).ok_or(Code::Gone)?;
    let said = TranscriptSpeaker { role, known_by: KnownBy::Person, confidence: speaker.confidence, name };
    if *speaker != said {
        *speaker = said;
        record::write(tx, "name", &kept).await?;
    }
    words(tx, id).await
}

/// Says by whom these segments were. What a person had said already leaves no trace.
pub async fn say(
    tx: &mut WriteTx,
    id: TranscriptId,
    segments: &[u32],
    speaker: u8,
) -> Result<OpenTranscript> {
    let whole = whole(tx, id).await?;
    let known = whole.kept.transcript.speakers.len();
    let segments: BTreeSet<u32> = segments.iter().copied().collect();
    let gone = segments.iter().any(|segment| whole.pages.segment(*segment).is_none());
    if gone || usize::from(speaker) >= known {
        return Err(Code::Gone.into());
    }
    let news = segments
        .into_iter()
        .filter(|segment| Standing::of(&whole.corrections, *segment).speaker != Some(speaker))
        .map(|segment| (segment, Says::Speaker(Some(speaker)), None));
    put(tx, &whole, "say", news).await?;
    words(tx, id).await
}

/// Puts other labels in the place of the machine's: its words stay what they are, and so does whatever a
/// person said, of a segment or of a voice. Segments that were put right stay whole.
pub async fn tell_apart(
    tx: &mut WriteTx,
    id: TranscriptId,
    speakers: &[TranscriptSpeaker],
    said: Vec<Said>,
) -> Result<OpenTranscript> {
    let Whole { mut kept, pages, corrections } = whole(tx, id).await?;
    let (pages, speakers) = apart(pages, &corrections, &kept.transcript.speakers, &tamed(speakers), said);
    kept.transcript.speakers = speakers;
    rewrite(tx, "tell_apart", kept, &pages).await?;
    words(tx, id).await
}

/// The same, fit to be shown, whoever wrote it.
pub(super) fn tamed(speakers: &[TranscriptSpeaker]) -> Vec<TranscriptSpeaker> {
    let tame = |speaker: &TranscriptSpeaker| {
        let name = speaker.name.as_ref().map(|name| {
            let line = text::tamed(name.reveal()).replace('\n', " ");
            Private::new(line.trim().chars().take(LONGEST_NAME).collect::<String>())
        });
        TranscriptSpeaker {
            confidence: within_one(speaker.confidence),
            name: name.filter(|name| !name.reveal().is_empty()),
            ..speaker.clone()
        }
    };
    speakers.iter().take(MOST_SPEAKERS).map(tame).collect()
}

/// The same, with somebody for every label that is in the pages.
pub(super) fn enough(mut speakers: Vec<TranscriptSpeaker>, pages: &Pages) -> Vec<TranscriptSpeaker> {
    let labels = pages.segments().iter().map(|segment| usize::from(segment.speaker) + 1).max().unwrap_or(0);
    if speakers.len() < labels {
        speakers.resize(labels, TranscriptSpeaker::unknown());
    }
    speakers
}

impl TranscriptSpeaker {
    /// A voice of which nothing is known.
    pub(super) const fn unknown() -> Self {
        Self { role: SpeakerRole::Other, known_by: KnownBy::Guess, confidence: 0.0, name: None }
    }
}

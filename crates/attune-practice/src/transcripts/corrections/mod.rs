//! Corrections: what a person put right in what a machine wrote.
//!
//! Each says one thing of one segment, in full: its words, or who said them. The newest of its sort holds, so
//! they may arrive in any order and every device comes to the same. None is ever changed or taken away:
//! undoing is a correction back to what stood before. Only the transcript's deletion empties them.

pub(super) mod record;

use std::collections::HashMap;

use attune_kernel::{Code, MemberId, PatientId, Private, TranscriptCorrectionId, TranscriptId};
use attune_store::{ReadTx, Result, WriteTx};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use specta::Type;

use super::{
    OpenTranscript, Pages, Segment, TranscriptSegment, TranscriptWord, Whole, reflow::reflow, table, whole,
    words,
};
use crate::{team, text};

pub use record::TRANSCRIPT_CORRECTION;
pub(crate) use record::replay as replay_correction;
pub(super) use record::{empty, receive_empty};

/// One thing that was put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub id: TranscriptCorrectionId,
    pub transcript: TranscriptId,
    pub patient: PatientId,
    pub segment: u32,
    pub says: Says,
    /// The correction that this one takes back.
    pub undoes: Option<TranscriptCorrectionId>,
    pub at: DateTime<Utc>,
    pub by: MemberId,
}

/// What a correction says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// These words; as the machine wrote it, if none.
    Text(Option<Private<String>>),
    /// This speaker; as the machine told, if none.
    Speaker(Option<u8>),
    /// Nothing any more: its transcript was deleted.
    Emptied,
}

/// One line of a segment's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptCorrection {
    pub at: DateTime<Utc>,
    /// The name of whoever made it; empty while they are still on the way here.
    pub by: Private<String>,
    /// The words it says; none where it speaks of the speaker, or goes back to what the machine wrote.
    pub text: Option<Private<String>>,
    pub speaker: Option<u8>,
}

const LONGEST_TEXT: usize = 5_000;

/// Puts a segment's words right. Typing what already stands there leaves no trace; typing nothing says that
/// nothing was said.
pub async fn correct(
    tx: &mut WriteTx,
    id: TranscriptId,
    segment: u32,
    typed: &str,
) -> Result<OpenTranscript> {
    let typed = text::at_most(text::line(typed)?.unwrap_or_default(), LONGEST_TEXT, Code::TextTooLong)?;
    let whole = whole(tx, id).await?;
    let machine = whole.pages.segment(segment).ok_or(Code::Gone)?.text();
    let says = if *machine.reveal() == typed { None } else { Some(Private::new(typed)) };
    if Standing::of(&whole.corrections, segment).text != says.as_ref() {
        put(tx, &whole, "correct", [(segment, Says::Text(says), None)]).await?;
    }
    words(tx, id).await
}

/// Takes back the newest correction of a segment that was not taken back yet. Where there is none, nothing
/// happens.
pub async fn uncorrect(tx: &mut WriteTx, id: TranscriptId, segment: u32) -> Result<OpenTranscript> {
    let whole = whole(tx, id).await?;
    whole.pages.segment(segment).ok_or(Code::Gone)?;
    let mut stands: Vec<&Correction> = Vec::new();
    for correction in whole.corrections.iter().filter(|correction| correction.segment == segment) {
        match correction.undoes {
            Some(undone) => stands.retain(|other| other.id != undone),
            None => stands.push(correction),
        }
    }
    let Some(newest) = stands.pop() else { return Ok(whole.opened()) };
    let before = stands.into_iter().rev().find(|other| other.says.is_of_the_sort_of(&newest.says));
    let says = before.map_or_else(|| newest.says.as_the_machine(), |before| before.says.clone());
    put(tx, &whole, "uncorrect", [(segment, says, Some(newest.id))]).await?;
    words(tx, id).await
}

/// Everything that was put right in a segment, the newest first, undoings included.
pub async fn history(tx: &mut ReadTx, id: TranscriptId, segment: u32) -> Result<Vec<TranscriptCorrection>> {
    let kept = table::kept(tx, id).await?;
    let mut corrections = table::corrections(tx, &kept.transcript).await?;
    corrections.retain(|correction| correction.segment == segment);
    let names: HashMap<_, _> =
        team::members(tx).await?.into_iter().map(|member| (member.id, member.name)).collect();
    let line = |correction: Correction| {
        let (text, speaker) = match correction.says {
            Says::Text(text) => (text, None),
            Says::Speaker(speaker) => (None, speaker),
            Says::Emptied => (None, None),
        };
        let by = names.get(&correction.by).cloned().unwrap_or_default();
        TranscriptCorrection { at: correction.at, by, text, speaker }
    };
    Ok(corrections.into_iter().rev().map(line).collect())
}

/// The words as they stand: what the machine wrote, with what was put right. Corrections come the oldest
/// first.
pub fn with_corrections(pages: &Pages, corrections: &[Correction]) -> Vec<TranscriptSegment> {
    let mut standing: HashMap<u32, Standing<'_>> = HashMap::new();
    for correction in corrections {
        standing.entry(correction.segment).or_default().hear(&correction.says);
    }
    let as_it_stands = |segment: &Segment| {
        let stands = standing.get(&segment.id).copied().unwrap_or_default();
        TranscriptSegment {
            id: segment.id,
            speaker: stands.speaker.unwrap_or(segment.speaker),
            t0_ms: segment.t0,
            t1_ms: segment.t1,
            // Whoever was in the room is sure.
            confidence: if stands.speaker.is_some() { 1.0 } else { segment.confidence },
            words: match stands.text {
                Some(text) => reflow(&segment.words, text.reveal(), segment.span()),
                None => segment.words.iter().map(TranscriptWord::of).collect(),
            },
            corrected: stands.text.is_some(),
            speaker_by_person: stands.speaker.is_some(),
        }
    };
    pages.segments().iter().map(as_it_stands).collect()
}

/// What holds of one segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::transcripts) struct Standing<'a> {
    pub text: Option<&'a Private<String>>,
    pub speaker: Option<u8>,
}

impl<'a> Standing<'a> {
    /// Corrections come the oldest first.
    pub(in crate::transcripts) fn of(corrections: &'a [Correction], segment: u32) -> Self {
        let mut standing = Self::default();
        for correction in corrections.iter().filter(|correction| correction.segment == segment) {
            standing.hear(&correction.says);
        }
        standing
    }

    fn hear(&mut self, says: &'a Says) {
        match says {
            Says::Text(text) => self.text = text.as_ref(),
            Says::Speaker(speaker) => self.speaker = *speaker,
            Says::Emptied => {}
        }
    }

    /// Corrections that take back all that holds.
    pub(in crate::transcripts) fn taken_back(self) -> impl Iterator<Item = Says> {
        let text = self.text.is_some().then_some(Says::Text(None));
        text.into_iter().chain(self.speaker.is_some().then_some(Says::Speaker(None)))
    }
}

/// Writes corrections, all of one moment, which is later than any before it on this transcript.
pub(in crate::transcripts) async fn put(
    tx: &mut WriteTx,
    whole: &Whole,
    action: &'static str,
    corrections: impl IntoIterator<Item = (u32, Says, Option<TranscriptCorrectionId>)>,
) -> Result<()> {
    // A clock that was set back must not make today's word older than yesterday's.
    let last = whole.corrections.iter().map(|correction| correction.at).max();
    let at = last.map_or(tx.now(), |last| tx.now().max(last + TimeDelta::milliseconds(1)));
    let transcript = &whole.kept.transcript;
    for (segment, says, undoes) in corrections {
        let correction = Correction {
            id: TranscriptCorrectionId::new(at),
            transcript: transcript.id,
            patient: transcript.patient,
            segment,
            says,
            undoes,
            at,
            by: tx.author().member,
        };
        record::write(tx, action, &correction).await?;
    }
    Ok(())
}

impl Says {
    fn is_of_the_sort_of(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    const fn as_the_machine(&self) -> Self {
        match self {
            Self::Text(_) => Self::Text(None),
            Self::Speaker(_) => Self::Speaker(None),
            Self::Emptied => Self::Emptied,
        }
    }
}

impl Segment {
    /// Its words in a line.
    pub fn text(&self) -> Private<String> {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.reveal().as_str()).collect();
        Private::new(words.join(" "))
    }
}

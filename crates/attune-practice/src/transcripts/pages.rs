//! The pages of a transcript: what a machine wrote, word for word, as the sealed file holds it.
//!
//! This is a frozen form like any record's, only kept in a file: fields are never renamed or removed. Nobody
//! edits it; what a person puts right stands beside it as a correction. Segments are known by a number that
//! is never given twice, so that a correction can never come to speak of other words.

use std::io::{Read, Write};

use attune_kernel::{Code, FileId, Private};
use attune_store::{FinishedFile, NewFile, ReadTx, Result, Store, WriteTx};
use serde::{Deserialize, Serialize};

use crate::{form::Unknown, text};

const NEWEST: u32 = 1;

/// From and to, in milliseconds on the recording's own line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    pub t0: u32,
    pub t1: u32,
}

/// One word, as the machine wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub t0: u32,
    pub t1: u32,
    pub text: Private<String>,
    /// How sure the engine is, 0 to 1.
    pub p: f32,
}

/// What one voice said without a longer pause, before it has its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Which of the transcript's speakers.
    pub speaker: u8,
    pub t0: u32,
    pub t1: u32,
    /// How sure it is that this speaker said it, 0 to 1.
    pub confidence: f32,
    pub words: Vec<Word>,
}

/// The same with its number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    pub id: u32,
    pub speaker: u8,
    pub t0: u32,
    pub t1: u32,
    pub confidence: f32,
    pub words: Vec<Word>,
}

/// What a machine wrote down of one recording, and where it heard somebody speak.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pages {
    v: u32,
    /// The number the next new segment gets.
    next: u32,
    segments: Vec<Segment>,
    speech: Vec<Span>,
    #[serde(flatten)]
    unknown: Unknown,
}

impl Pages {
    /// What was said, and the stretches in which somebody speaks.
    pub fn new(said: Vec<Said>, speech: Vec<Span>) -> Self {
        let mut speech: Vec<Span> = speech.into_iter().filter(|span| span.t0 < span.t1).collect();
        speech.sort_unstable();
        let mut pages =
            Self { v: NEWEST, next: 1, segments: Vec::new(), speech, unknown: Unknown::default() };
        pages.add(said);
        pages
    }

    /// In the order they began.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Where somebody speaks, in order.
    pub fn speech(&self) -> &[Span] {
        &self.speech
    }

    /// One segment, if it is still there.
    pub fn segment(&self, id: u32) -> Option<&Segment> {
        self.segments.iter().find(|segment| segment.id == id)
    }

    /// A stretch made wide enough to cut no segment: what is to be written down where a part is asked for
    /// again.
    pub fn around(&self, t0: u32, t1: u32) -> Span {
        let asked = Span { t0, t1: t1.max(t0) };
        self.segments
            .iter()
            .filter(|segment| asked.meets(segment.span()))
            .fold(asked, |wide, segment| Span { t0: wide.t0.min(segment.t0), t1: wide.t1.max(segment.t1) })
    }

    /// Seals what was written, before a transaction gives it its row.
    pub fn seal(&self, store: &Store) -> Result<FinishedFile> {
        self.write_into(store.new_file()?)
    }

    pub(super) fn seal_within(&self, tx: &WriteTx) -> Result<FinishedFile> {
        self.write_into(tx.new_file()?)
    }

    pub(super) async fn read(tx: &mut ReadTx, file: FileId) -> Result<Self> {
        let mut bytes = Vec::new();
        tx.open_file(file).await?.read_to_end(&mut bytes)?;
        Self::parse(&bytes)
    }

    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Versioned {
            v: u32,
        }
        match serde_json::from_slice::<Self>(bytes) {
            Ok(pages) if pages.v <= NEWEST => Ok(pages),
            Ok(_) => Err(Code::StoreNewer.into()),
            Err(error) => match serde_json::from_slice::<Versioned>(bytes) {
                Ok(pages) if pages.v > NEWEST => Err(Code::StoreNewer.into()),
                _ => Err(error.into()),
            },
        }
    }

    /// Puts in what was said, under new numbers.
    pub(super) fn add(&mut self, said: Vec<Said>) {
        for said in said {
            let id = self.next;
            if let Some(segment) = said.numbered(id) {
                self.next = self.next.saturating_add(1);
                self.segments.push(segment);
            }
        }
        self.sort();
    }

    /// Takes out every segment that `wanted` does not want to keep.
    pub(super) fn take_out(&mut self, mut wanted: impl FnMut(&Segment) -> bool) -> Vec<Segment> {
        self.segments.extract_if(.., |segment| !wanted(segment)).collect()
    }

    /// Puts back segments that have their number already.
    pub(super) fn put_back(&mut self, segments: impl IntoIterator<Item = Segment>) {
        self.segments.extend(segments);
        self.sort();
    }

    fn sort(&mut self) {
        self.segments.sort_by_key(|segment| (segment.t0, segment.t1, segment.id));
    }

    fn write_into(&self, mut file: NewFile) -> Result<FinishedFile> {
        file.write_all(&serde_json::to_vec(self)?)?;
        file.finish()
    }
}

impl Span {
    /// Whether the two share a moment.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.t0 < other.t1 && other.t0 < self.t1
    }

    pub(super) const fn ms(self) -> u32 {
        self.t1.saturating_sub(self.t0)
    }
}

impl Segment {
    pub(super) const fn span(&self) -> Span {
        Span { t0: self.t0, t1: self.t1 }
    }

    /// The same without its number, and with some of its words.
    pub(super) fn with(&self, words: Vec<Word>) -> Said {
        let t0 = words.first().map_or(self.t0, |word| word.t0);
        let t1 = words.iter().map(|word| word.t1).max().unwrap_or(self.t1);
        Said { speaker: self.speaker, t0, t1, confidence: self.confidence, words }
    }
}

impl Said {
    /// With a number, and fit to be kept whatever an engine gave; none where there is no word in it.
    fn numbered(mut self, id: u32) -> Option<Segment> {
        for word in &mut self.words {
            let shown = text::tamed(word.text.reveal());
            let joined = shown.split_whitespace().collect::<Vec<_>>().join(" ");
            if joined != *word.text.reveal() {
                word.text = Private::new(joined);
            }
            word.t1 = word.t1.max(word.t0);
            word.p = within_one(word.p);
        }
        self.words.retain(|word| !word.text.reveal().is_empty());
        self.words.sort_by_key(|word| (word.t0, word.t1));
        let t0 = self.t0.min(self.words.first()?.t0);
        let t1 = self.words.iter().map(|word| word.t1).fold(self.t1.max(t0), u32::max);
        let confidence = within_one(self.confidence);
        Some(Segment { id, speaker: self.speaker, t0, t1, confidence, words: self.words })
    }
}

/// A share of one. What is no number is no certainty either.
pub(super) fn within_one(share: f32) -> f32 {
    if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 }
}

//! A part that was written down again: a hole that is filled, or words that were not good enough.

use attune_kernel::TranscriptId;
use attune_store::{Result, WriteTx};

use super::{
    Hole, Said, Segment, Span, Transcript, Word,
    corrections::{Standing, put},
    coverage, rewrite, whole,
};

/// What was written down of a part, in place of what stood there.
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    pub span: Span,
    pub said: Vec<Said>,
    /// What is missing in this part still, and why.
    pub holes: Vec<Hole>,
    /// Whether the practice model wrote it. Then the whole says so.
    pub practice: bool,
    /// Whether the sound left the computer for it. Then the whole says so.
    pub remote: bool,
}

/// Puts a part in the place of the segments that it meets. What they held outside it stays, under new
/// numbers; what was put right in them stays in their history and holds no more. A hole goes where words
/// came, and stays with its reason where none did.
pub async fn refill(tx: &mut WriteTx, id: TranscriptId, again: Again) -> Result<Transcript> {
    let mut whole = whole(tx, id).await?;
    let span = again.span;
    let replaced = whole.pages.take_out(|segment| !span.meets(segment.span()));
    let taken_back = replaced.iter().flat_map(|segment| {
        let standing = Standing::of(&whole.corrections, segment.id);
        standing.taken_back().map(|says| (segment.id, says, None))
    });
    put(tx, &whole, "refill", taken_back).await?;
    let outside = replaced.iter().flat_map(|segment| outside(segment, span));
    let said: Vec<Said> = outside.chain(again.said).collect();
    whole.pages.add(said);

    let transcript = &mut whole.kept.transcript;
    transcript.holes = coverage::without(&transcript.holes, span);
    transcript.holes.extend(again.holes);
    transcript.practice |= again.practice;
    transcript.remote |= again.remote;
    rewrite(tx, "refill", whole.kept, &whole.pages).await
}

/// What a segment holds before and after a part.
fn outside(segment: &Segment, part: Span) -> impl Iterator<Item = Said> {
    let middle = |word: &Word| word.t0.midpoint(word.t1);
    let words = |is: &dyn Fn(u32) -> bool| -> Vec<Word> {
        segment.words.iter().filter(|word| is(middle(word))).cloned().collect()
    };
    let (before, after) = (words(&|at| at < part.t0), words(&|at| at >= part.t1));
    [before, after].into_iter().filter(|words| !words.is_empty()).map(|words| segment.with(words))
}

//! A phrase: words without a pause, which one voice said.

use std::ops::Range;

use crate::said::Span;

/// Which words, from when to when, and how many questions end in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub words: Range<usize>,
    pub span: Span,
    pub questions: u32,
}

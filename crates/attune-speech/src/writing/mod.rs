//! From sound to words: voices, windows, words, segments.

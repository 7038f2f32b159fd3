//! How good a transcript is, against what was really said.

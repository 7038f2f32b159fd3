//! Reads a licence expression and says whether we may ship what stands under it.
//!
//! Only as much of SPDX as packages use: names, OR, AND, WITH, parentheses, and the slash older crates write
//! for OR. What cannot be read is refused, never waved through.

/// What we may ship: permissive licences, the file-wide copyleft of the MPL, and the open font licence.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OFL-1.1",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Zlib",
];

/// Exceptions that only ever grant more.
const EXCEPTIONS: &[&str] = &["LLVM-exception"];

/// Whether one of the choices an expression offers is ours to take.
pub fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words };
    reader.any_of() == Some(true) && reader.words.is_empty()
}

struct Reader<'a> {
    words: &'a [&'a str],
}

impl<'a> Reader<'a> {
    /// `a OR b`, which binds loosest. `None` where the expression makes no sense.
    fn any_of(&mut self) -> Option<bool> {
        let mut allowed = self.all_of()?;
        while self.take("OR") {
            allowed |= self.all_of()?;
        }
        Some(allowed)
    }

    fn all_of(&mut self) -> Option<bool> {
        let mut allowed = self.one()?;
        while self.take("AND") {
            allowed &= self.one()?;
        }
        Some(allowed)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let allowed = self.any_of()?;
            return self.take(")").then_some(allowed);
        }
        let name = self.next()?;
        let excepted = if self.take("WITH") { EXCEPTIONS.contains(&self.next()?) } else { true };
        Some(ALLOWED.contains(&name) && excepted)
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn next(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_choice_we_may_take_is_enough() {
        assert!(is_allowed("MIT"));
        assert!(is_allowed("MIT OR Apache-2.0"));
        assert!(is_allowed("MIT/Apache-2.0"));
        assert!(is_allowed("MIT OR Apache-2.0 OR LGPL-2.1-or-later"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"));
    }

    #[test]
    fn every_part_of_a_sum_must_be_allowed() {
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!is_allowed("MIT AND GPL-3.0-only"));
        assert!(!is_allowed("(MIT OR Apache-2.0) AND GPL-3.0-only"));
    }

    #[test]
    fn what_is_unknown_or_unreadable_is_refused() {
        for expression in [
            "",
            "GPL-3.0-or-later",
            "Proprietary",
            "MIT OR",
            "(MIT",
            "MIT Apache-2.0",
            "Apache-2.0 WITH",
            "MIT)",
        ] {
            assert!(!is_allowed(expression), "{expression:?}");
        }
    }
}

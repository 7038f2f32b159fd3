//! The last lines a worker wrote on its error output.
//!
//! They are the engine's own: what it could not open, what it ran out of. They go into the error and from there into the
//! local log, so the path of the model, which may hold a person's name, is taken out of them.

use std::{collections::VecDeque, path::Path};

const LINES: usize = 40;
const LONGEST: usize = 300;

/// The last lines, and what must not stand in them.
#[derive(Debug, Default)]
pub struct Tail {
    lines: VecDeque<String>,
    hidden: Vec<(String, &'static str)>,
}

impl Tail {
    /// From now on, this path is written as `‹model›`.
    pub fn hide(&mut self, model: &Path) {
        self.hidden.push((model.to_string_lossy().into_owned(), "‹model›"));
    }

    /// One more line; the oldest goes when there are too many.
    pub fn push(&mut self, line: &str) {
        let mut line = line.trim_end().to_owned();
        for (hidden, instead) in &self.hidden {
            line = line.replace(hidden.as_str(), instead);
        }
        let end = line.char_indices().nth(LONGEST).map_or(line.len(), |(at, _)| at);
        line.truncate(end);
        if line.is_empty() {
            return;
        }
        if self.lines.len() == LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> Vec<String> {
        self.lines.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_forty_lines_are_kept_without_the_path_of_the_model() {
        let mut tail = Tail::default();
        tail.hide(Path::new("/home/maya/Modelle/klein.gguf"));
        for line in 0..100 {
            tail.push(&format!("{line}: /home/maya/Modelle/klein.gguf: no such tensor\n"));
        }
        tail.push("  ");
        tail.push(&"ü".repeat(1000));
        let lines = tail.lines();
        assert_eq!(lines.len(), 40);
        assert_eq!(lines[0], "61: ‹model›: no such tensor");
        assert_eq!(lines[39].chars().count(), 300);
    }
}

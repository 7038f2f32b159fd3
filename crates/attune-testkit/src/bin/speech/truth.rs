//! What was truly said in a file: `NAME.json` beside it with turns and words, or `NAME.txt` with the words alone.

use std::{fs, path::Path};

use anyhow::Result;
use attune_speech::{said::Span, score::Turn};
use serde_json::Value;

/// What was said, and where it is known by whom.
pub enum Truth {
    Turns(Value),
    Text(String),
}

impl Truth {
    /// The truth that lies beside a sound file, if one does.
    pub fn beside(file: &Path) -> Result<Option<Self>> {
        let (turns, text) = (file.with_extension("json"), file.with_extension("txt"));
        if turns.is_file() {
            return Ok(Some(Self::Turns(serde_json::from_str(&fs::read_to_string(turns)?)?)));
        }
        Ok(if text.is_file() { Some(Self::Text(fs::read_to_string(text)?)) } else { None })
    }

    /// The words in a line.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Turns(_) => {
                let texts = self.all().iter().filter_map(|turn| turn["text"].as_str());
                texts.collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// Who speaks when, word by word.
    pub fn turns(&self) -> Option<Vec<Turn>> {
        let Self::Turns(_) = self else { return None };
        let mut names: Vec<&str> = Vec::new();
        let mut turns = Vec::new();
        for said in self.all() {
            let name = said["speaker"].as_str().unwrap_or_default();
            let speaker = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            for word in said["words"].as_array().into_iter().flatten() {
                let ms = |key: &str| (word[key].as_f64().unwrap_or_default() * 1_000.0) as u32;
                turns.push(turn(speaker, ms("start"), ms("end")));
            }
        }
        Some(turns)
    }

    fn all(&self) -> &[Value] {
        match self {
            Self::Turns(value) => value["turns"].as_array().map_or(&[], Vec::as_slice),
            Self::Text(_) => &[],
        }
    }
}

/// Somebody speaks.
pub fn turn(speaker: usize, t0: u32, t1: u32) -> Turn {
    Turn { speaker, span: Span { t0, t1 } }
}

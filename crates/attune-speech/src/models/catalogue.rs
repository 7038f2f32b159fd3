//! The models we know of, as data: `catalogue.json` beside this file.
//!
//! It says of each what its publisher says of it, and the digest of the one file that may be taken for it. What a person
//! is told about a model is in the words of the screens; here are names, classes and figures.

use std::{collections::BTreeMap, fmt};

use attune_vault::Digest;
use serde::{Deserialize, Serialize};

use super::gguf::Family;
use crate::Result;

/// What somebody would choose a model for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Fast,
    Careful,
    ManyLanguages,
}

/// Where a model comes from, and how it is known when it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    pub bytes: u64,
    pub sha256: Digest,
    /// In the order in which they are asked.
    pub mirrors: Vec<String>,
}

/// A model, as its publisher describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The name of its file, without the ending.
    pub id: String,
    /// As its maker calls it.
    pub name: String,
    /// How its numbers were made smaller.
    pub quantisation: String,
    pub family: Family,
    /// The languages it knows, as ISO 639 codes. None where it writes nothing down.
    pub languages: Vec<String>,
    pub choice: Option<Choice>,
    pub maker: String,
    pub licence: String,
    /// Words it gets wrong in a hundred, on LibriSpeech test-clean, as its publisher says; not where nobody does.
    pub wer: Option<f32>,
    /// How many times faster than speech it is on eight cores of a laptop of 2020, where its publisher says so.
    pub pace: Option<f32>,
    /// None where no digest is published: such a model comes from a file only.
    pub download: Option<Download>,
    /// About how long its file is. [`Download::bytes`] is exact.
    pub about_bytes: u64,
}

impl Model {
    pub fn knows(&self, language: &str) -> bool {
        self.languages.iter().any(|known| known == language)
    }
}

/// All models that are known by name.
#[derive(Clone, PartialEq)]
pub struct Catalogue {
    models: Vec<Model>,
}

impl Catalogue {
    /// The one that ships with the application.
    pub fn ours() -> Self {
        Self::read(include_str!("catalogue.json")).expect("the catalogue we ship reads; a test reads it")
    }

    /// A catalogue from its text.
    pub fn read(text: &str) -> Result<Self> {
        let file: File = serde_json::from_str(text)?;
        Ok(Self { models: file.models.into_iter().map(|entry| entry.model(&file.languages)).collect() })
    }

    pub fn models(&self) -> &[Model] {
        &self.models
    }

    pub fn named(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.id == id)
    }

    /// The model of which this is the digest.
    pub fn with_digest(&self, digest: &Digest) -> Option<&Model> {
        self.models.iter().find(|model| model.download.as_ref().is_some_and(|known| known.sha256 == *digest))
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.models.iter().map(|model| &model.id)).finish()
    }
}

#[derive(Deserialize)]
struct File {
    languages: BTreeMap<String, Vec<String>>,
    models: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    name: String,
    quantisation: String,
    family: Family,
    languages: Option<String>,
    choice: Option<Choice>,
    maker: String,
    licence: String,
    wer: Option<f32>,
    pace: Option<f32>,
    download: Option<DownloadEntry>,
    about_bytes: Option<u64>,
}

#[derive(Deserialize)]
struct DownloadEntry {
    bytes: u64,
    #[serde(deserialize_with = "hexadecimal")]
    sha256: Digest,
    mirrors: Vec<String>,
}

impl Entry {
    fn model(self, sets: &BTreeMap<String, Vec<String>>) -> Model {
        let download =
            self.download.map(|it| Download { bytes: it.bytes, sha256: it.sha256, mirrors: it.mirrors });
        Model {
            about_bytes: download.as_ref().map_or(self.about_bytes.unwrap_or_default(), |it| it.bytes),
            languages: self.languages.and_then(|set| sets.get(&set).cloned()).unwrap_or_default(),
            id: self.id,
            name: self.name,
            quantisation: self.quantisation,
            family: self.family,
            choice: self.choice,
            maker: self.maker,
            licence: self.licence,
            wer: self.wer,
            pace: self.pace,
            download,
        }
    }
}

fn hexadecimal<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Digest, D::Error> {
    let text = String::deserialize(from)?;
    parse_digest(&text).ok_or_else(|| serde::de::Error::custom("a digest is 64 hexadecimal figures"))
}

fn parse_digest(text: &str) -> Option<Digest> {
    let figures: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = figures.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    if figures.len() == 64 { bytes.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_catalogue_reads_and_every_model_of_it_can_be_fetched_and_checked_or_only_brought_in() {
        let ours = Catalogue::ours();
        let ids: BTreeSet<&str> = ours.models().iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids.len(), ours.models().len(), "an id is one model's");
        for model in ours.models() {
            assert!(
                model.id.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)),
                "{} is the name of a file on every system",
                model.id
            );
            assert_eq!(model.family.writes(), !model.languages.is_empty(), "{}", model.id);
            assert_eq!(model.family.writes(), model.choice.is_some(), "{}", model.id);
            assert!(model.about_bytes > 10_000_000 && !model.licence.is_empty() && !model.maker.is_empty());
            if let Some(download) = &model.download {
                assert!(!download.mirrors.is_empty(), "{}", model.id);
                assert!(download.mirrors.iter().all(|mirror| mirror.starts_with("https://")), "{}", model.id);
                assert_eq!(
                    ours.with_digest(&download.sha256).unwrap().id,
                    model.id,
                    "a digest is one model's"
                );
            }
        }
    }

    #[test]
    fn what_tells_voices_apart_is_not_fetched_while_nobody_publishes_its_digest() {
        let ours = Catalogue::ours();
        let voices: Vec<_> = ours.models().iter().filter(|model| !model.family.writes()).collect();
        assert_eq!(voices.len(), 1);
        assert!(voices[0].download.is_none());
    }

    #[test]
    fn an_unreadable_digest_is_no_catalogue() {
        assert_eq!(parse_digest("00ff").map(|_| ()), None);
        assert_eq!(parse_digest(&"0g".repeat(32)).map(|_| ()), None);
        assert_eq!(parse_digest(&"0f".repeat(32)), Some([15; 32]));
    }
}

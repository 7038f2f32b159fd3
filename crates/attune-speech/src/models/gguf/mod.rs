//! The head of a GGUF file: what a model says of itself, and how long its file must be.
//!
//! Whoever brings a model in from a file may bring anything in. The engine reads such a file in another language and in
//! one gulp, so what is no whole model of a family we use is turned away here, from the head alone, before the engine
//! hears of it: another sort of file, a file that ends early, a family that writes down no speech, a layout newer than
//! the engine's. Nothing in a file can make this reader panic, or take more memory than [`reader::MOST_HEAD`] allows.

mod reader;
#[cfg(test)]
mod tests;
mod weights;

use std::{fs::File, io::BufReader, io::Read, path::Path};

use attune_kernel::Code;

use crate::{Error, Result};
use reader::Bounded;

/// The newest layout the engine reads. The first had other lengths and is read by nobody any more.
const NEWEST: u32 = 3;
const OLDEST: u32 = 2;
/// Fields of a head. The richest we know has about sixty.
const MOST_FIELDS: u64 = 4096;
/// Tensors of a model. The largest Whisper has about 1 300.
const MOST_TENSORS: u64 = 65_536;
/// As the engine bounds it.
const MOST_DIMENSIONS: u32 = 4;
/// A name or a code that is longer is none.
const LONGEST_WORD: u64 = 512;
const MOST_LANGUAGES: u64 = 512;

/// The families this application has a use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    Parakeet,
    Whisper,
    /// Tells voices apart; writes nothing down.
    Sortformer,
}

impl Family {
    /// By its name in a head.
    pub fn named(architecture: &str) -> Option<Self> {
        match architecture {
            "parakeet" => Some(Self::Parakeet),
            "whisper" => Some(Self::Whisper),
            "sortformer" => Some(Self::Sortformer),
            _ => None,
        }
    }

    /// As a screen tells them apart.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parakeet => "parakeet",
            Self::Whisper => "whisper",
            Self::Sortformer => "sortformer",
        }
    }

    /// Whether it turns sound into words.
    pub fn writes(self) -> bool {
        !matches!(self, Self::Sortformer)
    }
}

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub version: u32,
    /// As the file calls its family.
    pub architecture: String,
    pub name: Option<String>,
    pub languages: Vec<String>,
    pub tensors: u64,
    /// Where its last weight ends: the file is at least so long.
    pub ends_at: u64,
}

impl Head {
    /// The family, where it is one of ours.
    pub fn family(&self) -> Result<Family> {
        Family::named(&self.architecture).ok_or_else(|| Code::ModelForeign.into())
    }
}

/// Reads the head of the file at `path` and refuses what is no whole model of a family of ours.
pub fn check(path: &Path) -> Result<(Head, Family)> {
    let file = File::open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(Code::ModelUnreadable.into());
    }
    let head = read(BufReader::new(file))?;
    let family = head.family()?;
    if meta.len() < head.ends_at {
        return Err(Code::ModelUnreadable.into());
    }
    Ok((head, family))
}

/// Reads a head.
pub fn read(source: impl Read) -> Result<Head> {
    let mut from = Bounded::new(source);
    if from.bytes::<4>()? != *b"GGUF" {
        return Err(Code::ModelUnreadable.into());
    }
    let version = from.u32()?;
    // Of a machine that counts the other way round, the number stands in the upper half.
    if version < OLDEST || version & 0xFFFF == 0 {
        return Err(Code::ModelUnreadable.into());
    }
    if version > NEWEST {
        return Err(Code::ModelNewer.into());
    }
    let tensors = within(from.u64()?, MOST_TENSORS)?;
    let fields = within(from.u64()?, MOST_FIELDS)?;
    let told = told(&mut from, fields)?;
    let ends_at = weights_end(&mut from, tensors, told.alignment)?;
    Ok(Head {
        version,
        architecture: told.architecture.ok_or(Code::ModelUnreadable)?,
        name: told.name,
        languages: told.languages,
        tensors,
        ends_at,
    })
}

/// What the fields tell, of what we ask for.
struct Told {
    architecture: Option<String>,
    name: Option<String>,
    languages: Vec<String>,
    alignment: u64,
}

fn told(from: &mut Bounded<impl Read>, fields: u64) -> Result<Told> {
    let mut told = Told { architecture: None, name: None, languages: Vec::new(), alignment: 32 };
    for _ in 0..fields {
        let key = from.word(LONGEST_WORD)?;
        let kind = from.u32()?;
        match (key.as_str(), kind) {
            ("general.architecture", reader::STRING) => told.architecture = Some(from.word(LONGEST_WORD)?),
            ("general.name", reader::STRING) => told.name = Some(from.word(LONGEST_WORD)?),
            ("general.languages", reader::ARRAY) => told.languages = languages(from)?,
            ("general.alignment", reader::U32) => {
                told.alignment = from.u32()?.into();
                if !told.alignment.is_power_of_two() {
                    return Err(Code::ModelUnreadable.into());
                }
            }
            _ => from.skip_value(kind)?,
        }
    }
    Ok(told)
}

fn languages(from: &mut Bounded<impl Read>) -> Result<Vec<String>> {
    let (kind, count) = (from.u32()?, from.u64()?);
    if kind != reader::STRING {
        from.skip_elements(kind, count)?;
        return Ok(Vec::new());
    }
    (0..within(count, MOST_LANGUAGES)?).map(|_| from.word(LONGEST_WORD)).collect()
}

fn weights_end(from: &mut Bounded<impl Read>, tensors: u64, alignment: u64) -> Result<u64> {
    // A head without weights is a vocabulary, no model.
    if tensors == 0 {
        return Err(Code::ModelUnreadable.into());
    }
    let mut longest = 0;
    for _ in 0..tensors {
        from.word(LONGEST_WORD)?;
        let dimensions = from.u32()?;
        if dimensions > MOST_DIMENSIONS {
            return Err(Code::ModelUnreadable.into());
        }
        let shape: Vec<u64> = (0..dimensions).map(|_| from.u64()).collect::<Result<_>>()?;
        let bytes = weights::bytes(from.u32()?, &shape)?;
        let end = from.u64()?.checked_add(bytes).ok_or(Code::ModelUnreadable)?;
        longest = longest.max(end);
    }
    let begins = from.at().checked_next_multiple_of(alignment).ok_or(Code::ModelUnreadable)?;
    begins.checked_add(longest).ok_or_else(|| Code::ModelUnreadable.into())
}

fn within(count: u64, most: u64) -> Result<u64> {
    if count > most { Err(Error::Refused(Code::ModelUnreadable)) } else { Ok(count) }
}

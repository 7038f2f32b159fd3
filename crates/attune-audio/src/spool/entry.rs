//! What stands in a spool's frames, frozen: a frame of sound, or a word about it.

use attune_kernel::Private;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, codec::Codec};

const SOUND: u8 = 1;
const WORD: u8 = 2;
const SOUND_HEAD: usize = 1 + 8 + 4 + 8 + 1;

/// The first frame: how everything after it is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    pub v: u32,
    pub rate: u32,
    pub channels: u16,
    pub codec: Codec,
    pub at: DateTime<Utc>,
}

/// A device began to deliver a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceUse {
    pub at: u64,
    pub channel: u16,
    pub name: String,
    pub rate: u32,
}

/// Time that passed without sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub at: u64,
    pub samples: u64,
    pub why: GapReason,
}

/// Why sound is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The device was gone.
    Device,
    /// The machine was too busy to take the sound over in time.
    Starved,
    /// The file was damaged here.
    Damaged,
}

/// A place somebody wants to find again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub at: u64,
    pub word: Option<Private<String>>,
}

/// Nothing is heard from here on, because somebody or something wanted it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub at: u64,
    pub why: PauseReason,
    pub since: DateTime<Utc>,
}

/// Why nothing is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// A private moment.
    Private,
    /// The computer slept.
    Slept,
    /// The consent was taken back.
    Consent,
}

/// Something a clinician should know about the sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worry {
    /// The device delivers, and what it delivers is nothing at all.
    NoSignal,
    TooQuiet,
    Clipping,
    /// Room for less than an hour.
    DiskLow,
    /// The disk does not confirm what was written.
    DiskFailing,
    /// The time of day jumped; positions do not depend on it.
    ClockChanged,
    /// It came from a file that was damaged or cut short.
    FileDamaged,
}

/// Why a recording ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Somebody pressed Stop.
    Asked,
    Consent,
    /// Nobody spoke for long after the planned end, and nobody answered.
    Silence,
    DiskFull,
    /// The disk refused to be written.
    DiskFailed,
    /// It came from a file.
    Imported,
}

/// The last frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    pub at: u64,
    pub why: Why,
    pub on: DateTime<Utc>,
}

/// A word about the sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub enum Entry {
    Begun(Begun),
    Device(DeviceUse),
    Gap(Gap),
    Mark(Mark),
    Pause(Pause),
    Resume {
        at: u64,
        on: DateTime<Utc>,
    },
    Worry {
        at: u64,
        what: Worry,
    },
    Ended(Ended),
    /// Written by a newer Attune: kept, and passed over.
    #[serde(other)]
    Unknown,
}

/// A frame of sound: where it stands, what a waveform needs of it, and the sound itself, encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound<'s> {
    pub at: u64,
    pub samples: u32,
    /// The loudest sample of each channel.
    pub peak: [u16; 2],
    /// The root of the mean square of each channel.
    pub rms: [u16; 2],
    pub voiced: bool,
    pub encoded: &'s [u8],
}

impl Sound<'_> {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SOUND_HEAD + self.encoded.len());
        bytes.push(SOUND);
        bytes.extend_from_slice(&self.at.to_le_bytes());
        bytes.extend_from_slice(&self.samples.to_le_bytes());
        for value in self.peak.into_iter().chain(self.rms) {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes.push(u8::from(self.voiced));
        bytes.extend_from_slice(self.encoded);
        bytes
    }
}

impl Entry {
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = vec![WORD];
        serde_json::to_writer(&mut bytes, self).map_err(|_| Error::Damaged("an entry does not write"))?;
        Ok(bytes)
    }
}

/// What a frame holds.
#[derive(Debug)]
pub enum Held<'f> {
    Sound(Sound<'f>),
    Entry(Entry),
}

/// Reads a frame that opened. What a newer Attune wrote is [`Entry::Unknown`], never an error.
pub fn held(plain: &[u8]) -> Result<Held<'_>> {
    let (kind, rest) = plain.split_first().ok_or(Error::Damaged("an empty frame"))?;
    match *kind {
        WORD => Ok(Held::Entry(serde_json::from_slice(rest).map_err(|_| Error::Damaged("an entry"))?)),
        SOUND if plain.len() >= SOUND_HEAD => {
            let number = |from: usize| u16::from_le_bytes([plain[from], plain[from + 1]]);
            let at = plain[1..9].try_into().map_err(|_| Error::Damaged("a frame of sound"))?;
            let samples = plain[9..13].try_into().map_err(|_| Error::Damaged("a frame of sound"))?;
            Ok(Held::Sound(Sound {
                at: u64::from_le_bytes(at),
                samples: u32::from_le_bytes(samples),
                peak: [number(13), number(15)],
                rms: [number(17), number(19)],
                voiced: plain[21] == 1,
                encoded: &plain[SOUND_HEAD..],
            }))
        }
        SOUND => Err(Error::Damaged("a frame of sound")),
        _ => Ok(Held::Entry(Entry::Unknown)),
    }
}

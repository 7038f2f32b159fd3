//! What the application and its worker say to each other: a line of JSON each, some followed by raw bytes.
//!
//! Both ends are the same program, so nothing here need last; [`PROTOCOL`] only guards the minutes after an update, when
//! an older window may start a newer worker. What was said in the room travels here and nowhere else: on the pipes of
//! the worker, never on its error output.

use std::io::{self, BufRead};

use attune_kernel::Code;
use serde::{Deserialize, Serialize};

use crate::said::Word;

/// Told with the ready line; another than one's own ends the talk.
pub const PROTOCOL: u32 = 1;
/// Four hours at 16 kHz: more is no recording, it is a broken pipe.
const MOST_SAMPLES: u64 = 4 * 3600 * 16_000;
const LONGEST_PATH: u64 = 64 * 1024;

/// What a model is loaded for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// To write down what is said.
    Words,
    /// To say who speaks when.
    Turns,
}

/// What the application asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// First of all, and once.
    Begin { gpu: bool, idle_ms: u64 },
    /// The path follows, as the system writes it.
    Load { id: u64, duty: Duty, path_bytes: u64 },
    /// The samples follow, as little-endian `f32`.
    Hear { id: u64, threads: u32, language: Option<String>, samples: u64 },
    /// The samples follow.
    TellApart { id: u64, threads: u32, samples: u64 },
    /// Whatever was asked under this number or before is no longer wanted.
    Cancel { id: u64 },
}

impl Ask {
    /// How many bytes follow the line, unless it asks for more than there can be.
    pub fn payload(&self) -> io::Result<usize> {
        let (units, most, each) = match self {
            Self::Begin { .. } | Self::Cancel { .. } => (0, 0, 0),
            Self::Load { path_bytes, .. } => (*path_bytes, LONGEST_PATH, 1),
            Self::Hear { samples, .. } | Self::TellApart { samples, .. } => (*samples, MOST_SAMPLES, 4),
        };
        if units > most {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        usize::try_from(units * each).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    }

    /// Reads the next ask and what follows it. None at the end of the pipe.
    pub fn read(from: &mut impl BufRead) -> io::Result<Option<(Self, Vec<u8>)>> {
        let mut line = Vec::new();
        if from.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let ask: Self = serde_json::from_slice(&line)?;
        let mut payload = vec![0; ask.payload()?];
        from.read_exact(&mut payload)?;
        Ok(Some((ask, payload)))
    }
}

/// What a loaded model can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    /// The engine, its version, and what it runs on.
    pub engine: String,
    pub languages: Vec<String>,
    pub detects_language: bool,
    pub word_times: bool,
    pub streaming: bool,
    /// Nought where there is no limit.
    pub longest_ms: u64,
    pub file_bytes: u64,
}

/// A stretch of one voice, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    pub speaker: u32,
    pub t0: u32,
    pub t1: u32,
}

/// What the worker answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tell", rename_all = "snake_case")]
pub enum Tell {
    /// To [`Ask::Begin`]: the processor has what is needed. With the kinds of graphics processors there are.
    Ready {
        protocol: u32,
        gpus: Vec<String>,
    },
    /// To [`Ask::Begin`]: it cannot work here.
    Refused {
        code: Code,
    },
    Loaded {
        id: u64,
        #[serde(flatten)]
        loaded: Loaded,
    },
    /// It is still at it. Comes every second.
    Progress {
        id: u64,
        elapsed_ms: u64,
    },
    Heard {
        id: u64,
        language: Option<String>,
        words: Vec<Word>,
        cut_short: bool,
    },
    Turns {
        id: u64,
        turns: Vec<Turn>,
    },
    Failed {
        id: u64,
        code: Code,
        what: String,
    },
    Cancelled {
        id: u64,
    },
    /// Nothing was asked for so long that it goes, and gives its memory back.
    Idle,
}

impl Tell {
    /// Which ask it ends. None for what ends none.
    pub fn ends(&self) -> Option<u64> {
        match self {
            Self::Loaded { id, .. }
            | Self::Heard { id, .. }
            | Self::Turns { id, .. }
            | Self::Failed { id, .. }
            | Self::Cancelled { id } => Some(*id),
            Self::Ready { .. } | Self::Refused { .. } | Self::Progress { .. } | Self::Idle => None,
        }
    }
}

/// Samples as they go through the pipe.
pub fn bytes_of(pcm: &[f32]) -> Vec<u8> {
    pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// Samples as they came out of it. What is no number is silence.
pub fn samples_of(bytes: &[u8]) -> Vec<f32> {
    let (samples, _) = bytes.as_chunks::<4>();
    samples
        .iter()
        .map(|sample| f32::from_le_bytes(*sample))
        .map(|sample| if sample.is_finite() { sample } else { 0.0 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ask_reads_back_with_what_follows_it_and_the_next_begins_where_it_ends() {
        let hear = Ask::Hear { id: 7, threads: 1, language: Some("en".to_owned()), samples: 3 };
        let cancel = Ask::Cancel { id: 7 };
        let mut pipe = serde_json::to_vec(&hear).unwrap();
        pipe.push(b'\n');
        pipe.extend(bytes_of(&[0.5, f32::NAN, -1.0]));
        pipe.extend(serde_json::to_vec(&cancel).unwrap());
        pipe.push(b'\n');
        let mut from = pipe.as_slice();
        let (first, payload) = Ask::read(&mut from).unwrap().unwrap();
        assert_eq!((first, samples_of(&payload)), (hear, vec![0.5, 0.0, -1.0]));
        assert_eq!(Ask::read(&mut from).unwrap().unwrap(), (cancel, Vec::new()));
        assert_eq!(Ask::read(&mut from).unwrap(), None);
    }

    #[test]
    fn a_line_that_promises_more_than_a_recording_is_refused_before_room_is_made_for_it() {
        let pipe =
            b"{\"ask\":\"hear\",\"id\":1,\"threads\":1,\"language\":null,\"samples\":18446744073709551615}\n";
        assert!(Ask::read(&mut pipe.as_slice()).is_err());
        assert!(Ask::read(&mut b"GET / HTTP/1.1\r\n".as_slice()).is_err());
        assert!(
            Ask::read(
                &mut b"{\"ask\":\"load\",\"id\":1,\"duty\":\"words\",\"path_bytes\":9}\n/tmp".as_slice()
            )
            .is_err(),
            "cut off in the middle"
        );
    }

    #[test]
    fn what_was_said_does_not_print() {
        let word = Word { t0: 0, t1: 9, text: "Maya".to_owned().into(), p: 1.0 };
        let tell = Tell::Heard { id: 1, language: None, words: vec![word], cut_short: false };
        assert!(!format!("{tell:?}").contains("Maya"));
    }
}

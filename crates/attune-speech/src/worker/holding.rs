//! The model a worker holds, and what it does with it. Only here is the engine itself called.

use std::{
    fs,
    path::{Path, PathBuf},
};

use attune_kernel::{Code, Coded};
use transcribe_cpp::{
    BackendMask, CancelToken, Device, DeviceType, DiarizeOptions, DiarizeSessionOptions, Error, Model, Role,
    RunOptions, Session, SessionOptions, TimestampKind, Transcript, devices, init_backends_with, sys,
};

use super::{
    line::{Duty, Loaded, Turn},
    words,
};
use crate::{models::gguf, said::Word, sound::RATE};

/// Less sound than this holds no word, and some engines stumble over it: a tenth of a second.
const SHORTEST: usize = RATE as usize / 10;

/// Why the engine did not do as it was asked.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// Nobody wants it any more.
    Cancelled,
    Because {
        code: Code,
        what: String,
    },
}

impl Failure {
    fn because(code: Code, what: impl Into<String>) -> Self {
        Self::Because { code, what: what.into() }
    }
}

/// What was written down of a window.
#[derive(Debug)]
pub struct Written {
    pub language: Option<String>,
    pub words: Vec<Word>,
    pub cut_short: bool,
}

/// Wakes what the engine may run on, and gives the kinds of graphics processors there are.
pub fn wake(gpu: bool) -> Result<Vec<String>, Failure> {
    let allowed = if gpu { BackendMask::ALL } else { BackendMask::CPU };
    init_backends_with(None::<&Path>, allowed).map_err(|error| failed(&error))?;
    let is_gpu = |device: &Device| matches!(device.device_type, DeviceType::Gpu | DeviceType::Igpu);
    Ok(devices().into_iter().filter(is_gpu).map(|device| device.kind).collect())
}

/// A loaded model.
pub struct Holding {
    model: Model,
    loaded: Loaded,
    times: TimestampKind,
    /// Made when it is first needed, and again when it is to take another number of threads.
    session: Option<(u32, Session)>,
}

impl Holding {
    /// Loads a model for a duty, after its head was found right.
    pub fn load(path: PathBuf, duty: Duty) -> Result<Self, Failure> {
        let family = match gguf::check(&path) {
            Ok((_, family)) => family,
            Err(crate::Error::Io(error)) => {
                let missing = error.kind() == std::io::ErrorKind::NotFound;
                let short = error.kind() == std::io::ErrorKind::UnexpectedEof;
                let code = if missing { Code::ModelMissing } else { Code::ModelUnreadable };
                let what =
                    if short { "the file ends in its head".to_owned() } else { error.kind().to_string() };
                return Err(Failure::because(code, what));
            }
            Err(error) => return Err(Failure::because(error.code(), "its head was refused")),
        };
        if family.writes() != (duty == Duty::Words) {
            return Err(Failure::because(Code::ModelForeign, "a model for another duty"));
        }
        let model = Model::load(&path).map_err(|error| failed(&error))?;
        let role = match duty {
            Duty::Words => Role::Asr,
            Duty::Turns => Role::Diarize,
        };
        if !model.roles().contains(role) {
            return Err(Failure::because(Code::ModelForeign, "a model for another duty"));
        }
        // Who speaks when has no languages and no words.
        let able = match duty {
            Duty::Words => Some(model.capabilities().map_err(|error| failed(&error))?),
            Duty::Turns => None,
        };
        // Pieces of words carry how sure the engine is, so the finest times it has are asked for.
        let times = able.as_ref().map_or(TimestampKind::None, |able| able.max_timestamp_kind);
        let loaded = Loaded {
            engine: format!("transcribe-cpp {} ({})", transcribe_cpp::version(), model.backend()),
            detects_language: able.as_ref().is_some_and(|able| able.supports_language_detect),
            word_times: matches!(times, TimestampKind::Word | TimestampKind::Token),
            streaming: able.as_ref().is_some_and(|able| able.supports_streaming),
            longest_ms: able.as_ref().map_or(0, |able| u64::try_from(able.max_audio_ms).unwrap_or_default()),
            languages: able.map(|able| able.languages).unwrap_or_default(),
            file_bytes: fs::metadata(&path).map(|meta| meta.len()).unwrap_or_default(),
        };
        Ok(Self { model, loaded, times, session: None })
    }

    /// What it can do.
    pub fn loaded(&self) -> Loaded {
        self.loaded.clone()
    }

    /// Writes a window down.
    pub fn hear(
        &mut self,
        pcm: &[f32],
        language: Option<String>,
        threads: u32,
        token: &CancelToken,
    ) -> Result<Written, Failure> {
        if pcm.len() < SHORTEST {
            return Ok(Written { language, words: Vec::new(), cut_short: false });
        }
        let options =
            RunOptions { timestamps: self.times, language: language.clone(), ..RunOptions::default() };
        let session = self.session(threads)?;
        session.set_cancel_token(token);
        let (transcript, cut_short) = match session.run(pcm, &options) {
            Ok(transcript) => (transcript, false),
            Err(Error::Aborted { .. }) => return Err(Failure::Cancelled),
            Err(
                Error::OutputTruncated { partial: Some(partial), .. }
                | Error::OutputRepetition { partial: Some(partial), .. },
            ) => (*partial, true),
            Err(error) => return Err(failed(&error)),
        };
        let words = words::of(&transcript, milliseconds(pcm));
        Ok(Written { language: self.language(&transcript, language), words, cut_short })
    }

    /// Says who speaks when.
    pub fn tell_apart(
        &mut self,
        pcm: &[f32],
        threads: u32,
        token: &CancelToken,
    ) -> Result<Vec<Turn>, Failure> {
        if pcm.len() < SHORTEST {
            return Ok(Vec::new());
        }
        let options = DiarizeSessionOptions { n_threads: counted(threads) };
        let mut session = self.model.diarize_session_with(&options).map_err(|error| failed(&error))?;
        session.set_cancel_token(token);
        let turns = match session.run(pcm, &DiarizeOptions::default()) {
            Ok(turns) => turns,
            Err(Error::Aborted { .. }) => return Err(Failure::Cancelled),
            Err(error) => return Err(failed(&error)),
        };
        let length = milliseconds(pcm);
        let within = |ms: i64| u32::try_from(ms.max(0)).map_or(length, |ms| ms.min(length));
        let mut turns: Vec<Turn> = turns
            .iter()
            .map(|turn| Turn {
                // The engine counts speakers from one.
                speaker: u32::try_from(turn.speaker_id.saturating_sub(1)).unwrap_or_default(),
                t0: within(turn.t0_ms),
                t1: within(turn.t1_ms),
            })
            .filter(|turn| turn.t1 > turn.t0)
            .collect();
        turns.sort_by_key(|turn| (turn.t0, turn.speaker));
        Ok(turns)
    }

    fn session(&mut self, threads: u32) -> Result<&mut Session, Failure> {
        let stays = self.session.take().filter(|(had, _)| *had == threads);
        let session = match stays {
            Some(session) => session,
            None => {
                let options = SessionOptions { n_threads: counted(threads), ..SessionOptions::default() };
                (threads, self.model.session_with(&options).map_err(|error| failed(&error))?)
            }
        };
        Ok(&mut self.session.insert(session).1)
    }

    /// What it found, was told, or can only be.
    fn language(&self, transcript: &Transcript, told: Option<String>) -> Option<String> {
        let only = || match self.loaded.languages.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        transcript.language.clone().or(told).or_else(only)
    }
}

fn counted(threads: u32) -> i32 {
    i32::try_from(threads).unwrap_or(i32::MAX)
}

fn milliseconds(pcm: &[f32]) -> u32 {
    u32::try_from(pcm.len() as u64 * 1000 / u64::from(RATE)).unwrap_or(u32::MAX)
}

/// What a failure of the engine means. Its own words may hold a path, so only its kind is told.
fn failed(error: &Error) -> Failure {
    let said = error.to_string();
    let is = |status: sys::transcribe_status| said.ends_with(&format!("(status {})", status.0));
    let code = match error {
        Error::ModelFileNotFound(_) => Code::ModelMissing,
        Error::ModelLoad(_) if is(sys::transcribe_status::TRANSCRIBE_ERR_UNSUPPORTED_ARCH) => {
            Code::ModelForeign
        }
        // Its head is whole, its family known, and every weight there: what the engine misses in it came later.
        Error::ModelLoad(_) => Code::ModelNewer,
        Error::Nul(_) => Code::ModelUnreadable,
        Error::NotImplemented(_) | Error::UnsupportedRole(_) => Code::ModelForeign,
        Error::Unsupported(_) if is(sys::transcribe_status::TRANSCRIBE_ERR_UNSUPPORTED_LANGUAGE) => {
            Code::LanguageUnknown
        }
        Error::OutOfMemory(_) => Code::ModelTooLarge,
        _ => Code::EngineFailed,
    };
    Failure::because(code, format!("{:?}, status {}", error.kind(), error.raw_status()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_engine_says_of_a_failure_becomes_what_a_person_can_do_about_it() {
        for (error, expected) in [
            (Error::ModelLoad("load /x: unsupported architecture (status 5)".to_owned()), Code::ModelForeign),
            (Error::ModelLoad("load /x: gguf load error (status 4)".to_owned()), Code::ModelNewer),
            (Error::ModelFileNotFound(String::new()), Code::ModelMissing),
            (Error::UnsupportedRole(String::new()), Code::ModelForeign),
            (Error::OutOfMemory(String::new()), Code::ModelTooLarge),
            (Error::Unsupported("run: unsupported language (status 10)".to_owned()), Code::LanguageUnknown),
            (Error::Unsupported("run: unsupported task (status 11)".to_owned()), Code::EngineFailed),
            (Error::Backend(String::new()), Code::EngineFailed),
        ] {
            let Failure::Because { code, what } = failed(&error) else { panic!("{error}") };
            assert_eq!(code, expected, "{error}");
            assert!(!what.contains("/x"), "{what}");
        }
    }
}

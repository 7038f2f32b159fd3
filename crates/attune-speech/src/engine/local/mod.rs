//! The local engine: a model in a worker process.
//!
//! The worker is started when it is needed, and again when it was lost: because it had nothing to do and went, because it
//! died, or because it hung. What was being asked then is asked once more. Where a graphics processor may be to blame,
//! the second try does without it, and so does everything after. A second failure is one. It says whether the worker was
//! still getting ready then, as no window is to blame for that.

mod language;
mod options;

use std::{path::Path, time::Duration};

use attune_kernel::Code;

use self::language::known;
pub use self::options::{Gentle, IDLE, LocalOptions};
use super::{About, Answer, Engine, Heard, Needs, Window};
use crate::{
    Result, Stage,
    sound::RATE,
    speakers::SpeakerTurn,
    worker::{
        Ask, Duty, Failure, Loaded, Next, Process, Program, Tell, Tries, Turn, bytes_of,
        memory::{self, Memory},
    },
};

/// How long a worker may say nothing. It speaks every second, while it works as well.
const SILENCE: Duration = Duration::from_secs(30);
/// The slowest that is still waited for: a model of some gigabytes from a slow disk.
const LOADED_WITHIN: Duration = Duration::from_secs(600);
/// How many times as long as the sound itself an engine may take before it is thought to hang.
const SLOWEST: u32 = 40;
/// What a model is asked for at once, where it would take more: its memory grows with the length.
const LONGEST_MS: u32 = 30_000;
/// What an engine takes beside its weights for so much sound, generously.
const BESIDE_WEIGHTS: u64 = 256 * 1024 * 1024;

/// A model in a worker process.
#[derive(Debug)]
pub struct Local {
    program: Program,
    options: LocalOptions,
    about: About,
    process: Option<Process>,
    gentle: Gentle,
    /// A graphics processor is in use until one may have been to blame for something.
    gpu: bool,
    silence: Duration,
}

impl Local {
    /// One that has not begun: what the model can do is known when it was opened, or has heard something.
    pub fn new(program: Program, options: LocalOptions) -> Self {
        let about = About {
            engine: "transcribe-cpp".to_owned(),
            model: options.name.clone(),
            languages: Vec::new(),
            detects_language: false,
            word_times: false,
            streaming: false,
            longest_ms: LONGEST_MS,
            needs: Needs::Memory { bytes: BESIDE_WEIGHTS },
        };
        let gpu = options.gpu;
        Self { program, options, about, process: None, gentle: Gentle::default(), gpu, silence: SILENCE }
    }

    /// How long the worker may say nothing while it works before it is thought to hang; it speaks every second.
    #[must_use]
    pub fn silent_at_most(mut self, silence: Duration) -> Self {
        self.silence = silence;
        self
    }

    /// Loads the model, so that what it can do is known.
    pub async fn open(&mut self) -> Result<&About> {
        self.ready().await?;
        Ok(&self.about)
    }

    /// Whether a session is being recorded: the engine then leaves more of the machine alone.
    pub fn set_gentle(&self, gentle: bool) {
        self.gentle.set(gentle);
    }

    /// The same, for somebody who does not hold the engine.
    pub fn gentle(&self) -> Gentle {
        self.gentle.clone()
    }

    /// The worker's number, while there is one.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().filter(|process| !process.is_gone()).map(Process::pid)
    }

    /// What the worker holds of the machine's memory, while there is one.
    pub fn memory(&self) -> Option<Memory> {
        self.pid().and_then(memory::of)
    }

    /// Gives the memory back now. The next window starts a worker again.
    pub async fn rest(&mut self) {
        if let Some(process) = self.process.take() {
            process.leave().await;
        }
    }

    /// Says who speaks when, by a model for just that. It runs in a worker of its own, which goes when it is done, and takes
    /// no more threads than the other.
    pub async fn diarize(&mut self, model: &Path, pcm: &[f32]) -> Result<Vec<SpeakerTurn>> {
        let mut tries = Tries::default();
        loop {
            let mut process = match self.start(model, Duty::Turns).await {
                Ok((process, _)) => process,
                Err(failure) => {
                    self.weigh(&mut tries, failure)?;
                    continue;
                }
            };
            let (threads, samples) = (self.threads(), pcm.len() as u64);
            let ask = |id| Ask::TellApart { id, threads, samples };
            let told = process.ask(ask, bytes_of(pcm), patience(pcm)).await;
            let failure = match told {
                Ok(Tell::Turns { turns, .. }) => {
                    process.leave().await;
                    let turn = |Turn { speaker, t0, t1 }| SpeakerTurn { speaker, t0, t1 };
                    return Ok(turns.into_iter().map(turn).collect());
                }
                told => Failure::of(told, Stage::Working, &process),
            };
            self.weigh(&mut tries, failure)?;
        }
    }

    async fn write_down(&mut self, window: Window<'_>) -> Result<Heard> {
        let mut tries = Tries::default();
        loop {
            self.ready().await?;
            let threads = self.threads();
            let language = known(&self.about.languages, window.language)?;
            let Some(process) = self.process.as_mut() else {
                return Err(Code::EngineFailed.into());
            };
            let samples = window.pcm.len() as u64;
            let ask = |id| Ask::Hear { id, threads, language, samples };
            let told = process.ask(ask, bytes_of(window.pcm), patience(window.pcm)).await;
            if let Ok(Tell::Heard { language, words, cut_short, .. }) = told {
                return Ok(Heard { language, words, cut_short });
            }
            let failure = Failure::of(told, Stage::Working, process);
            // Whatever it was, it does not happen to the next window because of this worker.
            self.process = None;
            self.weigh(&mut tries, failure)?;
        }
    }

    /// Sees to it that there is a worker with the model.
    async fn ready(&mut self) -> Result<()> {
        if self.process.as_ref().is_some_and(|process| !process.is_gone()) {
            return Ok(());
        }
        self.process = None;
        let mut tries = Tries::default();
        loop {
            match self.start(&self.options.model, Duty::Words).await {
                Ok((process, loaded)) => {
                    self.process = Some(process);
                    self.learn(loaded);
                    return Ok(());
                }
                Err(failure) => self.weigh(&mut tries, failure)?,
            }
        }
    }

    async fn start(&self, model: &Path, duty: Duty) -> Result<(Process, Loaded), Failure> {
        let started = Process::start(&self.program, self.gpu, self.options.idle, self.silence).await;
        let mut process = match started.map_err(Failure::unstarted)? {
            Ok(process) => process,
            Err((lost, tail)) => return Err(Failure::lost(lost, Stage::Loading, tail, self.gpu)),
        };
        process.hide(model);
        let path = bytes_of_path(model)?;
        let path_bytes = path.len() as u64;
        let ask = |id| Ask::Load { id, duty, path_bytes };
        match process.ask(ask, path, LOADED_WITHIN).await {
            Ok(Tell::Loaded { loaded, .. }) => Ok((process, loaded)),
            told => Err(Failure::of(told, Stage::Loading, &process)),
        }
    }

    fn learn(&mut self, loaded: Loaded) {
        let longest = u32::try_from(loaded.longest_ms).unwrap_or(u32::MAX);
        self.about = About {
            engine: loaded.engine,
            model: self.options.name.clone(),
            languages: loaded.languages,
            detects_language: loaded.detects_language,
            word_times: loaded.word_times,
            streaming: loaded.streaming,
            longest_ms: if longest == 0 { LONGEST_MS } else { longest.min(LONGEST_MS) },
            needs: Needs::Memory { bytes: loaded.file_bytes.saturating_add(BESIDE_WEIGHTS) },
        };
    }

    fn threads(&self) -> u32 {
        self.options.threads.count(self.gentle.get())
    }

    /// Whether to try again, and whether without the graphics processor when that may be to blame.
    fn weigh(&mut self, tries: &mut Tries, failure: Failure) -> Result<()> {
        let next = tries.after(&failure);
        if next == Next::GiveUp {
            return Err(failure.error);
        }
        tracing::warn!(error = %failure.error, again = ?next, "the speech engine failed");
        if next == Next::WithoutGpu {
            self.gpu = false;
        }
        Ok(())
    }
}

impl Engine for Local {
    fn about(&self) -> &About {
        &self.about
    }

    fn hear<'a>(&'a mut self, window: Window<'a>) -> Answer<'a, Heard> {
        Box::pin(self.write_down(window))
    }
}

/// How long this much sound may take.
fn patience(pcm: &[f32]) -> Duration {
    Duration::from_secs(60) + Duration::from_secs(pcm.len() as u64 / u64::from(RATE)) * SLOWEST
}

/// A path as the system writes it.
#[cfg(unix)]
fn bytes_of_path(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::os::unix::ffi::OsStrExt;
    Ok(path.as_os_str().as_bytes().to_vec())
}

/// A path as the engine reads it.
#[cfg(not(unix))]
fn bytes_of_path(path: &Path) -> Result<Vec<u8>, Failure> {
    path.to_str().map(|path| path.as_bytes().to_vec()).ok_or_else(|| Code::ModelUnreadable.into())
}

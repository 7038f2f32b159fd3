//! One recording on its way from sound to words. It can be left at any moment and gone on with, as long as it is held.

use attune_kernel::{Coded, RecordingId};
use attune_practice::transcripts::Span;
use attune_speech::{
    engine::Engine,
    sound::Sound,
    writing::{Options, Writing},
};
use attune_store::SpoolPlace;

use super::sound::SpoolSound;
use crate::{Result, scribe::blocking};

/// No window is longer: every engine of ours takes this much at once.
const LONGEST_WINDOW_MS: u32 = 30_000;

/// One recording, partly written down.
pub(super) struct Underway {
    pub recording: RecordingId,
    pub model: String,
    pub writing: Writing,
    sound: SpoolSound,
    heard: Vec<Vec<f32>>,
    /// Whether the disk has no more to come.
    pub over: bool,
    ended: bool,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// There is more to do at once.
    More,
    /// The disk has no more for now.
    Dry,
    /// All of it is written down.
    Done,
}

impl Underway {
    /// Begins a recording, or a part of one.
    pub async fn open(
        recording: RecordingId,
        model: String,
        place: SpoolPlace,
        part: Option<Span>,
    ) -> Result<Self> {
        let sound = blocking(move || {
            Ok(match part {
                Some(part) => SpoolSound::of(&place, part)?,
                None => SpoolSound::open(&place)?,
            })
        })
        .await?;
        let channels = sound.channels();
        let options = Options { language: None, channels, longest_ms: LONGEST_WINDOW_MS };
        let heard = vec![Vec::new(); channels];
        let writing = Writing::new(options)?;
        Ok(Self { recording, model, writing, sound, heard, over: false, ended: false })
    }

    /// How much there is by now.
    pub fn ms(&self) -> u32 {
        self.sound.ms()
    }

    /// Whether all of it was listened to, though not all need be written down.
    pub const fn is_heard(&self) -> bool {
        self.ended
    }

    /// Takes in a second of sound, or writes down a window that is ready.
    pub async fn step(mut self, engine: &mut dyn Engine) -> (Self, Result<Step>) {
        if self.writing.is_ready() {
            let stepped = self.writing.step(engine).await;
            return (self, stepped.map(|_| Step::More).map_err(Into::into));
        }
        if self.ended {
            return (self, Ok(Step::Done));
        }
        self.listen().await
    }

    /// Takes in sound and writes nothing down.
    pub async fn listen(self) -> (Self, Result<Step>) {
        // Decoding and listening take the processor, which others on this thread want too.
        let held = tokio::task::spawn_blocking(move || {
            let mut underway = self;
            let stepped = underway.hear();
            (underway, stepped)
        });
        match held.await {
            Ok(stepped) => stepped,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }

    fn hear(&mut self) -> Result<Step> {
        self.heard.iter_mut().for_each(Vec::clear);
        // Also once it is over: the last of it may have been written since the last look.
        self.sound.refresh()?;
        let mut heard = self.sound.next(&mut self.heard)?;
        if heard == 0 && self.over {
            heard = self.sound.drain(&mut self.heard);
            if heard == 0 {
                self.writing.end();
                self.ended = true;
                return Ok(Step::More);
            }
        }
        if heard == 0 {
            return Ok(Step::Dry);
        }
        let channels: Vec<&[f32]> = self.heard.iter().map(Vec::as_slice).collect();
        self.writing.hear(&channels);
        Ok(Step::More)
    }
}

/// Whether a failure would be the same the next time.
pub(super) fn lasts(error: &crate::Error) -> bool {
    use attune_kernel::Code::{
        AudioDeleted, Cancelled, KeyRefused, LanguageUnknown, ModelForeign, ModelMissing, ModelNewer,
        ModelTooLarge, ModelUnreadable, ProcessorTooOld, RemoteNotAllowed,
    };
    matches!(
        error.code(),
        AudioDeleted
            | Cancelled
            | KeyRefused
            | LanguageUnknown
            | ModelForeign
            | ModelMissing
            | ModelNewer
            | ModelTooLarge
            | ModelUnreadable
            | ProcessorTooOld
            | RemoteNotAllowed
    )
}

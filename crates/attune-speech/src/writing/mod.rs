//! From sound to words: voices, windows, words, segments.
//!
//! [`Writing`] is told the sound in slices of any size, as it is recorded or read, and hands an engine one window after
//! another. It keeps the sound of the windows that wait, and of all that went before only the words and some numbers of
//! each voice. So length does not matter: three hours take the memory of a minute.

mod activity;
mod ear;
mod segments;
mod stretches;
mod windows;
mod words;

use attune_kernel::Code;

use self::{
    ear::Ear,
    stretches::{Stretch, Stretches},
    windows::Windows,
};
use crate::{
    Error, Result,
    engine::{About, Engine, Window},
    said::{Hole, HoleWhy, Segment, Span, Transcription, Word},
    sound::{RATE, Sound},
    speakers::{
        self, Naming, Told, VoicePrint,
        trace::{Traces, frame_at, frame_ms},
    },
};

/// A window is never longer than an engine of the Whisper family hears at once.
const LONGEST_MS: u32 = 30_000;
/// Of less speech than this no engine makes a word, but some make one up.
const LEAST_MS: u32 = 200;
/// An engine that fails at so many windows in a row fails at the next as well, and is none.
const FAILED_IN_A_ROW: usize = 3;

/// What is to be written down, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The language, where it is known.
    pub language: Option<String>,
    /// One, or two of which the first is the clinician's.
    pub channels: usize,
    /// How much an engine takes at once; never more than 30 s.
    pub longest_ms: u32,
}

/// A sound that is being written down.
pub struct Writing {
    options: Options,
    ear: Ear,
    stretches: Stretches,
    windows: Windows,
    traces: Traces,
    words: Vec<Word>,
    holes: Vec<Hole>,
    /// At how many windows the engine failed since it last heard one.
    failed_in_a_row: usize,
    language: Option<String>,
    ended: bool,
}

impl Writing {
    /// Of a sound that has not begun.
    pub fn new(options: Options) -> Result<Self> {
        if !(1..=2).contains(&options.channels) || options.longest_ms == 0 {
            return Err(Error::Refused(Code::AudioUnreadable));
        }
        let longest = frame_at(options.longest_ms.clamp(6_000, LONGEST_MS)) as usize;
        Ok(Self {
            ear: Ear::of(options.channels),
            stretches: Stretches::of(longest),
            windows: Windows::of(longest),
            traces: Traces::of(options.channels),
            words: Vec::new(),
            holes: Vec::new(),
            failed_in_a_row: 0,
            language: options.language.clone(),
            ended: false,
            options,
        })
    }

    /// More sound: as many samples of each channel. Channels beyond those announced are not heard.
    pub fn hear(&mut self, channels: &[&[f32]]) {
        let Self { ear, stretches, windows, traces, .. } = self;
        ear.hear(channels, |frame, trace| match stretches.hear(frame, trace) {
            Some(stretch) => keep(stretch, traces, windows),
            None if stretches.open_since().is_none() => windows.silence(stretches.heard()),
            None => {}
        });
    }

    /// There is no more sound: whatever waits is ready.
    pub fn end(&mut self) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let last = self.ear.end().and_then(|(frame, trace)| self.stretches.hear(&frame, trace));
        for stretch in last.into_iter().chain(self.stretches.end()) {
            keep(stretch, &mut self.traces, &mut self.windows);
        }
        self.windows.flush();
    }

    /// Whether a window waits to be written down.
    pub fn is_ready(&self) -> bool {
        self.windows.is_ready()
    }

    /// Writes down one window, if one waits; gives whether one did. A window at which the engine fails is a hole, and the
    /// writing goes on. Where there is no engine to be had the window stays, and so it does where this is dropped. One that
    /// cannot be got ready is none, and neither is one that failed at three windows in a row: the fourth stays.
    pub async fn step(&mut self, engine: &mut dyn Engine) -> Result<bool> {
        let longest = engine.about().longest_ms;
        let Some(window) = self.windows.next(longest) else { return Ok(false) };
        if frame_ms(window.active as u32) < LEAST_MS {
            self.windows.take();
            return Ok(true);
        }
        let asked = Window { pcm: &window.pcm, language: self.options.language.as_deref() };
        let heard = match engine.hear(asked).await {
            Ok(heard) => heard,
            Err(error) if error.is_of_the_window() && self.failed_in_a_row < FAILED_IN_A_ROW => {
                tracing::warn!(length_ms = window.length_ms(), "a window could not be written down: {error}");
                self.holes.push(Hole { span: window.span(), why: HoleWhy::Engine });
                self.failed_in_a_row += 1;
                self.windows.take();
                return Ok(true);
            }
            Err(error) => return Err(error),
        };
        self.failed_in_a_row = 0;
        let words = words::placed(window, heard.words, &self.traces);
        if heard.cut_short {
            let span = window.span();
            let after = words.last().map_or(span.t0, |word| word.t1.min(span.t1));
            self.holes.push(Hole { span: Span { t0: after, t1: span.t1 }, why: HoleWhy::CutShort });
        }
        if self.language.is_none() && !words.is_empty() {
            self.language = heard.language;
        }
        self.words.extend(words);
        self.windows.take();
        Ok(true)
    }

    /// At how many windows the engine has failed so far.
    pub fn failed_windows(&self) -> usize {
        self.holes.iter().filter(|hole| hole.why == HoleWhy::Engine).count()
    }

    /// How much has been heard.
    pub fn heard_ms(&self) -> u32 {
        (self.ear.samples() * 1000 / u64::from(RATE)) as u32
    }

    /// Up to where all that was said is written down.
    pub fn written_ms(&self) -> u32 {
        let open = self.stretches.open_since().map(frame_ms);
        self.windows.since_ms().or(open).unwrap_or_else(|| self.heard_ms()).min(self.heard_ms())
    }

    /// How many samples of sound are kept: those of the windows that wait.
    pub fn held_samples(&self) -> usize {
        self.windows.held() + self.stretches.held()
    }

    /// What is written down by now. Where both have one microphone, who speaks is not known before the end.
    pub fn so_far(&self) -> Vec<Segment> {
        let naming = Naming { speakers: (self.traces.channels < 2).then_some(1), ..Naming::default() };
        self.tell_words(&self.words, &naming).segments
    }

    /// All of it.
    pub fn done(&self, naming: &Naming, about: &About) -> Transcription {
        let Told { speakers, segments } = self.tell_words(&self.words, naming);
        Transcription {
            language: self.language.clone(),
            engine: about.engine.clone(),
            model: about.model.clone(),
            length_ms: self.heard_ms(),
            speakers,
            segments,
            speech: words::speech(&self.traces),
            holes: words::holes(&self.words, &self.traces, &self.holes, self.written_ms()),
        }
    }

    /// Tells the voices of what is written down already apart again: as others, or as another number of them. The sound
    /// has to be heard for it, but no engine is needed.
    pub fn tell_apart(&self, segments: &[Segment], naming: &Naming) -> Told {
        let mut words: Vec<Word> = segments.iter().flat_map(|segment| segment.words.clone()).collect();
        words.sort_by_key(|word| word.t0);
        self.tell_words(&words, naming)
    }

    /// Learns a voice from where it speaks. None where it speaks too little.
    pub fn voice_of(&self, spans: &[Span]) -> Option<VoicePrint> {
        VoicePrint::learn(&self.traces, spans)
    }

    fn tell_words(&self, words: &[Word], naming: &Naming) -> Told {
        let phrases = segments::phrases(words, &self.traces);
        let voices = speakers::tell(&self.traces, words, phrases, naming);
        Told { segments: segments::join(words, voices.phrases), speakers: voices.speakers }
    }
}

/// A stretch goes to a window, and what is remembered of its voices stays.
fn keep(stretch: Stretch, traces: &mut Traces, windows: &mut Windows) {
    traces.push(stretch.run());
    windows.push(stretch);
}

/// Writes a sound down from beginning to end, in slices, so that its length does not matter. `progress` hears up to which
/// millisecond it is done.
pub async fn write_down(
    sound: &mut dyn Sound,
    engine: &mut dyn Engine,
    options: Options,
    naming: &Naming,
    progress: &mut (dyn FnMut(u32) + Send),
) -> Result<Transcription> {
    let channels = sound.channels();
    let longest_ms = options.longest_ms.min(engine.about().longest_ms);
    let mut writing = Writing::new(Options { channels, longest_ms, ..options })?;
    let mut slices = vec![Vec::new(); channels];
    loop {
        slices.iter_mut().for_each(Vec::clear);
        if sound.next(&mut slices)? == 0 {
            break;
        }
        let borrowed: Vec<&[f32]> = slices.iter().map(Vec::as_slice).collect();
        writing.hear(&borrowed);
        while writing.step(engine).await? {
            progress(writing.written_ms());
        }
        progress(writing.written_ms());
    }
    writing.end();
    while writing.step(engine).await? {
        progress(writing.written_ms());
    }
    progress(writing.heard_ms());
    Ok(writing.done(naming, engine.about()))
}

#[cfg(test)]
mod tests;

//! What a spool tells of its recording, gathered frame by frame. The rows of a session are written from it.

use chrono::{DateTime, Utc};

use super::entry::{Begun, DeviceUse, Ended, Entry, Gap, GapReason, Mark, Pause, PauseReason, Sound, Worry};

/// A stretch in which nothing was to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PauseSpan {
    pub at: u64,
    pub why: PauseReason,
    pub since: DateTime<Utc>,
    /// None where it was never ended.
    pub until: Option<DateTime<Utc>>,
}

/// A recording as its spool tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    pub begun: Begun,
    /// Where the time line ends, in samples of the kept rate.
    pub end: u64,
    pub marks: Vec<Mark>,
    pub gaps: Vec<Gap>,
    pub pauses: Vec<PauseSpan>,
    pub devices: Vec<DeviceUse>,
    pub worries: Vec<(u64, Worry)>,
    /// None where it was cut off.
    pub ended: Option<Ended>,
    /// How many frames do not read.
    pub damaged: u32,
    /// The loudest sample, 0 to 1.
    pub peak: f32,
    voiced: (f64, u64),
    explained: Option<Gap>,
}

impl Story {
    pub(super) const fn new(begun: Begun) -> Self {
        Self {
            begun,
            end: 0,
            marks: Vec::new(),
            gaps: Vec::new(),
            pauses: Vec::new(),
            devices: Vec::new(),
            worries: Vec::new(),
            ended: None,
            damaged: 0,
            peak: 0.0,
            voiced: (0.0, 0),
            explained: None,
        }
    }

    /// How long the recording is.
    pub fn ms(&self) -> u64 {
        super::to_ms(self.end, self.begun.rate)
    }

    /// How loud the voices are, in dBFS; none where nobody spoke.
    pub fn voice_db(&self) -> Option<f32> {
        let (energy, frames) = self.voiced;
        (frames > 0 && energy > 0.0).then(|| (10.0 * (energy / frames as f64).log10()) as f32)
    }

    pub(super) fn hear(&mut self, sound: &Sound<'_>) {
        if sound.at > self.end {
            let samples = sound.at - self.end;
            let why = match self.explained.take() {
                Some(gap) if gap.at == self.end && gap.samples == samples => gap.why,
                _ => GapReason::Damaged,
            };
            self.gaps.push(Gap { at: self.end, samples, why });
        }
        self.end = self.end.max(sound.at + u64::from(sound.samples));
        for channel in 0..usize::from(self.begun.channels.min(2)) {
            self.peak = self.peak.max(f32::from(sound.peak[channel]) / 32_768.0);
        }
        if sound.voiced {
            let rms = f64::from(sound.rms[0].max(sound.rms[1])) / 32_768.0;
            self.voiced = (self.voiced.0 + rms * rms, self.voiced.1 + 1);
        }
    }

    pub(super) fn learn(&mut self, entry: Entry) {
        match entry {
            Entry::Begun(_) | Entry::Unknown => {}
            Entry::Device(device) => self.devices.push(device),
            Entry::Gap(gap) => self.explained = Some(gap),
            Entry::Mark(mark) => self.marks.push(mark),
            Entry::Pause(Pause { at, why, since }) => {
                self.pauses.push(PauseSpan { at, why, since, until: None });
            }
            Entry::Resume { on, .. } => {
                if let Some(pause) = self.pauses.last_mut() {
                    pause.until.get_or_insert(on);
                }
            }
            Entry::Worry { at, what } => self.worries.push((at, what)),
            Entry::Ended(ended) => {
                // A gap at the very end is followed by no sound that would show it.
                if ended.at > self.end {
                    let why = self.explained.take().map_or(GapReason::Damaged, |gap| gap.why);
                    self.gaps.push(Gap { at: self.end, samples: ended.at - self.end, why });
                    self.end = ended.at;
                }
                self.ended = Some(ended);
            }
        }
    }
}

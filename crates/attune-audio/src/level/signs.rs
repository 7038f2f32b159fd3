//! What a row of beats means: warnings that neither flicker nor come for one slammed door, and the verdict
//! of the first three seconds.

use super::{
    FLOOR_DB, Verdict, Warning,
    beat::{Beat, SECOND},
};

/// Stillness is reported well within ten seconds.
const STILL: u32 = 8 * SECOND;
const MOVING_AGAIN: u32 = SECOND / 2;
/// Clipped beats among the last ten seconds that are a warning.
const CLIPPED: u32 = 3;
/// Bits for ten seconds of beats.
const MEMORY: u128 = (1 << (10 * SECOND)) - 1;
/// A voice fainter than this is hard to understand later. It is fine again from a little above.
const FAINT_DB: f32 = -50.0;
const FAINT_NO_MORE_DB: f32 = -46.0;
/// Below this there is not even a room to be heard.
const HUSHED_DB: f32 = -60.0;
const HUSHED_NO_MORE_DB: f32 = -57.0;
/// Nobody makes a sound for this long: rather the microphone than the people.
const HUSHED: u32 = 60 * SECOND;
/// A voice's level is known after this much of it, and follows it with about twenty seconds of memory.
const VOICE_KNOWN: f64 = 3.0 * SECOND as f64;
const VOICE_MEMORY: f64 = 20.0 * SECOND as f64;
/// The probe.
const PROBE: u32 = 3 * SECOND;
const PROBE_VOICE: u32 = SECOND / 2;

/// One channel's state.
#[derive(Debug, Default)]
pub(super) struct Signs {
    still: u32,
    moving: u32,
    no_signal: bool,
    /// One bit for each beat, the latest lowest.
    clipped: u128,
    clipping: bool,
    hushed: u32,
    loud: u32,
    faint: bool,
    too_quiet: bool,
    voice: Voice,
    probe: Probe,
    probed: Option<Verdict>,
}

/// The level of a voice by itself, without the silence around it.
#[derive(Debug, Default)]
struct Voice {
    energy: f64,
    beats: f64,
}

/// Three seconds.
#[derive(Debug)]
struct Probe {
    beats: u32,
    still: u32,
    clipped: bool,
    loudest_db: f32,
    voice_energy: f64,
    voiced: u32,
}

impl Default for Probe {
    fn default() -> Self {
        Self { beats: 0, still: 0, clipped: false, loudest_db: FLOOR_DB, voice_energy: 0.0, voiced: 0 }
    }
}

impl Signs {
    /// Takes the next beat.
    pub(super) fn take(&mut self, beat: &Beat) {
        self.mind_stillness(beat);
        self.mind_clipping(beat);
        self.mind_quiet(beat);
        if self.probed != Some(Verdict::Good) {
            self.probe.take(beat);
            if self.probe.beats >= PROBE {
                self.probed = Some(std::mem::take(&mut self.probe).verdict());
            }
        }
    }

    pub(super) const fn warns(&self, warning: Warning) -> bool {
        match warning {
            Warning::NoSignal => self.no_signal,
            Warning::TooQuiet => self.too_quiet,
            Warning::Clipping => self.clipping,
        }
    }

    /// Each three seconds until they were good; from then on, whatever is warned of.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        match self.probed? {
            Verdict::Good if self.no_signal => Some(Verdict::NoSignal),
            Verdict::Good if self.clipping => Some(Verdict::Clipping),
            Verdict::Good if self.too_quiet => Some(Verdict::TooQuiet),
            probed => Some(probed),
        }
    }

    fn mind_stillness(&mut self, beat: &Beat) {
        if beat.still {
            (self.still, self.moving) = (self.still.saturating_add(1), 0);
        } else {
            (self.still, self.moving) = (0, self.moving.saturating_add(1));
        }
        self.no_signal = if self.no_signal { self.moving < MOVING_AGAIN } else { self.still >= STILL };
    }

    fn mind_clipping(&mut self, beat: &Beat) {
        self.clipped = (self.clipped << 1 | u128::from(beat.clipped)) & MEMORY;
        let enough = if self.clipping { 1 } else { CLIPPED };
        self.clipping = self.clipped.count_ones() >= enough;
    }

    fn mind_quiet(&mut self, beat: &Beat) {
        if beat.voiced && !beat.still {
            self.voice.take(beat);
        }
        if beat.rms_db < HUSHED_DB {
            self.hushed = self.hushed.saturating_add(1);
        } else {
            self.hushed = 0;
        }
        if beat.rms_db > HUSHED_NO_MORE_DB {
            self.loud = self.loud.saturating_add(1);
        }
        let faint_below = if self.faint { FAINT_NO_MORE_DB } else { FAINT_DB };
        self.faint = self.voice.level_db().is_some_and(|level| level < faint_below);
        if self.hushed >= HUSHED {
            self.loud = 0;
        }
        let hushed = if self.too_quiet { self.loud < MOVING_AGAIN } else { self.hushed >= HUSHED };
        self.too_quiet = (self.faint || hushed) && !self.no_signal;
    }
}

impl Voice {
    fn take(&mut self, beat: &Beat) {
        let kept = 1.0 - 1.0 / VOICE_MEMORY;
        self.energy = self.energy * kept + to_energy(beat.rms_db);
        self.beats = self.beats * kept + 1.0;
    }

    fn level_db(&self) -> Option<f32> {
        (self.beats >= VOICE_KNOWN).then(|| (10.0 * (self.energy / self.beats).log10()) as f32)
    }
}

impl Probe {
    fn take(&mut self, beat: &Beat) {
        self.beats += 1;
        self.still += u32::from(beat.still);
        self.clipped |= beat.clipped;
        self.loudest_db = self.loudest_db.max(beat.rms_db);
        if beat.voiced {
            self.voiced += 1;
            self.voice_energy += to_energy(beat.rms_db);
        }
    }

    fn verdict(&self) -> Verdict {
        let voice_db = 10.0 * (self.voice_energy / f64::from(self.voiced.max(1))).log10();
        if self.still == self.beats {
            Verdict::NoSignal
        } else if self.clipped {
            Verdict::Clipping
        } else if self.loudest_db < HUSHED_DB
            || (self.voiced >= PROBE_VOICE && voice_db < f64::from(FAINT_DB))
        {
            Verdict::TooQuiet
        } else {
            Verdict::Good
        }
    }
}

fn to_energy(db: f32) -> f64 {
    10_f64.powf(f64::from(db) / 10.0)
}

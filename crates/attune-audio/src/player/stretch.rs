//! Makes speech slower or faster and leaves its pitch alone.
//!
//! Waveforms are overlapped where they resemble each other most (WSOLA): in the time domain, at whatever rate
//! the recording has. The ready-made stretchers work on spectra and at the rates of music; on one voice they
//! smear consonants, and they cannot say to the sample which moment a sample that comes out belongs to, which
//! is what the position a person sees is made of. At normal speed this changes no sample.

use std::collections::VecDeque;

/// A sample and where in the recording it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Placed {
    pub value: f32,
    pub at: u64,
}

/// A stream of speech at a speed that may change at any moment.
pub struct Stretch {
    speed: f64,
    /// How much comes out at a time, and how long two pieces overlap: half a window of 25 ms.
    hop: usize,
    /// How far a piece may be taken from where the speed would have it: a whole period of the lowest voice.
    reach: usize,
    /// Resemblance is looked for in steps of this first: a voice is below 4 kHz.
    stride: usize,
    waiting: VecDeque<Placed>,
    /// Where in `waiting` what came out last would go on by itself.
    next: usize,
    /// Where in `waiting` the speed would go on.
    due: f64,
}

impl Stretch {
    /// At normal speed.
    pub fn new(rate: u32) -> Self {
        let rate = rate as usize;
        Self {
            speed: 1.0,
            hop: (rate / 80).max(2),
            reach: (rate / 125).max(1),
            stride: (rate / 8_000).max(1),
            waiting: VecDeque::new(),
            next: 0,
            due: 0.0,
        }
    }

    /// From the next piece on.
    pub fn set_speed(&mut self, speed: f32) {
        self.speed = speed.into();
    }

    /// Forgets what waits, as at another place of the recording.
    pub fn clear(&mut self) {
        self.waiting.clear();
        self.next = 0;
        self.due = 0.0;
    }

    /// Takes any number of samples and appends what is ready to `out`.
    pub fn push(&mut self, input: &[Placed], out: &mut Vec<Placed>) {
        self.waiting.extend(input);
        while self.waiting.len() >= self.needed() {
            self.turn(out);
        }
    }

    /// Appends the rest, at the end of the recording.
    pub fn finish(&mut self, out: &mut Vec<Placed>) {
        out.extend(self.waiting.range(self.next.min(self.waiting.len())..));
        self.clear();
    }

    /// How much must wait for one more piece.
    fn needed(&self) -> usize {
        self.next.max(self.nominal() + self.reach) + self.hop
    }

    fn nominal(&self) -> usize {
        self.due.round().max(0.0) as usize
    }

    /// Gives one piece out.
    fn turn(&mut self, out: &mut Vec<Placed>) {
        let nominal = self.nominal();
        let (from, to) = (nominal.saturating_sub(self.reach), nominal + self.reach);
        // As long as what goes on by itself is near enough, nothing is cut at all.
        let start = if (from..=to).contains(&self.next) { self.next } else { self.most_alike(from, to) };
        for step in 0..self.hop {
            let Placed { value, at } = self.waiting[start + step];
            let fade = 0.5 - 0.5 * (std::f32::consts::PI * (step as f32 + 0.5) / self.hop as f32).cos();
            let before = self.waiting[self.next + step].value;
            let value = if start == self.next { value } else { before + (value - before) * fade };
            out.push(Placed { value, at });
        }
        self.next = start + self.hop;
        self.due += self.hop as f64 * self.speed;
        self.forget();
    }

    /// Lets go of what no piece can be taken from any more.
    fn forget(&mut self) {
        let past = self.next.min(self.nominal().saturating_sub(self.reach));
        self.waiting.drain(..past.min(self.waiting.len()));
        self.next -= past;
        self.due -= past as f64;
    }

    /// Where between `from` and `to` the sound is most like what would have gone on.
    fn most_alike(&self, from: usize, to: usize) -> usize {
        let best = |places: &mut dyn Iterator<Item = usize>, stride| {
            places
                .map(|place| (place, self.likeness(place, stride)))
                .fold((from.midpoint(to), 0.0_f32), |best, this| if this.1 > best.1 { this } else { best })
                .0
        };
        let near = best(&mut (from..=to).step_by(self.stride), self.stride);
        if self.stride == 1 {
            return near;
        }
        best(&mut (near.saturating_sub(self.stride).max(from)..=(near + self.stride).min(to)), 1)
    }

    /// How much one piece resembles what would have gone on; 1 where it is the same but for its level.
    fn likeness(&self, place: usize, stride: usize) -> f32 {
        let (mut both, mut this, mut that) = (0.0_f32, 0.0_f32, 0.0_f32);
        for step in (0..self.hop).step_by(stride) {
            let (a, b) = (self.waiting[self.next + step].value, self.waiting[place + step].value);
            both += a * b;
            this += a * a;
            that += b * b;
        }
        let level = (this * that).sqrt();
        if level > 1e-9 { both / level } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 24_000;

    /// Something like a voice: a pitch with overtones, and syllables.
    fn voice(hertz: f32, seconds: f32) -> Vec<Placed> {
        (0..(RATE as f32 * seconds) as usize)
            .map(|n| {
                let time = n as f32 / RATE as f32;
                let phase = std::f32::consts::TAU * hertz * time;
                let syllable = 0.55 + 0.45 * (std::f32::consts::TAU * 4.0 * time).sin();
                let value =
                    syllable * (0.3 * phase.sin() + 0.15 * (2.0 * phase).sin() + 0.1 * (5.0 * phase).sin());
                Placed { value, at: n as u64 }
            })
            .collect()
    }

    fn stretched(input: &[Placed], speed: f32, piece: usize) -> Vec<Placed> {
        let mut stretch = Stretch::new(RATE);
        stretch.set_speed(speed);
        let mut out = Vec::new();
        for piece in input.chunks(piece) {
            stretch.push(piece, &mut out);
        }
        stretch.finish(&mut out);
        out
    }

    fn pitch(sound: &[Placed]) -> f32 {
        let middle = &sound[sound.len() / 3..sound.len() / 3 + 4_800];
        let alike = |lag: usize| -> f32 {
            middle.iter().zip(&middle[lag..]).map(|(a, b)| a.value * b.value).sum::<f32>()
                / (middle.len() - lag) as f32
        };
        let lag = (RATE as usize / 400..RATE as usize / 70)
            .max_by(|a, b| alike(*a).total_cmp(&alike(*b)))
            .expect("there are lags");
        RATE as f32 / lag as f32
    }

    #[test]
    fn normal_speed_changes_no_sample() {
        let input = voice(140.0, 1.3);
        assert_eq!(stretched(&input, 1.0, 333), input);
    }

    #[test]
    fn the_duration_follows_the_speed_and_the_pitch_does_not() {
        for hertz in [90.0, 140.0, 230.0] {
            let input = voice(hertz, 4.0);
            for speed in [0.75, 1.25, 1.5, 2.0] {
                let out = stretched(&input, speed, 480);
                let wanted = input.len() as f32 / speed;
                let off = (out.len() as f32 - wanted).abs() / wanted;
                assert!(off < 0.02, "{hertz} Hz at {speed}: {} for {wanted}", out.len());
                let heard = pitch(&out);
                assert!((heard - hertz).abs() / hertz < 0.03, "{hertz} Hz at {speed} sounds as {heard}");
            }
        }
    }

    #[test]
    fn every_sample_says_where_it_stands() {
        let input = voice(140.0, 3.0);
        for speed in [0.75, 1.0, 1.5, 2.0] {
            let out = stretched(&input, speed, 480);
            for (n, placed) in out.iter().enumerate() {
                let wanted = n as f32 * speed;
                let off = (placed.at as f32 - wanted).abs() / RATE as f32;
                assert!(off < 0.05, "at {speed}, sample {n} stands {off} s from its place");
            }
        }
    }

    #[test]
    fn nothing_clicks_where_pieces_meet() {
        let input = voice(140.0, 3.0);
        let steepest = |sound: &[Placed]| {
            sound.windows(2).map(|two| (two[1].value - two[0].value).abs()).fold(0.0_f32, f32::max)
        };
        for speed in [0.75, 1.3, 1.7, 2.0] {
            let out = stretched(&input, speed, 480);
            assert!(steepest(&out) < 1.3 * steepest(&input), "at {speed}");
        }
    }

    #[test]
    fn the_speed_can_change_while_it_runs() {
        let input = voice(140.0, 4.0);
        let mut stretch = Stretch::new(RATE);
        let mut out = Vec::new();
        for (piece, speed) in input.chunks(RATE as usize).zip([1.0, 2.0, 0.75, 1.0]) {
            stretch.set_speed(speed);
            stretch.push(piece, &mut out);
        }
        stretch.finish(&mut out);
        let wanted = RATE as f32 * (1.0 + 0.5 + 1.0 / 0.75 + 1.0);
        assert!((out.len() as f32 - wanted).abs() < 0.06 * RATE as f32, "{} for {wanted}", out.len());
    }

    #[test]
    fn silence_stays_silent_and_keeps_its_length() {
        let input = vec![Placed::default(); RATE as usize];
        let out = stretched(&input, 2.0, 480);
        assert!(out.iter().all(|placed| placed.value == 0.0));
        assert!(out.len().abs_diff(RATE as usize / 2) < 1_000, "{}", out.len());
    }

    #[test]
    fn nothing_grows_with_the_recording() {
        let input = voice(140.0, 1.0);
        let mut stretch = Stretch::new(RATE);
        stretch.set_speed(1.5);
        let mut out = Vec::new();
        for _ in 0..300 {
            out.clear();
            stretch.push(&input, &mut out);
            assert!(stretch.waiting.len() < RATE as usize / 10, "{}", stretch.waiting.len());
        }
    }
}

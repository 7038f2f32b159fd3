//! Two people in a quiet room, made up: what a recording's size and a processor's work are measured with where
//! there is no recording to measure them with.
//!
//! Voices at -30 dBFS with the pitch, the overtones, the syllables and the hisses of speech, taking turns with
//! pauses between; under them a room whose noise is pink. It is no speech, and nothing that
//! judges speech may be measured with it.

/// Loudness of a voice while it speaks.
const VOICE_DB: f32 = -30.0;
/// Loudness of an ordinary room.
pub const ROOM_DB: f32 = -60.0;

/// So many seconds of it, in a room as loud as `room_db`.
pub fn talk(rate: u32, seconds: u32, room_db: f32) -> Vec<f32> {
    let length = (rate * seconds) as usize;
    let mut dice = Dice(0x5EED);
    let mut room = Pink::default();
    let mut sound: Vec<f32> = (0..length).map(|_| room.next(dice.hiss())).collect();
    scale(&mut sound, room_db);
    let (mut at, mut turn) = (0, 0);
    while at < length {
        let spoken = (dice.between(1.5, 7.0) * rate as f32) as usize;
        let upto = (at + spoken).min(length);
        let mut words = speak(rate, upto - at, if turn % 2 == 0 { 115.0 } else { 205.0 }, &mut dice);
        scale(&mut words, VOICE_DB);
        sound[at..upto].iter_mut().zip(&words).for_each(|(sound, word)| *sound += word);
        at = upto + (dice.between(0.4, 2.6) * rate as f32) as usize;
        turn += 1;
    }
    sound
}

/// Syllables on a pitch that wanders, every fourth or so beginning with a hiss.
fn speak(rate: u32, length: usize, pitch: f32, dice: &mut Dice) -> Vec<f32> {
    let (mut words, mut phase) = (Vec::with_capacity(length), 0.0_f32);
    let mut before = 0.0;
    while words.len() < length {
        let syllable = (dice.between(0.12, 0.28) * rate as f32) as usize;
        let (from, upto) = (pitch * dice.between(0.85, 1.2), pitch * dice.between(0.85, 1.2));
        let hissed = if dice.between(0.0, 1.0) < 0.27 { syllable / 3 } else { 0 };
        let overtones = (3_600.0 / pitch) as u32;
        let (low, high) = (dice.between(350.0, 800.0), dice.between(1_000.0, 2_300.0));
        for at in 0..syllable {
            let part = at as f32 / syllable as f32;
            let swell = (part * std::f32::consts::PI).sin().powi(2);
            if at < hissed {
                // The difference of two is a hiss without its lows.
                let now = dice.hiss();
                words.push((now - std::mem::replace(&mut before, now)) * 0.3 * swell.max(0.2));
                continue;
            }
            let hertz = from + (upto - from) * part;
            phase = (phase + hertz / rate as f32).fract();
            let mut value = 0.0;
            for overtone in 1..=overtones {
                let at = hertz * overtone as f32;
                let near = |formant: f32| 1.0 / (1.0 + ((at - formant) / 140.0).powi(2));
                let strength = (0.25 / overtone as f32) + near(low) + 0.4 * near(high);
                value += strength * (phase * overtone as f32 * std::f32::consts::TAU).sin();
            }
            words.push((value + 0.02 * dice.hiss()) * swell);
        }
    }
    words.truncate(length);
    words
}

/// To so many dBFS, by the root of the mean square.
fn scale(sound: &mut [f32], db: f32) {
    let energy: f64 = sound.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    let rms = (energy / sound.len().max(1) as f64).sqrt().max(1e-9) as f32;
    let by = 10.0_f32.powf(db / 20.0) / rms;
    sound.iter_mut().for_each(|sample| *sample *= by);
}

/// Noise of which every octave is as loud, by three slow filters over white (Paul Kellet's).
#[derive(Default)]
struct Pink([f32; 3]);

impl Pink {
    fn next(&mut self, white: f32) -> f32 {
        self.0[0] = 0.997_65 * self.0[0] + white * 0.099_046;
        self.0[1] = 0.963 * self.0[1] + white * 0.296_516_4;
        self.0[2] = 0.57 * self.0[2] + white * 1.052_691_3;
        self.0.iter().sum::<f32>() + white * 0.184_8
    }
}

/// The same every time.
struct Dice(u64);

impl Dice {
    const fn throw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * ((self.throw() >> 40) as f32 / (1_u32 << 24) as f32)
    }

    fn hiss(&mut self) -> f32 {
        self.between(-1.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_stand_well_above_the_room_and_below_what_clips() {
        let sound = talk(16_000, 20, ROOM_DB);
        let mut tenths: Vec<f32> = sound
            .chunks(1_600)
            .map(|tenth| (tenth.iter().map(|it| it * it).sum::<f32>() / tenth.len() as f32).sqrt())
            .collect();
        tenths.sort_by(f32::total_cmp);
        let db = |rms: f32| 20.0 * rms.log10();
        assert!(db(tenths[2]) < -55.0, "the room at {}", db(tenths[2]));
        assert!((-36.0..-24.0).contains(&db(tenths[tenths.len() * 3 / 4])));
        assert!(sound.iter().all(|sample| sample.abs() < 0.5));
    }
}

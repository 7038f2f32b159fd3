//! A microphone whose every sample is known beforehand, so that what was recovered tells which samples it is.

/// What is delivered in a second. The rate of kept voices: nothing is resampled, so a kept sample is the one
/// that was delivered.
pub const RATE: u32 = 24_000;

/// The so-manieth sample: a slow wave, as voices have, under a hiss that no two places share.
pub fn sample(index: u64) -> i16 {
    let phase = (index % 480) as i32;
    let wave = (phase - 240).abs() * 60 - 7_200;
    let hiss = (index.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as i32 - 512;
    (wave + hiss) as i16
}

/// Where the first of these samples was delivered, if they all were, one after the other.
pub fn place_of(samples: &[i16], delivered: u64) -> Option<u64> {
    let ahead = samples.len().min(32);
    let follows = |from: u64, upto: usize| (from..).zip(&samples[..upto]).all(|(at, it)| sample(at) == *it);
    (0..delivered).find(|from| follows(*from, ahead)).filter(|from| follows(*from, samples.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_found_where_it_was_delivered_and_a_torn_one_nowhere() {
        let stretch: Vec<i16> = (31_337..33_000).map(sample).collect();
        assert_eq!(place_of(&stretch, 60_000), Some(31_337));
        let torn: Vec<i16> = (31_337..32_000).chain(32_001..33_000).map(sample).collect();
        assert_eq!(place_of(&torn, 60_000), None);
    }
}

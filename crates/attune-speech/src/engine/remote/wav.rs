//! A window of sound as the file such servers read: 16 bits, one channel.

use crate::sound::RATE;

const HEAD: u32 = 44;

/// The whole file.
pub fn of(pcm: &[f32]) -> Vec<u8> {
    let samples = pcm.len() as u32 * 2;
    let mut file = Vec::with_capacity((HEAD + samples) as usize);
    file.extend(b"RIFF");
    file.extend((HEAD - 8 + samples).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 2).to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(samples.to_le_bytes());
    for sample in pcm {
        file.extend(((sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16).to_le_bytes());
    }
    file
}

/// How long it sounds.
pub fn milliseconds(pcm: &[f32]) -> u32 {
    (pcm.len() as u64 * 1000 / u64::from(RATE)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_reads_as_what_it_was_made_of() {
        let pcm = [0.0, 0.5, -0.5, 2.0, -2.0, f32::NAN];
        let mut file = hound::WavReader::new(std::io::Cursor::new(of(&pcm))).unwrap();
        assert_eq!(
            (file.spec().sample_rate, file.spec().channels, file.spec().bits_per_sample),
            (RATE, 1, 16)
        );
        let read: Vec<i16> = file.samples::<i16>().map(Result::unwrap).collect();
        assert_eq!(read, [0, 16383, -16383, 32767, -32767, 0]);
    }

    #[test]
    fn a_second_is_a_thousand_milliseconds() {
        assert_eq!(milliseconds(&[0.0; 16_000]), 1000);
        assert_eq!(milliseconds(&[]), 0);
    }
}

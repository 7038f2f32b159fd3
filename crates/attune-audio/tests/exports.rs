//! A recording written as WAV and FLAC and read again by somebody else's decoders.

use std::{fs, ops::ControlFlow, path::Path};

use attune_audio::{Error, Result, export, export::Pcm};
use attune_kernel::{Code, Coded};

/// Sound made of arithmetic, so that any part of it can be asked for.
struct Made {
    rate: u32,
    channels: u16,
    frames: u64,
    /// Gives at most this much at once.
    piece: usize,
    breaks_at: Option<u64>,
}

impl Made {
    fn new(rate: u32, channels: u16, frames: u64) -> Self {
        Self { rate, channels, frames, piece: 3_840, breaks_at: None }
    }

    fn sample(&self, at: u64, channel: u64) -> i16 {
        let tone = (at as f64 * (0.02 + channel as f64 * 0.013)).sin() * 9_000.0;
        tone as i16 + (at.wrapping_mul(0x9E37_79B9) >> 16 & 0xFF) as i16
    }

    fn all(&self) -> Vec<i16> {
        let channels = u64::from(self.channels);
        (0..self.frames)
            .flat_map(|at| (0..channels).map(move |channel| (at, channel)))
            .map(|(a, c)| self.sample(a, c))
            .collect()
    }
}

impl Pcm for Made {
    fn rate(&self) -> u32 {
        self.rate
    }
    fn channels(&self) -> u16 {
        self.channels
    }
    fn frames(&self) -> u64 {
        self.frames
    }
    fn read(&mut self, at: u64, into: &mut [i16]) -> Result<usize> {
        if self.breaks_at.is_some_and(|end| at >= end) {
            return Err(Error::Damaged("as the test wants it"));
        }
        let channels = usize::from(self.channels);
        let frames = (into.len() / channels).min(self.piece);
        for frame in 0..frames {
            for channel in 0..channels {
                into[frame * channels + channel] = self.sample(at + frame as u64, channel as u64);
            }
        }
        Ok(frames)
    }
}

fn on(_done: u64, _of: u64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_wav_file_holds_every_sample() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.wav");
    for (rate, channels, frames) in [(24_000, 1, 50_001), (48_000, 2, 12_345), (44_100, 1, 1)] {
        let mut made = Made::new(rate, channels, frames);
        assert!(export::wav(&mut made, &path, &mut on).unwrap().is_continue());
        let mut reader = hound::WavReader::open(&path).unwrap();
        assert_eq!((reader.spec().sample_rate, reader.spec().channels), (rate, channels));
        let samples: Vec<i16> = reader.samples().map(|sample| sample.unwrap()).collect();
        assert_eq!(samples, made.all());
    }
    assert_eq!(names(folder.path()), ["session.wav"]);
}

#[test]
fn a_flac_file_holds_every_sample_and_says_so_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.flac");
    // Whole blocks, a short last one, less than one, one sample, and rates FLAC has no short name for.
    for (rate, channels, frames) in [
        (24_000, 1, 4_096 * 3),
        (24_000, 1, 50_001),
        (48_000, 2, 12_345),
        (24_000, 2, 100),
        (44_100, 1, 1),
        (192_000, 1, 9_000),
        (11_025, 1, 9_000),
    ] {
        let mut made = Made::new(rate, channels, frames);
        assert!(export::flac(&mut made, &path, &mut on).unwrap().is_continue());
        let mut reader = claxon::FlacReader::open(&path).unwrap();
        let info = reader.streaminfo();
        assert_eq!((info.sample_rate, info.channels, info.bits_per_sample), (rate, u32::from(channels), 16));
        assert_eq!(info.samples, Some(frames));
        let samples: Vec<i16> =
            reader.samples().map(|sample| i16::try_from(sample.unwrap()).unwrap()).collect();
        assert_eq!(samples, made.all(), "{rate} {channels} {frames}");
        assert!(verified(&path), "its own check sum is right: {rate} {channels} {frames}");
    }
}

/// Decodes with the decoder that imports use, its check sum included.
fn verified(path: &Path) -> bool {
    use symphonia::core::{
        codecs::audio::AudioDecoderOptions, formats::TrackType, formats::probe::Hint, io::MediaSourceStream,
    };
    let stream = MediaSourceStream::new(Box::new(fs::File::open(path).unwrap()), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, Default::default(), Default::default())
        .unwrap();
    let track = format.default_track(TrackType::Audio).unwrap();
    let parameters = track.codec_params.as_ref().unwrap().audio().unwrap();
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default().verify(true))
        .unwrap();
    while let Some(packet) = format.next_packet().unwrap() {
        decoder.decode(&packet).unwrap();
    }
    decoder.finalize().verify_ok == Some(true)
}

#[test]
fn an_export_that_is_stopped_or_fails_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.flac");
    fs::write(&path, "an older export").unwrap();
    for export in [export::flac, export::wav] {
        let mut made = Made::new(24_000, 1, 1_000_000);
        let stop = &mut |done: u64, of: u64| {
            assert!(done <= of);
            if done > of / 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        assert!(export(&mut made, &path, stop).unwrap().is_break());
        made.breaks_at = Some(500_000);
        assert!(export(&mut made, &path, &mut on).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "an older export");
        assert_eq!(names(folder.path()), ["session.flac"], "nothing is left beside it");
    }
    assert!(export::wav(&mut Made::new(24_000, 1, 9), &path, &mut on).unwrap().is_continue());
    assert_ne!(fs::read(&path).unwrap(), b"an older export", "a whole one takes its place");
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.wav");
    let refused = |made: &mut Made| export::wav(made, &path, &mut on).unwrap_err().code();
    assert_eq!(refused(&mut Made::new(48_000, 2, 1 << 30)), Code::AudioTooLarge);
    assert_eq!(refused(&mut Made::new(24_000, 1, 0)), Code::AudioEmpty);
    assert!(names(folder.path()).is_empty());
    let nowhere = folder.path().join("missing").join("session.wav");
    let error = export::wav(&mut Made::new(24_000, 1, 10), &nowhere, &mut on).unwrap_err();
    assert_eq!(error.code(), Code::FileMissing);
}

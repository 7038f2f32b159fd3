//! The one place where other people's decoders are called.
//!
//! They are good, and still a hostile file may make one of them panic: that is caught here and becomes the
//! same answer as any other file that cannot be read. None of their state is used again afterwards.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use attune_kernel::Code;
use symphonia::{
    core::{
        codecs::{
            audio::{AudioCodecParameters, AudioDecoder},
            registry::CodecRegistry,
        },
        errors::Error as Unreadable,
        formats::{
            FormatReader, Track, TrackType,
            probe::{Hint, Probe, ProbeOptions},
        },
        io::MediaSourceStream,
        packet::Packet,
        units::{Duration, Timestamp},
    },
    default::formats::{AdtsReader, FlacReader, IsoMp4Reader, MpaReader, OggReader, WavReader},
};
use symphonia_adapter_libopus::OpusDecoder;

use super::{Format, Found, Limits, kind, mending, source::Source};
use crate::{Error, Result};

/// Steps between two words about progress.
pub(super) const OFTEN: u64 = 64;
/// A file may be this much shorter than it says: encoders count their own delay in different ways.
pub(super) const TOLERANCE_MS: u64 = 120;
/// How far into a file its sound may begin.
const DEPTH: u32 = 64 * 1_024;
/// Packets in a row that cannot be read: nothing more is to be hoped for.
const HOPELESS: u32 = 1_000;
/// How often a reader may trip over what it cannot read before it finds the next packet.
const STUMBLES: u32 = 64;
/// No packet is longer; a damaged one may say so.
const LONGEST_PACKET_MS: u64 = 1_000;
/// A gap between two packets that is none, and one so long that rather its place is wrong.
const ROUNDING_MS: u64 = 5;
const LONGEST_GAP_MS: u64 = 60_000;

/// A file that is being read.
pub(super) struct Opened {
    kind: kind::Kind,
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    /// Where the next packet should begin.
    next: Option<Timestamp>,
    /// Its end is missing.
    cut: bool,
    lost: u32,
    done: Arc<AtomicU64>,
    total: u64,
}

/// What the next packet was.
pub(super) enum Step {
    /// Sound, in the buffer; and how much is missing before it.
    Sound {
        rate: u32,
        channels: usize,
        missing_ms: u64,
    },
    /// Could not be read, and would have been about this long.
    Lost {
        ms: u64,
    },
    End,
    /// The file ends, or nothing of it can be read from here on.
    Torn,
}

impl Opened {
    pub(super) fn open(path: &Path, limits: &Limits) -> Result<Self> {
        let mut file = File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(unreadable());
        }
        let total = about.len();
        if total == 0 {
            return Err(Code::AudioEmpty.into());
        }
        if total > limits.largest {
            return Err(Code::AudioTooLarge.into());
        }
        let kind = kind::judge(&mut file)?.ok_or_else(unreadable)?;
        let done = Arc::new(AtomicU64::new(0));
        let mending = mending::mend(&mut file, &kind, total)?;
        let cut = mending.cut;
        let source = Source::new(file, kind.start, total, mending, Arc::clone(&done))?;
        let stream = MediaSourceStream::new(Box::new(source), Default::default());
        let reader = guarded(|| {
            probe_for(kind.format).probe(&Hint::new(), stream, Default::default(), Default::default())
        })?
        .map_err(refused)?;
        let (track, decoder) = decoder_for(reader.as_ref())?;
        let opened = Self { kind, reader, decoder, track, next: None, cut, lost: 0, done, total };
        let too_long = limits.longest.as_millis();
        // A WAV file that was never finished says it is as long as a file can be.
        let believed = kind.knows_its_length && kind.format != Format::Wav;
        if believed && opened.claimed_ms().is_some_and(|claimed| u128::from(claimed) > too_long) {
            return Err(Code::AudioTooLong.into());
        }
        Ok(opened)
    }

    pub(super) fn found(&self) -> Result<Found> {
        let parameters = self.decoder.codec_params();
        let channels = parameters.channels.as_ref().map_or(0, |channels| channels.count());
        Ok(Found {
            format: self.kind.format,
            codec: self.decoder.codec_info().short_name,
            rate: parameters.sample_rate.ok_or_else(unreadable)?,
            channels: u16::try_from(channels).map_err(|_| unreadable())?,
            duration_ms: self.claimed_ms().filter(|_| self.kind.knows_its_length),
        })
    }

    /// How far into the file reading has come.
    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed).min(self.total)
    }

    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    /// Reads one packet of the sound. Its samples, interleaved, replace what `samples` holds.
    pub(super) fn step(&mut self, samples: &mut Vec<f32>) -> Result<Step> {
        let mut stumbles = 0;
        let mut packet = loop {
            match guarded(|| self.reader.next_packet())? {
                Ok(Some(packet)) if packet.track_id == self.track => break packet,
                Ok(Some(_)) => {}
                Ok(None) => return Ok(if self.cut { Step::Torn } else { Step::End }),
                Err(Unreadable::ResetRequired) => {
                    (self.track, self.decoder) = decoder_for(self.reader.as_ref())?
                }
                Err(error) if is_of_the_disk(&error) => return Err(refused(error)),
                Err(Unreadable::DecodeError(_)) if stumbles < STUMBLES => stumbles += 1,
                Err(_) => return Ok(Step::Torn),
            }
        };
        let missing_ms = self.missing_before(&packet);
        self.next = packet.pts.checked_add(packet.dur);
        if self.kind.format == Format::Mp3 {
            // Where an MP3 ends is a guess from its beginning: a few milliseconds of silence are kept rather
            // than a last word lost.
            packet.trim_end = Duration::ZERO;
        }
        let decoded = guarded(|| {
            self.decoder.decode(&packet).map(|sound| {
                sound.copy_to_vec_interleaved(samples);
                (sound.spec().rate(), sound.spec().channels().count())
            })
        })?;
        match decoded {
            Ok((rate, channels)) => {
                self.lost = 0;
                Ok(Step::Sound { rate, channels, missing_ms })
            }
            Err(error) if is_of_the_disk(&error) => Err(refused(error)),
            Err(_) => {
                self.lost += 1;
                let hopeless = self.lost > HOPELESS;
                let ms = self.to_ms(packet.dur).min(LONGEST_PACKET_MS) + missing_ms;
                Ok(if hopeless { Step::Torn } else { Step::Lost { ms } })
            }
        }
    }

    fn track(&self) -> Option<&Track> {
        self.reader.tracks().iter().find(|track| track.id == self.track)
    }

    fn claimed_ms(&self) -> Option<u64> {
        let track = self.track()?;
        let counted = track.num_frames.zip(self.decoder.codec_params().sample_rate);
        let by_frames = counted.map(|(frames, rate)| u128::from(frames) * 1_000 / u128::from(rate.max(1)));
        let by_clock = || {
            let time = track.time_base?.calc_duration(track.duration?)?;
            u128::try_from(time.as_nanos() / 1_000_000).ok()
        };
        by_clock().or(by_frames).and_then(|ms| u64::try_from(ms).ok())
    }

    /// What a reader skipped without a word because it could not be read.
    fn missing_before(&self, packet: &Packet) -> u64 {
        let gap = self.next.and_then(|next| packet.pts.duration_from(next));
        let ms = gap.map_or(0, |gap| self.to_ms(gap));
        if (ROUNDING_MS..LONGEST_GAP_MS).contains(&ms) { ms } else { 0 }
    }

    fn to_ms(&self, length: Duration) -> u64 {
        let time = self.track().and_then(|track| track.time_base?.calc_duration(length));
        time.and_then(|time| u64::try_from(time.as_nanos() / 1_000_000).ok()).unwrap_or(0)
    }
}

fn decoder_for(reader: &dyn FormatReader) -> Result<(u32, Box<dyn AudioDecoder>)> {
    let track = reader.default_track(TrackType::Audio).ok_or_else(unreadable)?;
    let parameters: &AudioCodecParameters =
        track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or_else(unreadable)?;
    let mut codecs = CodecRegistry::new();
    symphonia::default::register_enabled_codecs(&mut codecs);
    codecs.register_audio_decoder::<OpusDecoder>();
    let decoder = guarded(|| codecs.make_audio_decoder(parameters, &Default::default()))?.map_err(refused)?;
    Ok((track.id, decoder))
}

/// Knows the one format the file was judged to be, so that no other finds its mark somewhere inside.
fn probe_for(format: Format) -> Probe {
    let options = ProbeOptions { max_probe_depth: DEPTH, ..ProbeOptions::default() };
    let mut probe = Probe::new_with_options(&options);
    match format {
        Format::Wav => probe.register_format::<WavReader<'_>>(),
        Format::Mp3 => probe.register_format::<MpaReader<'_>>(),
        Format::M4a => probe.register_format::<IsoMp4Reader<'_>>(),
        Format::Aac => probe.register_format::<AdtsReader<'_>>(),
        Format::Flac => probe.register_format::<FlacReader<'_>>(),
        Format::Ogg => probe.register_format::<OggReader<'_>>(),
    }
    probe
}

/// Calls a decoder; a panic of its is a file that cannot be read.
fn guarded<T>(call: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| unreadable())
}

/// A disk that fails is no fault of the file's.
fn is_of_the_disk(error: &Unreadable) -> bool {
    matches!(error, Unreadable::IoError(error) if error.raw_os_error().is_some())
}

fn refused(error: Unreadable) -> Error {
    match error {
        Unreadable::IoError(error) if error.raw_os_error().is_some() => Error::Disk(error),
        _ => unreadable(),
    }
}

fn unreadable() -> Error {
    Code::AudioUnreadable.into()
}

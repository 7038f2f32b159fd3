//! A recording as a file that every player reads: WAV or FLAC.
//!
//! The file is written beside its place under another name and moved there when it is whole and on the disk,
//! so that half an export never looks like one. Memory does not grow with the recording. What is written is
//! readable by anyone who finds it; whoever calls this has said so to the person who asked.

use std::{
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
    ops::ControlFlow,
    path::Path,
};

use attune_kernel::Code;
use flacenc::source::{Context, Fill};
use hound::{SampleFormat, WavSpec, WavWriter};
use tempfile::NamedTempFile;

use crate::{Error, Result, codec::flac::Maker};

/// Sound that can be read from anywhere: what an export is made of.
pub trait Pcm {
    fn rate(&self) -> u32;
    /// One or two.
    fn channels(&self) -> u16;
    /// How many samples each channel has.
    fn frames(&self) -> u64;
    /// Fills `into` with interleaved samples from frame `at` on. Gives how many frames those were: fewer than
    /// there is room for is no end, none is.
    fn read(&mut self, at: u64, into: &mut [i16]) -> Result<usize>;
}

/// Hears how many of how many frames are done, and may say that it is enough.
pub type Progress<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

/// Samples of each channel in a block: FLAC's usual size, and a good piece for WAV.
const BLOCK: u16 = 4_096;
/// Blocks between two words about progress.
const OFTEN: u64 = 16;
/// What a WAV file can say about its own size, less its head.
const WAV_BYTES: u64 = u32::MAX as u64 - 64;

/// Writes 16-bit WAV. `Break` where it was told to stop: then there is no file.
pub fn wav(pcm: &mut dyn Pcm, to: &Path, progress: &mut Progress<'_>) -> Result<ControlFlow<()>> {
    if pcm.frames() * u64::from(pcm.channels()) * 2 > WAV_BYTES {
        return Err(Code::AudioTooLarge.into());
    }
    let spec = WavSpec {
        channels: pcm.channels(),
        sample_rate: pcm.rate(),
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    beside(to, |file| {
        let mut writer = WavWriter::new(BufWriter::new(file), spec).map_err(from_hound)?;
        let flow = blocks(pcm, progress, |block| {
            block.iter().try_for_each(|sample| writer.write_sample(*sample)).map_err(from_hound)
        })?;
        writer.finalize().map_err(from_hound)?;
        Ok(flow)
    })
}

/// Writes 16-bit FLAC. `Break` where it was told to stop: then there is no file.
pub fn flac(pcm: &mut dyn Pcm, to: &Path, progress: &mut Progress<'_>) -> Result<ControlFlow<()>> {
    let (rate, channels, frames) = (pcm.rate(), pcm.channels(), pcm.frames());
    let mut maker = Maker::new(Some(rate), channels)?;
    beside(to, |file| {
        let mut writer = BufWriter::new(file);
        let mut head = Head { rate, channels, frames, smallest: 0, largest: 0, md5: [0; 16] };
        writer.write_all(&head.bytes())?;
        let mut sum = Context::new(16, usize::from(channels));
        let mut number = 0;
        let flow = blocks(pcm, progress, |block| {
            let bytes: Vec<u8> = block.iter().flat_map(|sample| sample.to_le_bytes()).collect();
            sum.fill_le_bytes(&bytes, 2).map_err(|_| Error::Damaged("the encoder refused"))?;
            let frame = maker.frame(block, number)?;
            number += 1;
            let size = u32::try_from(frame.len()).unwrap_or(0);
            head.largest = head.largest.max(size);
            head.smallest = if head.smallest == 0 { size } else { head.smallest.min(size) };
            Ok(writer.write_all(&frame)?)
        })?;
        // What a reader checks the whole file against is known only now.
        head.md5 = sum.md5_digest();
        writer.seek(SeekFrom::Start(0))?;
        writer.write_all(&head.bytes())?;
        writer.flush()?;
        Ok(flow)
    })
}

/// Hands all of the sound over, block by block. All but the last are whole.
fn blocks(
    pcm: &mut dyn Pcm,
    progress: &mut Progress<'_>,
    mut take: impl FnMut(&[i16]) -> Result<()>,
) -> Result<ControlFlow<()>> {
    let (frames, channels) = (pcm.frames(), usize::from(pcm.channels()));
    if frames == 0 || channels == 0 {
        return Err(Code::AudioEmpty.into());
    }
    let mut block = vec![0; usize::from(BLOCK) * channels];
    let mut at = 0;
    while at < frames {
        let wanted = usize::try_from(frames - at).unwrap_or(usize::MAX).min(usize::from(BLOCK));
        let mut have = 0;
        while have < wanted {
            match pcm.read(at + have as u64, &mut block[have * channels..wanted * channels])? {
                0 => return Err(Error::Damaged("sound ends before its end")),
                more => have += more,
            }
        }
        take(&block[..wanted * channels])?;
        at += wanted as u64;
        let tell = at == frames || (at / u64::from(BLOCK)).is_multiple_of(OFTEN);
        if tell && progress(at, frames).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Lets `write` fill a nameless file, and gives it its name when it is whole and on the disk.
fn beside(to: &Path, write: impl FnOnce(&mut File) -> Result<ControlFlow<()>>) -> Result<ControlFlow<()>> {
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = NamedTempFile::with_prefix_in(".export-", folder)?;
    let flow = write(file.as_file_mut())?;
    if flow.is_continue() {
        file.as_file().sync_all()?;
        file.persist(to).map_err(|error| error.error)?;
    }
    Ok(flow)
}

/// A FLAC file's beginning.
///
/// Written here and not by the encoder, which names the short last block as the smallest: readers then take
/// the file for one of changing block sizes, which it is not, and some refuse it.
struct Head {
    rate: u32,
    channels: u16,
    frames: u64,
    smallest: u32,
    largest: u32,
    md5: [u8; 16],
}

impl Head {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"fLaC".to_vec();
        // The only block of its kind, 34 bytes long.
        bytes.extend([0x80, 0, 0, 34]);
        bytes.extend(BLOCK.to_be_bytes());
        bytes.extend(BLOCK.to_be_bytes());
        bytes.extend(&self.smallest.to_be_bytes()[1..]);
        bytes.extend(&self.largest.to_be_bytes()[1..]);
        let packed = u64::from(self.rate) << 44
            | u64::from(self.channels - 1) << 41
            | 15 << 36
            | (self.frames & 0xF_FFFF_FFFF);
        bytes.extend(packed.to_be_bytes());
        bytes.extend(self.md5);
        bytes
    }
}

fn from_hound(error: hound::Error) -> Error {
    match error {
        hound::Error::IoError(error) => Error::Disk(error),
        _ => Error::Damaged("the encoder refused"),
    }
}

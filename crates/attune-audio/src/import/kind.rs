//! Judges by its first bytes what a file is.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use super::Format;
use crate::Result;

/// Tags with a picture in them can stand before the sound, more than one.
const MOST_TAGS: usize = 8;
const HEAD: usize = 4_096;

/// What a file is, and where it begins once tags that any player skips are skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub format: Format,
    pub start: u64,
    /// Whether what it says about its own length was counted, and not guessed from its size.
    pub knows_its_length: bool,
}

/// None where it is nothing that can be imported.
pub(super) fn judge(file: &mut File) -> Result<Option<Kind>> {
    let mut start = 0;
    let mut head = Vec::with_capacity(HEAD);
    for tags in 0..=MOST_TAGS {
        file.seek(SeekFrom::Start(start))?;
        head.clear();
        file.take(HEAD as u64).read_to_end(&mut head)?;
        match tag_length(&head) {
            Some(length) if tags < MOST_TAGS => start += length,
            _ => break,
        }
    }
    Ok(format(&head, start > 0).map(|format| {
        let counted = |mark: &[u8]| head.windows(4).take(256).any(|window| window == mark);
        let knows_its_length = match format {
            Format::Mp3 => counted(b"Xing") || counted(b"Info") || counted(b"VBRI"),
            Format::Aac => false,
            Format::Wav | Format::M4a | Format::Flac | Format::Ogg => true,
        };
        Kind { format, start, knows_its_length }
    }))
}

fn format(head: &[u8], tagged: bool) -> Option<Format> {
    let at = |place: usize, mark: &[u8]| head.get(place..place + mark.len()) == Some(mark);
    if at(0, b"RIFF") && at(8, b"WAVE") {
        return Some(Format::Wav);
    }
    if at(0, b"fLaC") {
        return Some(Format::Flac);
    }
    if at(0, b"OggS") {
        return Some(Format::Ogg);
    }
    if at(4, b"ftyp") {
        return Some(Format::M4a);
    }
    // Some programs leave room after a tag.
    let sound = if tagged { head.iter().position(|byte| *byte != 0)? } else { 0 };
    match head.get(sound..sound + 4)? {
        [0xFF, 0xF0 | 0xF1 | 0xF8 | 0xF9, ..] => Some(Format::Aac),
        [0xFF, second, third, _] if is_mpeg(*second, *third) => Some(Format::Mp3),
        _ => None,
    }
}

/// Whether these follow 0xFF at the beginning of a layer III frame.
const fn is_mpeg(second: u8, third: u8) -> bool {
    let synced = second & 0xE0 == 0xE0;
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    let (bits, rate) = (third >> 4, third >> 2 & 3);
    synced && version != 1 && layer == 1 && bits != 0 && bits != 15 && rate != 3
}

/// How long an ID3v2 tag is that begins here.
fn tag_length(head: &[u8]) -> Option<u64> {
    let tag = head.first_chunk::<10>().filter(|tag| tag.starts_with(b"ID3"))?;
    let [.., flags, a, b, c, d] = *tag;
    if (a | b | c | d) & 0x80 != 0 {
        return None;
    }
    let size = [a, b, c, d].iter().fold(0, |size, byte| size << 7 | u64::from(*byte));
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(10 + size + footer)
}

//! Puts right what a file says about its own size, where its recorder never came to say it.
//!
//! A recorder that died leaves the size of its sound at nothing or at "for ever"; a transfer that broke off
//! leaves a file shorter than it says. Readers refuse both, or stop early. The file itself is not touched: the
//! right numbers are put in its place while it is read.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use super::{Format, kind::Kind};
use crate::Result;

/// Parts before the sound: a handful.
const MOST_PARTS: usize = 64;
/// Longer than any file that is let in.
const ENDLESS: u64 = 1 << 40;
/// What a recorder writes that does not know yet.
const UNKNOWN: [u32; 2] = [0, u32::MAX];

/// How a file is to be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mending {
    /// Where other bytes stand than in the file, counted from its beginning.
    pub patches: Vec<(u64, [u8; 4])>,
    /// How long it is to seem, where that is not how long it is.
    pub length: Option<u64>,
    /// The file ends before its end.
    pub cut: bool,
}

/// Looks at what the file says of its parts.
pub(super) fn mend(file: &mut File, kind: &Kind, total: u64) -> Result<Mending> {
    match kind.format {
        Format::Wav => wav(file, kind.start, total),
        Format::M4a if ends_in_its_sound(file, kind.start, total)? => {
            Ok(Mending { length: Some(ENDLESS), cut: true, ..Mending::default() })
        }
        _ => Ok(Mending::default()),
    }
}

fn wav(file: &mut File, start: u64, total: u64) -> Result<Mending> {
    let mut mending = Mending::default();
    let mut at = start + 12;
    for _ in 0..MOST_PARTS {
        let Some([name, size, next, next_size]) = words(file, at, total)? else { return Ok(mending) };
        let said = u32::from_le_bytes(size);
        if &name != b"data" {
            at += 8 + u64::from(said) + u64::from(said & 1);
            continue;
        }
        let there = total - at - 8;
        // Nothing, and another part right behind it: then it is nothing.
        let empty = said == 0
            && next.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
            && u64::from(u32::from_le_bytes(next_size)) <= there;
        if !empty && (said == 0 || u64::from(said) > there) {
            mending.cut = !UNKNOWN.contains(&said);
            let fits = |size: u64| u32::try_from(size).unwrap_or(u32::MAX - 1).to_le_bytes();
            mending.patches = vec![(start + 4, fits(total - start - 8)), (at + 4, fits(there))];
        }
        return Ok(mending);
    }
    Ok(mending)
}

/// Whether an M4A file was cut within its sound, with everything that is needed to read it before that.
fn ends_in_its_sound(file: &mut File, start: u64, total: u64) -> Result<bool> {
    let (mut at, mut described) = (start, false);
    for _ in 0..MOST_PARTS {
        let Some([size, name, high, low]) = words(file, at, total)? else { return Ok(false) };
        let size = match u32::from_be_bytes(size) {
            // Up to the end of the file, wherever that is.
            0 => return Ok(false),
            1 => u64::from(u32::from_be_bytes(high)) << 32 | u64::from(u32::from_be_bytes(low)),
            size => u64::from(size),
        };
        match &name {
            b"moov" => described = true,
            b"mdat" if described => return Ok(at.saturating_add(size) > total),
            _ => {}
        }
        at = at.saturating_add(size.max(8));
    }
    Ok(false)
}

/// Four words of four bytes. None where the file has no more; what is missing of the last two is nothing.
fn words(file: &mut File, at: u64, total: u64) -> Result<Option<[[u8; 4]; 4]>> {
    if at.saturating_add(8) > total {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(16);
    file.seek(SeekFrom::Start(at))?;
    file.take(16).read_to_end(&mut bytes)?;
    bytes.resize(16, 0);
    let mut words = [[0; 4]; 4];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(4)) {
        word.copy_from_slice(bytes);
    }
    Ok(Some(words))
}

//! From a file into a spool: what was recorded elsewhere is kept as what was recorded here.

use std::{ops::ControlFlow, path::Path};

use attune_kernel::Code;
use chrono::{DateTime, Utc};

use super::{Found, Imported, decode};
use crate::{
    Result,
    codec::Codec,
    ear::Quality,
    spool::{Begun, Entry, Framer, RESERVE, SpoolWriter, Why, Worry},
};

/// Reads a whole file into the spool that `begin` begins, which is when it is known how many channels there
/// are. A file that turns out to be unreadable in its middle leaves what came before, ended like any other.
pub fn into_spool(
    path: &Path,
    found: &Found,
    quality: Quality,
    at: DateTime<Utc>,
    mut progress: impl FnMut(u64, u64),
    begin: impl FnOnce(Begun) -> Result<SpoolWriter>,
) -> Result<Imported> {
    let rate = quality.rate(found.rate);
    let (mut begin, mut filling) = (Some(begin), None);
    let read = decode(
        path,
        rate,
        &mut |samples, channels| {
            if let Some(begin) = begin.take() {
                let begun = Begun { v: 1, rate, channels, codec: Codec::Flac, at };
                let frame = vec![Vec::new(); usize::from(channels)];
                filling = Some((Framer::new(begin(begun)?)?, frame));
            }
            let Some((framer, frame)) = &mut filling else { return Ok(()) };
            for sample in samples.chunks_exact(frame.len()) {
                frame.iter_mut().zip(sample).for_each(|(channel, sample)| channel.push(*sample));
                if frame[0].len() == framer.whole() {
                    // A file may not take the room a session is being recorded in.
                    if framer.spool().room() < RESERVE {
                        return Err(Code::DiskNearlyFull.into());
                    }
                    framer.write(frame)?;
                    frame.iter_mut().for_each(Vec::clear);
                }
            }
            Ok(())
        },
        &mut |done, total| {
            progress(done, total);
            ControlFlow::Continue(())
        },
    );
    if let Some((mut framer, frame)) = filling {
        if !frame[0].is_empty() {
            framer.write(&frame)?;
        }
        let is_whole = |imported: &Imported| !imported.cut_short && imported.damaged_ms == 0;
        if !matches!(&read, Ok(ControlFlow::Continue(imported)) if is_whole(imported)) {
            framer.say(&Entry::Worry { at: framer.position(), what: Worry::FileDamaged })?;
        }
        framer.end(Why::Imported, at)?;
    }
    match read? {
        ControlFlow::Continue(imported) => Ok(imported),
        // Nobody asked for a break.
        ControlFlow::Break(()) => Err(Code::AudioUnreadable.into()),
    }
}

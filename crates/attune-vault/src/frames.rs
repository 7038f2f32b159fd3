//! Files that grow by sealed frames, each readable the moment it is written.
//!
//! `"ATNS1"`, sixteen random bytes, then frames: a length, a number, and XChaCha20-Poly1305 over the frame
//! with head, length and number bound in. So a frame that was changed, moved, repeated or taken from another
//! file does not open. A file cut anywhere reads up to its last whole frame; where the middle was damaged the
//! reader finds the next frame that is sound and says what is missing in between. Nothing here ever shortens
//! or repairs a file.

use std::io::{self, Read, Seek, SeekFrom, Write};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::secret::{Secret, fill_random};

const MAGIC: &[u8; 5] = b"ATNS1";
const PREFIX: usize = 16;
const HEADER: usize = MAGIC.len() + PREFIX;
const HEAD: usize = 8;
const TAG: usize = 16;
/// The longest frame there may be, before it is sealed.
pub const LONGEST_FRAME: usize = 64 * 1024;

#[derive(Clone)]
struct Place {
    cipher: XChaCha20Poly1305,
    header: [u8; HEADER],
}

impl Place {
    fn nonce(&self, number: u32) -> XNonce {
        let mut nonce = [0; PREFIX + 8];
        nonce[..PREFIX].copy_from_slice(&self.header[MAGIC.len()..]);
        nonce[PREFIX + 4..].copy_from_slice(&number.to_be_bytes());
        nonce.into()
    }

    fn bound(&self, head: [u8; HEAD]) -> [u8; HEADER + HEAD] {
        let mut bound = [0; HEADER + HEAD];
        bound[..HEADER].copy_from_slice(&self.header);
        bound[HEADER..].copy_from_slice(&head);
        bound
    }
}

fn head(len: usize, number: u32) -> io::Result<[u8; HEAD]> {
    let len = u32::try_from(len).map_err(|_| too_long())?;
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&len.to_le_bytes());
    head[4..].copy_from_slice(&number.to_le_bytes());
    Ok(head)
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "a sealed frame or file has grown too long")
}

/// Seals frames one by one. Each is on its way to the disk when [`FrameWriter::put`] comes back.
pub struct FrameWriter<W: Write> {
    to: W,
    place: Place,
    next: u32,
    bytes: u64,
    broken: bool,
}

impl<W: Write> FrameWriter<W> {
    pub(crate) fn new(key: &Secret, mut to: W) -> io::Result<Self> {
        let mut header = [0; HEADER];
        header[..MAGIC.len()].copy_from_slice(MAGIC);
        fill_random(&mut header[MAGIC.len()..]);
        to.write_all(&header)?;
        let place = Place { cipher: XChaCha20Poly1305::new(key.bytes().into()), header };
        Ok(Self { to, place, next: 0, bytes: HEADER as u64, broken: false })
    }

    /// Seals a frame and writes it in one piece. After a failure nothing more is written: what follows a
    /// torn frame would be the first thing a reader has to search for.
    pub fn put(&mut self, plain: &[u8]) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "a frame before this one was torn"));
        }
        if plain.len() > LONGEST_FRAME {
            return Err(too_long());
        }
        let head = head(plain.len() + TAG, self.next)?;
        let payload = Payload { msg: plain, aad: &self.place.bound(head) };
        let sealed =
            self.place.cipher.encrypt(&self.place.nonce(self.next), payload).map_err(|_| too_long())?;
        let mut frame = Vec::with_capacity(HEAD + sealed.len());
        frame.extend_from_slice(&head);
        frame.extend_from_slice(&sealed);
        let written = self.to.write_all(&frame);
        self.broken = written.is_err();
        written?;
        self.next = self.next.checked_add(1).ok_or_else(too_long)?;
        self.bytes += frame.len() as u64;
        Ok(())
    }

    /// How long the file is so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What is written to.
    pub const fn get_ref(&self) -> &W {
        &self.to
    }
}

/// Where a frame lies, for reading it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameAt {
    offset: u64,
    len: u32,
    number: u32,
}

/// What comes next in a file.
pub enum Next {
    /// A frame that is as it was written.
    Frame { at: FrameAt, plain: Zeroizing<Vec<u8>> },
    /// So many frames do not read; what follows does.
    Damage { frames: u32 },
}

/// Reads frames in order, and again from anywhere, one in memory at a time. A file that is still growing
/// may be asked again after its end.
pub struct FrameReader<R: Read + Seek> {
    from: R,
    place: Place,
    at: u64,
    next: u32,
    torn: bool,
}

impl<R: Read + Seek> FrameReader<R> {
    pub(crate) fn new(key: &Secret, mut from: R) -> io::Result<Self> {
        from.seek(SeekFrom::Start(0))?;
        let mut header = [0; HEADER];
        from.read_exact(&mut header)?;
        if &header[..MAGIC.len()] != MAGIC {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "this file holds no sealed frames"));
        }
        let place = Place { cipher: XChaCha20Poly1305::new(key.bytes().into()), header };
        Ok(Self { from, place, at: HEADER as u64, next: 0, torn: false })
    }

    /// Where the last frame that was read ends. At the end of the file: how far it is sound.
    pub const fn reached(&self) -> u64 {
        self.at
    }

    /// Whether the file ends in bytes that are no whole frame: it was cut, is damaged there, or the last
    /// frame is being written this moment.
    pub const fn torn(&self) -> bool {
        self.torn
    }

    /// The next frame, or what is missing before it; none at the end.
    pub fn advance(&mut self) -> io::Result<Option<Next>> {
        let end = self.from.seek(SeekFrom::End(0))?;
        self.torn = false;
        if self.at == end {
            return Ok(None);
        }
        let due = self.next;
        if let Some((at, plain)) = self.try_at(self.at, end, |number| number == due)? {
            self.at = at.after();
            self.next = at.number.checked_add(1).ok_or_else(too_long)?;
            return Ok(Some(Next::Frame { at, plain }));
        }
        let Some(sound) = self.search(self.at, end)? else {
            self.torn = true;
            return Ok(None);
        };
        let frames = sound.number - self.next;
        self.at = sound.offset;
        self.next = sound.number;
        Ok(Some(Next::Damage { frames }))
    }

    /// Reads a frame again.
    pub fn read_at(&mut self, at: FrameAt) -> io::Result<Zeroizing<Vec<u8>>> {
        let end = self.from.seek(SeekFrom::End(0))?;
        match self.try_at(at.offset, end, |number| number == at.number)? {
            Some((_, plain)) => Ok(plain),
            None => Err(io::Error::new(io::ErrorKind::InvalidData, "a sealed frame is damaged")),
        }
    }

    /// The frame that begins at `offset`, if one does and it is sound.
    fn try_at(
        &mut self,
        offset: u64,
        end: u64,
        expected: impl Fn(u32) -> bool,
    ) -> io::Result<Option<(FrameAt, Zeroizing<Vec<u8>>)>> {
        if end.saturating_sub(offset) < HEAD as u64 {
            return Ok(None);
        }
        self.from.seek(SeekFrom::Start(offset))?;
        let mut head = [0; HEAD];
        self.from.read_exact(&mut head)?;
        let Some((len, number)) = plausible(head, end - offset).filter(|(_, number)| expected(*number))
        else {
            return Ok(None);
        };
        let mut sealed = vec![0; len as usize];
        self.from.read_exact(&mut sealed)?;
        let payload = Payload { msg: &sealed, aad: &self.place.bound(head) };
        let opened = self.place.cipher.decrypt(&self.place.nonce(number), payload);
        Ok(opened.ok().map(|plain| (FrameAt { offset, len, number }, Zeroizing::new(plain))))
    }

    /// The first sound frame at or after `from` whose number is yet to come.
    fn search(&mut self, from: u64, end: u64) -> io::Result<Option<FrameAt>> {
        const STRETCH: usize = 64 * 1024;
        let mut start = from;
        while end.saturating_sub(start) >= (HEAD + TAG) as u64 {
            self.from.seek(SeekFrom::Start(start))?;
            let mut stretch = Vec::with_capacity(STRETCH + HEAD);
            (&mut self.from).take((STRETCH + HEAD - 1) as u64).read_to_end(&mut stretch)?;
            for (ahead, head) in stretch.windows(HEAD).enumerate() {
                let offset = start + ahead as u64;
                let Ok(head) = head.try_into() else { continue };
                let to_come = |number: u32| number > self.next;
                if plausible(head, end - offset).is_some_and(|(_, number)| to_come(number)) {
                    let next = self.next;
                    if let Some((at, _)) = self.try_at(offset, end, |number| number > next)? {
                        return Ok(Some(at));
                    }
                }
            }
            start += STRETCH as u64;
        }
        Ok(None)
    }
}

impl FrameAt {
    const fn after(self) -> u64 {
        self.offset + HEAD as u64 + self.len as u64
    }
}

/// Length and number, where they can be meant.
fn plausible(head: [u8; HEAD], left: u64) -> Option<(u32, u32)> {
    let [a, b, c, d, e, f, g, h] = head;
    let (len, number) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
    let fits = (TAG..=LONGEST_FRAME + TAG).contains(&(len as usize)) && u64::from(len) + HEAD as u64 <= left;
    fits.then_some((len, number))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::keys::FileKey;

    fn frame(number: usize) -> Vec<u8> {
        (0..40 + number * 37 % 300).map(|at| u8::try_from((at * 31 + number * 7) % 251).unwrap()).collect()
    }

    fn sealed(key: &FileKey, frames: usize) -> Vec<u8> {
        let mut writer = key.frames_into(Vec::new()).unwrap();
        for number in 0..frames {
            writer.put(&frame(number)).unwrap();
        }
        assert_eq!(writer.bytes(), writer.get_ref().len() as u64);
        writer.get_ref().clone()
    }

    /// Every frame that reads, by number, how many were said to be missing, and whether the end is torn.
    fn read(key: &FileKey, bytes: Vec<u8>) -> (Vec<(u32, Vec<u8>)>, u32, bool) {
        let mut reader = key.frames(Cursor::new(bytes)).unwrap();
        let (mut frames, mut missing) = (Vec::new(), 0);
        while let Some(next) = reader.advance().unwrap() {
            match next {
                Next::Frame { at, plain } => frames.push((at.number, plain.to_vec())),
                Next::Damage { frames } => missing += frames,
            }
        }
        (frames, missing, reader.torn())
    }

    #[test]
    fn what_was_put_reads_back_in_order_and_again_from_anywhere() {
        let key = FileKey::random();
        let bytes = sealed(&key, 50);
        let (frames, missing, torn) = read(&key, bytes.clone());
        assert_eq!((frames.len(), missing, torn), (50, 0, false));
        assert!(frames.iter().all(|(number, plain)| *plain == frame(*number as usize)));
        let mut reader = key.frames(Cursor::new(bytes)).unwrap();
        let mut places = Vec::new();
        while let Some(Next::Frame { at, .. }) = reader.advance().unwrap() {
            places.push(at);
        }
        for at in places.into_iter().rev() {
            assert_eq!(*reader.read_at(at).unwrap(), frame(at.number as usize));
        }
    }

    #[test]
    fn a_file_cut_at_any_byte_keeps_every_whole_frame_before_the_cut() {
        let key = FileKey::random();
        let bytes = sealed(&key, 12);
        let mut ends = vec![HEADER];
        for number in 0..12 {
            ends.push(ends[number] + HEAD + frame(number).len() + TAG);
        }
        for cut in HEADER..=bytes.len() {
            let (frames, missing, torn) = read(&key, bytes[..cut].to_vec());
            let whole = ends.iter().filter(|end| **end <= cut).count() - 1;
            assert_eq!((frames.len(), missing), (whole, 0), "cut at {cut}");
            assert_eq!(torn, !ends.contains(&cut), "cut at {cut}");
        }
    }

    #[test]
    fn a_file_that_still_grows_can_be_asked_again() {
        let key = FileKey::random();
        let bytes = sealed(&key, 3);
        let folder = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(folder.path(), &bytes[..bytes.len() - 5]).unwrap();
        let mut reader = key.frames(std::fs::File::open(folder.path()).unwrap()).unwrap();
        assert!(matches!(reader.advance().unwrap(), Some(Next::Frame { .. })));
        assert!(matches!(reader.advance().unwrap(), Some(Next::Frame { .. })));
        assert!(reader.advance().unwrap().is_none() && reader.torn());
        std::fs::write(folder.path(), &bytes).unwrap();
        assert!(matches!(reader.advance().unwrap(), Some(Next::Frame { .. })));
        assert!(reader.advance().unwrap().is_none() && !reader.torn());
    }

    #[test]
    fn another_key_another_file_and_another_place_do_not_open() {
        let key = FileKey::random();
        let bytes = sealed(&key, 2);
        assert_eq!(read(&FileKey::random(), bytes.clone()).0.len(), 0);
        let mut moved = bytes[..HEADER].to_vec();
        moved.extend_from_slice(&bytes[HEADER + HEAD + frame(0).len() + TAG..]);
        let (frames, missing, _) = read(&key, moved);
        assert_eq!((frames.len(), missing), (1, 1), "the second stays the second");
        let mut foreign = sealed(&key, 2);
        foreign[MAGIC.len()..HEADER].copy_from_slice(&bytes[MAGIC.len()..HEADER]);
        assert_eq!(read(&key, foreign).0.len(), 0);
    }

    #[test]
    fn after_a_torn_write_nothing_more_is_written() {
        struct Full(usize, Vec<u8>);
        impl Write for Full {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                let take = bytes.len().min(self.0 - self.1.len());
                self.1.extend_from_slice(&bytes[..take]);
                if take == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(take) }
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let key = FileKey::random();
        let mut writer = key.frames_into(Full(150, Vec::new())).unwrap();
        writer.put(&[7; 60]).unwrap();
        assert_eq!(writer.put(&[8; 60]).unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(writer.put(&[9; 1]).is_err());
        assert_eq!(read(&key, writer.get_ref().1.clone()).0.len(), 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_flipped_bit_costs_its_own_frame_and_no_other(at in HEADER..2_000usize, bit in 0u8..8) {
            let key = FileKey::random();
            let mut bytes = sealed(&key, 20);
            let at = at % (bytes.len() - HEADER) + HEADER;
            bytes[at] ^= 1 << bit;
            let (frames, missing, torn) = read(&key, bytes);
            prop_assert_eq!(frames.len(), 19);
            prop_assert!(frames.iter().all(|(number, plain)| *plain == frame(*number as usize)));
            prop_assert!(missing == 1 || torn, "the damage is said");
        }
    }
}

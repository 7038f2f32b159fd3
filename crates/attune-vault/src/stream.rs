//! Files sealed in chunks, so that they can be written as they come and read from anywhere.
//!
//! `"ATNF1"`, nineteen random bytes, then chunks of 64 KiB, each XChaCha20-Poly1305 with its number and
//! "last" bound in (the STREAM construction). A cut, swapped, repeated or missing chunk does not open.
//! The reader holds one chunk in memory, whatever the length of the file.

use std::io::{self, Read, Seek, SeekFrom, Write};

use aead_stream::{NewStream, Nonce, StreamBE32, StreamPrimitive};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, aead::Payload};
use zeroize::Zeroizing;

use crate::secret::{Secret, fill_random};

type Cipher = StreamBE32<XChaCha20Poly1305>;

const MAGIC: &[u8; 5] = b"ATNF1";
const PREFIX: usize = 19;
const HEADER: usize = MAGIC.len() + PREFIX;
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;

/// How many bytes `plain` bytes take once sealed.
pub const fn sealed_len(plain: u64) -> u64 {
    let chunks = if plain == 0 { 1 } else { plain.div_ceil(CHUNK as u64) };
    HEADER as u64 + plain + chunks * TAG as u64
}

fn cipher(key: &Secret, prefix: [u8; PREFIX]) -> Cipher {
    let nonce: Nonce<XChaCha20Poly1305, Cipher> = prefix.into();
    Cipher::from_aead(XChaCha20Poly1305::new(key.bytes().into()), &nonce)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a sealed file is damaged or cut short")
}

/// Seals what is written to it. Must be [`SealedWriter::finish`]ed: without its last chunk the file
/// reads as cut short, which is what it is.
pub struct SealedWriter<W: Write> {
    to: W,
    cipher: Cipher,
    header: [u8; HEADER],
    buffer: Zeroizing<Vec<u8>>,
    next: u32,
}

impl<W: Write> SealedWriter<W> {
    pub(crate) fn new(key: &Secret, mut to: W) -> io::Result<Self> {
        let mut prefix = [0; PREFIX];
        fill_random(&mut prefix);
        let mut header = [0; HEADER];
        header[..MAGIC.len()].copy_from_slice(MAGIC);
        header[MAGIC.len()..].copy_from_slice(&prefix);
        to.write_all(&header)?;
        Ok(Self {
            to,
            cipher: cipher(key, prefix),
            header,
            buffer: Zeroizing::new(Vec::with_capacity(CHUNK)),
            next: 0,
        })
    }

    /// Writes the last chunk and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.put(true)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn put(&mut self, last: bool) -> io::Result<()> {
        let payload = Payload { msg: &self.buffer, aad: &self.header };
        let sealed = self
            .cipher
            .encrypt(self.next, last, payload)
            .map_err(|_| io::Error::new(io::ErrorKind::FileTooLarge, "a sealed file has grown too long"))?;
        self.to.write_all(&sealed)?;
        self.buffer.clear();
        self.next = self.next.checked_add(1).ok_or_else(damaged)?;
        Ok(())
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full buffer waits for one more byte: only then is it known not to be the last chunk.
        if self.buffer.len() == CHUNK && !bytes.is_empty() {
            self.put(false)?;
        }
        let take = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..take]);
        Ok(take)
    }

    /// Passes on what is whole. A chunk that is still filling stays in memory: it cannot be sealed twice.
    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Reads and seeks in a sealed file, one chunk in memory at a time.
pub struct SealedReader<R: Read + Seek> {
    from: R,
    cipher: Cipher,
    header: [u8; HEADER],
    chunks: u32,
    len: u64,
    position: u64,
    held: Option<(u32, Zeroizing<Vec<u8>>)>,
}

impl<R: Read + Seek> SealedReader<R> {
    pub(crate) fn new(key: &Secret, mut from: R) -> io::Result<Self> {
        let start = from.stream_position()?;
        let end = from.seek(SeekFrom::End(0))?;
        from.seek(SeekFrom::Start(start))?;
        if start != 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a sealed file starts where its file does",
            ));
        }
        let mut header = [0; HEADER];
        from.read_exact(&mut header).map_err(|_| damaged())?;
        if &header[..MAGIC.len()] != MAGIC {
            return Err(damaged());
        }
        let body = end - HEADER as u64;
        let chunks = body.div_ceil((CHUNK + TAG) as u64);
        let len = body.checked_sub(chunks * TAG as u64).ok_or_else(damaged)?;
        let chunks = u32::try_from(chunks).map_err(|_| damaged())?;
        if chunks == 0 {
            return Err(damaged());
        }
        let prefix = header[MAGIC.len()..].try_into().map_err(|_| damaged())?;
        let mut reader =
            Self { from, cipher: cipher(key, prefix), header, chunks, len, position: 0, held: None };
        // The last chunk proves that nothing was cut off, before the first byte is believed.
        reader.load(chunks - 1)?;
        Ok(reader)
    }

    /// The length of what was sealed.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether nothing was sealed.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn load(&mut self, chunk: u32) -> io::Result<&[u8]> {
        if self.held.as_ref().is_none_or(|(held, _)| *held != chunk) {
            self.held = None;
            let at = HEADER as u64 + u64::from(chunk) * (CHUNK + TAG) as u64;
            self.from.seek(SeekFrom::Start(at))?;
            let mut sealed = Vec::with_capacity(CHUNK + TAG);
            (&mut self.from).take((CHUNK + TAG) as u64).read_to_end(&mut sealed)?;
            let payload = Payload { msg: &sealed, aad: &self.header };
            let plain =
                self.cipher.decrypt(chunk, chunk + 1 == self.chunks, payload).map_err(|_| damaged())?;
            self.held = Some((chunk, Zeroizing::new(plain)));
        }
        self.held.as_ref().map(|(_, plain)| plain.as_slice()).ok_or_else(damaged)
    }
}

impl<R: Read + Seek> Read for SealedReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.len || into.is_empty() {
            return Ok(0);
        }
        let chunk = u32::try_from(self.position / CHUNK as u64).map_err(|_| damaged())?;
        let within = usize::try_from(self.position % CHUNK as u64).map_err(|_| damaged())?;
        let plain = self.load(chunk)?.get(within..).ok_or_else(damaged)?;
        let take = plain.len().min(into.len());
        into[..take].copy_from_slice(&plain[..take]);
        self.position += take as u64;
        Ok(take)
    }
}

impl<R: Read + Seek> Seek for SealedReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = target.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "a file has nothing before its start")
        })?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::keys::FileKey;

    fn seal(key: &FileKey, plain: &[u8]) -> Vec<u8> {
        let mut writer = key.seal_into(Vec::new()).unwrap();
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn sample(len: usize) -> Vec<u8> {
        (0..len).map(|at| u8::try_from(at * 31 % 251).unwrap()).collect()
    }

    #[test]
    fn every_length_around_a_chunk_reads_back() {
        let key = FileKey::random();
        for len in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17] {
            let plain = sample(len);
            let sealed = seal(&key, &plain);
            assert_eq!(sealed.len() as u64, sealed_len(len as u64), "the length of {len} bytes sealed");
            let mut read = Vec::new();
            key.open(Cursor::new(sealed)).unwrap().read_to_end(&mut read).unwrap();
            assert!(read == plain, "{len} bytes read back");
        }
    }

    #[test]
    fn a_file_cut_anywhere_is_refused_or_says_so() {
        let key = FileKey::random();
        let sealed = seal(&key, &sample(2 * CHUNK + 100));
        for cut in [0, 3, HEADER, HEADER + 5, HEADER + CHUNK + TAG, sealed.len() - 1] {
            let opened = key.open(Cursor::new(sealed[..cut].to_vec()));
            assert_eq!(opened.err().map(|e| e.kind()), Some(io::ErrorKind::InvalidData), "cut at {cut}");
        }
    }

    #[test]
    fn an_unfinished_file_reads_as_cut_short() {
        let key = FileKey::random();
        let mut writer = key.seal_into(Vec::new()).unwrap();
        writer.write_all(&sample(2 * CHUNK + 1)).unwrap();
        let unfinished = writer.to;
        assert!(key.open(Cursor::new(unfinished)).is_err());
    }

    #[test]
    fn swapped_chunks_and_foreign_keys_do_not_open() {
        let key = FileKey::random();
        let mut sealed = seal(&key, &sample(3 * CHUNK));
        assert!(FileKey::random().open(Cursor::new(sealed.clone())).is_err());
        let (first, second) = (HEADER, HEADER + CHUNK + TAG);
        for at in 0..CHUNK + TAG {
            sealed.swap(first + at, second + at);
        }
        let mut reader = key.open(Cursor::new(sealed)).unwrap();
        assert!(reader.read(&mut [0; 10]).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn seeking_reads_what_lies_there(at in 0usize..200_000, take in 1usize..5_000) {
            let key = FileKey::random();
            let plain = sample(150_000);
            let mut reader = key.open(Cursor::new(seal(&key, &plain))).unwrap();
            reader.seek(SeekFrom::Start(at as u64)).unwrap();
            let mut read = Vec::new();
            reader.take(take as u64).read_to_end(&mut read).unwrap();
            let expected = plain.get(at..).unwrap_or_default();
            prop_assert_eq!(read.as_slice(), &expected[..take.min(expected.len())]);
        }
    }
}

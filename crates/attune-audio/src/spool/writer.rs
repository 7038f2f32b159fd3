//! Writing a spool: every frame is on its way to the disk when it was handed over, and a second thread makes
//! sure of the disk, so that a slow one never holds up the sound.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use attune_vault::{FileKey, FrameWriter};

use super::entry::{Begun, Ended, Entry, Sound};
use crate::Result;

/// What is left free for everything else on the disk: below it, recording stops cleanly.
pub const RESERVE: u64 = 256 * 1024 * 1024;

/// How often the disk is made sure of. A power cut costs this much, and what the disk then takes.
const SYNC_EVERY: Duration = Duration::from_millis(500);

/// Where a spool is written.
pub trait Medium: Write + Send {
    /// The same place, for the thread that makes sure of it.
    fn durable(&self) -> io::Result<Box<dyn Durable>>;
}

/// Makes sure of what was written.
pub trait Durable: Send {
    /// Comes back when all that was written before the call survives a power cut.
    fn sync(&mut self) -> io::Result<()>;
    /// How many bytes more there is room for.
    fn room(&self) -> io::Result<u64>;
}

struct OnDisk {
    file: File,
    folder: PathBuf,
}

impl Medium for OnDisk {
    fn durable(&self) -> io::Result<Box<dyn Durable>> {
        Ok(Box::new(OnDisk { file: self.file.try_clone()?, folder: self.folder.clone() }))
    }
}

impl Write for OnDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Durable for OnDisk {
    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    fn room(&self) -> io::Result<u64> {
        fs4::available_space(&self.folder)
    }
}

#[derive(Default)]
struct Keeping {
    /// Whether something was written that the disk was not yet made sure of; `None` ends the thread.
    unsure: Mutex<Option<bool>>,
    told: Condvar,
    room: AtomicU64,
    failing: AtomicBool,
}

/// A spool being written.
pub struct SpoolWriter {
    frames: FrameWriter<Box<dyn Medium>>,
    keeping: Arc<Keeping>,
    thread: Option<JoinHandle<()>>,
    begun: Begun,
}

impl SpoolWriter {
    /// Begins a spool on the disk. Its file and its place in the folder are made sure of before this comes
    /// back.
    pub fn create(path: &Path, key: &FileKey, begun: Begun) -> Result<Self> {
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        fs::create_dir_all(&folder)?;
        let file = File::create_new(path)?;
        let writer = Self::over(Box::new(OnDisk { file, folder: folder.clone() }), key, begun)?;
        if cfg!(unix) {
            File::open(folder)?.sync_all()?;
        }
        Ok(writer)
    }

    /// Begins a spool anywhere.
    pub fn over(medium: Box<dyn Medium>, key: &FileKey, begun: Begun) -> Result<Self> {
        let mut durable = medium.durable()?;
        let mut frames = key.frames_into(medium)?;
        frames.put(&Entry::Begun(begun.clone()).to_bytes()?)?;
        durable.sync()?;
        let keeping = Arc::new(Keeping { unsure: Mutex::new(Some(false)), ..Keeping::default() });
        keeping.room.store(durable.room()?, Ordering::Release);
        let thread = std::thread::Builder::new().name("attune-disk".into()).spawn({
            let keeping = Arc::clone(&keeping);
            move || keeping.keep_sure(durable.as_mut())
        })?;
        Ok(Self { frames, keeping, thread: Some(thread), begun })
    }

    /// How this spool is to be read.
    pub const fn begun(&self) -> &Begun {
        &self.begun
    }

    /// Writes a frame of sound.
    pub fn sound(&mut self, sound: &Sound<'_>) -> Result<()> {
        self.put(&sound.to_bytes())
    }

    /// Writes a word about the sound.
    pub fn say(&mut self, entry: &Entry) -> Result<()> {
        self.put(&entry.to_bytes()?)
    }

    fn put(&mut self, plain: &[u8]) -> Result<()> {
        self.frames.put(plain)?;
        let mut unsure = self.keeping.unsure.lock().unwrap_or_else(PoisonError::into_inner);
        if *unsure == Some(false) {
            *unsure = Some(true);
            self.keeping.told.notify_one();
        }
        Ok(())
    }

    /// Writes the last frame and waits for the disk. Gives the file's length.
    pub fn end(mut self, ended: Ended) -> Result<u64> {
        let said = self.say(&Entry::Ended(ended));
        self.close(said)
    }

    /// Waits for the disk after whatever was `said` last. Without an end, it reads as one that was cut off.
    pub(super) fn close(mut self, said: Result<()>) -> Result<u64> {
        let mut durable = self.frames.get_ref().durable()?;
        self.rest();
        // What came before a last word that found no room is made sure of all the same.
        let sure = durable.sync();
        said?;
        sure?;
        Ok(self.frames.bytes())
    }

    /// How long the file is so far.
    pub const fn bytes(&self) -> u64 {
        self.frames.bytes()
    }

    /// How many bytes more the disk has room for, as it was a moment ago.
    pub fn room(&self) -> u64 {
        self.keeping.room.load(Ordering::Acquire)
    }

    /// Whether the disk failed to confirm what was written.
    pub fn failing(&self) -> bool {
        self.keeping.failing.load(Ordering::Acquire)
    }

    fn rest(&mut self) {
        *self.keeping.unsure.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.keeping.told.notify_one();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            self.keeping.failing.store(true, Ordering::Release);
        }
    }
}

impl Drop for SpoolWriter {
    fn drop(&mut self) {
        self.rest();
    }
}

impl Keeping {
    fn keep_sure(&self, durable: &mut dyn Durable) {
        loop {
            let unsure = self.unsure.lock().unwrap_or_else(PoisonError::into_inner);
            let mut unsure = self
                .told
                .wait_while(unsure, |unsure| *unsure == Some(false))
                .unwrap_or_else(PoisonError::into_inner);
            if unsure.is_none() {
                return;
            }
            *unsure = Some(false);
            drop(unsure);
            match durable.sync() {
                Ok(()) => self.failing.store(false, Ordering::Release),
                Err(error) => {
                    tracing::error!(%error, "the disk does not confirm a recording");
                    self.failing.store(true, Ordering::Release);
                }
            }
            if let Ok(room) = durable.room() {
                self.room.store(room, Ordering::Release);
            }
            let unsure = self.unsure.lock().unwrap_or_else(PoisonError::into_inner);
            // Rests a moment, unless the spool ends meanwhile.
            drop(
                self.told
                    .wait_timeout_while(unsure, SYNC_EVERY, |unsure| unsure.is_some())
                    .unwrap_or_else(PoisonError::into_inner),
            );
        }
    }
}

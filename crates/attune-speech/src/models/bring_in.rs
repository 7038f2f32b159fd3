//! A model from a file, for computers that may not fetch one: read, copied, checked, and only then seen.
//!
//! A picture, a page, half a model and another program's model are turned away before a byte is copied. What is copied is
//! checked again, because a stick that is pulled out leaves half a file too.

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
};

use attune_kernel::Code;
use attune_vault::{Digest, Digester};
use tokio::{sync::OwnedMutexGuard, task::spawn_blocking};

use super::{
    gguf, kept,
    ways::{Progress, Stage, Told, Ways},
};
use crate::{Error, Result};

const AT_ONCE: u64 = 4 * 1024 * 1024;
/// Of a file's own name, so much is kept. Systems take 255 bytes, and letters have up to four.
const LONGEST_NAME: usize = 48;

/// A model that was copied and checked, and is not seen yet. Dropped, it is gone.
pub struct Came {
    pub digest: Digest,
    pub bytes: u64,
    file: Option<File>,
    at: Unseen,
    _turn: OwnedMutexGuard<()>,
}

/// A file that goes unless it is kept.
struct Unseen(PathBuf);

impl Drop for Unseen {
    fn drop(&mut self) {
        // Kept, it has another name by now; and what cannot be taken away is written over by the next one.
        drop(fs::remove_file(&self.0));
    }
}

/// Copies a model's file into a folder, under no name anybody looks for.
pub async fn copy(
    source: &Path,
    folder: &Path,
    ways: &Ways,
    turn: OwnedMutexGuard<()>,
    told: Told<'_>,
) -> Result<Came> {
    let from = source.to_owned();
    let head = apart(move || gguf::check(&from)).await;
    head?;
    let source = source.to_owned();
    let (mut from, total) = apart(move || {
        let file = File::open(source)?;
        let total = file.metadata()?.len();
        Ok((file, total))
    })
    .await?;
    ways.room_for(total, folder)?;
    let at = Unseen(folder.join("coming.part"));
    let mut to = File::create(&at.0)?;
    let (mut digester, mut done) = (Digester::default(), 0);
    loop {
        told(Progress { stage: Stage::Coming, done, total });
        let read;
        (from, to, digester, read) = apart(move || {
            let mut piece = Vec::new();
            (&from).take(AT_ONCE).read_to_end(&mut piece)?;
            to.write_all(&piece)?;
            digester.write_all(&piece)?;
            Ok((from, to, digester, piece.len() as u64))
        })
        .await?;
        done += read;
        if read == 0 {
            break;
        }
    }
    told(Progress { stage: Stage::Checking, done, total });
    let copied = at.0.clone();
    let checked = apart(move || gguf::check(&copied)).await;
    checked?;
    if done != total {
        return Err(Code::ModelUnreadable.into());
    }
    Ok(Came { digest: digester.finish(), bytes: total, file: Some(to), at, _turn: turn })
}

impl Came {
    /// Lets it be seen under this name.
    pub fn keep(mut self, to: &Path) -> Result<()> {
        let file = self.file.take().ok_or(Code::Unexpected)?;
        kept(file, &self.at.0, to)
    }

    /// Lets it be seen in this folder under its own name, or one beside it where another model has that. Gives the name
    /// without its ending. The same model again is the one that is there.
    pub fn keep_as(self, folder: &Path, own: &str) -> Result<String> {
        let names = std::iter::once(own.to_owned()).chain((2..).map(|nth| format!("{own}-{nth}")));
        for name in names {
            let path = folder.join(format!("{name}.gguf"));
            if !path.try_exists()? {
                self.keep(&path)?;
                return Ok(name);
            }
            if fs::metadata(&path)?.len() == self.bytes && digest_of(&path)? == self.digest {
                return Ok(name);
            }
        }
        Err(Code::Unexpected.into())
    }
}

/// A file's own name, of what is a name on every system.
pub fn own_name(file: &Path) -> String {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let plain = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = stem.chars().map(plain).take(LONGEST_NAME).collect();
    let name = name.trim_matches(['.', '-']);
    if name.is_empty() { "model".to_owned() } else { name.to_owned() }
}

fn digest_of(path: &Path) -> Result<Digest> {
    let mut digester = Digester::default();
    std::io::copy(&mut File::open(path)?, &mut digester)?;
    Ok(digester.finish())
}

/// Does what may take its time where it holds nobody up.
async fn apart<T: Send + 'static>(act: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    spawn_blocking(act).await.map_err(|gone| Error::Io(std::io::Error::other(gone)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_own_name_becomes_a_name_on_every_system() {
        let named = |path: &str| own_name(Path::new(path));
        assert_eq!(named("/media/stick/Mein Modell (neu).gguf"), "Mein-Modell--neu");
        assert_eq!(named("/x/שלום-ü.gguf"), "שלום-ü");
        assert_eq!(named("a:b?c*.gguf"), "a-b-c");
        assert_eq!(named("../...gguf"), "model");
        assert_eq!(named(&format!("{}.gguf", "ü".repeat(300))).chars().count(), 48);
    }
}

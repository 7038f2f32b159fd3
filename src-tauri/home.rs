//! Where everything lies on this computer.

use std::path::{Path, PathBuf};

use anyhow::Context;
use directories::ProjectDirs;

/// The folder that holds profiles, preferences and the log.
#[derive(Debug, Clone)]
pub struct Home {
    folder: PathBuf,
    usual: bool,
}

impl Home {
    /// The folder named by `ATTUNE_HOME`, or the operating system's place for application data.
    pub fn find() -> anyhow::Result<Self> {
        let home = match std::env::var_os("ATTUNE_HOME").filter(|named| !named.is_empty()) {
            Some(named) => Self::at(named),
            None => {
                let usual =
                    ProjectDirs::from("org", "Attune", "Attune").context("this user has no home folder")?;
                Self { folder: usual.data_local_dir().to_owned(), usual: true }
            }
        };
        std::fs::create_dir_all(&home.folder).with_context(|| format!("making {}", home.folder.display()))?;
        Ok(home)
    }

    /// A home in a folder of one's own, for trials and tests.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), usual: false }
    }

    /// Whether this is the operating system's usual place.
    pub const fn is_the_usual(&self) -> bool {
        self.usual
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the local log is written.
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Where speech models lie: files anybody may have, for everybody who uses this computer.
    pub fn models(&self) -> PathBuf {
        self.folder.join("models")
    }

    /// Device preferences: never anything clinical.
    pub fn preferences(&self) -> PathBuf {
        self.folder.join("device.json")
    }
}

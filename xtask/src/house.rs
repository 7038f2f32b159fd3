//! Where things are, and how the tools are called.
//!
//! Every command line in this crate starts here, so that each runs in the same folder with the same
//! settings whoever calls it.

use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

/// The folder of the screens.
pub fn ui() -> PathBuf {
    root().join("ui")
}

/// Where cargo builds. This program lies in `<target>/debug`, wherever the target folder was moved to.
pub fn target() -> Result<PathBuf> {
    let me = std::env::current_exe().context("this program does not know where it lies")?;
    let target = me.parent().and_then(Path::parent).context("this program lies in no target folder")?;
    Ok(target.to_path_buf())
}

/// A program cargo built in `<target>/<profile>`.
pub fn built(profile: &str, name: &str) -> Result<PathBuf> {
    Ok(target()?.join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// `cargo …` in the repository.
pub fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).args(arguments);
    if cfg!(target_os = "linux") {
        // Compiling OpenSSL takes longer than everything else together. Development and tests link the
        // system's (libssl-dev); what is shipped carries its own.
        cargo.env("OPENSSL_NO_VENDOR", "1");
    }
    cargo
}

/// `npm …` in the folder of the screens.
pub fn npm<const N: usize>(arguments: [&str; N]) -> Command {
    // On Windows npm is a script, which is not found without its ending.
    let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.current_dir(ui()).args(arguments);
    npm
}

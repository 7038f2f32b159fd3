//! The screens: Node, their packages, and their two builds.
//!
//! `ui/dist` is what the application carries inside it. `ui/dist-bridge` is the same screens for Chromium,
//! which the bridge serves from disk; it lies apart so that no application is ever built with it. A build is
//! made only when a source is newer, because a new one makes cargo build the application again.

use crate::child::{self, minutes};
use crate::house;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// Checks Node and installs what package-lock.json names.
pub fn set_up() -> Result<()> {
    let version = child::answer(Command::new("node").arg("--version")).unwrap_or_default();
    let Some(version) = parsed(&version) else {
        bail!(
            "Node was not found. Install Node 20.19 or newer with npm from https://nodejs.org, then run this again."
        )
    };
    let (major, minor) = version;
    ensure!(
        suits(version),
        "This is Node {major}.{minor}, which the screens cannot be built with. Install Node 20.19, 22.12 or newer \
         from https://nodejs.org, then run this again."
    );
    child::answer(house::npm(["--version"]).current_dir(house::root())).context(
        "npm was not found. It comes with Node from https://nodejs.org; on Debian it is the package npm",
    )?;

    let ui = house::ui();
    // npm writes this last, so an interrupted installation counts as none.
    let installed = modified(&ui.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= modified(&ui.join("package-lock.json")) {
        println!("        Node {major}.{minor}, packages as package-lock.json names them");
        return Ok(());
    }
    child::run(&mut house::npm(["ci", "--no-audit", "--no-fund"]), minutes(15))
        .context("The packages of the screens could not be installed; most often the network is why")
}

/// Builds what the application carries inside it.
pub fn build() -> Result<()> {
    build_into("dist", &[])
}

/// Builds what the bridge serves to Chromium.
pub fn build_for_bridge() -> Result<()> {
    build_into("dist-bridge", &[("VITE_BRIDGE", "1")])
}

fn build_into(folder: &str, settings: &[(&str, &str)]) -> Result<()> {
    let page = house::ui().join(folder).join("index.html");
    if modified(&page) > newest(&house::ui(), true)? {
        println!("        {folder} is newer than every source");
        return Ok(());
    }
    let mut vite = house::npm(["exec", "--", "vite", "build", "--emptyOutDir", "--outDir", folder]);
    child::run(vite.envs(settings.iter().copied()), minutes(10))
}

/// When anything the build reads last changed. A folder counts too: its time tells of what was removed.
fn newest(folder: &Path, top: bool) -> Result<Option<SystemTime>> {
    let mut newest = if top { None } else { modified(folder) };
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name();
        let made = ["node_modules", "dist", "dist-bridge", "tests", "test-results"];
        if top && made.iter().any(|folder| name == *folder) {
            continue;
        }
        let time = if entry.file_type()?.is_dir() {
            self::newest(&entry.path(), false)?
        } else {
            modified(&entry.path())
        };
        newest = newest.max(time);
    }
    Ok(newest)
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// What Vite 8 runs on: the first releases of Node 20 and 22, and 21 altogether, cannot load it.
fn suits((major, minor): (u32, u32)) -> bool {
    match major {
        20 => minor >= 19,
        22 => minor >= 12,
        _ => major > 22,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read_as_node_says_it() {
        assert_eq!(parsed("v20.20.2\n"), Some((20, 20)));
        assert_eq!(parsed("v26.0.0-nightly20260101"), Some((26, 0)));
        assert_eq!(parsed(""), None);
        assert_eq!(parsed("command not found"), None);
    }

    #[test]
    fn only_a_node_that_can_load_vite_suits() {
        for (version, expected) in [
            ((18, 20), false),
            ((20, 18), false),
            ((20, 19), true),
            ((21, 7), false),
            ((22, 11), false),
            ((22, 12), true),
            ((24, 0), true),
        ] {
            assert_eq!(suits(version), expected, "{version:?}");
        }
    }
}

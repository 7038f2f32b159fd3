//! `cargo xtask licences`: what is inside the application under which licence, in `docs/licences.md`.
//!
//! Counted is what a person receives: the crates the application is linked from and the packages its screens
//! are built from, not the tools that build and test them. `--check`, a step of the tests, refuses a licence
//! we may not ship and a document that has fallen behind. Without versions, so that an update which changes
//! no licence changes no document.

use crate::child;
use crate::{house, spdx};
use anyhow::{Context, Result, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A package and the licence it states.
type Shipped = BTreeSet<(String, String)>;

/// Prints name and licence of what the built screens contain: the packages not marked as tools, and Svelte,
/// which is listed as a tool but leaves its runtime in every build.
const SCREENS: &str = "
    const { packages } = JSON.parse(require('fs').readFileSync('package-lock.json', 'utf8'))
    for (const [path, entry] of Object.entries(packages)) {
      const name = path.split('node_modules/').pop()
      if (name && (!entry.dev || name === 'svelte')) console.log(name + '\\t' + (entry.license ?? ''))
    }";

/// Packages whose manifest states no licence, and what the LICENSE file inside them says.
const STATED_INSIDE: &[(&str, &str)] = &[("svelte-toolbelt", "MIT")];

const HEAD: &str = "\
# What Attune is built from

Attune itself is under the Apache-2.0 licence (`LICENSE`). What follows is inside what a person installs, on
Linux, macOS or Windows; it is written by `cargo xtask licences` and checked by `cargo xtask test`, which
refuses any licence that is not on the list in `xtask/src/spdx.rs`.

Inside four of the crates lies C: `libsqlite3-sys` carries SQLCipher (BSD-3-Clause) with SQLite (public domain),
`opusic-sys` carries libopus (BSD-3-Clause), `transcribe-cpp-sys` carries transcribe.cpp with ggml, Silero VAD and miniz
(all MIT), and releases link OpenSSL (Apache-2.0) through `openssl-sys`. On Linux
sound comes through the system's own alsa-lib (LGPL-2.1), which Attune does not ship. The window is drawn by the system's own WebKitGTK
(LGPL-2.1), WKWebView or WebView2, which Attune does not ship.

Speech models are not inside, but for the practice model, which is ours: `docs/models.md` says under which licence each
of them comes, and who made it.
";

/// Writes the document, for all systems Attune is built for.
pub fn write() -> Result<()> {
    let systems = ["x86_64-unknown-linux-gnu", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"];
    let (crates, screens) = (crates(&systems.map(|system| ["--target", system]).concat())?, screens()?);
    refuse_foreign(crates.iter().chain(&screens))?;
    let text =
        format!("{HEAD}\n## Crates\n\n{}\n## Packages of the screens\n\n{}", table(&crates), table(&screens));
    fs::write(document(), text).with_context(|| format!("{} cannot be written", document().display()))?;
    println!("{} crates and {} packages, in {}", crates.len(), screens.len(), document().display());
    Ok(())
}

/// Checks what ships on this system.
pub fn check() -> Result<()> {
    let shipped: Shipped = crates(&[])?.into_iter().chain(screens()?).collect();
    refuse_foreign(shipped.iter())?;
    let text =
        fs::read_to_string(document()).with_context(|| format!("{} cannot be read", document().display()))?;
    let unnamed: Vec<&str> = shipped
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !text.contains(&format!("`{name}`")))
        .collect();
    ensure!(
        unnamed.is_empty(),
        "docs/licences.md does not name {}; `cargo xtask licences` writes it anew",
        unnamed.join(", ")
    );
    println!("        {} crates and packages, all under licences we may ship", shipped.len());
    Ok(())
}

fn document() -> PathBuf {
    house::root().join("docs/licences.md")
}

fn crates(target: &[&str]) -> Result<Shipped> {
    let tree =
        ["tree", "--package", "attune", "--edges", "normal", "--prefix", "none", "--format", "{p}\t{l}"];
    let lines = child::answer(house::cargo(tree).args(target))?;
    let ours = house::root().display().to_string();
    Ok(read(&lines, |package| !package.contains(&ours)))
}

fn screens() -> Result<Shipped> {
    let lines = child::answer(Command::new("node").args(["--eval", SCREENS]).current_dir(house::ui()))?;
    Ok(read(&lines, |_| true))
}

/// Reads lines of package and licence, of the packages that are `foreign` to this repository.
fn read(lines: &str, foreign: impl Fn(&str) -> bool) -> Shipped {
    let pairs = lines.lines().filter_map(|line| line.split_once('\t'));
    pairs
        .filter(|(package, _)| foreign(package))
        .map(|(package, licence)| {
            let name = package.split_whitespace().next().unwrap_or_default();
            // cargo marks what it has shown before.
            let stated = licence.trim_end_matches(" (*)");
            let inside = STATED_INSIDE.iter().find(|(package, _)| stated.is_empty() && *package == name);
            (name.into(), inside.map_or(stated, |(_, licence)| licence).into())
        })
        .collect()
}

fn refuse_foreign<'a>(shipped: impl Iterator<Item = &'a (String, String)>) -> Result<()> {
    let foreign: Vec<String> = shipped
        .filter(|(_, licence)| !spdx::is_allowed(licence))
        .map(|(name, licence)| {
            format!("{name} ({})", if licence.is_empty() { "no licence stated" } else { licence })
        })
        .collect();
    ensure!(foreign.is_empty(), "These may not ship under their licences: {}", foreign.join(", "));
    Ok(())
}

fn table(shipped: &Shipped) -> String {
    let mut by_licence: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, licence) in shipped {
        let words = licence.replace('/', " OR ");
        let licence = words.split_whitespace().collect::<Vec<_>>().join(" ");
        by_licence.entry(licence).or_default().push(format!("`{name}`"));
    }
    let mut text = String::from("| Licence | |\n|---|---|\n");
    for (licence, names) in by_licence {
        text += &format!("| {licence} | {} |\n", names.join(" "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped(pairs: &[(&str, &str)]) -> Shipped {
        pairs.iter().map(|(name, licence)| ((*name).into(), (*licence).into())).collect()
    }

    #[test]
    fn packages_are_gathered_under_their_licence_and_the_old_slash_is_read_as_or() {
        let text = table(&shipped(&[
            ("beta", "MIT/Apache-2.0"),
            ("delta", "MIT  OR  Apache-2.0"),
            ("alpha", "MIT OR Apache-2.0"),
            ("gamma", "ISC"),
        ]));
        assert!(
            text.ends_with("| ISC | `gamma` |\n| MIT OR Apache-2.0 | `alpha` `beta` `delta` |\n"),
            "{text}"
        );
    }

    #[test]
    fn a_line_cargo_has_shown_before_names_the_same_licence() {
        let lines = "serde v1.0.2\tMIT OR Apache-2.0\nserde v1.0.2\tMIT OR Apache-2.0 (*)\nmute v0.1.0\t\n";
        let expected = shipped(&[("serde", "MIT OR Apache-2.0"), ("mute", "")]);
        assert_eq!(read(lines, |_| true), expected);
    }

    #[test]
    fn our_own_crates_are_not_listed_among_what_others_wrote() {
        let lines = "attune-kernel v0.1.0 (/there/crates/attune-kernel)\tApache-2.0\nserde v1.0.2\tMIT\n";
        assert_eq!(read(lines, |package| !package.contains("/there")), shipped(&[("serde", "MIT")]));
    }

    #[test]
    fn a_package_that_states_no_licence_is_refused_by_name() {
        let fault = refuse_foreign(shipped(&[("good", "MIT"), ("mute", "")]).iter()).unwrap_err();
        assert!(fault.to_string().ends_with("mute (no licence stated)"), "{fault}");
    }
}

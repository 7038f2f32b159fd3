//! `cargo xtask test`: every check there is, in the order in which a mistake shows soonest.
//!
//! It is what `.ci/run` calls and what one runs before asking for a review. It starts what it needs (a display,
//! the bridge, a browser), reads nothing from the keyboard, and leaves nothing running.

use crate::child::{self, minutes};
use crate::display::Display;
use crate::steps::Steps;
use crate::{browser, house, licences, packages, screens};
use anyhow::Result;

/// How much is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    Everything,
    /// All but the screens in Chromium and the real window.
    Quick,
}

/// Sets up and runs every check, or stops at the first that fails and names it.
pub fn test(extent: Extent) -> Result<()> {
    let quick = extent == Extent::Quick;
    let needed: &[&[&str]] =
        if quick { &[packages::TO_BUILD] } else { &[packages::TO_BUILD, packages::TO_TEST] };
    let mut steps = Steps::default()
        .then("System packages", || packages::install(needed))
        .then("Node and the packages of the screens", screens::set_up);
    if !quick {
        steps = steps.then("A browser for the screens", browser::install);
    }
    steps = steps
        .then("Formatting of the Rust sources", || cargo(["fmt", "--all", "--check"]))
        .then("Licences of what ships", licences::check)
        .then("Types of the screens", || npm(["run", "check"]))
        .then("Unit tests of the screens", || npm(["run", "test"]))
        // Before cargo: the application is compiled with the screens inside.
        .then("Build the screens", screens::build)
        .then("Lints of the Rust sources", lint);
    if quick {
        return steps.then("Tests in Rust, without the real window", quick_tests).run();
    }
    steps
        .then("Build every program and test", build_all)
        .then("Tests in Rust, the real window included", all_tests)
        .then("Build the screens for Chromium", screens::build_for_bridge)
        .then("The screens in Chromium", screens_in_chromium)
        .run()
}

fn lint() -> Result<()> {
    cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "attune/bridge",
        "--",
        "--deny",
        "warnings",
    ])
}

/// The application and the bridge, with the very features the tests are compiled with, so that each is
/// compiled once. This program is left out: Windows does not replace one that is running.
fn build_all() -> Result<()> {
    cargo(["build", "--workspace", "--exclude", "xtask", "--all-targets", "--features", "attune/bridge"])
}

fn all_tests() -> Result<()> {
    let mut tests = house::cargo(["test", "--workspace", "--features", "attune/bridge"]);
    if cfg!(target_os = "linux") {
        let display = Display::start()?;
        display.lend(&mut tests);
        return child::run(&mut tests, minutes(30));
    }
    println!(
        "        the real window is driven on Linux only: nothing offers a WebDriver for the others' own"
    );
    child::run(&mut tests, minutes(30))
}

fn quick_tests() -> Result<()> {
    cargo(["test", "--workspace", "--features", "attune/bridge", "--lib", "--bins", "--test", "it"])
}

fn screens_in_chromium() -> Result<()> {
    child::run(house::npm(["run", "e2e"]).env("CARGO_TARGET_DIR", house::target()?), minutes(30))
}

fn cargo<const N: usize>(arguments: [&str; N]) -> Result<()> {
    child::run(&mut house::cargo(arguments), minutes(60))
}

fn npm<const N: usize>(arguments: [&str; N]) -> Result<()> {
    child::run(&mut house::npm(arguments), minutes(15))
}

//! `cargo xtask pictures`: photographs the screens of the running application into `docs/pictures`.
//!
//! The pictures come from the screen tests, so they show the real commands on the sample practice and never
//! a mock-up.

use crate::child::{self, minutes};
use crate::steps::Steps;
use crate::{browser, house, packages, screens};
use anyhow::Result;

/// Builds what is photographed, then asks Playwright for the pictures.
pub fn take() -> Result<()> {
    Steps::default()
        .then("System packages", || packages::install(&[packages::TO_BUILD]))
        .then("Node and the packages of the screens", screens::set_up)
        .then("A browser for the screens", browser::install)
        .then("Build the screens", screens::build)
        .then("Build the screens for Chromium", screens::build_for_bridge)
        .then("Build the bridge", || {
            let bridge = ["build", "--package", "attune", "--example", "bridge", "--features", "bridge"];
            child::run(&mut house::cargo(bridge), minutes(60))
        })
        .then("Photograph", || {
            let mut playwright = house::npm(["run", "e2e", "--", "pictures"]);
            playwright.env("PICTURES", "1").env("CARGO_TARGET_DIR", house::target()?);
            child::run(&mut playwright, minutes(15))
        })
        .run()
}

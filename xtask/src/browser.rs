//! The browser the screens are tested in.
//!
//! An installed one is taken where there is one (`ui/playwright.config.ts` looks in the same places). Debian's
//! archive has one; everywhere else Playwright fetches its own.

use crate::child::{self, minutes};
use crate::{house, packages};
use anyhow::{Context, Result};
use std::path::Path;

/// Makes sure Playwright finds a browser.
pub fn install() -> Result<()> {
    let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    if let Some(place) = places.iter().find(|place| Path::new(place).exists()) {
        println!("        {place}");
        return Ok(());
    }
    if packages::is_debian() {
        return packages::install(&[&["chromium"]]);
    }
    let mut fetch = house::npm(["exec", "--", "playwright", "install", "chromium"]);
    if cfg!(target_os = "linux") {
        // The libraries the fetched browser leans on, through the system's packages.
        fetch.arg("--with-deps");
    }
    child::run(&mut fetch, minutes(15))
        .context("No browser for the screen tests could be installed; install Chromium and run this again")
}

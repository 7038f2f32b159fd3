//! `cargo xtask run`: the application, on the sample practice or on an empty one.
//!
//! What is typed stays in the target folder, apart from the practice a person may really keep on this
//! machine.

use crate::child::{self, minutes};
use crate::steps::Steps;
use crate::{house, packages, screens};
use anyhow::{Result, ensure};
use std::fs;
use std::process::Command;

/// What the application opens on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Practice {
    Sample,
    Empty,
}

/// Sets up, builds, opens. Without a display it does the headless job instead, and says so.
pub fn run(practice: Practice) -> Result<()> {
    Steps::default()
        .then("System packages", || packages::install(&[packages::TO_BUILD]))
        .then("Node and the packages of the screens", screens::set_up)
        .then("Build the screens", screens::build)
        .then("Build the application (the first time takes several minutes)", build)
        .run()?;
    open(practice)
}

fn build() -> Result<()> {
    child::run(&mut house::cargo(["build", "--package", "attune", "--bin", "attune"]), minutes(60))
}

fn open(practice: Practice) -> Result<()> {
    let name = match practice {
        Practice::Sample => "sample",
        Practice::Empty => "empty",
    };
    let home = house::target()?.join("run").join(name);
    fs::create_dir_all(&home)?;
    let mut attune = Command::new(house::built("debug", "attune")?);
    attune.env("ATTUNE_HOME", &home);

    let shown = home.display();
    if !has_display() {
        println!(
            "\nThere is no display here, so instead of a window this prints a walk through the sample practice.\n"
        );
        attune.args(["headless", "sample", "--home"]).arg(&home);
    } else if practice == Practice::Sample {
        println!("\nThe sample practice. Its password is open-the-window-26; it is kept in {shown}.");
        attune.env("ATTUNE_SAMPLE", "1");
    } else {
        println!(
            "\nAn empty practice. What you enter is kept in {shown}; delete that folder to begin again."
        );
    }
    let status = child::start(&mut attune)?.wait(None)?;
    ensure!(status.success(), "Attune ended with {status}. Its log is in {shown}.");
    Ok(())
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some())
}

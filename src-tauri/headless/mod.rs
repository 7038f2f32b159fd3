//! `attune headless …`: the same application without a window, for scripts, checks and machines without a
//! display. It prints to standard output and ends with a code a script can read.

mod sound;
mod speech;

use std::{
    ffi::OsString,
    io::{self, BufRead},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, bail};
use attune_kernel::{Coded, ProfileId};
use attune_practice::{
    moods::{self, NewMood},
    patients::{self, Standing},
};
use attune_store::Opened;
use clap::{Parser, Subcommand};

use crate::{Equipment, Home, desk::Desk, journal, preferences::Settings, sample};

/// Attune without a window.
#[derive(Parser)]
#[command(name = "attune headless", bin_name = "attune headless", version)]
struct Arguments {
    #[command(subcommand)]
    job: Job,
    /// Where the profiles lie; the usual place if not given.
    #[arg(long, global = true)]
    home: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Job {
    /// Lists the profiles on this computer.
    Profiles,
    /// Checks a store: the database's pages, the audit chain, every sealed file. The password is read from
    /// standard input.
    Verify {
        /// Which profile, if there are several.
        #[arg(long)]
        profile: Option<ProfileId>,
    },
    /// Lists the microphones of this computer.
    Devices,
    /// Records into a file, WAV or FLAC by its ending, by way of the same sealed spool as a session.
    Record {
        #[arg(long)]
        seconds: u32,
        /// A device's key, or a part of its name; the system's choice if not given.
        #[arg(long)]
        device: Option<String>,
        #[arg(long)]
        out: PathBuf,
        /// Keep all the device delivers, and not only what a voice needs.
        #[arg(long)]
        everything: bool,
    },
    /// Finds recordings that were cut off in a folder: those of `record`, or those of a practice, whose
    /// password is then read from standard input. Removes nothing.
    Recover {
        folder: PathBuf,
        /// Which profile, if there are several.
        #[arg(long)]
        profile: Option<ProfileId>,
    },
    /// Lists the speech models: what they can do, which are here, which would suit this computer.
    Models,
    /// Writes a sound file down, and keeps nothing of it.
    Transcribe {
        file: PathBuf,
        /// A model's file, or the name of one that is here. The practice model if not given.
        #[arg(long)]
        model: Option<PathBuf>,
        /// How many people speak; the voices say so if not given.
        #[arg(long)]
        speakers: Option<usize>,
        /// For scripts, with every word and its time.
        #[arg(long)]
        json: bool,
    },
    /// Makes the sample practice if it is not there, and walks through it.
    Sample,
}

/// Runs a headless job with the arguments after `headless`.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments =
        match Arguments::try_parse_from([OsString::from("attune headless")].into_iter().chain(arguments)) {
            Ok(arguments) => arguments,
            Err(error) => error.exit(),
        };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(perform(arguments)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn perform(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.job {
        Job::Devices => return sound::devices(),
        Job::Record { seconds, device, out, everything } => {
            return sound::record(seconds, device.as_deref(), &out, everything);
        }
        Job::Recover { folder, profile } => return sound::recover(&folder, profile).await,
        Job::Profiles | Job::Verify { .. } | Job::Sample | Job::Models | Job::Transcribe { .. } => {}
    }
    let home = match arguments.home {
        Some(folder) => {
            std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
            Home::at(folder)
        }
        None => Home::find()?,
    };
    let _journal = journal::begin(&home);
    match &arguments.job {
        Job::Models => return speech::models(&home),
        Job::Transcribe { file, model, speakers, json } => {
            return speech::transcribe(&home, file, model.as_deref(), *speakers, *json).await;
        }
        _ => {}
    }
    let desk = Arc::new(Desk::new(&home, Settings::default(), Equipment::of_this_machine()?)?);
    let done = match arguments.job {
        Job::Profiles => list(&desk),
        Job::Verify { profile } => verify(&desk, profile).await,
        Job::Sample => walk_through_the_sample(&desk, &home).await,
        // Done above: they need no practice, or another one.
        Job::Devices | Job::Record { .. } | Job::Recover { .. } | Job::Models | Job::Transcribe { .. } => {
            Ok(ExitCode::SUCCESS)
        }
    };
    desk.lock().await.map_err(told)?;
    done
}

fn list(desk: &Desk) -> anyhow::Result<ExitCode> {
    for card in desk.profiles().list().map_err(told)? {
        let state = if card.sample { "sample" } else { "" };
        println!("{}  {:?}  {}  {state}", card.id, card.kind, card.country);
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(desk: &Arc<Desk>, profile: Option<ProfileId>) -> anyhow::Result<ExitCode> {
    let opened = open(desk, profile).await?;
    let check = opened.verify().await.map_err(told)?;
    println!("database  {}", if check.database { "sound" } else { "DAMAGED" });
    println!("audit     {} lines, {}", check.lines, if check.audit { "unbroken" } else { "BROKEN" });
    println!("files     {} sound, {} damaged", check.files, check.files_damaged);
    Ok(if check.sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens a profile with the password that is typed.
async fn open(desk: &Arc<Desk>, profile: Option<ProfileId>) -> anyhow::Result<Arc<Opened>> {
    let profile = match (profile, desk.profiles().list().map_err(told)?.as_slice()) {
        (Some(profile), _) => profile,
        (None, [only]) => only.id,
        (None, []) => bail!("There is no profile here yet."),
        (None, _) => bail!("There are several profiles here: say which with --profile."),
    };
    eprintln!("Password:");
    let mut password = String::new();
    io::stdin().lock().read_line(&mut password).context("reading the password")?;
    desk.unlock(profile, password.trim_end_matches(['\r', '\n'])).await.map_err(told)
}

async fn walk_through_the_sample(desk: &Arc<Desk>, home: &Home) -> anyhow::Result<ExitCode> {
    let known = desk.profiles().list().map_err(told)?;
    if home.is_the_usual() {
        bail!("The sample practice has a password that everybody knows: name a folder for it with --home.");
    }
    let opened = match known.iter().find(|card| card.sample) {
        Some(card) => desk.unlock(card.id, sample::PASSWORD).await.map_err(told)?,
        None => sample::make(desk).await?,
    };
    println!("The sample practice, sealed in {}", opened.folder().display());
    println!("It opens with the password {}", sample::PASSWORD);
    println!();
    show_patients(&opened).await?;
    show_a_mood(&opened).await?;
    speech::show_the_sample(desk, &opened).await?;
    let check = opened.verify().await.map_err(told)?;
    println!(
        "Checked: {} audit lines, database and chain {}",
        check.lines,
        if check.sound() { "sound" } else { "NOT SOUND" }
    );
    println!("The log is in {}", home.logs().display());
    Ok(if check.sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn show_patients(opened: &Opened) -> anyhow::Result<()> {
    let found = opened.read(async |tx| patients::find(tx, "", Standing::Active).await).await.map_err(told)?;
    for one in &found {
        let mood = one.latest_mood.map_or_else(|| "–".to_owned(), |score| format!("{score}/10"));
        println!("  {:<28} latest mood {mood}", one.patient.details.name.reveal());
    }
    println!("{} patients", found.len());
    println!();
    Ok(())
}

async fn show_a_mood(opened: &Opened) -> anyhow::Result<()> {
    let found = opened.read(async |tx| patients::find(tx, "", Standing::Active).await).await.map_err(told)?;
    let first = found.first().context("the sample practice has patients")?;
    let new = NewMood {
        patient: first.patient.id,
        score: 6,
        words: Some("logged without a window".to_owned().into()),
        felt_at: None,
    };
    let mood = opened.write(opened.author(), async |tx| moods::log(tx, &new).await).await.map_err(told)?;
    let history = opened.read(async |tx| tx.history(mood.id).await).await.map_err(told)?;
    println!(
        "Logged a mood of 6 for {}; the audit says: {}",
        first.patient.details.name.reveal(),
        history[0].0
    );
    opened.write(opened.author(), async |tx| moods::withdraw(tx, mood.id).await).await.map_err(told)?;
    println!("And withdrew it again, so that the sample stays as it was.");
    println!();
    Ok(())
}

/// A failure as a script reads it: the code, and the chain behind it.
fn told(error: impl Coded + std::error::Error + Send + Sync + 'static) -> anyhow::Error {
    let code = error.code();
    anyhow::Error::new(error).context(format!("{code}"))
}

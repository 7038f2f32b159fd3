//! Models, and writing a sound file down, without a window.

use std::{path::Path, process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use attune_practice::{sessions, transcripts};
use attune_scribe::transcribing::FileSound;
use attune_speech::{
    models::{Catalogue, Fits, Machine, PRACTICE, Shelf, advice},
    said::{Role, Segment, Transcription},
    sound::Sound,
    speakers::Naming,
    writing::{self, Options},
};
use attune_store::{JobState, Opened};
use serde::Serialize;

use super::told;
use crate::{
    Home,
    desk::{self, Desk},
    itself,
};

/// How far back the sample session is looked for.
const LATELY: u32 = 20;
/// How long nothing may happen to it.
const LONGEST_WAIT: Duration = Duration::from_secs(120);

/// Which models there are, which of them are here, and which would suit this computer.
pub fn models(home: &Home) -> anyhow::Result<ExitCode> {
    let (catalogue, machine) = (Catalogue::ours(), Machine::this());
    let shelf = Shelf::at(home.models());
    let installed = shelf.installed().map_err(told)?;
    println!(
        "This computer: {} cores, {:.1} GB of memory. Models lie in {}",
        machine.physical_cores,
        machine.memory_bytes as f64 / 1e9,
        home.models().display()
    );
    let best = advice(catalogue.models(), &machine, Some("en"));
    let best = best.first().filter(|best| best.fits != Fits::No).map(|best| best.model.id.clone());
    for model in catalogue.models() {
        let here = if installed.iter().any(|here| here.id == model.id) { "  (here)" } else { "" };
        let fits = match machine.fits(model.about_bytes) {
            Fits::Well => "fits well",
            Fits::Tight => "fits, and little beside it",
            Fits::No => "too large",
        };
        let wer = model.wer.map_or_else(|| "–".to_owned(), |wer| format!("{wer:.2} %"));
        println!(
            "{:<34} {:>5} MB  {:>3} languages  {wer:>7} words wrong, as published  {}  {fits}{here}{}",
            model.id,
            model.about_bytes / 1_000_000,
            model.languages.len(),
            model.licence,
            if best.as_ref() == Some(&model.id) { "  (advised for English)" } else { "" },
        );
    }
    for brought in installed.iter().filter(|model| model.brought) {
        println!("{:<34} brought in from a file", brought.id);
    }
    println!("{PRACTICE:<34} the practice model: made-up voices and a few hundred words, no people");
    Ok(ExitCode::SUCCESS)
}

/// Writes a sound file down. Keeps nothing.
pub async fn transcribe(
    home: &Home,
    file: &Path,
    model: Option<&Path>,
    speakers: Option<usize>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let shelf = Shelf::at(home.models());
    let (name, path) = match model {
        Some(path) if path.is_file() => (stem(path), path.to_owned()),
        Some(named) => {
            let id = named.to_string_lossy().into_owned();
            let path = shelf.path_of(&id).map_err(told);
            let path =
                path.with_context(|| format!("There is no model file and no model of the name {id}."))?;
            (id, path)
        }
        None => {
            eprintln!("Written with the practice model, which knows made-up voices and a few hundred words.");
            (PRACTICE.to_owned(), shelf.path_of(PRACTICE).map_err(told)?)
        }
    };
    let mut sound = FileSound::open(file.to_owned()).map_err(told)?;
    let mut engine = desk::engine(itself()?, name, path);
    let naming = Naming { speakers, ..Naming::default() };
    let options = Options { language: None, channels: sound.channels(), longest_ms: 30_000 };
    let written = writing::write_down(&mut sound, &mut engine, options, &naming, &mut |_| {}).await;
    let written = written.map_err(told)?;
    if json {
        println!("{}", serde_json::to_string(&Printed::of(&written))?);
    } else {
        for segment in &written.segments {
            println!("{:>8}  {:<10} {}", clock(segment.t0), who(&written, segment), segment.text().reveal());
        }
        for hole in &written.holes {
            println!("{:>8}  not written down until {}", clock(hole.span.t0), clock(hole.span.t1));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Waits until the sample session is written down, and prints it from where it is kept.
pub async fn show_the_sample(desk: &Desk, opened: &Opened) -> anyhow::Result<()> {
    let mut changes = opened.changes();
    let (transcript, words) = loop {
        let found = opened.read(async |tx| {
            for session in sessions::lately(tx, LATELY).await? {
                let written = transcripts::of_session(tx, session.id).await?;
                if let Some(current) = written.into_iter().find(|transcript| transcript.current) {
                    let words = transcripts::words(tx, current.id).await?;
                    return Ok(Some((current, words)));
                }
            }
            Ok(None)
        });
        if let Some(found) = found.await.map_err(told)? {
            break found;
        }
        for job in opened.read(async |tx| tx.open_jobs().await).await.map_err(told)? {
            if job.state == JobState::Stopped {
                bail!("The sample session was not written down: {:?}", job.why);
            }
        }
        desk.transcriber().wake();
        // Falling behind the changes is a change.
        let _changed =
            tokio::time::timeout(LONGEST_WAIT, changes.recv()).await.context("nothing is written")?;
    };
    println!(
        "The sample session, written down by {} with the model {}:",
        transcript.engine, transcript.model
    );
    print!("{}", transcripts::export::txt(&words));
    println!("It is sealed as transcript {} of recording {}", transcript.id, transcript.recording);
    println!();
    Ok(())
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn clock(ms: u32) -> String {
    let seconds = ms / 1_000;
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// What the speaker is called: by role while that is one's own, by number where several share it.
fn who(written: &Transcription, segment: &Segment) -> String {
    let number = segment.speaker + 1;
    match written.speakers.get(usize::from(segment.speaker)).map(|speaker| speaker.role) {
        Some(Role::Clinician) => "clinician".to_owned(),
        Some(Role::Client) => "client".to_owned(),
        Some(Role::Other) | None => format!("speaker {number}"),
    }
}

/// As scripts read it: times in seconds.
#[derive(Serialize)]
struct Printed<'a> {
    language: Option<&'a str>,
    engine: &'a str,
    model: &'a str,
    segments: Vec<PrintedSegment<'a>>,
    /// Where somebody speaks and nothing is written down: from, to.
    holes: Vec<(f64, f64)>,
}

#[derive(Serialize)]
struct PrintedSegment<'a> {
    speaker: String,
    t0: f64,
    t1: f64,
    text: String,
    confidence: f32,
    words: Vec<PrintedWord<'a>>,
}

#[derive(Serialize)]
struct PrintedWord<'a> {
    t0: f64,
    t1: f64,
    text: &'a str,
    p: f32,
}

impl<'a> Printed<'a> {
    fn of(written: &'a Transcription) -> Self {
        let segments = written.segments.iter().map(|segment| PrintedSegment {
            speaker: who(written, segment),
            t0: seconds(segment.t0),
            t1: seconds(segment.t1),
            text: segment.text().into_inner(),
            confidence: segment.confidence,
            words: segment
                .words
                .iter()
                .map(|word| PrintedWord {
                    t0: seconds(word.t0),
                    t1: seconds(word.t1),
                    text: word.text.reveal(),
                    p: word.p,
                })
                .collect(),
        });
        Self {
            language: written.language.as_deref(),
            engine: &written.engine,
            model: &written.model,
            segments: segments.collect(),
            holes: written.holes.iter().map(|hole| (seconds(hole.span.t0), seconds(hole.span.t1))).collect(),
        }
    }
}

fn seconds(ms: u32) -> f64 {
    f64::from(ms) / 1_000.0
}

//! The bench of writing down: the whole road of the product against the engine's own bare loop, on the same files, with
//! the same model and as many threads, turn by turn in one run.
//!
//! The bare loop is what the engine's own command line does: the model is loaded, the whole file goes in at once. The
//! product's time counts from the sound in memory to words with speakers, its worker already started, as it is in a
//! session. Where a truth lies beside a file, errors in words and in speakers are printed for both.

#![expect(clippy::disallowed_macros, reason = "a program of its own: its figures are what it is for")]

mod truth;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};
use attune_scribe::transcribing::FileSound;
use attune_speech::{
    engine::local::{IDLE, Local, LocalOptions},
    score,
    sound::{Held, RATE, Sound},
    speakers::Naming,
    worker::{Program, Threads},
    writing::{self, Options},
};
use transcribe_cpp::{Backend, Model, ModelOptions, RunOptions, SessionOptions};

use truth::Truth;

/// How often each is run; the middle one counts.
const TURNS: usize = 5;
const TARGET: f64 = 0.8;

struct Asked {
    model: PathBuf,
    worker: PathBuf,
    files: Vec<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let asked = asked()?;
    let threads = Threads::Spare.count(false);
    println!("model {}, {threads} thread(s)", asked.model.display());
    for file in &asked.files {
        measure(&asked, file, threads).await.with_context(|| format!("measuring {}", file.display()))?;
    }
    Ok(())
}

fn asked() -> Result<Asked> {
    let (mut model, mut worker, mut files) = (None, None, Vec::new());
    let mut words = std::env::args_os().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some("--model") => model = words.next().map(PathBuf::from),
            Some("--worker") => worker = words.next().map(PathBuf::from),
            _ => files.push(PathBuf::from(word)),
        }
    }
    let (Some(model), Some(worker)) = (model, worker) else {
        bail!("--model and --worker say what is measured")
    };
    ensure!(!files.is_empty(), "Which sound files?");
    Ok(Asked { model, worker, files })
}

async fn measure(asked: &Asked, file: &Path, threads: u32) -> Result<()> {
    let channels = read(file)?;
    let seconds = channels[0].len() as f64 / f64::from(RATE);
    let mono = mixed(&channels);
    let bare_model =
        Model::load_with(&asked.model, &ModelOptions { backend: Backend::Cpu, ..ModelOptions::default() })?;
    let session = SessionOptions { n_threads: i32::try_from(threads)?, ..SessionOptions::default() };
    let mut local = Local::new(
        Program { program: asked.worker.clone(), args: Vec::new() },
        LocalOptions {
            model: asked.model.clone(),
            name: "measured".to_owned(),
            threads: Threads::AtMost(threads),
            gpu: false,
            idle: IDLE,
        },
    );
    let opened = Instant::now();
    local.open().await?;
    let started = opened.elapsed();

    let (mut ours, mut bare, mut written, mut plain) = (Vec::new(), Vec::new(), None, String::new());
    for _ in 0..TURNS {
        let mut sound = Held::new(channels.clone());
        let options = Options { language: None, channels: channels.len(), longest_ms: 30_000 };
        let began = Instant::now();
        let naming = Naming::default();
        written = Some(writing::write_down(&mut sound, &mut local, options, &naming, &mut |_| {}).await?);
        ours.push(began.elapsed().as_secs_f64());

        let began = Instant::now();
        let mut session = bare_model.session_with(&session)?;
        plain = session.run(&mono, &RunOptions::default())?.text;
        bare.push(began.elapsed().as_secs_f64());
    }
    let written = written.context("nothing was measured")?;
    let memory = local.memory();
    local.rest().await;
    ensure!(local.pid().is_none(), "the worker did not give its memory back");

    let (ours, bare) = (middle(&mut ours), middle(&mut bare));
    let verdict = if ours / bare <= TARGET { "met" } else { "MISSED" };
    println!("\n{}  {seconds:.0} s", file.display());
    println!(
        "  product       {ours:>7.3} s   {:>6.0} times real time   (worker ready after {:.3} s)",
        seconds / ours,
        started.as_secs_f64()
    );
    println!("  bare engine   {bare:>7.3} s   {:>6.0} times real time", seconds / bare);
    println!(
        "  ratio         {:>7.2}     target {TARGET}   {verdict}   (the middle of {TURNS} turns)",
        ours / bare
    );
    if let Some(memory) = memory {
        let peak =
            memory.peak_bytes.map_or_else(|| "–".to_owned(), |peak| format!("{:.0} MB", peak as f64 / 1e6));
        println!("  worker        {peak} at its most, none after it rested");
    }
    if let Some(truth) = Truth::beside(file)? {
        let said: Vec<String> = written.segments.iter().map(|segment| segment.text().into_inner()).collect();
        let errors = score::word_errors(&truth.text(), &said.join(" "));
        let plain = score::word_errors(&truth.text(), &plain);
        println!(
            "  word errors   product {:.2} % (S {} D {} I {}), bare {:.2} %, of {} words",
            errors.rate() * 100.0,
            errors.substituted,
            errors.deleted,
            errors.inserted,
            plain.rate() * 100.0,
            errors.words
        );
        if let Some(turns) = truth.turns() {
            let told: Vec<score::Turn> = written
                .segments
                .iter()
                .flat_map(|segment| segment.words.iter().map(|word| (segment.speaker, word.t0, word.t1)))
                .map(|(speaker, t0, t1)| truth::turn(speaker.into(), t0, t1))
                .collect();
            let errors = score::speaker_errors(&turns, &told);
            println!("  speaker error {:.2} % of the time in which words are told", errors.rate() * 100.0);
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<Vec<f32>>> {
    let mut sound = FileSound::open(file.to_owned())?;
    let mut channels = vec![Vec::new(); sound.channels()];
    while sound.next(&mut channels)? > 0 {}
    ensure!(!channels[0].is_empty(), "there is no sound in it");
    Ok(channels)
}

fn mixed(channels: &[Vec<f32>]) -> Vec<f32> {
    let share = 1.0 / channels.len() as f32;
    (0..channels[0].len()).map(|at| channels.iter().map(|channel| channel[at] * share).sum()).collect()
}

fn middle(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

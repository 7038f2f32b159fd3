//! The one who is killed: records from a microphone whose samples are known, and says on its output how far
//! the microphone has come.
//!
//! A line `reached N` is out before the sample with that number can be in the ring, so the last line is never
//! behind the truth: what is lost is, if anything, overstated by [`STEP`].

use std::{
    io::Write,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::channel,
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use attune_audio::{
    ear::{Ear, Heard, Quality, SteadyPace},
    source::Wanted,
    spool::SpoolWriter,
};
use attune_kernel::SystemClock;
use attune_testkit::stage::Stage;
use attune_vault::FileKey;

use crate::{
    asked::Asked,
    known::{RATE, sample},
};

/// How often the microphone says how far it has come: every 5 ms.
pub const STEP: u64 = RATE as u64 / 200;

/// Nobody kills for so long: the one who should is gone.
const FORGOTTEN: Duration = Duration::from_secs(120);

/// Records until it is killed.
pub fn run(asked: &Asked) -> Result<bool> {
    let file: PathBuf = asked.given("file")?.context("a file to keep in")?;
    let key: Key = asked.given("key")?.context("a key")?;
    let cold = asked.or("cold", false)?;
    asked.nothing_else()?;

    let (pace, reached) = (Arc::new(SteadyPace::default()), Arc::new(AtomicU64::new(0)));
    let stage = Stage::new(pace.clone());
    let script = {
        let reached = Arc::clone(&reached);
        move |index: u64| {
            if index.is_multiple_of(STEP) {
                reached.store(index + STEP, Ordering::Release);
                say(&format!("reached {}", index + STEP));
            }
            f32::from(sample(index)) / 32_768.0
        }
    };
    stage.plug("stage-microphone", RATE, 1, Arc::new(script));
    let (tell, told) = channel();
    let tell = Box::new(move |heard| {
        let _nobody_listens = tell.send(heard);
    });
    let ear = Ear::listen(Arc::new(stage), vec![Wanted::Default], Arc::new(SystemClock), pace, tell)?;
    if !cold {
        while !matches!(told.recv_timeout(Duration::from_secs(20))?, Heard::Level(_)) {}
    }
    say(&format!("asked {}", reached.load(Ordering::Acquire)));
    ear.keep(Quality::Voice, Box::new(move |begun| SpoolWriter::create(&file, &key.0, begun)))?;
    say("keeping");
    let began = Instant::now();
    while let Some(left) = FORGOTTEN.checked_sub(began.elapsed()) {
        if told.recv_timeout(left).is_ok_and(|heard| matches!(heard, Heard::Ended(_))) {
            break;
        }
    }
    ensure!(began.elapsed() >= FORGOTTEN, "the recording ended by itself");
    Ok(false)
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        // Nobody is left to hear it, or to kill this.
        std::process::exit(1);
    }
}

/// A spool's key on a command line: the spool holds nobody's voice.
pub struct Key(pub FileKey);

impl std::str::FromStr for Key {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut bytes = [0; 32];
        ensure!(text.len() == 64 && text.is_ascii(), "a key has 64 digits");
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at * 2..at * 2 + 2], 16)?;
        }
        Ok(Self(FileKey::from_bytes(bytes)))
    }
}

impl Key {
    pub fn text(&self) -> String {
        self.0.bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

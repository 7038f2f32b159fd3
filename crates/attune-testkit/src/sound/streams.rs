//! What is said to a microphone, and what is heard from the loudspeaker.

use std::{
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
};

use super::{PATIENCE, VirtualSound, server};

/// A file that is being said. Dropping it falls silent.
pub struct Saying(Child);

impl Saying {
    pub(super) fn start(sound: &VirtualSound, into: &str, wav: &Path) -> Self {
        let mut player = Command::new("paplay");
        player.arg(format!("--device={into}")).arg(wav).stdin(Stdio::null());
        Self(sound.lend(&mut player).spawn().expect("paplay comes with PulseAudio's tools"))
    }

    /// Waits until all of it has been said.
    pub fn finish(mut self) {
        assert!(self.0.wait().expect("a child can be waited for").success(), "the file was not said");
    }
}

impl Drop for Saying {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

#[derive(Default)]
struct Heard {
    samples: Mutex<Vec<f32>>,
    more: Condvar,
}

/// The loudspeaker, listened to. Dropping it stops.
pub struct Hearing {
    recorder: Child,
    heard: Arc<Heard>,
}

impl Hearing {
    /// Samples a second.
    pub const RATE: u32 = 48_000;

    pub(super) fn start(sound: &VirtualSound) -> Self {
        let mut recorder = Command::new("parec");
        recorder
            .arg(format!("--device={}.monitor", server::LOUDSPEAKER))
            .args(["--raw", "--format=float32le", "--channels=1", "--latency-msec=20"])
            .arg(format!("--rate={}", Self::RATE))
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut recorder = sound.lend(&mut recorder).spawn().expect("parec comes with PulseAudio's tools");
        let output = recorder.stdout.take().expect("its output was asked for");
        let heard = Arc::new(Heard::default());
        let ear = Arc::clone(&heard);
        thread::spawn(move || listen(output, &ear));
        let hearing = Self { recorder, heard };
        hearing.wait_for(1);
        hearing
    }

    /// Waits until this much has been heard in all.
    pub fn wait_for(&self, samples: usize) {
        let heard = self.heard.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let (heard, waited) = self
            .heard
            .more
            .wait_timeout_while(heard, PATIENCE, |heard| heard.len() < samples)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!waited.timed_out(), "heard {} of {samples} samples", heard.len());
    }

    /// Everything heard so far.
    pub fn so_far(&self) -> Vec<f32> {
        self.heard.samples.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        end(&mut self.recorder);
    }
}

fn listen(mut output: impl Read, ear: &Heard) {
    let mut bytes = [0; 4096];
    let mut waiting = Vec::new();
    // It ends when the recorder is stopped or fails; what was heard until then is judged by the test.
    while let Ok(read @ 1..) = output.read(&mut bytes) {
        waiting.extend_from_slice(&bytes[..read]);
        let whole = waiting.len() / 4 * 4;
        let samples = waiting[..whole]
            .chunks_exact(4)
            .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        ear.samples.lock().unwrap_or_else(PoisonError::into_inner).extend(samples);
        waiting.drain(..whole);
        ear.more.notify_all();
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    child.kill().ok();
    child.wait().ok();
}

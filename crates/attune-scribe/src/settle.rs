//! Settling: the rows of every recording that is no longer being written, told by its spool.
//!
//! One path for all: a Stop, a disk that was full, a Stop behind a lock, a crash, a power cut. It runs when
//! the practice is opened, before a screen can ask, and after every end. It only ever adds to the rows; no
//! recording is shortened, repaired or removed. A copy that was to be smaller and was left half made is none: it
//! goes, and what it is a copy of stays.

use attune_audio::spool::{self, GapReason, PauseReason, SpoolReader, Story, Why, Worry};
use attune_kernel::{Code, Coded, Private, RecordingId};
use attune_practice::{
    recordings::{
        self, Bookmark, DeviceUse, Finished, Gap, GapWhy, Health, HealthWarning, HealthWarningKind, Pause,
        PauseWhy, Recording,
    },
    sessions,
};
use attune_store::{SpoolPlace, Store};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Error, Result};

/// The work that waits for a recording that is settled.
pub const TRANSCRIBE: &str = "transcribe";

/// What was settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub recording: Recording,
    /// Whether it was cut off, and comes from what was on the disk.
    pub recovered: bool,
}

/// Writes the rows of every recording that is not `busy`. A recording's end, its session's and the job that
/// transcribes it are one transaction.
pub(crate) async fn settle(store: &Store, busy: &[RecordingId]) -> Result<Vec<Settled>> {
    if store.read(async |tx| recordings::leftover_copies(tx, busy).await).await? {
        store.write(store.author(), async |tx| recordings::drop_copies(tx, busy).await).await?;
    }
    let unfinished = store.read(async |tx| recordings::unfinished(tx).await).await?;
    let (mut settled, mut failed) = (Vec::new(), None);
    for recording in unfinished.into_iter().filter(|recording| !busy.contains(&recording.id)) {
        // One that cannot be settled now keeps no other from it.
        match settle_one(store, recording).await {
            Ok(done) => settled.push(done),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(settled), Err)
}

async fn settle_one(store: &Store, recording: Recording) -> Result<Settled> {
    let place = store.read(async |tx| tx.spool_place(recording.file).await).await?;
    let told = tokio::task::spawn_blocking(move || tell(&place)).await.map_err(std::io::Error::other)?;
    let finished = match told {
        Ok((story, bytes)) => finished(&story, bytes),
        // A disk that does not answer now may answer later. The rows must not say for ever that there is
        // nothing.
        Err(error) if !holds_nothing(&error) => return Err(error),
        Err(error) => {
            tracing::warn!(recording = %recording.id, code = ?error.code(), "a spool tells nothing");
            nothing(&recording)
        }
    };
    let recovered = finished.recovered;
    let recording = store
        .write(store.author(), async |tx| {
            let done = recordings::finish(tx, recording.id, &finished).await?;
            let session = if recovered {
                sessions::interrupt(tx, recording.session, finished.ended_at).await
            } else {
                sessions::end(tx, recording.session, finished.ended_at).await
            };
            match session {
                // News from elsewhere may have ended it meanwhile: that is no reason to lose this.
                Err(error) if error.code() != Code::SessionOver => return Err(error),
                _ => {}
            }
            if finished.duration_ms > 0 {
                tx.queue_job(TRANSCRIBE, recording.id).await?;
            }
            Ok(done)
        })
        .await?;
    Ok(Settled { recording, recovered })
}

/// Whether the file is not there, or holds no first frame: then no later look finds more.
fn holds_nothing(error: &Error) -> bool {
    matches!(error.code(), Code::FileMissing | Code::AudioDamaged)
}

fn tell(place: &SpoolPlace) -> Result<(Story, u64)> {
    let reader = SpoolReader::open(&place.path, &place.key)?;
    Ok((reader.story().clone(), reader.bytes()))
}

/// A recording of which the disk holds nothing: it was cut off before its first frame.
fn nothing(recording: &Recording) -> Finished {
    Finished {
        ended_at: recording.began_at,
        duration_ms: 0,
        bytes: 0,
        bookmarks: Vec::new(),
        health: Health::default(),
        recovered: true,
    }
}

/// What the rows say, from what the spool says.
fn finished(story: &Story, bytes: u64) -> Finished {
    let ms = |samples| i64::try_from(spool::to_ms(samples, story.begun.rate)).unwrap_or(i64::MAX);
    let pauses: Vec<Pause> = story
        .pauses
        .iter()
        .map(|pause| Pause {
            at_ms: ms(pause.at),
            // One that nobody ended lasted until the recording did.
            ms: pause
                .until
                .or(story.ended.map(|ended| ended.on))
                .map_or(0, |until| (until - pause.since).num_milliseconds().max(0)),
            why: match pause.why {
                PauseReason::Private => PauseWhy::Private,
                PauseReason::Slept => PauseWhy::Slept,
                PauseReason::Consent => PauseWhy::Consent,
            },
        })
        .collect();
    let health = Health {
        level_db: story.voice_db(),
        peak_db: (story.peak > 0.0).then(|| 20.0 * story.peak.log10()),
        gaps: story
            .gaps
            .iter()
            .map(|gap| Gap {
                at_ms: ms(gap.at),
                ms: ms(gap.samples),
                why: match gap.why {
                    GapReason::Device => GapWhy::Device,
                    GapReason::Starved => GapWhy::Starved,
                    GapReason::Damaged => GapWhy::Damaged,
                },
            })
            .collect(),
        devices: story
            .devices
            .iter()
            .map(|device| DeviceUse {
                at_ms: ms(device.at),
                channel: u32::from(device.channel),
                name: Private::new(device.name.clone()),
            })
            .collect(),
        warnings: story
            .worries
            .iter()
            .map(|(at, what)| HealthWarning { at_ms: ms(*at), what: warning(*what) })
            .chain(story.ended.and_then(|ended| {
                let what = match ended.why {
                    Why::DiskFull => HealthWarningKind::DiskFull,
                    Why::DiskFailed => HealthWarningKind::ReadOnly,
                    _ => return None,
                };
                Some(HealthWarning { at_ms: ms(ended.at), what })
            }))
            .collect(),
        pauses,
    };
    Finished {
        ended_at: ended_at(story),
        duration_ms: ms(story.end),
        bytes,
        bookmarks: story
            .marks
            .iter()
            .map(|mark| Bookmark { at_ms: ms(mark.at), word: mark.word.clone() })
            .collect(),
        health,
        recovered: story.ended.is_none(),
    }
}

const fn warning(what: Worry) -> HealthWarningKind {
    match what {
        Worry::NoSignal => HealthWarningKind::NoSignal,
        Worry::TooQuiet => HealthWarningKind::TooQuiet,
        Worry::Clipping => HealthWarningKind::Clipping,
        Worry::DiskLow => HealthWarningKind::DiskLow,
        Worry::DiskFailing => HealthWarningKind::ReadOnly,
        Worry::ClockChanged => HealthWarningKind::ClockChanged,
        Worry::FileDamaged => HealthWarningKind::FileDamaged,
    }
}

/// When it ended: as it says, or as much later than it began as it has sound and pauses.
fn ended_at(story: &Story) -> DateTime<Utc> {
    if let Some(ended) = story.ended {
        return ended.on;
    }
    let paused: TimeDelta = story.pauses.iter().filter_map(|pause| Some(pause.until? - pause.since)).sum();
    let heard = TimeDelta::milliseconds(i64::try_from(story.ms()).unwrap_or(0));
    story.begun.at + heard + paused.max(TimeDelta::zero())
}

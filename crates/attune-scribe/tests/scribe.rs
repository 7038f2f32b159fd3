//! The scribe and all that can happen to it: every road from one phase to the next, with a real store, a real
//! spool and microphones on a stage.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, channel},
    },
    time::{Duration, Instant},
};

use attune_audio::{
    ear::{Quality, SteadyPace},
    source::{DeviceKey, Wanted},
};
use attune_kernel::{Clock, Code, Coded, PatientId, Private, ProfileId, SessionId, SystemClock};
use attune_practice::{
    consents::{self, ConsentKind, NewConsent},
    patients::{self, NewPatient},
    recordings::{PauseWhy, RecordingState},
    sessions::{self, NewSession, Place, Session, SessionState},
    team::{self, Founding},
};
use attune_scribe::{
    Ending, Happening, Paused, Phase, Probe, Prompt, RecorderState, Scribe, Starting, Told, Warning,
};
use attune_store::profiles::ProfileKind;
use attune_testkit::{
    StoreInFolder,
    stage::{Script, Stage},
};
use chrono::{DateTime, Utc};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(12);

/// A voice that is not there: a hum with a beat, and a hiss that no room is without.
fn hum() -> Script {
    Arc::new(|at| {
        let hiss = ((at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 48) as f32 / 65_536.0 - 0.5) * 0.01;
        (at as f64 * 220.0 * std::f64::consts::TAU / 48_000.0).sin() as f32 * 0.3 + hiss
    })
}

/// This machine's clock, until it is broken: then whoever asks it falls over.
#[derive(Default)]
struct Brittle(AtomicBool);

impl Clock for Brittle {
    fn now(&self) -> DateTime<Utc> {
        assert!(!self.0.load(Ordering::Acquire), "the clock is broken, as the test wants it");
        SystemClock.now()
    }
}

/// A practice with a patient who agreed, and a scribe with a stage before it.
struct Room {
    store: StoreInFolder,
    stage: Stage,
    scribe: Arc<Scribe>,
    clock: Arc<Brittle>,
    told: Receiver<Told>,
    patient: PatientId,
    profile: ProfileId,
    _folder: TempDir,
}

impl Room {
    async fn open() -> Self {
        let store = StoreInFolder::create().await;
        let founding = Founding {
            kind: ProfileKind::Practice,
            name: Private::new("Ingrid Lindqvist".into()),
            practice_name: Some(Private::new("Lindqvist Practice".into())),
            country: "GB".into(),
        };
        let patient = store
            .write(store.author(), async |tx| {
                team::found(tx, &founding).await?;
                let named = NewPatient { name: Private::new("Maya Okafor".into()), ..NewPatient::default() };
                let patient = patients::create(tx, &named).await?.id;
                let kind = ConsentKind::Recording;
                let version = consents::text(kind).version;
                let signed_by = Private::new("Maya Okafor".into());
                consents::give(tx, &NewConsent { patient, kind, version, signed_by }).await?;
                Ok(patient)
            })
            .await
            .unwrap();
        let stage = Stage::new(Arc::new(SteadyPace::default()));
        let (folder, clock) = (TempDir::new().unwrap(), Arc::new(Brittle::default()));
        let (tell, told) = channel();
        let tell: attune_scribe::Tell = Arc::new(move |said| {
            // The test may be over.
            let _gone = tell.send(said);
        });
        let (microphones, times) = (Arc::new(stage.clone()), Arc::<Brittle>::clone(&clock));
        let scribe = Scribe::new(microphones, times, folder.path().to_owned(), tell).unwrap();
        let profile = ProfileId::new(SystemClock.now());
        Self { store, stage, scribe, clock, told, patient, profile, _folder: folder }
    }

    fn plug(&self, name: &str) -> DeviceKey {
        self.stage.plug(name, 48_000, 1, hum())
    }

    async fn try_to_start(&self) -> attune_scribe::Result<Session> {
        let session = NewSession {
            patient: self.patient,
            planned_minutes: Some(50),
            place: Place::Room,
            attendees: Vec::new(),
            confirmed: true,
        };
        let starting = Starting { profile: self.profile, quality: Quality::Voice };
        self.scribe.start(&self.store, starting, &session).await
    }

    async fn start(&self) -> SessionId {
        self.try_to_start().await.unwrap().id
    }

    fn happen(&self, happening: Happening) -> RecorderState {
        self.scribe.happen(happening).unwrap()
    }

    fn refusal(&self, happening: Happening) -> Code {
        self.scribe.happen(happening).unwrap_err().code()
    }

    /// Waits until the picture is like this.
    fn until(&self, like: impl Fn(&RecorderState) -> bool) -> RecorderState {
        let began = Instant::now();
        loop {
            let state = self.scribe.state();
            if like(&state) {
                return state;
            }
            let left = PATIENCE.saturating_sub(began.elapsed());
            let said = self.told.recv_timeout(left);
            assert!(said.is_ok(), "the recorder stays {state:?}");
        }
    }

    fn until_phase(&self, phase: Phase) -> RecorderState {
        self.until(|state| state.phase == phase)
    }

    fn until_kept(&self, ms: u64) -> RecorderState {
        self.until(|state| state.elapsed_ms >= ms)
    }

    /// Waits until the microphone delivers nothing any more, because nobody listens.
    fn until_closed(&self, key: &DeviceKey) {
        let began = Instant::now();
        let mut offered = self.stage.offered(key);
        loop {
            std::thread::park_timeout(Duration::from_millis(150));
            let now = self.stage.offered(key);
            if now == offered {
                return;
            }
            offered = now;
            assert!(began.elapsed() < PATIENCE, "the microphone stays open");
        }
    }

    async fn settled(&self, session: SessionId) -> Session {
        self.scribe.settle(&self.store).await.unwrap();
        self.store.read(async |tx| sessions::read(tx, session).await).await.unwrap()
    }
}

#[tokio::test]
async fn a_session_goes_from_start_over_a_pause_and_a_sleep_to_its_stop_and_only_a_person_resumes_it() {
    let room = Room::open().await;
    let desk = room.plug("Desk");
    assert_eq!(room.refusal(Happening::Pause), Code::NotRecording);
    let session = room.start().await;
    assert_eq!(room.try_to_start().await.unwrap_err().code(), Code::AlreadyRecording);
    room.until_phase(Phase::Recording);
    room.until_kept(300);
    room.happen(Happening::Bookmark { word: Some(Private::new("the letter".into())), at_ms: None });
    room.happen(Happening::Pause);
    let paused = room.until_phase(Phase::Paused);
    assert_eq!((paused.paused_for, paused.bookmarks), (Some(Paused::Private), 1));
    room.until_closed(&desk);
    // A machine that sleeps in a private moment does not make it another one.
    let asleep = room.happen(Happening::Slept);
    assert_eq!((asleep.phase, asleep.paused_for), (Phase::Paused, Some(Paused::Private)));
    assert_eq!(asleep.prompts, [Prompt::Slept]);
    let resumed = room.happen(Happening::Resume);
    assert_eq!((resumed.phase, resumed.paused_for), (Phase::Searching, None));
    assert!(resumed.prompts.is_empty());
    room.until_phase(Phase::Recording);
    room.happen(Happening::Slept);
    let slept = room.until_phase(Phase::Paused);
    assert_eq!((slept.paused_for, slept.prompts), (Some(Paused::Slept), vec![Prompt::Slept]));
    room.until_closed(&desk);
    let ended = room.happen(Happening::Stop);
    assert_eq!((ended.phase, ended.ended), (Phase::Idle, Some(Ending::Asked)));
    assert_eq!(room.refusal(Happening::Stop), Code::NotRecording);
    assert_eq!(room.refusal(Happening::Resume), Code::NotRecording);

    let session = room.settled(session).await;
    let recording = &session.recordings[0];
    assert_eq!((session.state, recording.state), (SessionState::Recorded, RecordingState::Kept));
    assert!(recording.duration_ms >= 300);
    let whys: Vec<PauseWhy> = recording.health.pauses.iter().map(|pause| pause.why).collect();
    assert_eq!(whys, [PauseWhy::Private, PauseWhy::Slept]);
    assert!(recording.health.pauses[1].ms >= 100, "it lasted until the end: {:?}", recording.health.pauses);
    assert!(recording.health.gaps.is_empty(), "{:?}", recording.health.gaps);
}

#[tokio::test]
async fn a_microphone_that_goes_is_searched_for_and_the_warning_goes_when_it_is_back() {
    let room = Room::open().await;
    let desk = room.plug("Desk");
    let session = room.start().await;
    room.until_kept(300);
    room.stage.unplug(&desk, true);
    let searching = room.until_phase(Phase::Searching);
    assert_eq!((searching.device, searching.warnings), (None, vec![Warning::DeviceLost]));
    room.stage.replug(&desk);
    let back = room.until_phase(Phase::Recording);
    assert_eq!((back.device.as_deref(), back.warnings), (Some("Desk"), Vec::new()));
    let kept = back.elapsed_ms;
    room.until_kept(kept + 300);
    // What was on while it was paused is not on for ever.
    room.stage.unplug(&desk, true);
    room.until_phase(Phase::Searching);
    room.happen(Happening::Pause);
    room.until(|state| state.phase == Phase::Paused && state.warnings.is_empty());
    room.stage.replug(&desk);
    room.happen(Happening::Resume);
    room.until(|state| state.phase == Phase::Recording && state.warnings.is_empty());
    room.happen(Happening::Stop);
    assert!(!room.settled(session).await.recordings[0].health.gaps.is_empty());
}

#[tokio::test]
async fn one_of_two_microphones_may_go_and_the_recording_goes_on_with_a_warning() {
    let room = Room::open().await;
    let (desk, chair) = (room.plug("Desk"), room.plug("Chair"));
    let both = vec![Wanted::Device(desk.clone()), Wanted::Device(chair.clone())];
    room.happen(Happening::Listen(both));
    room.until(|state| state.device.as_deref() == Some("Desk + Chair"));
    room.start().await;
    room.until_kept(300);
    // Nothing may stand in for it.
    room.stage.unplug(&chair, false);
    room.stage.deny(true);
    let warned = room.until(|state| !state.warnings.is_empty());
    assert_eq!(warned.phase, Phase::Recording);
    let kept = warned.elapsed_ms;
    let on = room.until(|state| state.elapsed_ms >= kept + 400 && state.device.is_some());
    assert_eq!((on.phase, on.device.as_deref()), (Phase::Recording, Some("Desk")));
    room.stage.replug(&chair);
    room.stage.deny(false);
    room.until(|state| state.warnings.is_empty() && state.device.as_deref() == Some("Desk + Chair"));
    room.happen(Happening::Stop);
}

#[tokio::test]
async fn a_consent_taken_back_ends_the_recording_of_that_patient_and_no_other() {
    let room = Room::open().await;
    let desk = room.plug("Desk");
    let session = room.start().await;
    room.until_kept(300);
    let somebody_else = PatientId::new(SystemClock.now());
    assert_eq!(room.happen(Happening::ConsentWithdrawn(somebody_else)).phase, Phase::Recording);
    let ended = room.happen(Happening::ConsentWithdrawn(room.patient));
    assert_eq!((ended.phase, ended.ended), (Phase::Idle, Some(Ending::Consent)));
    room.until_closed(&desk);
    let session = room.settled(session).await;
    assert_eq!((session.state, session.recordings[0].state), (SessionState::Recorded, RecordingState::Kept));
}

#[tokio::test]
async fn whoever_presses_stop_while_it_stops_waits_and_it_ends_once() {
    let room = Room::open().await;
    room.plug("Desk");
    room.start().await;
    room.until_kept(300);
    let pressed: Vec<_> = (0..4)
        .map(|_| {
            let scribe = Arc::clone(&room.scribe);
            std::thread::spawn(move || {
                let stopped = scribe.happen(Happening::Stop);
                (stopped.map_err(|error| error.code()), scribe.state().phase)
            })
        })
        .collect();
    for pressed in pressed {
        let (stopped, phase) = pressed.join().unwrap();
        // One that comes after the end is told that there is nothing to stop.
        assert!(matches!(stopped, Ok(_) | Err(Code::NotRecording)), "{stopped:?}");
        assert_eq!(phase, Phase::Idle);
    }
    let ended = room.told.try_iter().filter(|said| *said == Told::Ended).count();
    assert_eq!(ended, 1);
    room.start().await;
    room.happen(Happening::Stop);
}

#[tokio::test]
async fn settling_leaves_alone_what_is_being_recorded() {
    let room = Room::open().await;
    room.plug("Desk");
    let session = room.start().await;
    room.until_kept(200);
    assert_eq!(room.settled(session).await.state, SessionState::Recording);
    room.happen(Happening::Leave);
    assert_eq!(room.scribe.state().phase, Phase::Recording, "leaving the start of one ends no other");
    room.happen(Happening::Stop);
    assert_eq!(room.settled(session).await.state, SessionState::Recorded);
}

#[tokio::test]
async fn a_disk_that_does_not_answer_makes_no_recording_an_empty_one() {
    let room = Room::open().await;
    room.plug("Desk");
    let session = room.start().await;
    room.until_kept(300);
    room.happen(Happening::Stop);
    let files = room.store.path().join("files");
    let spool = fs::read_dir(&files).unwrap().next().unwrap().unwrap().path();
    let aside = files.join("aside");
    fs::rename(&spool, &aside).unwrap();
    // What stands in its place opens and does not read.
    fs::create_dir(&spool).unwrap();
    assert!(room.scribe.settle(&room.store).await.is_err());
    fs::remove_dir(&spool).unwrap();
    fs::rename(&aside, &spool).unwrap();
    let session = room.settled(session).await;
    assert_eq!(session.recordings[0].state, RecordingState::Kept);
    assert!(session.recordings[0].duration_ms >= 300);
}

#[tokio::test]
async fn an_ear_that_falls_over_puts_the_light_out_and_what_it_kept_is_recovered() {
    let room = Room::open().await;
    let desk = room.plug("Desk");
    let session = room.start().await;
    room.until_kept(600);
    room.clock.0.store(true, Ordering::Release);
    let fallen = room.until_phase(Phase::Idle);
    assert_eq!(fallen.ended, Some(Ending::DiskFailed));
    room.until_closed(&desk);
    room.clock.0.store(false, Ordering::Release);
    let session = room.settled(session).await;
    let recording = &session.recordings[0];
    assert_eq!((session.state, recording.state), (SessionState::Interrupted, RecordingState::Recovered));
    assert!(recording.duration_ms >= 350, "{}", recording.duration_ms);
    // And another one can begin.
    room.start().await;
    room.until_kept(200);
    room.happen(Happening::Stop);
}

#[tokio::test]
async fn an_ear_that_falls_over_while_it_is_stopped_is_over_all_the_same() {
    let room = Room::open().await;
    room.plug("Desk");
    let session = room.start().await;
    room.until_kept(400);
    room.clock.0.store(true, Ordering::Release);
    // Pressed before the second in which it would be noticed.
    let stopped = room.happen(Happening::Stop);
    assert_eq!((stopped.phase, stopped.ended.is_some()), (Phase::Idle, true));
    room.clock.0.store(false, Ordering::Release);
    assert_eq!(room.settled(session).await.recordings[0].state, RecordingState::Recovered);
}

#[tokio::test]
async fn trying_a_microphone_again_judges_it_again_and_leaving_closes_it() {
    let room = Room::open().await;
    let desk = room.plug("Desk");
    for _ in 0..2 {
        let listening = room.happen(Happening::Listen(vec![Wanted::Default]));
        assert_eq!((listening.phase, listening.probe), (Phase::Listening, Some(Probe::Listening)));
        room.until(|state| state.probe == Some(Probe::Good));
    }
    assert_eq!(room.happen(Happening::Leave).phase, Phase::Idle);
    room.until_closed(&desk);
}

//! Making a recording smaller, and what is left when that does not come to its end.

use std::{fs, sync::Arc};

use attune_audio::{
    codec::Codec as Packets,
    ear::SteadyPace,
    spool::{Begun, Framer, SpoolReader, SpoolWriter, Why},
};
use attune_kernel::{Code, Coded, Private, SystemClock};
use attune_practice::{
    consents::{self, ConsentKind, NewConsent},
    patients::{self, NewPatient},
    recordings::{self, Codec, Recording, RecordingState, Source},
    sessions::{self, NewSession, Place},
    team::{self, Founding},
};
use attune_scribe::Scribe;
use attune_store::{SpoolPlace, profiles::ProfileKind};
use attune_testkit::{StoreInFolder, stage::Stage};
use tempfile::TempDir;

const RATE: u32 = 24_000;

struct Room {
    store: StoreInFolder,
    scribe: Arc<Scribe>,
    place: SpoolPlace,
    recording: Recording,
    _folder: TempDir,
}

/// A recording of four seconds that was settled.
async fn recorded() -> Room {
    let store = StoreInFolder::create().await;
    let (folder, stage) = (TempDir::new().unwrap(), Stage::new(Arc::new(SteadyPace::default())));
    let (home, tell) = (folder.path().to_owned(), Arc::new(|_| {}));
    let scribe = Scribe::new(Arc::new(stage), Arc::new(SystemClock), home, tell).unwrap();
    let founding = Founding {
        kind: ProfileKind::Practice,
        name: Private::new("Ingrid Lindqvist".into()),
        practice_name: Some(Private::new("Lindqvist Practice".into())),
        country: "GB".into(),
    };
    let begun = store.write(store.author(), async |tx| {
        team::found(tx, &founding).await?;
        let named = NewPatient { name: Private::new("Maya Okafor".into()), ..NewPatient::default() };
        let patient = patients::create(tx, &named).await?.id;
        let kind = ConsentKind::Recording;
        let (version, signed_by) = (consents::text(kind).version, Private::new("Maya Okafor".into()));
        consents::give(tx, &NewConsent { patient, kind, version, signed_by }).await?;
        let new = NewSession {
            patient,
            planned_minutes: None,
            place: Place::Room,
            attendees: Vec::new(),
            confirmed: true,
        };
        let session = sessions::begin_recorded(tx, &new).await?;
        recordings::begin(tx, session.id, Source::Microphone).await
    });
    let (_, place) = begun.await.unwrap();
    let begun = Begun { v: 1, rate: RATE, channels: 1, codec: Packets::Flac, at: store.now() };
    let mut framer = Framer::new(SpoolWriter::create(&place.path, &place.key, begun).unwrap()).unwrap();
    let mut noise = 1_u32;
    for _ in 0..25 {
        let hiss = |_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((noise >> 8) as f32 / 8_388_608.0 - 1.0) * 0.05
        };
        framer.write(&[(0..framer.whole()).map(hiss).collect()]).unwrap();
    }
    framer.end(Why::Asked, store.now()).unwrap();
    let recording = scribe.settle(&store).await.unwrap().remove(0).recording;
    assert_eq!(recording.state, RecordingState::Kept);
    Room { store, scribe, place, recording, _folder: folder }
}

impl Room {
    async fn read(&self) -> Recording {
        self.store.read(async |tx| recordings::read(tx, self.recording.id).await).await.unwrap()
    }

    async fn copies(&self) -> usize {
        self.store.read(async |tx| tx.growing_copies().await).await.unwrap().len()
    }

    async fn make_smaller(&self) -> attune_scribe::Result<Recording> {
        self.scribe.make_smaller(&self.store, self.recording.id, |_, _| {}).await
    }
}

#[tokio::test]
async fn the_copy_takes_the_place_of_the_recording_and_is_made_once() {
    let room = recorded().await;
    let small = room.make_smaller().await.unwrap();
    assert_eq!((small.codec, small.state), (Codec::Small, RecordingState::Kept));
    assert!(!room.place.path.exists() && room.copies().await == 0);
    let place = room.store.read(async |tx| tx.spool_place(small.file).await).await.unwrap();
    let spool = SpoolReader::open(&place.path, &place.key).unwrap();
    assert_eq!((spool.bytes(), spool.story().begun.codec), (small.bytes, Packets::Opus));
    assert_eq!(room.make_smaller().await.unwrap(), small);
    assert!(room.store.verify().await.unwrap().sound());
}

#[tokio::test]
async fn a_copy_that_a_crash_left_half_written_goes_with_settling_and_the_recording_stays() {
    let room = recorded().await;
    let begun = room
        .store
        .write(room.store.author(), async |tx| recordings::begin_smaller(tx, room.recording.id).await);
    let copy = begun.await.unwrap();
    fs::write(&copy.path, b"ATNS1 and then the power went").unwrap();
    assert!(room.scribe.settle(&room.store).await.unwrap().is_empty(), "it is no recording");
    assert!(!copy.path.exists() && room.copies().await == 0);
    assert!(room.place.path.exists());
    assert_eq!(room.read().await, room.recording);
}

#[tokio::test]
async fn what_does_not_read_whole_stays_as_it_is_and_leaves_no_copy() {
    let room = recorded().await;
    let mut bytes = fs::read(&room.place.path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&room.place.path, &bytes).unwrap();
    assert_eq!(room.make_smaller().await.unwrap_err().code(), Code::AudioDamaged);
    assert_eq!((room.copies().await, room.read().await), (0, room.recording.clone()));
    assert!(fs::read(&room.place.path).unwrap() == bytes, "not a byte of it");
    let files = fs::read_dir(room.store.path().join("files")).unwrap().count();
    assert_eq!(files, 1);
}

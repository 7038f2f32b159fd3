//! Recordings without a practice, after they were cut off.

use std::fs;

use attune_audio::{
    codec::Codec,
    spool::{Begun, Framer, SpoolWriter},
};
use attune_kernel::{Clock, SystemClock};
use attune_scribe::alone;
use attune_vault::FileKey;
use tempfile::TempDir;

#[test]
fn one_that_does_not_read_keeps_no_other_from_being_recovered() {
    let folder = TempDir::new().unwrap();
    let broken = folder.path().join("a.wav.recording");
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("key"), "short").unwrap();
    fs::write(broken.join("sound.spool"), "noise").unwrap();
    let sound = folder.path().join("b.wav.recording");
    fs::create_dir(&sound).unwrap();
    let key = FileKey::random();
    fs::write(sound.join("key"), key.bytes()).unwrap();
    let begun = Begun { v: 1, rate: 24_000, channels: 1, codec: Codec::Flac, at: SystemClock.now() };
    let spool = SpoolWriter::create(&sound.join("sound.spool"), &key, begun).unwrap();
    let mut framer = Framer::new(spool).unwrap();
    framer.write(&[vec![0.25; 2_400]]).unwrap();
    drop(framer);

    let made = alone::recover(folder.path()).unwrap();
    assert_eq!(made.iter().map(|(found, _)| found).collect::<Vec<_>>(), [&broken, &sound]);
    assert!(made[0].1.is_err() && made[1].1.is_ok(), "{made:?}");
    assert!(folder.path().join("b.wav").exists() && broken.exists() && sound.exists());
}

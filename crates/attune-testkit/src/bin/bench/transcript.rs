//! Reading what was said for three hours: a sealed file of 25 000 words, and what people put right in it.

use std::time::{Duration, Instant};

use attune_kernel::{PatientId, Private, TranscriptId};
use attune_practice::{
    consents::{self, ConsentKind, NewConsent},
    recordings::{self, Finished, Health, Source},
    sessions::{self, NewSession, Place},
    transcripts::{self, KnownBy, NewTranscript, Pages, Said, Span, SpeakerRole, TranscriptSpeaker, Word},
};
use attune_store::{Result, Store};

use crate::Figure;

const WORDS: u32 = 25_000;
const WORDS_OF_A_TURN: u32 = 20;
const CORRECTIONS: u32 = 200;
const LENGTH_MS: u32 = 3 * 60 * 60 * 1_000;

pub async fn read(store: &Store, patient: PatientId) -> Result<Figure> {
    let transcript = three_hours(store, patient).await?;
    let mut figure = Figure::new("read 25 000 words, 200 put right", Duration::from_millis(60));
    for _ in 0..50 {
        let start = Instant::now();
        store.read(async |tx| transcripts::words(tx, transcript).await).await?;
        figure.times.push(start.elapsed());
    }
    Ok(figure)
}

async fn three_hours(store: &Store, patient: PatientId) -> Result<TranscriptId> {
    let pages =
        Pages::new((0..WORDS / WORDS_OF_A_TURN).map(turn).collect(), vec![Span { t0: 0, t1: LENGTH_MS }]);
    let file = pages.seal(store)?;
    let speaker = |role| TranscriptSpeaker { role, known_by: KnownBy::Channel, confidence: 0.9, name: None };
    store
        .write(store.author(), async |tx| {
            let new = NewTranscript {
                recording: an_hour_and_two_more(tx, patient).await?,
                language: Some("en".into()),
                engine: "bench".into(),
                model: "bench".into(),
                practice: false,
                remote: false,
                length_ms: LENGTH_MS,
                speakers: vec![speaker(SpeakerRole::Clinician), speaker(SpeakerRole::Client)],
                holes: Vec::new(),
            };
            let id = transcripts::keep(tx, &new, file).await?.id;
            let every = WORDS / WORDS_OF_A_TURN / CORRECTIONS;
            for segment in (1..=CORRECTIONS).map(|place| place * every) {
                transcripts::correct(tx, id, segment, "so I told her, again, that nothing of it was so")
                    .await?;
            }
            Ok(id)
        })
        .await
}

/// A recording that ended.
async fn an_hour_and_two_more(
    tx: &mut attune_store::WriteTx,
    patient: PatientId,
) -> Result<attune_kernel::RecordingId> {
    let kind = ConsentKind::Recording;
    let signed_by = Private::new("Maya".into());
    consents::give(tx, &NewConsent { patient, kind, version: consents::text(kind).version, signed_by })
        .await?;
    let new = NewSession {
        patient,
        planned_minutes: None,
        place: Place::Room,
        attendees: Vec::new(),
        confirmed: true,
    };
    let session = sessions::begin_recorded(tx, &new).await?.id;
    let (recording, _) = recordings::begin(tx, session, Source::Microphone).await?;
    let finished = Finished {
        ended_at: tx.now(),
        duration_ms: LENGTH_MS.into(),
        bytes: 0,
        bookmarks: Vec::new(),
        health: Health::default(),
        recovered: false,
    };
    Ok(recordings::finish(tx, recording.id, &finished).await?.id)
}

fn turn(place: u32) -> Said {
    const SPOKEN: [&str; 8] = ["and", "then", "I", "told", "her", "about", "the", "weekend"];
    let each = LENGTH_MS / WORDS;
    let words = (0..WORDS_OF_A_TURN).map(|word| {
        let t0 = (place * WORDS_OF_A_TURN + word) * each;
        let text = Private::new(SPOKEN[(place + word) as usize % SPOKEN.len()].to_owned());
        Word { t0, t1: t0 + each - 60, text, p: 0.9 }
    });
    let words: Vec<Word> = words.collect();
    let (t0, t1) = (place * WORDS_OF_A_TURN * each, (place + 1) * WORDS_OF_A_TURN * each - 60);
    Said { speaker: u8::from(place % 2 == 1), t0, t1, confidence: 0.9, words }
}

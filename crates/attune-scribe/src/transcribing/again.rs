//! What is done to a transcript that is there: a part once more, its voices told apart anew, one of them learnt.
//!
//! All three listen to the sound again, and none of the last two needs an engine.

use std::collections::BTreeMap;

use attune_kernel::{Code, RecordingId, TranscriptId};
use attune_practice::{
    recordings,
    transcripts::{self, Again, OpenTranscript, Pages, Said, Span, Transcript, Wish},
};
use attune_speech::{
    said::{self, Transcription},
    speakers::Naming,
    writing::Writing,
};
use attune_store::{Job, SpoolPlace, Store};

use super::{
    Transcriber, pages,
    underway::{Step, Underway},
};
use crate::Result;

/// How many can be told apart by a person who says so.
const MOST: u32 = 6;

impl Transcriber {
    /// Writes a part of a transcript down once more, when its turn comes.
    pub async fn again(&self, store: &Store, id: TranscriptId, t0_ms: u32, t1_ms: u32) -> Result<()> {
        let transcript = store.read(async |tx| transcripts::read(tx, id).await).await?;
        // A part is written by whoever wrote the rest.
        let wish = Wish {
            transcript: Some(id),
            model: (!transcript.remote).then_some(transcript.model),
            remote: transcript.remote,
            again: Some([t0_ms, t1_ms]),
        };
        self.queue(store, transcript.recording, &wish).await
    }

    /// Tells the voices of a transcript apart anew: so many.
    pub async fn tell_apart(&self, store: &Store, id: TranscriptId, speakers: u32) -> Result<OpenTranscript> {
        let (transcript, pages, place) = sound_of(store, id).await?;
        let writing = listen(transcript.recording, place).await?;
        let naming = self.naming(store, transcript.recording).await?;
        let naming = Naming { speakers: Some(speakers.clamp(1, MOST) as usize), ..naming };
        let told = writing.tell_apart(&pages::segments(&pages), &naming);
        let (speakers, said) = (pages::speakers(&told.speakers), pages::said(told.segments, 0));
        let apart = async |tx: &mut _| transcripts::tell_apart(tx, id, &speakers, said.clone()).await;
        Ok(store.write(store.author(), apart).await?)
    }

    /// Learns the voice of a speaker as that of whoever sits here.
    pub async fn remember_voice(&self, store: &Store, id: TranscriptId, speaker: u8) -> Result<()> {
        let (transcript, _, place) = sound_of(store, id).await?;
        let opened = store.read(async |tx| transcripts::words(tx, id).await).await?;
        let spans: Vec<said::Span> = opened
            .segments
            .iter()
            .filter(|segment| segment.speaker == speaker)
            .map(|segment| said::Span { t0: segment.t0_ms, t1: segment.t1_ms })
            .collect();
        let writing = listen(transcript.recording, place).await?;
        let print = writing.voice_of(&spans).ok_or(Code::VoiceTooShort)?;
        let print = serde_json::to_string(&print).map_err(attune_speech::Error::from)?;
        let member = store.author().member;
        Ok(store.write(store.author(), async |tx| tx.keep_voice(member, &print).await).await?)
    }
}

/// Puts what was written once more in the place of what stood there.
pub(super) async fn keep(
    store: &Store,
    job: &Job,
    transcript: &Transcript,
    part: Span,
    remote: bool,
    written: Transcription,
) -> Result<()> {
    let (_, before, place) = sound_of(store, transcript.id).await?;
    let job = job.id;
    if written.segments.is_empty() {
        // Nothing new was written: what stood there is more than that.
        store.write(store.author(), async |tx| tx.finish_job(job).await.map(drop)).await?;
        return Ok(());
    }
    let (practice, holes) = (pages::is_practice(&written), pages::holes(&written, part.t0));
    let mut said = pages::said(written.segments, part.t0);
    let writing = listen(transcript.recording, place).await?;
    name_as_the_rest(&writing, &before, transcript, &mut said);
    let again = Again { span: part, said, holes, practice, remote };
    let id = transcript.id;
    store
        .write(store.author(), async |tx| {
            transcripts::refill(tx, id, again.clone()).await?;
            tx.finish_job(job).await.map(drop)
        })
        .await?;
    Ok(())
}

/// The transcript that is meant and the part of it: wide enough to cut nothing in two.
pub(super) async fn part(store: &Store, id: TranscriptId, asked: [u32; 2]) -> Result<(Transcript, Span)> {
    let [t0, t1] = asked;
    let found = store.read(async |tx| {
        let transcript = transcripts::read(tx, id).await?;
        let span = transcripts::pages(tx, id).await?.around(t0, t1);
        Ok((transcript, span))
    });
    Ok(found.await?)
}

/// Whose voices those in a part are, of the voices the rest has: a part alone is too short to say.
fn name_as_the_rest(writing: &Writing, before: &Pages, transcript: &Transcript, said: &mut [Said]) {
    let known = pages::segments(before);
    let new = said.iter().map(|said| said::Segment {
        speaker: u8::MAX,
        t0: said.t0,
        t1: said.t1,
        confidence: 0.0,
        words: said
            .words
            .iter()
            .map(|word| said::Word { t0: word.t0, t1: word.t1, text: word.text.clone(), p: word.p })
            .collect(),
    });
    let all: Vec<said::Segment> = known.iter().cloned().chain(new).collect();
    let naming = Naming { speakers: Some(transcript.speakers.len().max(1)), ..Naming::default() };
    let told = writing.tell_apart(&all, &naming).segments;
    // Who is called what by whom: the voice that speaks where the rest says that somebody does.
    let mut agree: BTreeMap<(u8, u8), u32> = BTreeMap::new();
    for segment in &told {
        for other in known.iter().filter(|other| other.t0 < segment.t1 && segment.t0 < other.t1) {
            let shared = segment.t1.min(other.t1) - segment.t0.max(other.t0);
            *agree.entry((segment.speaker, other.speaker)).or_default() += shared;
        }
    }
    let called = |voice: u8| {
        let named = agree.iter().filter(|((told, _), _)| *told == voice).max_by_key(|(_, shared)| **shared);
        named.map(|((_, name), _)| *name)
    };
    for said in said {
        let middle = said.t0.midpoint(said.t1);
        let heard = told.iter().find(|segment| segment.t0 <= middle && middle <= segment.t1);
        if let Some(segment) = heard {
            said.speaker = called(segment.speaker).unwrap_or(said.speaker);
            said.confidence = segment.confidence;
        }
    }
}

async fn sound_of(store: &Store, id: TranscriptId) -> Result<(Transcript, Pages, SpoolPlace)> {
    let found = store.read(async |tx| {
        let transcript = transcripts::read(tx, id).await?;
        let pages = transcripts::pages(tx, id).await?;
        let (_, place) = recordings::sound(tx, transcript.recording).await?;
        Ok((transcript, pages, place))
    });
    Ok(found.await?)
}

/// Listens to a whole recording, and writes nothing down.
async fn listen(recording: RecordingId, place: SpoolPlace) -> Result<Writing> {
    let mut underway = Underway::open(recording, String::new(), place, None).await?;
    underway.over = true;
    while !underway.is_heard() {
        let (held, step) = underway.listen().await;
        underway = held;
        debug_assert_ne!(step?, Step::Done);
    }
    Ok(underway.writing)
}

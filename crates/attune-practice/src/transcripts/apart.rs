//! Telling apart anew: other labels for the same words.
//!
//! No word comes or goes here, whatever labels arrive. What a person put right stays whole and keeps its
//! number, and so does every segment that is cut as before. A voice keeps its place in the list, so that a
//! person's "this was the client" does not come to mean somebody else.

use std::collections::{BTreeMap, HashMap};

use super::{
    Correction, KnownBy, Pages, Said, Segment, SpeakerRole, TranscriptSpeaker, Word, corrections::Standing,
};

/// The segment that new labels cut, or the one before, for words they do not speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Cut {
    Anew(usize),
    Before(u32),
}

type WordKey<'a> = (u32, u32, &'a str);

/// The pages and the list of speakers with other labels. `told` and `said` are the machine's.
pub(super) fn apart(
    mut pages: Pages,
    corrections: &[Correction],
    known: &[TranscriptSpeaker],
    told: &[TranscriptSpeaker],
    said: Vec<Said>,
) -> (Pages, Vec<TranscriptSpeaker>) {
    let standing: HashMap<u32, Standing<'_>> = pages
        .segments()
        .iter()
        .map(|segment| (segment.id, Standing::of(corrections, segment.id)))
        .filter(|(_, standing)| *standing != Standing::default())
        .collect();
    let speaks = |segment: &Segment| {
        standing.get(&segment.id).and_then(|standing| standing.speaker).unwrap_or(segment.speaker)
    };
    let said_by = standing.values().filter_map(|standing| standing.speaker).map(usize::from);
    let named = known.iter().enumerate().filter(|(_, one)| one.known_by == KnownBy::Person).map(|(at, _)| at);
    let by_person = said_by.chain(named).map(|place| place + 1).max().unwrap_or(0);

    let cuts = cuts(&said);
    let room = told.len().max(by_person);
    let places = places(&pages, &said, &cuts, speaks, room, told.len());
    let speakers = speakers(known, told, &places, room);
    let place = |speaker: u8| places.get(usize::from(speaker)).copied().unwrap_or(0);

    let all = pages.take_out(|_| false);
    let (mut stay, mut loose) = (Vec::new(), Vec::new());
    for segment in all {
        if standing.contains_key(&segment.id) { stay.push(segment) } else { loose.push(segment) }
    }
    for segment in &mut stay {
        if let Some(cut) = most_of(segment, &cuts) {
            segment.speaker = place(said[cut].speaker);
            segment.confidence = said[cut].confidence;
        }
    }
    let borders: Vec<u32> = stay.iter().map(|segment| segment.t0).collect();
    let mut groups: BTreeMap<Cut, Vec<(&Segment, &Word)>> = BTreeMap::new();
    for segment in &loose {
        for word in &segment.words {
            let cut = cuts.get(&key(word)).map_or(Cut::Before(segment.id), |cut| Cut::Anew(*cut));
            groups.entry(cut).or_default().push((segment, word));
        }
    }
    let mut fresh = Vec::new();
    for (cut, words) in &groups {
        let between = |a: &Word, b: &Word| borders.iter().any(|border| (a.t0..b.t0).contains(border));
        for piece in words.chunk_by(|a, b| !between(a.1, b.1)) {
            let (from, _) = piece[0];
            let (speaker, confidence) = match cut {
                Cut::Anew(cut) => (place(said[*cut].speaker), said[*cut].confidence),
                Cut::Before(_) => (from.speaker, from.confidence),
            };
            let as_before =
                piece.len() == from.words.len() && piece.iter().all(|(segment, _)| segment.id == from.id);
            if as_before {
                stay.push(Segment { speaker, confidence, ..from.clone() });
            } else {
                let words = piece.iter().map(|(_, word)| (*word).clone()).collect();
                fresh.push(Said { speaker, confidence, ..from.with(words) });
            }
        }
    }
    pages.put_back(stay);
    fresh.sort_by_key(|said| said.t0);
    pages.add(fresh);
    (pages, speakers)
}

fn key(word: &Word) -> WordKey<'_> {
    (word.t0, word.t1, word.text.reveal())
}

/// Which of the new segments each word is in.
fn cuts(said: &[Said]) -> HashMap<WordKey<'_>, usize> {
    said.iter()
        .enumerate()
        .flat_map(|(cut, said)| said.words.iter().map(move |word| (key(word), cut)))
        .collect()
}

/// The new segment in which most of an old one's words are.
fn most_of(segment: &Segment, cuts: &HashMap<WordKey<'_>, usize>) -> Option<usize> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for cut in segment.words.iter().filter_map(|word| cuts.get(&key(word))) {
        *counts.entry(*cut).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(cut, count)| (*count, std::cmp::Reverse(*cut))).map(|(cut, _)| cut)
}

/// Which place in the list each new label gets: that of the voice with which it shares the most time.
fn places(
    pages: &Pages,
    said: &[Said],
    cuts: &HashMap<WordKey<'_>, usize>,
    speaks: impl Fn(&Segment) -> u8,
    room: usize,
    labels: usize,
) -> Vec<u8> {
    let mut shared: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for segment in pages.segments() {
        for word in &segment.words {
            let (Some(cut), old) = (cuts.get(&key(word)), usize::from(speaks(segment))) else { continue };
            let new = usize::from(said[*cut].speaker);
            if old < room && new < labels {
                *shared.entry((new, old)).or_default() += u64::from(word.t1 - word.t0) + 1;
            }
        }
    }
    let mut pairs: Vec<_> = shared.into_iter().collect();
    pairs.sort_by_key(|(pair, time)| (std::cmp::Reverse(*time), *pair));
    let mut places: Vec<Option<usize>> = vec![None; labels];
    for ((new, old), _) in pairs {
        if places[new].is_none() && !places.contains(&Some(old)) {
            places[new] = Some(old);
        }
    }
    for new in 0..labels {
        if places[new].is_none() {
            places[new] = (0..room).find(|place| !places.contains(&Some(*place)));
        }
    }
    places.into_iter().map(|place| u8::try_from(place.unwrap_or(0)).unwrap_or(0)).collect()
}

/// The list with the machine's voices in their places. What a person said of one stays, and nobody else takes
/// its role of clinician.
fn speakers(
    known: &[TranscriptSpeaker],
    told: &[TranscriptSpeaker],
    places: &[u8],
    room: usize,
) -> Vec<TranscriptSpeaker> {
    let by_person = |speaker: &&TranscriptSpeaker| speaker.known_by == KnownBy::Person;
    let clinician_is_said =
        known.iter().take(room).filter(by_person).any(|speaker| speaker.role == SpeakerRole::Clinician);
    let at = |place: usize| {
        let machine = places.iter().position(|new| usize::from(*new) == place).map(|new| &told[new]);
        let before = known.get(place);
        match (before.filter(by_person), machine) {
            (Some(person), machine) => {
                let confidence = machine.map_or(person.confidence, |machine| machine.confidence);
                TranscriptSpeaker { confidence, ..person.clone() }
            }
            (None, Some(machine)) if clinician_is_said && machine.role == SpeakerRole::Clinician => {
                let role = if room > 2 { SpeakerRole::Other } else { SpeakerRole::Client };
                TranscriptSpeaker { role, ..machine.clone() }
            }
            (None, Some(machine)) => machine.clone(),
            // A place that only a person's word still needs.
            (None, None) => before.cloned().unwrap_or(TranscriptSpeaker::unknown()),
        }
    };
    (0..room).map(at).collect()
}

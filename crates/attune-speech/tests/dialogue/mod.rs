//! Conversations whose every word, time and speaker is known: the sample session, and others put together from the
//! held-out sentences, in the voices those are spoken in. Always the same ones.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::{fs, io::Write};

use attune_kernel::Private;
use attune_speech::{
    said::{Segment, Span, Word},
    score::{Turn, speaker_errors},
    sound::RATE,
    speakers::Told,
    writing::{Options, Writing},
};
use serde::Deserialize;

use crate::practice_room::{practice, sample_session, sound};

/// Samples a millisecond.
pub const PER_MS: usize = RATE as usize / 1000;

/// What somebody really said without being interrupted.
#[derive(Debug, Clone)]
pub struct Said {
    pub speaker: usize,
    pub span: Span,
    pub words: Vec<(Span, String)>,
}

/// A conversation: its sound, and what is said in it.
#[derive(Debug, Clone)]
pub struct Dialogue {
    pub name: String,
    pub pcm: Vec<f32>,
    pub turns: Vec<Said>,
}

#[derive(Deserialize)]
struct Session {
    turns: Vec<SessionTurn>,
}

#[derive(Deserialize)]
struct SessionTurn {
    speaker: String,
    start: f64,
    end: f64,
    words: Vec<SessionWord>,
}

#[derive(Deserialize)]
struct SessionWord {
    w: String,
    start: f64,
    end: f64,
}

fn ms(seconds: f64) -> u32 {
    (seconds * 1000.0).round() as u32
}

/// The sample session: the therapist is speaker 0.
pub fn session() -> Dialogue {
    let said: Session =
        serde_json::from_str(&fs::read_to_string(practice("sample-session.json")).unwrap()).unwrap();
    let turns = said.turns.into_iter().map(|turn| Said {
        speaker: usize::from(turn.speaker != "therapist"),
        span: Span { t0: ms(turn.start), t1: ms(turn.end) },
        words: turn
            .words
            .into_iter()
            .map(|word| (Span { t0: ms(word.start), t1: ms(word.end) }, word.w))
            .collect(),
    });
    Dialogue { name: "the sample session".to_owned(), pcm: sample_session(), turns: turns.collect() }
}

/// Held-out sentences of one voice, in the order they are listed: their sound and their words.
pub fn sentences_of(voice: &str) -> Vec<(Vec<f32>, String)> {
    let mut sentences = Vec::new();
    for set in ["heldout", "heldout_unseen_voices"] {
        let listed = fs::read_to_string(practice(set).join("refs.tsv")).unwrap();
        for line in listed.lines().skip(1) {
            let columns: Vec<&str> = line.split('\t').collect();
            if columns[2] == voice {
                sentences.push((sound(&practice(set).join(columns[0])), columns[5].to_owned()));
            }
        }
    }
    sentences
}

/// A dice that always falls the same.
pub struct Dice(pub u64);

impl Dice {
    /// A number below this one.
    pub fn below(&mut self, number: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % number
    }

    /// A sample of white noise, between -1 and 1.
    pub fn noise(&mut self) -> f32 {
        (0..4).map(|_| self.below(20_001) as f32 / 10_000.0 - 1.0).sum::<f32>() / 4.0
    }
}

/// A conversation of these voices, who take turns of one or two held-out sentences with 0.3 to 1 s between them until each
/// sentence was said once. Words are spread evenly over their sentence.
pub fn of_voices(voices: &[&str]) -> Dialogue {
    let mut dice = Dice(88_172_645_463_325_252);
    let mut left: Vec<_> = voices.iter().map(|voice| sentences_of(voice).into_iter()).collect();
    let mut pcm = vec![0.0; RATE as usize / 2];
    let mut turns = Vec::new();
    let mut next = 0;
    while left.iter().any(|left| left.len() > 0) {
        let speaker = next % voices.len();
        next += 1;
        for _ in 0..=dice.below(2) {
            let Some((sentence, text)) = left[speaker].next() else { break };
            let t0 = (pcm.len() / PER_MS) as u32;
            pcm.extend(sentence);
            let t1 = (pcm.len() / PER_MS) as u32;
            pcm.resize(pcm.len() + PER_MS * (300 + dice.below(700)), 0.0);
            turns.push(Said { speaker, span: Span { t0, t1 }, words: spread(&text, t0, t1) });
        }
    }
    Dialogue { name: voices.join(" and "), pcm, turns }
}

fn spread(text: &str, t0: u32, t1: u32) -> Vec<(Span, String)> {
    let words: Vec<&str> = text.split(' ').collect();
    let many = words.len() as u32;
    let at = |which: u32| t0 + (t1 - t0) * which / many;
    words.iter().zip(0..).map(|(word, i)| (Span { t0: at(i), t1: at(i + 1) }, (*word).to_owned())).collect()
}

/// Pink noise, about as loud as 1.
pub fn pink(samples: usize, seed: u64) -> Vec<f32> {
    let mut dice = Dice(seed);
    let (mut low, mut middle, mut high) = (0.0, 0.0, 0.0);
    let mut noise: Vec<f32> = (0..samples)
        .map(|_| {
            let white = dice.noise();
            low = 0.99765 * low + white * 0.099_046;
            middle = 0.963 * middle + white * 0.296_516_4;
            high = 0.57 * high + white * 1.052_691_3;
            low + middle + high + white * 0.1848
        })
        .collect();
    let loud = power(&noise).sqrt();
    noise.iter_mut().for_each(|sample| *sample /= loud);
    noise
}

/// The mean square.
pub fn power(pcm: &[f32]) -> f32 {
    pcm.iter().map(|sample| sample * sample).sum::<f32>() / pcm.len().max(1) as f32
}

impl Dialogue {
    /// What is heard of a turn.
    pub fn heard_of(&self, said: &Said) -> &[f32] {
        &self.pcm[said.span.t0 as usize * PER_MS..(said.span.t1 as usize * PER_MS).min(self.pcm.len())]
    }

    /// The same in a room with pink noise, so many decibels below the voices.
    pub fn in_noise(mut self, below_db: f32) -> Self {
        let voices: Vec<f32> = self.turns.iter().map(|said| power(self.heard_of(said))).collect();
        let loud = (voices.iter().sum::<f32>() / voices.len() as f32 * 10f32.powf(-below_db / 10.0)).sqrt();
        let noise = pink(self.pcm.len(), 99);
        for (sample, noise) in self.pcm.iter_mut().zip(noise) {
            *sample = (*sample + noise * loud).clamp(-1.0, 1.0);
        }
        self
    }

    /// The same at two microphones: each voice at its own, and softer by so much at the other's; each with its noise.
    pub fn at_two_microphones(&self, bleed_db: f32, noise_below_db: f32) -> [Vec<f32>; 2] {
        let bleed = 10f32.powf(bleed_db / 20.0);
        let mut channels = [vec![0.0; self.pcm.len()], vec![0.0; self.pcm.len()]];
        let mut heard = 0.0;
        for said in &self.turns {
            let from = said.span.t0 as usize * PER_MS;
            heard += power(self.heard_of(said));
            for (at, sample) in self.heard_of(said).iter().enumerate() {
                channels[said.speaker][from + at] += sample;
                channels[1 - said.speaker][from + at] += sample * bleed;
            }
        }
        let loud = (heard / self.turns.len() as f32 * 10f32.powf(-noise_below_db / 10.0)).sqrt();
        for (channel, seed) in channels.iter_mut().zip([5, 6]) {
            for (sample, noise) in channel.iter_mut().zip(pink(self.pcm.len(), seed)) {
                *sample += noise * loud;
            }
        }
        channels
    }

    /// Only one of those who speak; where the others do, it is still.
    pub fn only(mut self, speaker: usize) -> Self {
        for said in self.turns.iter().filter(|said| said.speaker != speaker) {
            let end = (said.span.t1 as usize + 100) * PER_MS;
            let end = end.min(self.pcm.len());
            self.pcm[(said.span.t0 as usize - 100) * PER_MS..end].fill(0.0);
        }
        self.turns.retain(|said| said.speaker == speaker);
        self
    }

    /// Its words as an engine without a fault would write them, with nobody named.
    pub fn written(&self) -> Vec<Segment> {
        let segment = |said: &Said| Segment {
            speaker: 0,
            t0: said.span.t0,
            t1: said.span.t1,
            confidence: 0.0,
            words: said
                .words
                .iter()
                .map(|(span, text)| Word {
                    t0: span.t0,
                    t1: span.t1,
                    text: Private::new(text.clone()),
                    p: 1.0,
                })
                .collect(),
        };
        self.turns.iter().map(segment).collect()
    }

    /// Heard from beginning to end, by no engine.
    pub fn heard(&self) -> Writing {
        heard(&[&self.pcm])
    }

    /// When one of those who speak does.
    pub fn spans_of(&self, speaker: usize) -> Vec<Span> {
        self.turns.iter().filter(|said| said.speaker == speaker).map(|said| said.span).collect()
    }

    /// How much of what was said is given to the wrong one, of one.
    pub fn speaker_error(&self, segments: &[Segment]) -> f64 {
        let said: Vec<Turn> =
            self.turns.iter().map(|said| Turn { speaker: said.speaker, span: said.span }).collect();
        let told: Vec<Turn> = segments
            .iter()
            .flat_map(|segment| {
                let speaker = usize::from(segment.speaker);
                segment
                    .words
                    .iter()
                    .map(move |word| Turn { speaker, span: Span { t0: word.t0, t1: word.t1 } })
            })
            .collect();
        speaker_errors(&said, &told).rate()
    }
}

/// Sound heard from beginning to end, by no engine.
pub fn heard(channels: &[&[f32]]) -> Writing {
    let mut writing = Writing::new(options(channels.len())).unwrap();
    writing.hear(channels);
    writing.end();
    writing
}

/// English, in windows of 30 s.
pub fn options(channels: usize) -> Options {
    Options { language: Some("en".to_owned()), channels, longest_ms: 30_000 }
}

/// How many of those who speak there are.
pub fn many(told: &Told) -> usize {
    told.speakers.len()
}

/// Prints a line of a table.
pub fn print(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Which words of what was said are which of what was heard: the longest row of the same words.
pub fn matched(said: &[String], heard: &[String]) -> Vec<(usize, usize)> {
    let width = heard.len() + 1;
    let mut longest = vec![0u32; (said.len() + 1) * width];
    for i in (0..said.len()).rev() {
        for j in (0..heard.len()).rev() {
            longest[i * width + j] = if said[i] == heard[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < said.len() && j < heard.len() {
        if said[i] == heard[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// The middle one, and the one that nineteen of twenty are not beyond.
pub fn middle_and_p95(mut values: Vec<u32>) -> (u32, u32) {
    values.sort_unstable();
    (values[values.len() / 2], values[(values.len() * 19 / 20).min(values.len() - 1)])
}

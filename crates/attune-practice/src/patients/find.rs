//! Finding a person while their name is still being typed.
//!
//! Nobody remembers how a name is spelled, so case, accents and the order of words never matter, and the
//! file number, the telephone number and the address find as well as the name. What fits as typed comes
//! first: the start of a name before the middle of one. Guesses are made only where nothing fits, and say
//! that they are guesses, because opening the wrong chart is worse than typing once more. The same question
//! gives the same order every time: a list that jumps under the hand gets the wrong person clicked.

use std::{collections::HashMap, fmt};

use attune_store::{ReadTx, Result};
use chrono::{DateTime, Utc};
use serde::Serialize;
use specta::Type;
use strsim::osa_distance;

use super::{
    Details, Patient, Standing,
    details::{Email, Phone, Reference},
    table,
};
use crate::fold::{digits, fold, fold_spelled_out};

/// A person a search came upon.
#[derive(Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PatientFound {
    pub patient: Patient,
    /// Not a guess.
    pub exact: bool,
    pub latest_mood: Option<u8>,
    pub latest_mood_at: Option<DateTime<Utc>>,
}

/// Who, and not how they are.
impl fmt::Debug for PatientFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientFound").field("patient", &self.patient).finish_non_exhaustive()
    }
}

/// More than anybody reads; the next letter narrows it.
const SHOWN: usize = 50;
/// Longer than any name: the rest of a pasted page is not looked at.
const ASKED: usize = 100;

/// Who fits `query`, best first. An empty query lists everyone by name.
pub async fn find(tx: &mut ReadTx, query: &str, standing: Standing) -> Result<Vec<PatientFound>> {
    let asked = Asked::read(query);
    if asked.words.is_empty() {
        return table::listed(tx, standing).await;
    }
    let fitting = table::candidates(tx, standing, &asked.words).await?;
    let mut ranked: Vec<_> = fitting.iter().filter_map(|(id, by)| Some((by.rank(&asked)?, *id))).collect();
    let exact = !ranked.is_empty();
    if !exact {
        let everyone = table::candidates(tx, standing, &[]).await?;
        ranked = everyone.iter().filter_map(|(id, by)| Some((by.guess(&asked)?, *id))).collect();
    }
    // Candidates come by name, and the sort is stable: equals stay by name.
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.truncate(SHOWN);

    let ids: Vec<_> = ranked.into_iter().map(|(_, id)| id).collect();
    let mut found: HashMap<_, _> =
        table::these(tx, &ids).await?.into_iter().map(|found| (found.patient.id, found)).collect();
    Ok(ids.iter().filter_map(|id| Some(PatientFound { exact, ..found.remove(id)? })).collect())
}

/// What somebody typed into the search.
struct Asked {
    /// Folded words; or one word, where a telephone number or an address was typed.
    words: Vec<String>,
    whole: String,
}

impl Asked {
    fn read(query: &str) -> Self {
        let query: String = query.chars().take(ASKED).collect();
        let words: Vec<String> = if query.contains('@') {
            vec![query.trim().to_lowercase()]
        } else if is_a_number(&query) {
            // 07700 900123 and +44 7700 900123 are one telephone: the zero stands for the country.
            vec![digits(&query).trim_start_matches('0').to_owned()]
        } else {
            fold(&query).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let whole = words.join(" ");
        Self { words, whole }
    }
}

fn is_a_number(query: &str) -> bool {
    digits(query).trim_start_matches('0').len() >= 3
        && query
            .trim()
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/'))
}

/// All that finding looks at, folded: what the column `found_by` holds, a line each.
#[derive(Default, PartialEq, Eq)]
pub(super) struct FoundBy {
    name: String,
    /// With umlauts written out, where that differs.
    spelled_out: String,
    preferred_name: String,
    reference: String,
    /// Without what separates its parts, so that "MO-17" is found by "mo17".
    reference_run_together: String,
    email: String,
    phone: String,
}

impl FoundBy {
    pub(super) fn of(details: &Details) -> Self {
        let name = fold(details.name.reveal());
        let spelled_out = fold_spelled_out(details.name.reveal());
        let reference = fold(details.reference.as_ref().map_or("", Reference::reveal));
        Self {
            spelled_out: if spelled_out == name { String::new() } else { spelled_out },
            name,
            preferred_name: fold(details.preferred_name.as_ref().map_or("", |name| name.reveal())),
            reference_run_together: reference.replace(' ', ""),
            reference,
            email: details.email.as_ref().map_or("", Email::reveal).to_lowercase(),
            phone: digits(details.phone.as_ref().map_or("", Phone::reveal)),
        }
    }

    pub(super) fn to_text(&self) -> String {
        self.lines().join("\n")
    }

    pub(super) fn from_text(text: &str) -> Self {
        let mut lines = text.split('\n').map(str::to_owned);
        let mut next = || lines.next().unwrap_or_default();
        Self {
            name: next(),
            spelled_out: next(),
            preferred_name: next(),
            reference: next(),
            reference_run_together: next(),
            email: next(),
            phone: next(),
        }
    }

    fn lines(&self) -> [&str; 7] {
        [
            &self.name,
            &self.spelled_out,
            &self.preferred_name,
            &self.reference,
            &self.reference_run_together,
            &self.email,
            &self.phone,
        ]
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.lines().into_iter().flat_map(|line| line.split(' ')).filter(|word| !word.is_empty())
    }

    /// How well this fits as typed: smaller is better, none is not at all.
    fn rank(&self, asked: &Asked) -> Option<usize> {
        if self.lines().contains(&asked.whole.as_str()) {
            return Some(0);
        }
        if self.name.starts_with(&asked.whole) || self.spelled_out.starts_with(&asked.whole) {
            return Some(1);
        }
        let words: Vec<_> = self.words().collect();
        if asked.words.iter().all(|typed| words.iter().any(|word| word.starts_with(typed.as_str()))) {
            return Some(2);
        }
        let lines = self.lines();
        asked.words.iter().all(|typed| lines.iter().any(|line| line.contains(typed.as_str()))).then_some(3)
    }

    /// How far off this is, if not too far: every word typed must be near some word of the name.
    fn guess(&self, asked: &Asked) -> Option<usize> {
        let names = [&self.name, &self.spelled_out, &self.preferred_name];
        let words: Vec<_> = names.into_iter().flat_map(|name| name.split(' ')).collect();
        let apart = asked
            .words
            .iter()
            .map(|typed| words.iter().filter_map(|word| slip(typed, word)).min())
            .sum::<Option<usize>>();
        // "annemarie" for Anne Marie, "vander berg" for van der Berg.
        let together = slip(&asked.whole.replace(' ', ""), &self.name.replace(' ', ""));
        apart.into_iter().chain(together).min()
    }
}

/// How many slips of the finger lie between what was typed and a word or its beginning, if few enough.
fn slip(typed: &str, word: &str) -> Option<usize> {
    let length = typed.chars().count();
    let allowed = match length {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let beginning = first(word, length + allowed);
    // Each letter that the word lacks is a slip at least: most words are done with here, before any distance.
    if (letters(typed) & !letters(beginning)).count_ones() as usize > allowed {
        return None;
    }
    let longest = beginning.chars().count();
    (length.saturating_sub(allowed).min(longest)..=longest)
        .map(|length| osa_distance(typed, first(word, length)))
        .min()
        .filter(|slips| *slips <= allowed)
}

fn first(word: &str, characters: usize) -> &str {
    word.char_indices().nth(characters).map_or(word, |(end, _)| &word[..end])
}

/// The set of a text's letters. Two letters may share a bit, which only lets a word through to be measured.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |set, c| set | 1 << (u32::from(c) % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_forgiven_in_a_word_long_enough_to_tell() {
        assert_eq!(slip("okafro", "okafor"), Some(1));
        assert_eq!(slip("lindkvist", "lindqvist"), Some(1));
        assert_eq!(slip("lindkv", "lindqvist"), Some(1));
        assert_eq!(slip("mya", "maya"), Some(1));
        assert_eq!(slip("xx", "maya"), None);
        assert_eq!(slip("okafor", "meyer"), None);
        assert_eq!(slip("", "maya"), Some(0));
    }

    #[test]
    fn what_is_found_by_reads_back_from_its_column() {
        let by = FoundBy {
            name: "jorg muller".into(),
            spelled_out: "joerg mueller".into(),
            phone: "491712345".into(),
            ..FoundBy::default()
        };
        assert!(FoundBy::from_text(&by.to_text()) == by);
    }
}

//! Finding a person while their name is still being typed.
//!
//! Nobody remembers how a name is spelled, so case, accents and the order of words never matter, and the
//! file number, the telephone number and the address find as well as the name. What fits as typed comes
//! first: the start of a name before the middle of one. Guesses are made only where nothing fits, and say
//! that they are guesses, because opening the wrong chart is worse than typing once more. The same question
//! gives the same order every time: a list that jumps under the hand gets the wrong person clicked.

use std::{collections::HashMap, fmt};

use attune_kernel::PatientId;
use attune_store::{ReadTx, Result};
use chrono::{DateTime, Utc};
use serde::Serialize;
use specta::Type;
use strsim::osa_distance;

use super::{
    Details, Patient, PatientName, Standing,
    details::{Email, Phone, Reference},
    resembling::TELLING_DIGITS,
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
    let everyone = table::found_by(tx, standing).await?;
    let everyone: Vec<_> = everyone.split(BETWEEN_PEOPLE).filter_map(FoundBy::read).collect();
    let mut ranked: Vec<_> = everyone.iter().filter_map(|by| Some((by.rank(&asked)?, by.id))).collect();
    let exact = !ranked.is_empty();
    if !exact {
        ranked = everyone.iter().filter_map(|by| Some((by.guess(&asked)?, by.id))).collect();
    }
    // Everyone comes by name, and the sort is stable: equals stay by name.
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
    /// The digits that tell, where a whole telephone number was typed.
    telephone: Option<String>,
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
        let telephone = if is_a_number(&query) { telling_digits(&query) } else { None };
        Self { words, whole, telephone }
    }
}

fn is_a_number(query: &str) -> bool {
    digits(query).trim_start_matches('0').len() >= 3
        && query
            .trim()
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/'))
}

/// A telephone number from a display comes with its country, one from memory without: none where there are
/// too few digits to tell one telephone from another.
fn telling_digits(query: &str) -> Option<String> {
    let digits = digits(query);
    Some(digits[digits.len().checked_sub(TELLING_DIGITS)?..].to_owned())
}

/// What a person is found by, folded: the text of the column `found_by`, a line for each of [`FoundBy`]'s.
pub(super) fn found_by_of(details: &Details) -> String {
    let name = fold(details.name.reveal());
    let spelled_out = fold_spelled_out(details.name.reveal());
    let reference = fold(details.reference.as_ref().map_or("", Reference::reveal));
    let email = details.email.as_ref().map_or("", Email::reveal).to_lowercase();
    [
        if spelled_out == name { "" } else { &spelled_out },
        &fold(details.preferred_name.as_ref().map_or("", PatientName::reveal)),
        &reference,
        &reference.replace(' ', ""),
        // Folding leaves no line end in the others; an address from elsewhere may hold one.
        &email.replace(char::is_control, ""),
        &digits(details.phone.as_ref().map_or("", Phone::reveal)),
    ]
    .into_iter()
    .fold(name.clone(), |text, line| text + "\n" + line)
}

/// No text holds this control character: the rules for typing refuse it, and what comes from elsewhere is
/// rid of it.
const BETWEEN_PEOPLE: char = '\u{1e}';

/// All that finding looks at in one person.
struct FoundBy<'a> {
    id: PatientId,
    name: &'a str,
    /// With umlauts written out, where that differs.
    spelled_out: &'a str,
    preferred_name: &'a str,
    reference: &'a str,
    /// Without what separates its parts, so that "MO-17" is found by "mo17".
    reference_run_together: &'a str,
    email: &'a str,
    phone: &'a str,
}

impl<'a> FoundBy<'a> {
    /// From the lines of the column, behind the identifier. None where there is nobody.
    fn read(text: &'a str) -> Option<Self> {
        let mut lines = text.split('\n');
        let id = lines.next()?.parse().ok()?;
        let mut next = || lines.next().unwrap_or_default();
        Some(Self {
            id,
            name: next(),
            spelled_out: next(),
            preferred_name: next(),
            reference: next(),
            reference_run_together: next(),
            email: next(),
            phone: next(),
        })
    }

    const fn lines(&self) -> [&'a str; 7] {
        [
            self.name,
            self.spelled_out,
            self.preferred_name,
            self.reference,
            self.reference_run_together,
            self.email,
            self.phone,
        ]
    }

    fn words(&self) -> impl Iterator<Item = &'a str> {
        self.lines().into_iter().flat_map(|line| line.split(' ')).filter(|word| !word.is_empty())
    }

    /// How well this fits as typed: smaller is better, none is not at all.
    fn rank(&self, asked: &Asked) -> Option<usize> {
        let lines = self.lines();
        if asked.telephone.as_ref().is_some_and(|digits| self.phone.ends_with(digits)) {
            return Some(0);
        }
        if !asked.words.iter().all(|typed| lines.iter().any(|line| line.contains(typed.as_str()))) {
            return None;
        }
        if lines.contains(&asked.whole.as_str()) {
            return Some(0);
        }
        if self.name.starts_with(&asked.whole) || self.spelled_out.starts_with(&asked.whole) {
            return Some(1);
        }
        let begun = |typed: &String| self.words().any(|word| word.starts_with(typed.as_str()));
        Some(if asked.words.iter().all(begun) { 2 } else { 3 })
    }

    /// How far off this is, if not too far: every word typed must be near some word of the name.
    fn guess(&self, asked: &Asked) -> Option<usize> {
        let names = [self.name, self.spelled_out, self.preferred_name];
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
}

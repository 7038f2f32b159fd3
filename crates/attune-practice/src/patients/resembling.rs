//! Whether two charts may be one person's, asked before a second chart is opened.
//!
//! A warning, never a verdict: a mother and her son share a telephone, and two people share a name. So it
//! looks at what people rarely share, says who it thought of, and leaves the decision to whoever knows them.

use attune_kernel::{PatientId, Private};
use attune_store::{ReadTx, Result};
use chrono::NaiveDate;
use strsim::osa_distance;

use super::{BornOn, Details, Email, NewPatient, Patient, PatientName, Phone, table};
use crate::fold::{digits, fold, fold_spelled_out};

/// Whose chart this may already be. Fields still half typed are left out of the comparison.
pub async fn resembling(
    tx: &mut ReadTx,
    new: &NewPatient,
    except: Option<PatientId>,
) -> Result<Vec<Patient>> {
    let typed = Traits::of_typed(new, NaiveDate::MAX);
    let everyone = table::all(tx).await?;
    Ok(everyone
        .into_iter()
        .filter(|patient| Some(patient.id) != except && typed.resemble(&Traits::of(&patient.details)))
        .collect())
}

/// What tells people apart, folded for comparing.
pub(super) struct Traits {
    /// The words of the name in alphabetical order: "Okafor Maya" is "Maya Okafor".
    pub names: Vec<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub born_on: Option<NaiveDate>,
}

/// With the country and the leading zero or without: the last nine digits are the same.
pub(super) const TELLING_DIGITS: usize = 9;

impl Traits {
    pub(super) fn of(details: &Details) -> Self {
        Self::assemble(
            Some(&details.name),
            details.email.as_ref(),
            details.phone.as_ref(),
            details.born_on.as_ref(),
        )
    }

    fn of_typed(new: &NewPatient, today: NaiveDate) -> Self {
        let name = PatientName::check(new.name.reveal()).ok();
        let typed = |field: &Option<Private<String>>| {
            field.as_ref().map(|field| field.reveal().clone()).unwrap_or_default()
        };
        Self::assemble(
            name.as_ref(),
            Email::check(&typed(&new.email)).ok().flatten().as_ref(),
            Phone::check(&typed(&new.phone)).ok().flatten().as_ref(),
            BornOn::check(&typed(&new.born_on), today).ok().flatten().as_ref(),
        )
    }

    fn assemble(
        name: Option<&PatientName>,
        email: Option<&Email>,
        phone: Option<&Phone>,
        born_on: Option<&BornOn>,
    ) -> Self {
        let mut names = Vec::new();
        if let Some(name) = name {
            let (folded, spelled_out) =
                (in_order(&fold(name.reveal())), in_order(&fold_spelled_out(name.reveal())));
            if spelled_out != folded {
                names.push(spelled_out);
            }
            if !folded.is_empty() {
                names.push(folded);
            }
        }
        Self {
            names,
            email: email.map(|email| email.reveal().to_lowercase()),
            phone: phone.map(|phone| {
                let digits = digits(phone.reveal());
                digits[digits.len().saturating_sub(TELLING_DIGITS)..].to_owned()
            }),
            born_on: born_on.map(BornOn::reveal),
        }
    }

    pub(super) fn resemble(&self, other: &Self) -> bool {
        let shared = |mine: &Option<String>, theirs: &Option<String>| mine.is_some() && mine == theirs;
        self.names.iter().any(|name| other.names.contains(name))
            || shared(&self.email, &other.email)
            || shared(&self.phone, &other.phone)
            || (self.born_on.is_some() && self.born_on == other.born_on && self.nearly_named(other))
    }

    fn nearly_named(&self, other: &Self) -> bool {
        self.names.iter().any(|mine| {
            other.names.iter().any(|theirs| {
                // A slip in every four letters, two at most: "Li" is not "Wu".
                let allowed = (mine.chars().count().min(theirs.chars().count()) / 4).min(2);
                osa_distance(mine, theirs) <= allowed
                    // "Maya Ngozi Okafor" and "Maya Okafor": one of them left a name out.
                    || contains_words(mine, theirs)
                    || contains_words(theirs, mine)
            })
        })
    }
}

fn in_order(folded: &str) -> String {
    let mut words: Vec<_> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

fn contains_words(long: &str, short: &str) -> bool {
    short.split(' ').all(|word| long.split(' ').any(|other| other == word))
}

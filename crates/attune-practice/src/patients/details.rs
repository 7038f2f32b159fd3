//! What is known of a person, and what each field may hold.
//!
//! [`NewPatient`] is what somebody typed; [`Details`] is what passed. The checks are for typing only: they
//! may grow stricter, and a chart written under yesterday's rules must still open, so what comes out of the
//! store is `kept` as it is. An empty field is none, never an empty text.

use attune_kernel::{Code, Private};
use chrono::NaiveDate;
use email_address::{EmailAddress, Options};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{fold, text};

/// What somebody typed about a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct NewPatient {
    pub name: Private<String>,
    pub preferred_name: Option<Private<String>>,
    pub pronouns: Option<Private<String>>,
    pub reference: Option<Private<String>>,
    pub email: Option<Private<String>>,
    pub phone: Option<Private<String>>,
    /// A date as YYYY-MM-DD.
    pub born_on: Option<Private<String>>,
    pub note: Option<Private<String>>,
}

/// What is known of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    pub name: PatientName,
    /// What they like to be called.
    pub preferred_name: Option<PatientName>,
    pub pronouns: Option<Pronouns>,
    pub reference: Option<Reference>,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub born_on: Option<BornOn>,
    pub note: Option<Note>,
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
        #[serde(transparent)]
        #[specta(transparent)]
        pub struct $name(Private<String>);

        impl $name {
            /// The text, for storing it or showing it to those it belongs to.
            pub fn reveal(&self) -> &str {
                self.0.reveal()
            }

            /// The text, still unprintable.
            pub(super) fn private(&self) -> Private<String> {
                self.0.clone()
            }

            /// What was checked when it was written.
            pub(super) const fn kept(text: String) -> Self {
                Self(Private::new(text))
            }
        }
    )+};
}

fields! {
    /// A name on one line, of 1 to 100 characters, in any script.
    PatientName,
    /// "she/her", in the person's own words.
    Pronouns,
    /// The practice's own file number.
    Reference,
    /// An address that mail can be sent to.
    Email,
    /// A telephone number as it was typed.
    Phone,
    /// A word or two about the person that belongs in no other place.
    Note,
}

/// A date of birth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct BornOn(Private<NaiveDate>);

impl NewPatient {
    /// Checks every field. `today` is the last day somebody can have been born on.
    pub fn check(&self, today: NaiveDate) -> Result<Details, Code> {
        Ok(Details {
            name: PatientName::check(self.name.reveal())?,
            preferred_name: given(&self.preferred_name, PatientName::check_optional)?,
            pronouns: given(&self.pronouns, Pronouns::check)?,
            reference: given(&self.reference, Reference::check)?,
            email: given(&self.email, Email::check)?,
            phone: given(&self.phone, Phone::check)?,
            born_on: given(&self.born_on, |typed| BornOn::check(typed, today))?,
            note: given(&self.note, Note::check)?,
        })
    }
}

fn given<T>(
    typed: &Option<Private<String>>,
    check: impl FnOnce(&str) -> Result<Option<T>, Code>,
) -> Result<Option<T>, Code> {
    typed.as_ref().map_or(Ok(None), |typed| check(typed.reveal()))
}

impl PatientName {
    const LONGEST: usize = 100;

    /// A name somebody typed.
    pub fn check(typed: &str) -> Result<Self, Code> {
        Self::check_optional(typed)?.ok_or(Code::NameMissing)
    }

    pub(super) fn check_optional(typed: &str) -> Result<Option<Self>, Code> {
        one_line(typed, Self::LONGEST, Code::NameTooLong, Self::kept)
    }
}

impl Pronouns {
    const LONGEST: usize = 40;

    pub(super) fn check(typed: &str) -> Result<Option<Self>, Code> {
        one_line(typed, Self::LONGEST, Code::TextTooLong, Self::kept)
    }
}

impl Reference {
    const LONGEST: usize = 40;

    pub(super) fn check(typed: &str) -> Result<Option<Self>, Code> {
        one_line(typed, Self::LONGEST, Code::ReferenceTooLong, Self::kept)
    }
}

impl Email {
    /// RFC 5322 and 6531, less what only a mail server needs: no display name, no bare address of a
    /// machine, and a domain with a dot, because "maya@gmail" is a slip and not an address.
    pub(super) fn check(typed: &str) -> Result<Option<Self>, Code> {
        let Some(address) = text::line(typed)? else { return Ok(None) };
        let rules = Options::default().without_display_text().without_domain_literal().with_required_tld();
        EmailAddress::parse_with_options(&address, rules).map_err(|_| Code::EmailInvalid)?;
        Ok(Some(Self::kept(address)))
    }
}

impl Phone {
    /// Digits as people group them, with a + in front or without. E.164 allows 15; short codes have 4.
    pub(super) fn check(typed: &str) -> Result<Option<Self>, Code> {
        let Some(number) = text::line(typed)? else { return Ok(None) };
        let grouped = number.strip_prefix('+').unwrap_or(&number);
        let plain = grouped.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.'));
        if !plain || !(4..=15).contains(&fold::digits(grouped).len()) {
            return Err(Code::PhoneInvalid);
        }
        Ok(Some(Self::kept(number)))
    }
}

impl BornOn {
    pub(super) fn check(typed: &str, today: NaiveDate) -> Result<Option<Self>, Code> {
        let Some(typed) = text::line(typed)? else { return Ok(None) };
        let date = NaiveDate::parse_from_str(&typed, "%Y-%m-%d").map_err(|_| Code::BornInvalid)?;
        Self::between_1900_and(today, date).map(Some)
    }

    pub(super) fn between_1900_and(today: NaiveDate, date: NaiveDate) -> Result<Self, Code> {
        let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).ok_or(Code::BornInvalid)?;
        if (earliest..=today).contains(&date) { Ok(Self::kept(date)) } else { Err(Code::BornInvalid) }
    }

    pub(super) const fn kept(date: NaiveDate) -> Self {
        Self(Private::new(date))
    }

    /// The date.
    pub const fn reveal(&self) -> NaiveDate {
        *self.0.reveal()
    }
}

impl Note {
    const LONGEST: usize = 10_000;

    pub(super) fn check(typed: &str) -> Result<Option<Self>, Code> {
        let Some(note) = text::paragraphs(typed)? else { return Ok(None) };
        text::at_most(note, Self::LONGEST, Code::TextTooLong).map(|note| Some(Self::kept(note)))
    }
}

fn one_line<T>(
    typed: &str,
    longest: usize,
    too_long: Code,
    kept: impl FnOnce(String) -> T,
) -> Result<Option<T>, Code> {
    let Some(line) = text::line(typed)? else { return Ok(None) };
    text::at_most(line, longest, too_long).map(|line| Some(kept(line)))
}

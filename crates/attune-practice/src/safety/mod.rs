//! Safety: whom to call in a crisis.
//!
//! The numbers are data (`data/crisis_lines.json`), each with its source and the day somebody checked it,
//! because a wrong number is worse than none. They are built in: they must be there without a network,
//! without a password and before there is a practice. A country we hold no lines for never borrows those
//! of another.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::LazyLock};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Country;

/// One number, or one address, and when it was last checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CrisisLine {
    pub name: String,
    pub call: Option<String>,
    /// A number to send a text message to.
    pub text: Option<String>,
    pub note_key: Option<CrisisNote>,
    pub web: Option<String>,
    pub verified_on: Option<NaiveDate>,
}

/// What to know before calling: a key, so that it is said in the language of everything around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CrisisNote {
    InManyEuCountries,
    ForChildren,
    ByCountry,
    PressOneForVeterans,
    TextHome,
    TextShout,
    TextHello,
    Free,
    FreeDayAndNight,
    ChooseOptionTwo,
    UnderThirtyFive,
    UnderNineteen,
    NorthernIreland,
    InDutch,
    InFrench,
}

/// Whom to call in one country: the emergency numbers first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CrisisLines {
    pub country: String,
    pub emergency: Vec<String>,
    pub lines: Vec<CrisisLine>,
}

/// A number that must be checked before a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleLine {
    /// The country's letters, or the name of a list for many.
    pub country: String,
    pub name: String,
    pub source: String,
    pub verified_on: Option<NaiveDate>,
}

/// How long a check holds.
const FRESH_FOR_DAYS: i64 = 180;

/// Whom to call in a country. What is no country gets the way to find a line anywhere.
pub fn lines(country: &str) -> CrisisLines {
    let country = Country::check(country).ok();
    let list = match &country {
        Some(country) => DATA.countries.get(country.as_str()).unwrap_or_else(|| {
            if country.in_the_european_union() { &DATA.european_union } else { &DATA.elsewhere }
        }),
        None => &DATA.elsewhere,
    };
    CrisisLines {
        country: country.map(|country| country.to_string()).unwrap_or_default(),
        emergency: list.emergency.iter().map(|number| number.call.clone()).collect(),
        lines: list.lines.iter().map(LineInFile::shown).collect(),
    }
}

/// The numbers nobody has checked, or not within the last 180 days: a release waits for them.
pub fn stale(today: NaiveDate) -> Vec<StaleLine> {
    let many = [("european_union", &DATA.european_union), ("elsewhere", &DATA.elsewhere)];
    let countries = DATA.countries.iter().map(|(country, list)| (country.as_str(), list));
    countries
        .chain(many)
        .flat_map(|(country, list)| list.checks().map(move |check| (country, check)))
        .filter(|(_, (_, verified_on, _))| !is_fresh(*verified_on, today))
        .map(|(country, (name, verified_on, source))| StaleLine {
            country: country.to_owned(),
            name: name.to_owned(),
            source: source.to_owned(),
            verified_on,
        })
        .collect()
}

/// Whether a check on that day still counts. One that lies in the future proves nothing.
fn is_fresh(verified_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    verified_on.is_some_and(|on| (0..=FRESH_FOR_DAYS).contains(&(today - on).num_days()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    european_union: List,
    elsewhere: List,
    countries: BTreeMap<String, List>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    emergency: Vec<EmergencyInFile>,
    lines: Vec<LineInFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmergencyInFile {
    call: String,
    verified_on: Option<NaiveDate>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineInFile {
    name: String,
    call: Option<String>,
    text: Option<String>,
    note_key: Option<CrisisNote>,
    web: Option<String>,
    verified_on: Option<NaiveDate>,
    source: String,
}

static DATA: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../data/crisis_lines.json"))
        .expect("the file is part of this program, and a test reads it")
});

impl List {
    /// Every number with the day it was checked and where.
    fn checks(&self) -> impl Iterator<Item = (&str, Option<NaiveDate>, &str)> {
        let emergency =
            self.emergency.iter().map(|number| (&*number.call, number.verified_on, &*number.source));
        emergency.chain(self.lines.iter().map(|line| (&*line.name, line.verified_on, &*line.source)))
    }
}

impl LineInFile {
    fn shown(&self) -> CrisisLine {
        CrisisLine {
            name: self.name.clone(),
            call: self.call.clone(),
            text: self.text.clone(),
            note_key: self.note_key,
            web: self.web.clone(),
            verified_on: self.verified_on,
        }
    }
}

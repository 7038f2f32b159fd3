//! What all frozen forms share: they say their version, and they keep what they do not understand.
//!
//! A form is never edited once it was released: a change of shape is a new struct with the next number and
//! one step that brings the old one up. Reading knows every version; writing knows the newest. A form newer
//! than this application is left alone, because saving it again would drop what the newer one knew.

use attune_kernel::Private;
use attune_store::Result;
use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::Replayed;

/// The fields a newer Attune wrote beside those we know. They are kept, and sent on with every change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Unknown(Private<Map<String, Value>>);

impl Unknown {
    /// As a row keeps them.
    pub(crate) fn to_text(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// From a row.
    pub(crate) fn from_text(text: &str) -> Result<Self> {
        Ok(serde_json::from_str(text)?)
    }
}

/// Reads a body, or says why not. `parse` is handed its version and knows all there ever were, up to
/// `newest`.
pub(crate) fn read<F>(body: &str, newest: u32, parse: impl FnOnce(u32) -> Option<F>) -> Result<F, Replayed> {
    #[derive(Deserialize)]
    struct Versioned {
        v: u32,
    }
    match serde_json::from_str::<Versioned>(body) {
        Ok(form) if form.v > newest => Err(Replayed::Newer),
        Ok(form) => parse(form.v).ok_or(Replayed::Unreadable),
        Err(_) => Err(Replayed::Unreadable),
    }
}

/// A form as it stands in the body. What does not parse is not ours to mend: it came from elsewhere.
pub(crate) fn parse<F: DeserializeOwned>(body: &str) -> Option<F> {
    serde_json::from_str(body).ok()
}

/// Times are kept as text, which sorts as time only while a year has four digits.
pub(crate) fn sorts_as_text(time: DateTime<Utc>) -> bool {
    (1000..=9999).contains(&time.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_version_is_told_apart_from_rubbish() {
        let read = |body| read(body, 2, |v| (v >= 1).then_some(v));
        assert_eq!(read(r#"{"v":1}"#), Ok(1));
        assert_eq!(read(r#"{"v":3}"#), Err(Replayed::Newer));
        for rubbish in [r#"{"v":0}"#, r#"{"v":-1}"#, "{}", "", "[]", "null", "\0"] {
            assert_eq!(read(rubbish), Err(Replayed::Unreadable), "{rubbish}");
        }
    }

    #[test]
    fn unknown_fields_do_not_print() {
        let unknown = Unknown::from_text(r#"{"diagnosis":"F41.1"}"#).unwrap();
        assert!(!format!("{unknown:?}").contains("F41"));
    }
}

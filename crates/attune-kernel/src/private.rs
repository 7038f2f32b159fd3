//! A value that cannot print itself: client names, words, note text, addresses.
//!
//! The log and every error chain go through `Display` and `Debug`, so what is wrapped here cannot
//! reach them by accident. Serialising is allowed: the encrypted store and the screen need the value.

use std::fmt;

use serde::{Deserialize, Serialize};
use specta::Type;

/// Prints as `‹private›`, whatever it holds.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize, Type)]
#[serde(transparent)]
#[specta(transparent)]
pub struct Private<T>(T);

impl<T> Private<T> {
    /// Wraps a value so that it no longer prints.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for storing it or showing it to the person it belongs to.
    pub const fn reveal(&self) -> &T {
        &self.0
    }

    /// Takes the value out.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Private<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹private›")
    }
}

impl<T> fmt::Display for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹private›")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_value_never_prints() {
        let name = Private::new("Maya Okafor".to_owned());
        assert_eq!(format!("{name} {name:?} {:?}", Some(&name)), "‹private› ‹private› Some(‹private›)");
    }

    #[test]
    fn a_private_value_is_stored_as_itself() {
        let stored = serde_json::to_string(&Private::new("Maya")).unwrap();
        assert_eq!(stored, "\"Maya\"");
        assert_eq!(serde_json::from_str::<Private<String>>(&stored).unwrap().reveal(), "Maya");
    }
}

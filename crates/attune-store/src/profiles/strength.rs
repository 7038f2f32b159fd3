//! Whether a password is good enough, and why not. A stolen disk is guessed at offline: the password is
//! all that stands there, so a weak one is refused and the reason is said.

use serde::Serialize;
use specta::Type;
use zxcvbn::{Score, zxcvbn};

/// How hard a password is to guess.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Strength {
    /// 0 to 4; three is enough.
    pub score: u8,
    /// Whether it may be used.
    pub enough: bool,
    /// What is wrong with it, as a key of `words` under `password.warning`.
    pub warning: Option<String>,
    /// What would help, as keys under `password.suggestion`.
    pub suggestions: Vec<String>,
}

/// Judges a password. `about` are the person's own names: a password made of them is no secret.
pub fn judge(password: &str, about: &[String]) -> Strength {
    // The estimate is quadratic in length, and nothing past this length makes a password weaker.
    let head: String = password.chars().take(100).collect();
    let words = about.iter().flat_map(|name| name.split_whitespace().chain([name.as_str()]));
    let about: Vec<&str> = words.chain(["attune"]).collect();
    let judged = zxcvbn(&head, &about);
    let feedback = judged.feedback();
    Strength {
        score: u8::from(judged.score()),
        enough: judged.score() >= Score::Three,
        warning: feedback.and_then(|f| f.warning()).map(|warning| key(&format!("{warning:?}"))),
        suggestions: feedback.map_or_else(Vec::new, |f| {
            f.suggestions().iter().map(|suggestion| key(&format!("{suggestion:?}"))).collect()
        }),
    }
}

/// `ThisIsACommonPassword` as the words file names it: `this_is_a_common_password`.
fn key(name: &str) -> String {
    let mut key = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !key.is_empty() {
            key.push('_');
        }
        key.extend(letter.to_lowercase());
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_password_is_refused_with_its_reason() {
        let judged = judge("sunflower", &[]);
        assert!(!judged.enough);
        assert_eq!(judged.warning.as_deref(), Some("this_is_a_common_password"));
        assert!(!judged.suggestions.is_empty());
    }

    #[test]
    fn a_password_made_of_ones_own_name_is_weak() {
        let about = ["Ingrid".to_owned(), "Lindqvist Practice".to_owned()];
        for own in ["lindqvist practice", "lindqvist", "Ingrid26"] {
            assert!(!judge(own, &about).enough, "{own}");
        }
    }

    #[test]
    fn a_few_plain_words_are_enough() {
        let judged = judge("open-the-window-26", &[]);
        assert!(judged.enough && judged.score >= 3, "{judged:?}");
    }

    #[test]
    fn a_very_long_password_is_judged_quickly_and_kept() {
        assert!(judge(&"quiet river stones ".repeat(5_000), &[]).enough);
    }
}

//! Which of a model's languages is meant.

use attune_kernel::Code;

use crate::Result;

/// The language asked for as the model calls it; `en-GB` is English to one that knows no regions.
pub fn known(languages: &[String], asked: Option<&str>) -> Result<Option<String>> {
    let Some(asked) = asked else {
        return Ok(None);
    };
    let base = asked.split(['-', '_']).next().unwrap_or(asked);
    // One that names none is taken to know what it is asked for: the catalogue says what it was made for.
    if languages.is_empty() {
        return Ok(Some(base.to_lowercase()));
    }
    let named = |name: &str| languages.iter().find(|language| language.eq_ignore_ascii_case(name)).cloned();
    named(asked).or_else(|| named(base)).map(Some).ok_or_else(|| Code::LanguageUnknown.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn a_language_is_known_by_its_name_or_by_what_it_is_a_region_of() {
        let languages = ["en".to_owned(), "pt-BR".to_owned()];
        for (asked, expected) in [("en", "en"), ("EN-gb", "en"), ("pt-br", "pt-BR")] {
            assert_eq!(known(&languages, Some(asked)).unwrap().as_deref(), Some(expected), "{asked}");
        }
        assert!(matches!(known(&languages, Some("de")), Err(Error::Refused(Code::LanguageUnknown))));
        assert_eq!(known(&languages, None).unwrap(), None);
        assert_eq!(known(&[], Some("he-IL")).unwrap().as_deref(), Some("he"));
    }
}

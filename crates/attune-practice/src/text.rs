//! Text as people type and paste it, made fit to keep.
//!
//! White space at the ends goes, characters are composed (NFC), so that two ways of typing é are one name.
//! Emoji and right-to-left text stay as they are. Control characters are refused: nobody means a NUL.
//! What cannot be seen and only misleads is taken out in silence, because the person could neither see it
//! nor act on a refusal: zero-width spaces make two equal names differ, and bidi overrides
//! (U+202A–202E, U+2066–2069) let a name reverse the text that stands beside it on the screen.

use attune_kernel::Code;
use unicode_normalization::UnicodeNormalization;

/// One line: inner white space of any kind becomes a single space. None if nothing is left to see.
pub(crate) fn line(typed: &str) -> Result<Option<String>, Code> {
    let shown: String = typed.chars().filter(|c| !misleads(*c)).collect();
    let joined = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    composed(&joined)
}

/// Lines and blank lines as they were typed. None if nothing is left to see.
pub(crate) fn paragraphs(typed: &str) -> Result<Option<String>, Code> {
    let unified = typed
        .replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{0b}', '\u{0c}'], "\n");
    let shown: String =
        unified.chars().filter(|c| !misleads(*c)).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let lines: Vec<_> = shown.split('\n').map(str::trim_end).collect();
    composed(lines.join("\n").trim())
}

/// Text that came from elsewhere and is kept whatever today's rules say, less what could harm a screen.
pub(crate) fn tamed(text: &str) -> String {
    text.chars().filter(|c| !misleads(*c) && (*c == '\n' || !c.is_control())).collect()
}

/// The same text, or `refusal` if it has more than `most` characters.
pub(crate) fn at_most(text: String, most: usize, refusal: Code) -> Result<String, Code> {
    if text.chars().count() > most { Err(refusal) } else { Ok(text) }
}

fn composed(text: &str) -> Result<Option<String>, Code> {
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Code::TextUnprintable);
    }
    let text: String = text.nfc().collect();
    Ok(text.chars().any(leaves_ink).then_some(text))
}

const fn misleads(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
}

/// Joiners, marks of direction and variation selectors matter inside a word and are nothing alone.
fn leaves_ink(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '\u{200c}'..='\u{200f}' | '\u{2060}' | '\u{00ad}' | '\u{034f}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_of_any_kind_is_one_space_and_the_ends_are_trimmed() {
        assert_eq!(line(" \tMaya\u{a0}\n  Okafor\u{3000}"), Ok(Some("Maya Okafor".into())));
    }

    #[test]
    fn two_ways_of_typing_an_accent_are_one_text() {
        assert_eq!(line("Zoe\u{308}"), line("Zo\u{eb}"));
    }

    #[test]
    fn emoji_and_right_to_left_text_stay_as_they_are() {
        for text in ["👩🏽‍🎤 Maya", "ليلى حداد", "נועה", "می‌خواهم"] {
            assert_eq!(line(text), Ok(Some(text.into())));
        }
    }

    #[test]
    fn overrides_of_direction_and_zero_width_spaces_are_taken_out() {
        assert_eq!(line("Maya\u{202e}\u{2067} Oka\u{200b}for"), Ok(Some("Maya Okafor".into())));
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["Ma\0ya", "Ma\u{1b}[2Jya", "Ma\u{7f}ya"] {
            assert_eq!(line(text), Err(Code::TextUnprintable), "{text:?}");
            assert_eq!(paragraphs(text), Err(Code::TextUnprintable), "{text:?}");
        }
    }

    #[test]
    fn text_without_ink_is_no_text() {
        for text in ["", "  \n ", "\u{200d}", "\u{202e}\u{200b}", "\u{fe0f} \u{ad}"] {
            assert_eq!(line(text), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn paragraphs_keep_their_lines() {
        assert_eq!(
            paragraphs(" one\t1  \r\n\r\ntwo\u{2028}three\n\n"),
            Ok(Some("one 1\n\ntwo\nthree".into()))
        );
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(at_most("é".repeat(100), 100, Code::NameTooLong).is_ok());
        assert_eq!(at_most("é".repeat(101), 100, Code::NameTooLong), Err(Code::NameTooLong));
    }

    #[test]
    fn what_came_from_elsewhere_is_kept_without_what_could_harm_a_screen() {
        assert_eq!(tamed("a\0b\u{1b}c\nd\u{202e}"), "abc\nd");
    }
}

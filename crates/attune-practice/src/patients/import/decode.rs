//! From the bytes of a file to its text, whatever wrote it.

use attune_kernel::Code;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

pub(super) struct Decoded {
    pub encoding: &'static str,
    pub text: String,
}

/// How much is looked at to tell text from something else.
const LOOKED_AT: usize = 64 * 1024;

/// The text of a file, or a refusal if it is no text: a spreadsheet's own format, a PDF, a picture.
pub(super) fn decode(file: &[u8]) -> Result<Decoded, Code> {
    if file.is_empty() {
        return Err(Code::CsvEmpty);
    }
    let encoding = encoding_of(file);
    let (text, encoding, _) = encoding.decode(file);
    // An old DOS end-of-file mark is not part of the table.
    let text = text.trim_end_matches('\u{1a}');
    if !looks_like_text(text) {
        return Err(Code::CsvUnreadable);
    }
    // One kind of line end from here on, so that lines are counted as an editor counts them.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Ok(Decoded { encoding: encoding.name(), text })
}

fn encoding_of(file: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(file) {
        return encoding;
    }
    if let Some(encoding) = utf_16_without_a_mark(file) {
        return encoding;
    }
    if std::str::from_utf8(file).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(file, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// In UTF-16 every other byte of Latin text is zero; in anything else of ours none is.
fn utf_16_without_a_mark(file: &[u8]) -> Option<&'static Encoding> {
    let looked_at = &file[..file.len().min(LOOKED_AT) & !1];
    let zeros = |odd: usize| looked_at.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second, half) = (zeros(0), zeros(1), looked_at.len() / 2);
    if second * 2 > half && first * 10 < half {
        Some(UTF_16LE)
    } else if first * 2 > half && second * 10 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// A stray control character spoils its row; many of them are not a table at all.
fn looks_like_text(text: &str) -> bool {
    let foreign =
        |c: char| c == char::REPLACEMENT_CHARACTER || (c.is_control() && !matches!(c, '\t' | '\r' | '\n'));
    let (mut seen, mut spoiled) = (0_usize, 0_usize);
    for c in text.chars().take(LOOKED_AT) {
        seen += 1;
        spoiled += usize::from(foreign(c));
    }
    const SPREADSHEETS_AND_THE_LIKE: [&str; 3] = ["PK\u{3}\u{4}", "%PDF", "{\\rtf"];
    !SPREADSHEETS_AND_THE_LIKE.iter().any(|magic| text.starts_with(magic)) && spoiled * 50 <= seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_people_export_in_is_read() {
        let text = "Name;E-Mail\r\nZoë Müller;zoe@example.org\r\nJürgen Groß;\r\n";
        let windows = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
        for (file, encoding) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), "UTF-8"),
            (windows, "windows-1252"),
            (utf_16(&format!("\u{feff}{text}"), u16::to_le_bytes), "UTF-16LE"),
            (utf_16(&format!("\u{feff}{text}"), u16::to_be_bytes), "UTF-16BE"),
            (utf_16(text, u16::to_le_bytes), "UTF-16LE"),
            (utf_16(text, u16::to_be_bytes), "UTF-16BE"),
        ] {
            let decoded = decode(&file).unwrap();
            assert_eq!(
                (decoded.text.as_str(), decoded.encoding),
                ("Name;E-Mail\nZoë Müller;zoe@example.org\nJürgen Groß;\n", encoding)
            );
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let noise: Vec<u8> = (0..4_096_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for file in
            [&noise[..], b"PK\x03\x04 a workbook", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0\0\0\0"]
        {
            assert_eq!(decode(file).err(), Some(Code::CsvUnreadable));
        }
        assert_eq!(decode(b"").err(), Some(Code::CsvEmpty));
    }

    #[test]
    fn one_stray_control_character_does_not_spoil_the_file() {
        let file = format!("name\n{}Ma\0ya\n", "Maya Okafor\n".repeat(20));
        assert!(decode(file.as_bytes()).is_ok());
    }
}

//! Heads that are right, heads that lie, and files that are none.

use attune_kernel::{Code, Coded};
use proptest::prelude::*;

use super::{Family, Head, read};
use crate::Result;

/// A head with a family, languages, an array of numbers, and one tensor of 2 x 3 fractions of four bytes.
fn head(version: u32, architecture: &str, kind: u32) -> Vec<u8> {
    let mut file = b"GGUF".to_vec();
    file.extend(version.to_le_bytes());
    file.extend(1_u64.to_le_bytes());
    file.extend(4_u64.to_le_bytes());
    put_word(&mut file, "general.architecture");
    file.extend(8_u32.to_le_bytes());
    put_word(&mut file, architecture);
    put_word(&mut file, "general.name");
    file.extend(8_u32.to_le_bytes());
    put_word(&mut file, "Ein Modell");
    put_word(&mut file, "general.languages");
    file.extend(9_u32.to_le_bytes());
    file.extend(8_u32.to_le_bytes());
    file.extend(2_u64.to_le_bytes());
    put_word(&mut file, "de");
    put_word(&mut file, "he");
    put_word(&mut file, "tokenizer.ggml.scores");
    file.extend(9_u32.to_le_bytes());
    file.extend(6_u32.to_le_bytes());
    file.extend(3_u64.to_le_bytes());
    file.extend([0; 12]);
    put_word(&mut file, "enc.weight");
    file.extend(2_u32.to_le_bytes());
    file.extend(2_u64.to_le_bytes());
    file.extend(3_u64.to_le_bytes());
    file.extend(kind.to_le_bytes());
    file.extend(0_u64.to_le_bytes());
    file
}

fn put_word(file: &mut Vec<u8>, word: &str) {
    file.extend((word.len() as u64).to_le_bytes());
    file.extend(word.as_bytes());
}

fn refused(answer: Result<Head>) -> Code {
    answer.expect_err("this is refused").code()
}

#[test]
fn a_head_says_its_family_its_languages_and_where_its_weights_end() {
    let file = head(3, "whisper", 0);
    let said = read(file.as_slice()).unwrap();
    assert_eq!(said.family().unwrap(), Family::Whisper);
    assert_eq!(said.name.as_deref(), Some("Ein Modell"));
    assert_eq!(said.languages, ["de", "he"]);
    assert_eq!(said.ends_at, (file.len() as u64).next_multiple_of(32) + 24);
}

#[test]
fn a_layout_or_a_kind_of_weights_from_a_later_engine_is_said_to_be_newer() {
    assert_eq!(refused(read(head(4, "whisper", 0).as_slice())), Code::ModelNewer);
    assert_eq!(refused(read(head(3, "whisper", 43).as_slice())), Code::ModelNewer);
}

#[test]
fn a_layout_nobody_reads_any_more_is_unreadable() {
    for version in [0, 1, 3_u32.swap_bytes()] {
        assert_eq!(refused(read(head(version, "whisper", 0).as_slice())), Code::ModelUnreadable, "{version}");
    }
    // Kinds of weights that were given up, and rows that are no whole blocks.
    for kind in [4, 31, 8] {
        assert_eq!(refused(read(head(3, "whisper", kind).as_slice())), Code::ModelUnreadable, "{kind}");
    }
}

#[test]
fn a_model_of_another_family_reads_and_is_foreign() {
    let said = read(head(3, "llama", 0).as_slice()).unwrap();
    assert_eq!(said.family().unwrap_err().code(), Code::ModelForeign);
}

#[test]
fn a_head_that_ends_anywhere_is_unreadable() {
    let file = head(3, "parakeet", 0);
    for cut in 0..file.len() {
        assert_eq!(refused(read(&file[..cut])), Code::ModelUnreadable, "cut at {cut}");
    }
}

#[test]
fn other_files_are_unreadable() {
    for other in ["", "GG", "<!doctype html><html>", "\u{89}PNG\r\n\u{1a}\n", "lmgg\u{1}\u{0}\u{0}\u{0}"] {
        assert_eq!(refused(read(other.as_bytes())), Code::ModelUnreadable);
    }
}

#[test]
fn a_length_that_lies_is_refused_before_anything_is_set_aside() {
    let with = |length: u64| {
        let mut file = b"GGUF\x03\0\0\0".to_vec();
        file.extend(1_u64.to_le_bytes());
        file.extend(1_u64.to_le_bytes());
        file.extend(length.to_le_bytes());
        file
    };
    for length in [513, u64::from(u32::MAX), u64::MAX / 2, u64::MAX] {
        assert_eq!(refused(read(with(length).as_slice())), Code::ModelUnreadable);
    }
}

#[test]
fn a_shape_whose_bytes_no_number_holds_is_refused() {
    let mut file = head(3, "whisper", 0);
    let shape = file.len() - 28;
    file[shape..shape + 16].fill(0xFF);
    assert_eq!(refused(read(file.as_slice())), Code::ModelUnreadable);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        prop_assert!(read(bytes.as_slice()).is_err());
        let mut dressed = b"GGUF\x03\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0".to_vec();
        dressed.extend(bytes);
        // Whatever it says, it says it without a panic.
        drop(read(dressed.as_slice()));
    }

    #[test]
    fn a_changed_byte_never_makes_it_panic(at in 0_usize..200, to: u8) {
        let mut file = head(3, "parakeet", 0);
        let at = at % file.len();
        file[at] = to;
        drop(read(file.as_slice()));
    }
}

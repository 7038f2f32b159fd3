//! The recovery kit: a 160-bit code on paper, in letters that cannot be mistaken for one another.
//!
//! Crockford's base 32 with a twenty-bit checksum, nine groups of four. Reading it back forgives case,
//! spaces, hyphens, and the letters people confuse (O for 0, I and L for 1); a slip of the pen is told
//! from a wrong kit by the checksum, before any key is tried.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{digest::digest, secret::fill_random};

/// How many groups of four a printed kit has.
pub const KIT_GROUPS: usize = 9;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What the printed kit says.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct KitCode([u8; 20]);

impl KitCode {
    /// A new kit.
    pub fn random() -> Self {
        let mut bytes = [0; 20];
        fill_random(&mut bytes);
        Self(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The nine groups to print.
    pub fn groups(&self) -> Vec<String> {
        let letters: Vec<char> = quintets(&self.0).into_iter().chain(self.checksum()).map(letter).collect();
        letters.chunks(4).map(|group| group.iter().collect()).collect()
    }

    /// Reads what a person typed. `None` when it cannot be a kit: too short, too long, or a slip.
    pub fn parse(text: &str) -> Option<Self> {
        let values: Vec<u8> = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '—' | '.' | '·'))
            .map(value)
            .collect::<Option<_>>()?;
        let (code, sum) = values.split_at_checked(32)?;
        let mut bytes = [0; 20];
        for (chunk, into) in code.chunks(8).zip(bytes.chunks_mut(5)) {
            let bits = chunk.iter().fold(0u64, |bits, value| (bits << 5) | u64::from(*value));
            into.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        let kit = Self(bytes);
        (sum == kit.checksum()).then_some(kit)
    }

    fn checksum(&self) -> [u8; 4] {
        let sum = digest(&[b"attune/1 kit", &self.0]);
        [sum[0] >> 3, sum[1] >> 3, sum[2] >> 3, sum[3] >> 3]
    }
}

impl KitCode {
    /// Two different groups to ask back, so that one knows the kit was written down.
    pub fn groups_to_ask() -> [usize; 2] {
        let mut dice = [0; 2];
        fill_random(&mut dice);
        let first = usize::from(dice[0]) % KIT_GROUPS;
        let second = (first + 1 + usize::from(dice[1]) % (KIT_GROUPS - 1)) % KIT_GROUPS;
        [first.min(second), first.max(second)]
    }

    /// Whether `typed` is the group at `index`.
    pub fn has_group(&self, index: usize, typed: &str) -> bool {
        let read: Option<String> =
            typed.chars().filter(|c| !c.is_whitespace()).map(|c| value(c).map(letter)).collect();
        read.is_some_and(|read| self.groups().get(index) == Some(&read))
    }
}

fn quintets(bytes: &[u8; 20]) -> Vec<u8> {
    bytes
        .chunks(5)
        .flat_map(|five| {
            let bits = five.iter().fold(0u64, |bits, byte| (bits << 8) | u64::from(*byte));
            (0..8).map(move |at| u8::try_from((bits >> (35 - 5 * at)) & 31).unwrap_or(0))
        })
        .collect()
}

fn letter(value: u8) -> char {
    char::from(ALPHABET[usize::from(value & 31)])
}

fn value(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET.iter().position(|known| char::from(*known) == letter).and_then(|at| u8::try_from(at).ok())
}

impl fmt::Debug for KitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹kit›")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_printed_kit_reads_back(bytes: [u8; 20]) {
            let kit = KitCode(bytes);
            prop_assert_eq!(kit.groups().len(), KIT_GROUPS);
            let printed = kit.groups().join(" ");
            prop_assert_eq!(KitCode::parse(&printed).unwrap().0, bytes);
            let scribbled = printed.to_lowercase().replace(' ', "-").replace('0', "o").replace('1', "l");
            prop_assert_eq!(KitCode::parse(&scribbled).unwrap().0, bytes);
        }

        #[test]
        fn one_wrong_letter_is_noticed(bytes: [u8; 20], at in 0usize..32, to in 0u8..32) {
            let printed: Vec<char> = KitCode(bytes).groups().concat().chars().collect();
            prop_assume!(printed[at] != letter(to));
            let mut slip = printed;
            slip[at] = letter(to);
            // Twenty bits of checksum: one slip in a million could pass, and then opens nothing.
            let read = KitCode::parse(&slip.iter().collect::<String>());
            prop_assert!(read.is_none_or(|kit| kit.0 != bytes));
        }
    }

    #[test]
    fn a_group_is_compared_as_people_write_it() {
        let kit = KitCode([0; 20]);
        assert!(kit.has_group(0, "oOo0") && kit.has_group(0, " 0000 "));
        assert!(!kit.has_group(0, "0001") && !kit.has_group(9, "0000") && !kit.has_group(0, ""));
    }

    #[test]
    fn two_different_groups_are_asked() {
        for _ in 0..500 {
            let [first, second] = KitCode::groups_to_ask();
            assert!(first < second && second < KIT_GROUPS);
        }
    }

    #[test]
    fn what_is_no_kit_is_refused() {
        for wrong in ["", "ABCD", "U", "💧", &"0".repeat(36), &"0".repeat(200)] {
            assert!(KitCode::parse(wrong).is_none());
        }
    }
}

//! Small values sealed whole: one random nonce, XChaCha20-Poly1305, and the place it belongs bound in.

use std::fmt;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::secret::{Secret, fill_random};

const NONCE: usize = 24;

/// Opening failed: another key, another place, or changed bytes. Which of the three cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("this does not open with the key and place given")]
pub struct Unsealable;

/// A sealed value: nonce, then ciphertext. Safe to print and to store anywhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Reads back what [`Sealed::as_bytes`] gave.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Seals `plain` under `key`, bound to `place`: it will not open anywhere else.
    pub(crate) fn new(key: &Secret, place: &str, plain: &[u8]) -> Self {
        let mut sealed = vec![0; NONCE];
        fill_random(&mut sealed);
        let nonce: [u8; NONCE] = sealed[..NONCE].try_into().expect("the nonce was just made");
        let body = XChaCha20Poly1305::new(key.bytes().into())
            .encrypt(&nonce.into(), Payload { msg: plain, aad: place.as_bytes() })
            .expect("a value in memory is never too long to seal");
        sealed.extend_from_slice(&body);
        Self(sealed)
    }

    pub(crate) fn open(&self, key: &Secret, place: &str) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (nonce, body) = self.0.split_at_checked(NONCE).ok_or(Unsealable)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Unsealable)?;
        XChaCha20Poly1305::new(key.bytes().into())
            .decrypt(&nonce.into(), Payload { msg: body, aad: place.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| Unsealable)
    }

    pub(crate) fn open_secret(&self, key: &Secret, place: &str) -> Result<Secret, Unsealable> {
        let plain = self.open(key, place)?;
        plain.as_slice().try_into().map(Secret::from_bytes).map_err(|_| Unsealable)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sealed_value_opens_only_with_its_key_in_its_place() {
        let key = Secret::random();
        let sealed = Sealed::new(&key, "here", b"quiet");
        assert_eq!(sealed.open(&key, "here").unwrap().as_slice(), b"quiet");
        assert_eq!(sealed.open(&key, "there").unwrap_err(), Unsealable);
        assert_eq!(sealed.open(&Secret::random(), "here").unwrap_err(), Unsealable);
    }

    #[test]
    fn the_same_value_never_seals_to_the_same_bytes() {
        let key = Secret::random();
        assert_ne!(Sealed::new(&key, "here", b"quiet"), Sealed::new(&key, "here", b"quiet"));
    }

    proptest! {
        #[test]
        fn a_changed_byte_is_noticed(plain: Vec<u8>, at: proptest::sample::Index, flip in 1u8..) {
            let key = Secret::random();
            let mut bytes = Sealed::new(&key, "here", &plain).as_bytes().to_vec();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            prop_assert!(Sealed::from_bytes(bytes).open(&key, "here").is_err());
        }

        #[test]
        fn a_shortened_value_is_noticed(plain: Vec<u8>, keep: proptest::sample::Index) {
            let key = Secret::random();
            let bytes = Sealed::new(&key, "here", &plain).as_bytes().to_vec();
            let shorter = bytes[..keep.index(bytes.len())].to_vec();
            prop_assert!(Sealed::from_bytes(shorter).open(&key, "here").is_err());
        }
    }
}

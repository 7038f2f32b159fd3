//! From what a person remembers to key material: Argon2id once, then HKDF for each purpose.
//!
//! The cost is a constant of the [`KdfVersion`], never a number read from a file or a server: whoever
//! can edit the file must not be able to make the derivation cheap.

use argon2::{Algorithm, Argon2, Params, Version};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    keys::{DeviceSecret, LocalKey, VaultKey, WrappingKey},
    secret::{Secret, fill_random},
};

/// Which constants a stored derivation used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KdfVersion {
    /// Argon2id, 128 MiB, three passes, one lane.
    One,
}

impl KdfVersion {
    /// What new passwords use.
    pub const CURRENT: Self = Self::One;

    /// The number that is stored.
    pub const fn number(self) -> u8 {
        match self {
            Self::One => 1,
        }
    }

    /// Reads the stored number; `None` for a version this application does not know.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            _ => None,
        }
    }

    fn argon2(self) -> Argon2<'static> {
        let params = match self {
            Self::One => Params::new(128 * 1024, 3, 1, Some(32)),
        };
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params.expect("the constants are in range"))
    }
}

/// Sixteen random bytes stored beside what the password seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt([u8; 16]);

impl Salt {
    /// A fresh salt: one for every password set.
    pub fn random() -> Self {
        let mut bytes = [0; 16];
        fill_random(&mut bytes);
        Self(bytes)
    }

    /// Reads back stored bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// `S` of the key hierarchy: a password after the slow step. Held only while unlocked.
#[derive(Debug)]
pub struct Stretched(Secret);

impl Stretched {
    /// `L`: what seals this device's database key.
    pub fn local(&self) -> LocalKey {
        LocalKey(expand(self.0.bytes(), "attune/1 local"))
    }

    /// `V`: what seals the root key wherever it is kept.
    pub fn vault(&self) -> VaultKey {
        VaultKey(expand(self.0.bytes(), "attune/1 vault"))
    }
}

/// The slow step, about half a second and 128 MiB. Never call it on the window's thread.
pub fn stretch(password: &str, salt: &Salt, version: KdfVersion) -> Stretched {
    let mut out = Zeroizing::new([0; 32]);
    version
        .argon2()
        .hash_password_into(password.as_bytes(), salt.as_bytes(), out.as_mut())
        .expect("a sixteen-byte salt and a thirty-two-byte key are always accepted");
    Stretched(Secret::from_bytes(*out))
}

/// Four to eight digits. Weak alone: it only opens together with the keychain's secret.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// `None` unless it is four to eight digits.
    pub fn new(digits: &str) -> Option<Self> {
        let right = (4..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        right.then(|| Self(Zeroizing::new(digits.to_owned())))
    }
}

/// What a PIN and this device's keychain open together.
pub fn stretch_pin(pin: &Pin, salt: &Salt, device: &DeviceSecret, version: KdfVersion) -> WrappingKey {
    let stretched = stretch(&pin.0, salt, version);
    WrappingKey(expand_two(stretched.0.bytes(), device.bytes(), "attune/1 pin"))
}

pub(crate) fn expand(key: &[u8], purpose: &str) -> Secret {
    expand_two(key, &[], purpose)
}

/// HKDF over two secrets in a row, for a key that needs both.
pub(crate) fn expand_two(first: &[u8], second: &[u8], purpose: &str) -> Secret {
    let joined = Zeroizing::new([first, second].concat());
    let mut out = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, &joined)
        .expand(purpose.as_bytes(), out.as_mut())
        .expect("thirty-two bytes are within what HKDF gives");
    Secret::from_bytes(*out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_password_gives_the_same_keys_again_and_each_purpose_its_own() {
        let salt = Salt::from_bytes([7; 16]);
        let first = stretch("a quiet room", &salt, KdfVersion::One);
        let again = stretch("a quiet room", &salt, KdfVersion::One);
        assert_eq!(first.0.bytes(), again.0.bytes());
        assert_ne!(first.local().0.bytes(), first.vault().0.bytes());
        let salted = stretch("a quiet room", &Salt::from_bytes([8; 16]), KdfVersion::One);
        assert_ne!(first.0.bytes(), salted.0.bytes());
    }

    /// Frozen, and reckoned independently with the reference implementation: a store made by an older
    /// Attune must open for ever.
    #[test]
    fn the_first_version_keeps_its_constants() {
        let local = stretch("a quiet room", &Salt::from_bytes([7; 16]), KdfVersion::One).local();
        let hex: String = local.0.bytes().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, "800c38d4dd6b2690ac4c70b50e2ae61725d3c492d6e31aebe724907fc7b57b21");
    }

    #[test]
    fn a_pin_is_four_to_eight_digits() {
        for wrong in ["", "123", "123456789", "12a4", "１２３４"] {
            assert!(Pin::new(wrong).is_none(), "{wrong} is no PIN");
        }
        assert!(Pin::new("0000").is_some() && Pin::new("12345678").is_some());
    }
}

//! All cryptography: the only crate that may name a cipher.
//!
//! It turns passwords into keys, seals small values and whole files, and writes and reads the recovery
//! kit. It does no IO of its own (sealed streams go over any `Read`/`Write` it is handed), reads no
//! clock, and never prints a key. The hierarchy it builds is drawn in `docs/protocol.md`.

mod digest;
mod frames;
mod keys;
mod kit;
mod password;
mod seal;
mod secret;
mod stream;

pub use digest::{Digest, Digester, digest};
pub use frames::{FrameAt, FrameReader, FrameWriter, LONGEST_FRAME, Next};
pub use keys::{BackupKey, DatabaseKey, DeviceSecret, FileKey, LocalKey, RootKey, VaultKey, WrappingKey};
pub use kit::{KIT_GROUPS, KitCode};
pub use password::{KdfVersion, Pin, Salt, Stretched, stretch, stretch_pin};
pub use seal::{Sealed, Unsealable};
pub use stream::{SealedReader, SealedWriter, sealed_len};

//! What tests share: a clock that stands where it is put, a practice in a temporary folder, and microphones
//! that are not there.
//!
//! Nothing here pretends: the store is the real encrypted one, on a real disk.

mod clock;
mod keychain;
#[cfg(target_os = "linux")]
pub mod sound;
pub mod stage;
mod stored;

pub use clock::FixedClock;
pub use keychain::MemoryKeychain;
pub use stored::StoreInFolder;

//! What tests share: a clock that stands where it is put, and a practice in a temporary folder.
//!
//! Nothing here pretends: the store is the real encrypted one, on a real disk.

mod clock;
mod keychain;
mod stored;

pub use clock::FixedClock;
pub use keychain::MemoryKeychain;
pub use stored::StoreInFolder;

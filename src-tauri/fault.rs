//! How a failure crosses to the screen: a code to find the sentence by, and a reference to find the chain
//! of causes by in the local log. Never a value, never a sentence of our own.

use std::error::Error;

use attune_kernel::{Code, Coded};
use serde::Serialize;
use specta::Type;
use uuid::Uuid;

/// What a screen hears of a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Fault {
    pub code: Code,
    pub reference: String,
}

impl<E: Coded + Error> From<E> for Fault {
    fn from(error: E) -> Self {
        note(&error)
    }
}

/// Writes a failure to the log and gives what the screen may hear of it.
pub fn note(error: &(impl Coded + Error)) -> Fault {
    let fault = Fault { code: error.code(), reference: reference() };
    let mut chain = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        chain.push_str(": ");
        chain.push_str(&error.to_string());
        cause = error.source();
    }
    tracing::warn!(code = ?fault.code, reference = fault.reference, chain, "a command failed");
    fault
}

/// Eight letters a person can read out on the telephone.
fn reference() -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let random = Uuid::new_v4();
    random.as_bytes()[..8].iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

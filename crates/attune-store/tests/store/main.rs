//! The store from outside: the doors, the files beside it, backups, and what trouble gets.

mod backups;
mod doors;
mod files;
mod jobs;
mod profiles;
mod spools;
mod trouble;
mod voices;

use attune_kernel::{Code, Coded};

/// The code of a failure; a success is a failure of the test.
fn refusal<T>(result: attune_store::Result<T>) -> Code {
    match result {
        Ok(_) => panic!("this should have been refused"),
        Err(error) => error.code(),
    }
}

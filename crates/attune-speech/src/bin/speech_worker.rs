//! The worker alone, for the tests of this crate. The application is its own worker.

use std::process::ExitCode;

fn main() -> ExitCode {
    attune_speech::worker::serve()
}

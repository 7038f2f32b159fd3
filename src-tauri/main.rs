//! Where the process starts: prepares it, then hands over to the window or to the headless commands.

// A release on Windows opens no console behind the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    attune_shell::prepare_process();
    let mut arguments = std::env::args_os().skip(1);
    match arguments.next() {
        Some(first) if first == "headless" => return attune_shell::headless::run(arguments),
        // The application is its own worker: a process that holds a speech model and nothing else.
        Some(first) if first == attune_shell::SPEECH_WORKER => return attune_speech::worker::serve(),
        _ => {}
    }
    match attune_shell::open_window() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Attune could not start: {error:#}");
            ExitCode::FAILURE
        }
    }
}

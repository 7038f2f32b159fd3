//! Journeys across crates, and the house rules. One binary, a module a subject.

mod application;
mod bindings;
mod canary;
mod desk;
mod headless;
mod journeys;
#[cfg(target_os = "linux")]
mod keychain;
mod recording;
#[cfg(target_os = "linux")]
mod sound;
#[cfg(target_os = "linux")]
mod symbols;
mod tidy;
mod transcribe;
mod transcripts;

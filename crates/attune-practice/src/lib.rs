//! The product: one room for each thing a practice does.
//!
//! # Words
//! *practice* a workspace: one or more clinicians and their patients · *member* a person who writes in it
//! · *owner*, *clinician*, *assistant* the roles of staff; an owner also administers · *patient* the person
//! treated · *chart* their record · *standing* whether a chart is in use or archived · *mood* how somebody
//! felt, from 1 to 10, with words or without · *amendment* a later statement about a mood, never a change
//! of it · *consent* what somebody agreed to in writing, kept word for word · *session* a therapy session,
//! never a sign-in · *recording* one stretch of a session's sound · *health* how well a recording went ·
//! *transcript* what one engine wrote down of a recording · *pages* its words, sealed · *segment* what one voice
//! said without a longer pause · *correction* what a person put right in one · *hole* speech that is not
//! written down · *stream* who may read: one key, one member list,
//! one feed · *record* anything that is synced · *form* the frozen JSON a record travels as · *slice* one
//! of the rooms below, under the same plural noun everywhere.
//!
//! # The rooms
//! Every slice is built alike: `mod.rs` holds its words, rules and use-cases, `table.rs` its SQL,
//! `record.rs` its frozen form, `sample.rs` its part of the sample practice. [`moods`] is the one to copy.
//! A use-case takes the transaction first: a [`ReadTx`](attune_store::ReadTx) to look, a
//! [`WriteTx`](attune_store::WriteTx) to change.
//!
//! Slices lean on each other one way only, through `mod.rs`: moods on patients, team on patients, sessions
//! on recordings, recordings on consents, transcripts on recordings. What a slice lets others read in SQL is a view it keeps for them
//! (`moods_as_they_stand`, `sessions_as_they_stand`), never its tables.
//!
//! This crate knows no window, no network and no microphone, and asks no machine for the time.

pub mod consents;
mod country;
mod fold;
mod form;
pub mod moods;
pub mod patients;
pub mod recordings;
mod replay;
pub mod safety;
pub mod sample;
pub mod sessions;
pub mod team;
mod text;
pub mod transcripts;

pub use country::Country;
pub use replay::{Arrived, Replayed, replay};

#[cfg(test)]
mod tests;

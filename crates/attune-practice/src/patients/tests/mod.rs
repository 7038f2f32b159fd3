//! Patients, from what is typed to what is stored, sent, found and imported.

mod charts;
mod finding;
mod importing;
mod records;
mod resembling;

//! The long jobs.

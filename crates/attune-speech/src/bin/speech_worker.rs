//! The worker alone.

fn main() {}

//! Sessions: what a recording needs first, and what cannot happen to a session.

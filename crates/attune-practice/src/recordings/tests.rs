//! Recordings: begun with their key, ended once, deleted by nobody but a person.

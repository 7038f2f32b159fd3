//! Transcripts: kept with their pages, put right beside them, deleted by nobody but a person.

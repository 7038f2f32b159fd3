//! Consents: what is signed stays as it was signed, and taking it back holds at once.

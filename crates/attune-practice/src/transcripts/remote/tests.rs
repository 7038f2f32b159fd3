//! Sound leaves the computer only where two agreed to it, and for as long as they do.

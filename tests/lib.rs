//! Only tests live here: see `it/` and `window/`.

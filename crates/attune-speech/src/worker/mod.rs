//! The worker: a process of its own that holds a model.

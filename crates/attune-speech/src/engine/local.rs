//! The local engine: a model in a worker process.

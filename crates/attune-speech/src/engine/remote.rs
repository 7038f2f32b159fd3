//! Any server that takes `/audio/transcriptions` as OpenAI's does.

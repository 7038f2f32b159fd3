//! The local log: a file a day, a fortnight of them, on this computer only. Values that are private print
//! as `‹private›`; what else may be written is checked by `tests/it/canary.rs`.

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
};

use crate::Home;

/// Begins to write. A disk that cannot be written to is no reason not to open: the store will say so in a
/// sentence a person understands.
pub fn begin(home: &Home) -> Option<WorkerGuard> {
    let made = std::fs::create_dir_all(home.logs()).map_err(|error| error.to_string());
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("attune")
        .filename_suffix("log")
        .max_log_files(14)
        .build(home.logs())
        .map_err(|error| error.to_string());
    match made.and(files) {
        Ok(files) => {
            let (writer, guard) = tracing_appender::non_blocking(files);
            let lines = tracing_subscriber::fmt::layer().json().with_writer(writer);
            // Only our own words: a library's lines may quote what it was given, a key among it.
            let ours = Targets::new().with_target("attune", LevelFilter::INFO);
            let subscriber = tracing_subscriber::registry().with(lines.with_filter(ours));
            if tracing::subscriber::set_global_default(subscriber).is_err() {
                eprintln!("Attune's log is already being written elsewhere");
            }
            Some(guard)
        }
        Err(error) => {
            eprintln!("Attune cannot write its log: {error}");
            None
        }
    }
}

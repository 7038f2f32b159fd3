//! What must be true of the process before anything else runs in it.

/// Prepares the process: no core dumps, and a locale the window can work with.
pub fn prepare_process() {
    forbid_core_dumps();
    give_webkit_a_locale();
}

/// A core dump would write keys and client words to the disk in the clear.
fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            eprintln!("Attune could not forbid core dumps: {error}");
        }
    }
}

/// WebKitGTK tells pages the language `C` under the C locale, and `Intl` throws on it: the window would
/// stay white. Any real locale will do; it need not be installed.
fn give_webkit_a_locale() {
    #[cfg(target_os = "linux")]
    {
        let effective = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .unwrap_or_default();
        let language = effective.split(['.', '@']).next().unwrap_or_default();
        if matches!(language, "" | "C" | "POSIX") {
            for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
                #[allow(unsafe_code, reason = "no other thread exists yet that could read the environment")]
                // SAFETY: called first in main, before any thread is started.
                unsafe {
                    std::env::set_var(name, "en_US.UTF-8");
                }
            }
        }
    }
}

//! Looks at what the speech engine was compiled for, and refuses one that was tuned to the machine that built it.
//!
//! Left alone, the engine takes every instruction of the building machine, and dies on a computer that has fewer. What it
//! takes instead is said in `.cargo/config.toml`; whoever builds without it would not notice until somebody else starts
//! the application. So nothing is built without it. What it was compiled for goes on to `src/worker/processor.rs`,
//! whose test compares.

#![allow(
    clippy::disallowed_macros,
    reason = "whoever builds it is told in lines on the output, and only there"
)]

use std::{env, fs, path::PathBuf, process};

/// Switches of the engine's build that are named after what a processor must have.
const SWITCHES: [&str; 15] = [
    "SSE42",
    "AVX",
    "AVX_VNNI",
    "AVX2",
    "BMI2",
    "AVX512",
    "AVX512_VBMI",
    "AVX512_VNNI",
    "AVX512_BF16",
    "FMA",
    "F16C",
    "AMX_TILE",
    "AMX_INT8",
    "AMX_BF16",
    "NATIVE",
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=DEP_TRANSCRIBE_CPP_LIB_DIR");
    let Some(libraries) = env::var_os("DEP_TRANSCRIBE_CPP_LIB_DIR").map(PathBuf::from) else {
        refuse("the speech engine does not say where it was built");
    };
    let cache = libraries.with_file_name("build").join("CMakeCache.txt");
    println!("cargo:rerun-if-changed={}", cache.display());
    let Ok(text) = fs::read_to_string(&cache) else {
        refuse("the speech engine came without word of what it was compiled for");
    };
    let on: Vec<&str> = SWITCHES.into_iter().filter(|switch| is_on(&text, switch)).collect();
    if on.contains(&"NATIVE") {
        refuse(
            "the speech engine is tuned to this machine and would die on another; build from within the repository, \
             where .cargo/config.toml says what it is compiled for",
        );
    }
    println!("cargo:rustc-env=ATTUNE_ENGINE_COMPILED_FOR={}", on.join(" "));
}

fn is_on(cache: &str, switch: &str) -> bool {
    let name = format!("GGML_{switch}:");
    cache.lines().any(|line| line.starts_with(&name) && line.ends_with("=ON"))
}

fn refuse(why: &str) -> ! {
    println!("cargo:error={why}");
    process::exit(1)
}

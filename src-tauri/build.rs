//! Builds the Tauri context, and keeps our SQLite to ourselves.
//!
//! The store links SQLCipher statically, which exports `sqlite3_*` from the executable; WebKitGTK loads
//! the system's libsqlite3 and would then run its own databases through ours. Hiding the symbols of
//! static libraries keeps the two apart (`tests/it/symbols.rs` looks).

fn main() {
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-link-arg-bins=-Wl,--exclude-libs,ALL");
    }
    // A fresh clone has no built screens yet, and the context embeds that folder.
    std::fs::create_dir_all("ui/dist").expect("the folder of the built screens can be made");
    tauri_build::build();
}

//! `ui/src/bindings.ts` is what the commands say today. `cargo xtask bindings` rewrites it.

use std::path::Path;

use specta_typescript::Typescript;

#[test]
fn bindings_are_current() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/bindings.ts");
    let folder = tempfile::TempDir::new().unwrap();
    let fresh = folder.path().join("bindings.ts");
    attune_shell::bindings::<tauri::Wry>().export(Typescript::default(), &fresh).unwrap();
    let fresh = std::fs::read_to_string(fresh).unwrap();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&committed, &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(committed).unwrap();
    assert!(committed == fresh, "ui/src/bindings.ts is not current: run `cargo xtask bindings`");
}

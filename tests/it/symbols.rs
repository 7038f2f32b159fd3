//! Our SQLite stays ours: the program must export none of its symbols, or WebKitGTK, which loads the
//! system's own, would run its databases through the encrypted one.

use std::process::Command;

use crate::headless::program;

#[test]
fn the_program_exports_no_symbol_of_sqlite() {
    let listed = Command::new("nm").args(["-D", "--defined-only"]).arg(program()).output().unwrap();
    assert!(listed.status.success(), "nm reads the program");
    let exported = String::from_utf8_lossy(&listed.stdout).matches(" sqlite3_").count();
    assert_eq!(exported, 0);
}

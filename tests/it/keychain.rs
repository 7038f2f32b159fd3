//! The system's own keychain, for real: a Secret Service on a bus of its own, unlocked and thrown away.

use std::{env, process::Command};

use attune_store::profiles::{Keychain, SystemKeychain};
use tempfile::TempDir;

const INSIDE: &str = "ATTUNE_TEST_KEYCHAIN";
const NAME: &str = "keychain::the_systems_keychain_keeps_finds_and_forgets";

fn use_it() {
    let keychain = SystemKeychain;
    assert!(keychain.find("device x").unwrap().is_none());
    keychain.keep("device x", &[7; 32]).unwrap();
    keychain.keep("device x", &[8; 32]).unwrap();
    assert_eq!(keychain.find("device x").unwrap(), Some(vec![8; 32]));
    keychain.forget("device x").unwrap();
    keychain.forget("device x").unwrap();
    assert!(keychain.find("device x").unwrap().is_none());
}

#[test]
fn the_systems_keychain_keeps_finds_and_forgets() {
    if env::var_os(INSIDE).is_some() {
        return use_it();
    }
    let home = TempDir::new().unwrap();
    let script = "printf quiet | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$0\" --exact \"$1\" --nocapture";
    let ran = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", script])
        .arg(env::current_exe().unwrap())
        .arg(NAME)
        .env(INSIDE, "1")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .expect("dbus-run-session is installed by `cargo xtask test`");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

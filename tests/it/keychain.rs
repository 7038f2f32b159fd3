//! The system's own keychain, for real: a Secret Service on a bus of its own, unlocked and thrown away; and a PIN
//! kept in it, used and spent.

use std::{env, process::Command};

use attune_store::profiles::{Keychain, SystemKeychain};
use serde_json::json;
use tempfile::TempDir;

use crate::application::{Application, PASSWORD};

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

/// A PIN set, used, and spent by five wrong ones: through the commands, against the real keychain.
fn unlock_by_pin() {
    let attune = Application::start();
    let profile = attune.begin("practice", "Ingrid Lindqvist");
    assert_eq!(attune.get("desk_state", json!({}))["open"]["keychain"], "held");
    attune.get("pin_set", json!({ "password": PASSWORD, "pin": "258013" }));
    attune.get("desk_lock", json!({}));
    let open = attune.get("desk_unlock_with_pin", json!({ "profile": profile, "pin": "258013" }));
    assert_eq!(open["profile"]["hasPin"], true);
    attune.get("desk_lock", json!({}));
    let wrong = json!({ "profile": profile, "pin": "000000" });
    for _ in 0..4 {
        assert_eq!(attune.refusal("desk_unlock_with_pin", wrong.clone()), "wrong_pin");
    }
    assert_eq!(attune.refusal("desk_unlock_with_pin", wrong), "pin_spent");
    let right = json!({ "profile": profile, "pin": "258013" });
    assert_eq!(attune.refusal("desk_unlock_with_pin", right), "pin_spent");
    attune.get("desk_unlock", json!({ "profile": profile, "password": PASSWORD }));
}

#[test]
fn the_systems_keychain_keeps_finds_and_forgets() {
    if env::var_os(INSIDE).is_some() {
        use_it();
        return unlock_by_pin();
    }
    let home = TempDir::new().unwrap();
    let script = "printf quiet | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$0\" --exact \"$1\" --nocapture";
    let ran = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", script])
        .arg(env::current_exe().unwrap())
        .arg(NAME)
        .env(INSIDE, "1")
        .env("ATTUNE_KEYCHAIN", "system")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .output()
        .expect("dbus-run-session is installed by `cargo xtask test`");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success() && said.contains("1 passed"), "{said}");
}

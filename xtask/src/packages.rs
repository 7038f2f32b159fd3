//! The system's packages: what is missing is installed, and what could not be installed is said.
//!
//! On Debian and Ubuntu through apt, asking for sudo when not root; elsewhere the list is printed and the
//! rest is left to the person. A machine that has everything makes no call to apt at all, so a second run
//! is quick and needs no network.

use crate::child::{self, minutes};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::IsTerminal;
use std::path::Path;
use std::process::{Command, Stdio};

/// What compiling and opening the window takes.
pub const TO_BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    // The store links the system's OpenSSL in development (see house.rs).
    "libssl-dev",
    // The microphones; cmake builds the codec that smaller recordings are kept in.
    "libasound2-dev",
    "cmake",
    "libgl1-mesa-dri",
    "fonts-dejavu-core",
];

/// What the tests take besides.
pub const TO_TEST: &[&str] = &[
    // The real window: a display without a screen, and the driver that presses its buttons.
    "xvfb",
    "xauth",
    "webkit2gtk-driver",
    "at-spi2-core",
    // pgrep and pkill: the window's processes are killed in the middle of a recording.
    "procps",
    // The keychain test brings up a session bus with a keyring of its own.
    "dbus",
    "gnome-keyring",
    // A sound server of its own, with microphones that are not there, for everything that records or plays.
    "pulseaudio",
    "pulseaudio-utils",
    "libasound2-plugins",
];

/// Makes sure all of `wanted` is there, or says in one sentence what is not.
pub fn install(wanted: &[&[&str]]) -> Result<()> {
    let wanted: Vec<&str> = wanted.concat();
    if !Path::new("/usr/bin/dpkg-query").exists() {
        println!("{}", elsewhere());
        return Ok(());
    }
    let missing = missing(&wanted)?;
    if missing.is_empty() {
        println!("        all {} are installed", wanted.len());
        return Ok(());
    }
    println!("        installing {}", missing.join(" "));
    if let Err(fault) = apt(&missing) {
        println!("        {fault:#}");
    }
    let missing = self::missing(&wanted)?;
    ensure!(
        missing.is_empty(),
        "These packages could not be installed: {list}. Install them with `sudo apt-get install {list}`, then run this again.",
        list = missing.join(" ")
    );
    Ok(())
}

/// Whether this is Debian itself, whose archive holds a Chromium; Ubuntu's holds only a pointer to a snap.
pub fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
}

fn missing<'a>(wanted: &[&'a str]) -> Result<Vec<&'a str>> {
    // dpkg-query answers for those it knows and ends with 1 when there is one it does not.
    let output = Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status} ${Package}\n"])
        .args(wanted)
        .stdin(Stdio::null())
        .output()
        .context("`dpkg-query` cannot be started")?;
    Ok(not_installed(wanted, &String::from_utf8_lossy(&output.stdout)))
}

fn not_installed<'a>(wanted: &[&'a str], report: &str) -> Vec<&'a str> {
    let installed: Vec<&str> = report.lines().filter_map(|line| line.strip_prefix("installed ")).collect();
    wanted.iter().copied().filter(|package| !installed.contains(package)).collect()
}

fn apt(missing: &[&str]) -> Result<()> {
    // apt unpacks into the folder for temporary files, and /tmp has been seen to be cleaned under its hands.
    let scratch = Path::new("/var/tmp").join(format!("attune-apt-{}", std::process::id()));
    fs::create_dir(&scratch).with_context(|| format!("{} cannot be made", scratch.display()))?;
    let outcome = update_and_install(missing, &scratch);
    fs::remove_dir_all(&scratch).with_context(|| format!("{} cannot be removed", scratch.display()))?;
    outcome
}

fn update_and_install(missing: &[&str], scratch: &Path) -> Result<()> {
    if let Err(fault) = child::run_asking(apt_get(scratch)?.args(["-q", "update"]), minutes(10)) {
        println!("        {fault:#}; trying with the lists that are there");
    }
    let Err(fault) = install_with_apt(missing, scratch) else { return Ok(()) };
    if missing.len() == 1 {
        return Err(fault);
    }
    // One name apt does not know keeps it from installing all the others.
    println!("        {fault:#}; trying one by one");
    missing.iter().map(|package| install_with_apt(&[package], scratch)).fold(Ok(()), Result::and)
}

fn install_with_apt(packages: &[&str], scratch: &Path) -> Result<()> {
    let mut command = apt_get(scratch)?;
    command.args(["-q", "-y", "--no-install-recommends", "install"]).args(packages);
    child::run_asking(&mut command, minutes(30))
}

fn apt_get(scratch: &Path) -> Result<Command> {
    let mut command = if is_root()? {
        Command::new("env")
    } else {
        let mut sudo = Command::new("sudo");
        if !std::io::stdin().is_terminal() {
            // Nobody is there to type a password.
            sudo.arg("-n");
        }
        sudo.arg("env");
        sudo
    };
    let scratch = scratch.display();
    command.args([&format!("TMPDIR={scratch}"), "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    // Another apt may be at work, as on a machine that has just started.
    command.args(["-o", "DPkg::Lock::Timeout=120"]);
    Ok(command)
}

fn is_root() -> Result<bool> {
    Ok(child::answer(Command::new("id").arg("-u"))?.trim() == "0")
}

fn elsewhere() -> &'static str {
    if cfg!(target_os = "macos") {
        "        nothing is installed for you on macOS. Needed: the Xcode command line tools (xcode-select --install) \
         and cmake"
    } else if cfg!(windows) {
        "        nothing is installed for you on Windows. Needed: the Visual Studio C++ build tools, cmake, Perl (to \
         build OpenSSL) and the WebView2 runtime, which Windows 11 has"
    } else {
        "        nothing is installed for you on this system. Needed: a C compiler, pkg-config, and the development \
         files of WebKitGTK 4.1, Ayatana AppIndicator 3, librsvg 2, OpenSSL 3 and ALSA, and cmake; for the tests \
         also Xvfb, WebKitWebDriver, dbus, gnome-keyring, PulseAudio and Chromium"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_only_when_it_is_wholly_installed() {
        let report = "installed xvfb\nconfig-files xauth\nnot-installed dbus\nhalf-configured file\ninstalled libssl-dev\n";
        let wanted = ["xvfb", "xauth", "dbus", "file", "libssl-dev", "never-heard-of"];
        assert_eq!(not_installed(&wanted, report), ["xauth", "dbus", "file", "never-heard-of"]);
    }

    #[test]
    fn a_package_whose_name_begins_like_another_is_not_taken_for_it() {
        assert_eq!(not_installed(&["dbus"], "installed dbus-x11\n"), ["dbus"]);
    }
}

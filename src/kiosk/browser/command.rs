//! The browser's command lines.

use std::{
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};

use countenance_client::instance::KIOSK_VARIABLE;

use crate::config::BrowserProgram;

/// What a kiosk needs of Chromium, beside the profile and the page. Ways out that flags do not close, the managed policy
/// does.
const FLAGS: &[&str] = &[
    "--kiosk",
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--disable-session-crashed-bubble",
    "--disable-features=Translate,MediaRouter",
    // Nothing is sent to the browser's maker, and nothing is fetched from it.
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disk-cache-size=33554432",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-pings",
    // No system key ring, which could ask for a password or outlive the visit.
    "--password-store=basic",
];

/// Has a shell connect the standard streams, which are pipes to us, to the descriptors of the debugging pipe, 3 and 4, and
/// nothing to the standard streams. Chromium's own messages are dropped: they can contain addresses.
const WITH_PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

/// Starts the browser with the profile `visit` at `page`. Its process is the first of a process group of its own.
pub(super) fn browser(browser: &BrowserProgram, visit: &Path, page: &str) -> Command {
    let mut command = if browser.watched {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", WITH_PIPE]).arg(&browser.program).arg("--remote-debugging-pipe");
        shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        shell
    } else {
        let mut plain = Command::new(&browser.program);
        plain.stdin(Stdio::null()).stdout(Stdio::null());
        plain
    };
    command.stderr(Stdio::null()).process_group(0);
    with_profile(&mut command, browser, visit);
    command.arg(page);
    command
}

/// Opens `page` in the browser that runs with the profile `visit`: a second start hands the page over and ends. It joins
/// the process group `group`, so that it cannot outlive the visit.
pub(super) fn page(browser: &BrowserProgram, visit: &Path, group: i32, page: &str) -> Command {
    let mut command = Command::new(&browser.program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(group);
    with_profile(&mut command, browser, visit);
    command.arg(page);
    command
}

/// Everything that the browser writes is to be in the folder of the visit: profile, caches, temporary files.
fn with_profile(command: &mut Command, browser: &BrowserProgram, visit: &Path) {
    if std::env::var_os("WAYLAND_DISPLAY").is_some() {
        command.arg("--ozone-platform=wayland");
    }
    let mut profile = std::ffi::OsString::from("--user-data-dir=");
    profile.push(visit);
    command.args(FLAGS).args(&browser.flags).arg(profile);
    command.env("HOME", visit).env("TMPDIR", visit).env(KIOSK_VARIABLE, "1");
    for name in [
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "SSLKEYLOGFILE",
        "NOTIFY_SOCKET",
        "WATCHDOG_USEC",
        "WATCHDOG_PID",
    ] {
        command.env_remove(name);
    }
}

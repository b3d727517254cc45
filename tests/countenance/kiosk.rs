//! `countenance kiosk` as an administrator and a kiosk's browser use it. The kiosk itself is tested in `tests/kiosk`.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use countenance_client::instance::KIOSK_VARIABLE;

fn countenance(home: &Path, args: &[&str], typed: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countenance"));
    for (name, folder) in [("HOME", ""), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config")] {
        command.env(name, home.join(folder));
    }
    for name in ["XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    command.args(args).env(KIOSK_VARIABLE, "1").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that does not read has no need of it.
    child.stdin.take().unwrap().write_all(typed.as_bytes()).ok();
    child.wait_with_output().unwrap()
}

#[test]
fn a_pin_is_read_from_a_pipe_and_only_its_hash_is_printed() {
    let home = tempfile::tempdir().unwrap();
    let ran = countenance(home.path(), &["kiosk", "pin"], "280471\n");
    let out = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success() && out.starts_with("operator_pin = \"$argon2id$v=19$m=65536,t=3,p=1$"), "{out}");
    assert!(out.ends_with("\"\n") && !out.contains("280471"), "{out}");
    for (typed, expected) in
        [("1234\n", "a PIN has 6 to 12 digits"), ("", "a PIN has"), ("123456", "without a pattern")]
    {
        let ran = countenance(home.path(), &["kiosk", "pin"], typed);
        let err = String::from_utf8(ran.stderr).unwrap();
        assert!(ran.status.code() == Some(1) && ran.stdout.is_empty() && err.contains(expected), "{err}");
    }
}

#[test]
fn a_link_that_no_kiosk_takes_opens_no_window() {
    let home = tempfile::tempdir().unwrap();
    let ran = countenance(home.path(), &["countenance://verify?v=https://v.example&s=s&c=c0de"], "");
    let err = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.code() == Some(1) && err.contains("the kiosk does not run"), "{err}");
    assert!(!err.contains("c0de"), "{err}");
}

/// An Integration Id is random text: one of 64 begins with a hyphen.
#[test]
fn an_integration_id_that_begins_with_a_hyphen_is_no_option() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config");
    let args = ["kiosk", "--config", config.to_str().unwrap(), "register", "--integration", "-Uq_"];
    let ran = countenance(home.path(), &args, "");
    let err = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.code() == Some(1) && err.contains("no verifier is set up"), "{err}");
}

#[test]
fn without_a_display_a_kiosk_says_so() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config");
    let ran = countenance(home.path(), &["kiosk", "--config", config.to_str().unwrap()], "");
    let err = String::from_utf8(ran.stderr).unwrap();
    // Code 70 is what the service manager knows, and what it starts again.
    assert!(
        ran.status.code() == Some(70) && err.contains("a kiosk needs a screen (WAYLAND_DISPLAY is not set"),
        "{err}"
    );
    assert!(!err.contains("capture"), "no link is at hand: {err}");
}

//! What scripts and shells do to the program: misspelled arguments, readers that go away, names that are no text, no display.

use std::{
    path::Path,
    process::{Command, Stdio},
};

const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// The program in a home of its own, from the root of the repository.
pub(crate) fn countenance(home: &Path) -> Command {
    at_home(Command::new(env!("CARGO_BIN_EXE_countenance")), home)
}

pub(crate) fn at_home(mut command: Command, home: &Path) -> Command {
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for (name, folder) in [("HOME", ""), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config")] {
        command.env(name, home.join(folder));
    }
    for name in ["XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    command
}

/// Rows: arguments, part of the message.
#[test]
fn arguments_that_make_no_sense_are_usage_errors_that_say_what_was_meant() {
    let dry = ["capture", "--dry-run", NONCE];
    let recording = ["--camera", "recording:tests/fixtures/person-b.mp4"];
    let rows: [(&[&str], &str); 24] = [
        (&["captur"], "did you mean the command `capture`?"),
        (&["doctr"], "did you mean the command `doctor`?"),
        (&["Models"], "did you mean the command `models`?"),
        (&["hello"], "a launch link begins with countenance://verify?"),
        (&["./countenance"], "a launch link begins with"),
        (&["https://verifier.example/start"], "open this page in your browser"),
        (&["capture", "captrue"], "did you mean the command `capture`?"),
        (&["capture", "verify?v=https://v.example&s=s&c=c"], "a launch link begins with"),
        (&[&dry[..], &["--at", "-1"]].concat(), "0..=253402300799"),
        (&[&dry[..], &["--at", "253402300800"]].concat(), "0..=253402300799"),
        (&[&dry[..], &["--at", "99999999999999999999"]].concat(), "--at"),
        (&[&dry[..], &["--at", "now"]].concat(), "--at"),
        (&[&dry[..], &["--at", "1", "--fps", "-5"]].concat(), "expected a number above 0"),
        (&[&dry[..], &["--at", "1", "--fps=-0.0"]].concat(), "expected a number above 0"),
        (&[&dry[..], &["--at", "1", "--fps", "nan"]].concat(), "expected a number above 0"),
        (&[&dry[..], &["--at", "1", "--fps", "1e9"]].concat(), "at most 1000"),
        (&["camera", "test", "--camera", "clip.mp4"], "did you mean recording:clip.mp4?"),
        (&["camera", "test", "--camera", "tests/fixtures/person-b.mp4"], "recording:tests/fixtures/person-b.mp4?"),
        (&["camera", "test", "--camera", "Recording:clip"], "did you mean recording:clip?"),
        (&["camera", "test", "--camera", "recording:"], "expected a camera, or recording:FILE"),
        (&[&["camera", "test"], &recording[..], &["--seconds", "0"]].concat(), "1..=86400"),
        (&[&["camera", "test"], &recording[..], &["--seconds", "18446744073709551615"]].concat(), "1..=86400"),
        (&["capture", "countenance://verify?", "--verifier", "https://a.example/"], "write https://a.example"),
        (&["capture", "countenance://verify?", "--camera-timeout", "999999999999"], "0..=86400"),
    ];
    let home = tempfile::tempdir().unwrap();
    for (args, expected) in rows {
        let ran = countenance(home.path()).args(args).output().unwrap();
        let err = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(2), "{args:?}: {err}");
        assert!(err.contains(expected) && ran.stdout.is_empty(), "{args:?}: {err}");
    }
}

/// Rows: arguments. Each command writes to a pipe whose reader has gone, and ends as it would with one.
#[test]
fn a_reader_that_goes_away_changes_no_exit_code() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let data = data.to_str().unwrap();
    let rows: [&[&str]; 8] = [
        &["models"],
        &["doctor", "--json", "--data", data],
        &["doctor", "--data", data],
        &["camera", "list", "--json"],
        &["inspect", "Cargo.toml"],
        &["--help"],
        &["captur"],
        &[
            "capture",
            "--camera",
            "recording:tests/fixtures/person-b.mp4",
            "--data",
            data,
            "--dry-run",
            NONCE,
            "--at",
            "1",
        ],
    ];
    let gone = || std::io::pipe().map(|(_, writer)| writer).unwrap();
    for args in rows {
        let usual = countenance(home.path()).args(args).output().unwrap().status;
        let cut = countenance(home.path()).args(args).stdout(gone()).stderr(gone()).status().unwrap();
        assert_eq!(cut.code(), usual.code(), "{args:?}");
        let cut = countenance(home.path()).args(args).stdout(gone()).output().unwrap();
        let err = String::from_utf8_lossy(&cut.stderr);
        assert!(
            cut.status.code() == usual.code() && !err.contains("pipe") && !err.contains("panicked"),
            "{args:?}: {err}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_file_need_not_have_a_name_in_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.mp4"));
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/person-b.mp4"), &file).unwrap();
    let mut camera = std::ffi::OsString::from("recording:");
    camera.push(&file);
    let run = |camera: &std::ffi::OsStr| {
        let mut command = countenance(home.path());
        command.args(["capture", "--dry-run", NONCE, "--at", "1700000000", "--camera"]).arg(camera);
        command.output().unwrap()
    };
    let ran = run(&camera);
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    camera.push("-gone");
    let ran = run(&camera);
    let err = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.code() == Some(20) && err.contains("caf\u{fffd}.mp4-gone: "), "{err}");
}

#[cfg(all(target_os = "linux", feature = "window"))]
#[test]
fn without_a_display_one_sentence_says_what_to_use() {
    let home = tempfile::tempdir().unwrap();
    let runtime = home.path().join("runtime");
    std::fs::create_dir(&runtime).unwrap();
    drop(std::os::unix::net::UnixListener::bind(runtime.join("wayland-0")).unwrap());
    let variables: [(&str, &[(&str, &str)]); 4] = [
        ("nothing", &[]),
        ("a dead Wayland", &[("WAYLAND_DISPLAY", "wayland-0")]),
        ("a dead X11", &[("DISPLAY", ":54321")]),
        ("both dead", &[("WAYLAND_DISPLAY", "wayland-0"), ("DISPLAY", ":54321")]),
    ];
    for (name, variables) in variables {
        let mut command = countenance(home.path());
        command.envs(variables.iter().copied()).env("XDG_RUNTIME_DIR", &runtime);
        let ran = command.arg("--data").arg(home.path().join("data")).output().unwrap();
        let err = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(1), "{name}: {err}");
        assert!(err.starts_with("countenance: there is no display") && err.lines().count() == 1, "{name}: {err}");
        assert!(err.contains("use `countenance capture LINK`") && !err.contains(".rs"), "{name}: {err}");
    }
}

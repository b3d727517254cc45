//! An administrator's file decides for whatever the user's file and the command line say: the program, with such a file in
//! `/etc/countenance`, in a mount namespace of its own.

#![cfg(target_os = "linux")]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use countenance_client::testing::scripted::{Scripted, json, problem};
use countenance_core::policy::Policy;
use serde_json::Value;

use crate::usage::at_home;

const PLACE: &str = "/etc/countenance/settings.toml";
const CAMERA: &str = "recording:tests/fixtures/person-a-verify.mp4";
/// Puts the first argument over `/etc`, then runs the others.
const OVER_ETC: &str = r#"over="$1"; shift; mount -t overlay overlay -o "lowerdir=$over:/etc" /etc && exec "$@""#;

/// A computer whose administrator has written `text`; `None`, after printing SKIPPED, if this one grants no namespaces.
struct Computer {
    home: tempfile::TempDir,
}

impl Computer {
    fn managed(text: &str) -> Option<Self> {
        let computer = Self { home: tempfile::tempdir().unwrap() };
        fs::create_dir_all(computer.etc().join("countenance")).unwrap();
        for folder in [computer.etc(), computer.etc().join("countenance")] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
        computer.manage(text);
        if computer.command(Path::new("true"), &[]).output().is_ok_and(|ran| ran.status.success()) {
            return Some(computer);
        }
        eprintln!("SKIPPED: this system lets no test mount anything over /etc");
        None
    }

    fn etc(&self) -> std::path::PathBuf {
        self.home.path().join("etc")
    }

    fn manage(&self, text: &str) {
        let file = self.etc().join("countenance/settings.toml");
        fs::write(&file, text).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    }

    fn command(&self, program: &Path, args: &[&str]) -> Command {
        let mut command = at_home(Command::new("unshare"), self.home.path());
        // A user who is nobody's administrator is one in a namespace of users, and owns the file there.
        command.args(["--map-root-user", "--mount", "sh", "-c", OVER_ETC, "sh"]).arg(self.etc());
        command.arg(program).args(args);
        command
    }

    fn countenance(&self, args: &[&str]) -> Output {
        self.command(Path::new(env!("CARGO_BIN_EXE_countenance")), args).output().unwrap()
    }

    /// Exit code and standard error of a capture for `link`, whose user trusts `user`.
    fn capture(&self, user: &str, link: &str, more: &[&str]) -> (i32, String) {
        let settings = self.home.path().join("settings.toml");
        fs::write(&settings, format!("verifiers = [\"{user}\"]\ncamera_testing = true\n")).unwrap();
        let args = ["capture", "--camera", CAMERA, "--settings", settings.to_str().unwrap(), link];
        let ran = self.countenance(&[&args[..], more].concat());
        (ran.status.code().unwrap(), String::from_utf8(ran.stderr).unwrap())
    }
}

fn link(origin: &str) -> String {
    format!("countenance://verify?v={origin}&s=a&c=b")
}

#[test]
fn managed_verifiers_are_the_only_ones() {
    let Some(computer) = Computer::managed("") else { return };
    let verifier = Scripted::new([problem(404, "urn:nothing", ""), problem(404, "urn:nothing", "")]);
    let (ours, users) = (verifier.origin().to_string(), "https://own.example");
    computer.manage(&format!("verifiers = [\"{ours}\"]\n"));
    let (code, err) = computer.capture(users, &link(&ours), &[]);
    assert_eq!((code, verifier.seen().len()), (31, 1), "allowed, asked, and refused by the verifier: {err}");
    assert_eq!(computer.capture(users, &link(users), &[]).0, 2, "the user's own is not");
    let (code, err) = computer.capture(users, &link(users), &["--verifier", users]);
    let expected = format!("--verifier cannot be used here: your organization manages verifiers ({PLACE})");
    assert!(code == 2 && err.contains(&expected), "{code} {err}");
    assert_eq!(computer.capture(users, &link(&ours), &["--verifier", &ours]).0, 31, "it may name what is managed");

    for damage in ["verifiers = 7\n", "= =\n"] {
        computer.manage(damage);
        let (code, err) = computer.capture(users, &link(users), &[]);
        assert!(code == 2 && err.contains(PLACE), "{damage}: {code} {err}");
    }
    assert_eq!(verifier.seen().len(), 2, "no other request was made");
}

#[test]
fn a_recording_takes_no_cameras_place_where_tests_are_managed_off() {
    let Some(computer) = Computer::managed("camera_testing = false\n") else { return };
    let (code, err) = computer.capture("https://own.example", &link("https://own.example"), &[]);
    let expected =
        format!("--camera recording: cannot be used here: your organization manages camera_testing ({PLACE})");
    assert!(code == 2 && err.contains(&expected), "{code} {err}");
    // Nothing is signed in to, so that an administrator need not decide.
    let args = [
        "capture",
        "--camera",
        CAMERA,
        "--dry-run",
        "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "--at",
        "1800000000",
    ];
    let ran = computer.countenance(&args);
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn the_doctor_says_what_is_managed_and_what_is_wrong_with_it() {
    let Some(computer) = Computer::managed("") else { return };
    let verifier = Scripted::new([json(&Policy::default())]);
    let findings = || -> Vec<Value> {
        let ran = computer.countenance(&["doctor", "--json"]);
        let all: Vec<Value> = serde_json::from_slice(&ran.stdout).unwrap();
        all.into_iter().filter(|finding| finding["check"] == "doctor-managed").collect()
    };
    computer.manage(&format!("verifiers = [\"{}\"]\ntheme = \"dark\"\n", verifier.origin()));
    let [found] = &findings()[..] else { panic!("one finding") };
    assert_eq!((&found["state"], &found["detail"]), (&"good".into(), &format!("theme, verifiers by {PLACE}").into()));

    let file = computer.etc().join("countenance/settings.toml");
    fs::set_permissions(file, fs::Permissions::from_mode(0o666)).unwrap();
    let [found] = &findings()[..] else { panic!("one finding") };
    assert_eq!((&found["state"], &found["fix"]), (&"attention".into(), &"doctor-fix-protect-managed".into()));
    let expected = format!("{PLACE}: any user can write to it (mode 666); no verifier is trusted, and no camera");
    assert_eq!(found["detail"], expected);
}

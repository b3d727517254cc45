//! An installation: link handler, reachability of verifiers, `doctor`, and the settings shared by window and command line.

use std::{path::Path, process::Command, time::Duration};

use countenance_client::session::{
    SessionError, Timeouts,
    reach::{Reached, reach},
};
use countenance_core::policy::Policy;
use serde_json::Value;

use countenance_client::testing::scripted::{Play, Scripted, json, problem};

const LINK: &str = "countenance://verify?v=https://v.example&s=s&c=c";

/// The binary, with a home directory of its own.
fn countenance(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countenance"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    for (name, value) in homes(home) {
        command.env(name, value);
    }
    command
}

/// Environment variables that make `home` an isolated desktop.
fn homes(home: &Path) -> [(&'static str, std::path::PathBuf); 7] {
    [
        ("HOME", home.to_owned()),
        ("XDG_DATA_HOME", home.join("data")),
        ("XDG_CONFIG_HOME", home.join("config")),
        ("XDG_CACHE_HOME", home.join("cache")),
        ("XDG_DATA_DIRS", home.join("shared")),
        ("XDG_CURRENT_DESKTOP", "X-Generic".into()),
        ("DESKTOP_SESSION", "".into()),
    ]
}

fn short() -> Timeouts {
    Timeouts { connect: Duration::from_secs(2), answer: Duration::from_millis(300) }
}

#[test]
fn a_verifier_is_reached_only_if_it_returns_its_policy() {
    type ReachCheck = fn(&Result<Reached, SessionError>) -> bool;
    let dated = |date: &str| match json(&Policy::default()) {
        Play::Response { status, media_type, body, .. } => {
            Play::Response { status, media_type, headers: format!("Date: {date}\r\n"), body }
        }
        other => other,
    };
    let rows: [(&str, Play, ReachCheck); 8] = [
        ("with a date", dated("Sun, 06 Nov 1994 08:49:37 GMT"), |r| {
            matches!(r, Ok(Reached { date: Some(784_111_777) }))
        }),
        ("with nonsense for a date", dated("yesterday"), |r| matches!(r, Ok(Reached { date: None }))),
        ("without a date", json(&Policy::default()), |r| matches!(r, Ok(Reached { date: None }))),
        ("other JSON", json(&["hello"]), |r| matches!(r, Err(SessionError::Garbled(_)))),
        ("not found", problem(404, "about:blank", ""), |r| matches!(r, Err(SessionError::Rejected { status: 404 }))),
        ("silent", Play::Hangs, |r| matches!(r, Err(SessionError::TimedOut(_)))),
        ("endless", Play::Endless, |r| matches!(r, Err(SessionError::TooLarge { .. }))),
        ("not HTTP", Play::Babbles, |r| matches!(r, Err(SessionError::Unreachable(_)))),
    ];
    for (name, play, is_expected) in rows {
        let verifier = Scripted::new([play]);
        let reached = reach(&verifier.origin(), short());
        assert!(is_expected(&reached), "{name}: {reached:?}");
        let seen = verifier.seen();
        assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("GET", "/v1/policy"), "{name}");
        assert!(!seen[0].headers.contains_key("countenance-proof"), "{name}: the request must not identify the device");
    }
}

#[test]
fn links_may_name_the_verifiers_of_the_settings_unless_an_option_overrides_them() {
    let home = tempfile::tempdir().unwrap();
    let verifier = Scripted::new([problem(404, "urn:nothing", ""), problem(404, "urn:nothing", "")]);
    let origin = verifier.origin().to_string();
    let settings = home.path().join("settings.toml");
    std::fs::write(&settings, format!("verifiers = [\"{origin}\", 7]\n")).unwrap();
    let run = |more: &[&str]| {
        let link = format!("countenance://verify?v={origin}&s=a&c=b");
        let mut command = countenance(home.path());
        command.args(["capture", "--camera", "recording:tests/fixtures/person-a-verify.mp4", "--settings"]);
        let ran = command.arg(&settings).args(more).arg(link).output().unwrap();
        (ran.status.code().unwrap(), String::from_utf8(ran.stderr).unwrap())
    };
    let (code, err) = run(&[]);
    assert_eq!(code, 31, "allowed, asked, and refused by the verifier: {err}");
    assert!(err.contains("line 1: verifiers has an entry that is not text in quotes"), "{err}");
    assert_eq!(verifier.seen().len(), 1);
    let (code, err) = run(&["--verifier", "https://other.example"]);
    assert_eq!(code, 2, "{err}");
    std::fs::write(&settings, "verifiers = []\n").unwrap();
    assert_eq!(run(&[]).0, 2);
    std::fs::write(&settings, "?").unwrap();
    let (code, err) = run(&[]);
    assert!(code == 1 && err.contains("settings.toml: line 1 is not TOML: "), "{code} {err}");
    assert_eq!(verifier.seen().len(), 1, "no other request was made");
}

#[test]
fn the_doctor_finds_what_is_missing_and_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let verifier = Scripted::new([json(&Policy::default()), json(&Policy::default())]);
    let settings = home.path().join("settings.toml");
    std::fs::write(&settings, format!("verifiers = [\"{}\"]\ntheme = 1\n", verifier.origin())).unwrap();
    let run = |more: &[&str]| {
        let mut command = countenance(home.path());
        let ran = command.arg("doctor").arg("--settings").arg(&settings).args(more).output().unwrap();
        (ran.status.code().unwrap(), String::from_utf8(ran.stdout).unwrap())
    };
    let (code, output) = run(&["--json"]);
    let findings: Vec<Value> = serde_json::from_str(&output).unwrap();
    let of = |check: &str| findings.iter().find(|f| f["check"] == check).unwrap_or_else(|| panic!("{check}: {output}"));
    assert_eq!(of("doctor-models")["state"], "good");
    assert_eq!(of("doctor-verifier")["state"], "good");
    assert_eq!(of("doctor-settings")["state"], "attention");
    assert_eq!(of("doctor-settings")["fix"], "doctor-fix-correct-settings");
    assert!(of("doctor-settings")["detail"].as_str().unwrap().contains("settings.toml: line 2: theme "), "{output}");
    assert!(!output.contains(home.path().to_str().unwrap()), "{output}");
    assert_eq!(code, 1);
    let (code, output) = run(&[]);
    assert!(code == 1 && output.contains("→ Correct the settings file."), "{output}");
    assert!(!home.path().join("data/countenance").exists(), "doctor must not create files");
}

#[cfg(target_os = "linux")]
mod linux {
    use countenance_client::registration::{Desktop, RegistrationError, Status};

    use super::*;

    /// A desktop whose program writes its argument to a file; `None`, after printing SKIPPED, if the tools are missing.
    fn desktop(home: &Path, folder: &str) -> Option<Desktop> {
        let missing: Vec<_> = ["xdg-mime", "xdg-open", "update-desktop-database", "desktop-file-validate"]
            .into_iter()
            .filter(|tool| Command::new(tool).arg("--help").output().is_err())
            .collect();
        if !missing.is_empty() {
            eprintln!("SKIPPED: {} not installed (packages xdg-utils, desktop-file-utils)", missing.join(", "));
            return None;
        }
        let program = home.join(folder).join("countenance");
        std::fs::create_dir_all(program.parent().unwrap()).unwrap();
        let script = format!("#!/bin/sh\nprintf '%s' \"$*\" > '{}'\n", home.join("opened").display());
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let variables = homes(home).map(|(name, value)| (name, value.into_os_string())).to_vec();
        Some(Desktop { program, data_home: home.join("data"), data_dirs: vec![home.join("shared")], variables })
    }

    #[test]
    fn a_link_opens_the_program_that_registered() {
        let home = tempfile::tempdir().unwrap();
        let Some(desktop) = desktop(home.path(), "bin") else { return };
        assert_eq!(desktop.status().unwrap(), Status::Nobody);
        desktop.register().unwrap();
        assert_eq!(desktop.status().unwrap(), Status::Ours);
        let entry = home.path().join("data/applications/countenance.desktop");
        let cache = std::fs::read_to_string(home.path().join("data/applications/mimeinfo.cache")).unwrap();
        assert!(cache.contains("x-scheme-handler/countenance=countenance.desktop;"), "{cache}");
        assert_eq!(std::fs::read_dir(entry.parent().unwrap()).unwrap().count(), 2, "no temporary file is left behind");

        // Without DISPLAY, xdg-open assumes that there is no graphical session.
        let mut open = Command::new("xdg-open");
        open.arg(LINK).envs(desktop.variables.clone()).env("DISPLAY", ":none").env_remove("WAYLAND_DISPLAY");
        let opened = open.output().unwrap();
        assert!(opened.status.success(), "{opened:?}");
        assert_eq!(std::fs::read_to_string(home.path().join("opened")).unwrap(), LINK);

        desktop.unregister().unwrap();
        assert_eq!(desktop.status().unwrap(), Status::Nobody);
        assert!(!entry.exists());
        desktop.unregister().unwrap();
    }

    #[test]
    fn the_desktop_entry_is_valid_for_any_program_path() {
        for folder in ["bin", "with blanks", "100% \"quoted\"", "back\\slash $HOME `id`", "ünï;(x)"] {
            let home = tempfile::tempdir().unwrap();
            let Some(desktop) = desktop(home.path(), folder) else { return };
            desktop.register().unwrap();
            let entry = home.path().join("data/applications/countenance.desktop");
            let checked = Command::new("desktop-file-validate").arg(&entry).output().unwrap();
            assert!(checked.status.success() && checked.stdout.is_empty(), "{folder}: {checked:?}");
            // Here, without a desktop environment, xdg-open takes quotes for a part of the name.
            let is_plain = matches!(folder, "bin");
            let expected = if is_plain { Status::Ours } else { Status::OursInDesktops };
            assert_eq!(desktop.status().unwrap(), expected, "{folder}");
            let mut in_environment = desktop.clone();
            in_environment.variables.retain(|(name, _)| *name != "XDG_CURRENT_DESKTOP");
            in_environment.variables.push(("XDG_CURRENT_DESKTOP", "GNOME".into()));
            // Its own tools may be missing; only the answer about the path counts.
            if let Ok(status) = in_environment.status() {
                assert_ne!(status, Status::OursInDesktops, "{folder}");
            }
        }
    }

    #[test]
    fn reports_which_program_opens_links() {
        let home = tempfile::tempdir().unwrap();
        let Some(desktop) = desktop(home.path(), "bin") else { return };
        desktop.register().unwrap();
        let moved = Desktop { program: home.path().join("elsewhere/countenance"), ..desktop.clone() };
        assert_eq!(moved.status().unwrap(), Status::Elsewhere { program: desktop.program.clone() });
        let other =
            "[Desktop Entry]\nType=Application\nName=O\nExec=/bin/true %u\nMimeType=x-scheme-handler/countenance;\n";
        std::fs::write(home.path().join("data/applications/other.desktop"), other).unwrap();
        std::fs::create_dir_all(home.path().join("config")).unwrap();
        let defaults = "[Default Applications]\nx-scheme-handler/countenance=other.desktop\n";
        std::fs::write(home.path().join("config/mimeapps.list"), defaults).unwrap();
        assert_eq!(desktop.status().unwrap(), Status::Other { handler: "other.desktop".into() });
        desktop.register().unwrap();
        assert_eq!(desktop.status().unwrap(), Status::Ours, "registering takes the scheme back");
    }

    #[test]
    fn reports_a_missing_desktop_tool() {
        let home = tempfile::tempdir().unwrap();
        let Some(mut desktop) = desktop(home.path(), "bin") else { return };
        desktop.variables.push(("PATH", home.path().into()));
        assert!(matches!(desktop.status(), Err(RegistrationError::ToolMissing { tool: "xdg-mime" })));
    }

    #[test]
    fn the_link_command_registers_and_reports() {
        let home = tempfile::tempdir().unwrap();
        if desktop(home.path(), "bin").is_none() {
            return;
        }
        let link = |task: &str| {
            let ran = countenance(home.path()).args(["link", task]).output().unwrap();
            (ran.status.code().unwrap(), String::from_utf8(ran.stdout).unwrap())
        };
        assert_eq!(link("status"), (1, "countenance: links have no handler\n".into()));
        assert_eq!(link("register"), (0, "countenance: links are handled by this program\n".into()));
        assert_eq!(link("status"), (0, "countenance: links are handled by this program\n".into()));
        assert_eq!(link("unregister"), (0, "countenance: links have no handler\n".into()));
    }
}

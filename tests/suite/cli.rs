//! The binary as a script meets it: exit codes, JSON lines, and the same claims every time.

use std::{path::Path, process::Command};

use serde_json::Value;

const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn countenance(args: &[&str]) -> Ran {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = Command::new(env!("CARGO_BIN_EXE_countenance")).args(args).current_dir(root).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: ran.status.code().unwrap(), out: text(ran.stdout), err: text(ran.stderr) }
}

fn rehearse(data: &Path, camera: &str, more: &[&str]) -> Ran {
    let mut args = vec!["capture", "--camera", camera, "--data", data.to_str().unwrap()];
    args.extend(["--rehearse", NONCE, "--at", "1700000000"]);
    args.extend(more);
    countenance(&args)
}

#[test]
fn two_runs_give_the_same_claims() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("attestation");
    let file = file.to_str().unwrap();
    let run = || rehearse(data.path(), "recording:tests/fixtures/person-a-verify.mp4", &["--attestation", file]);
    let first = run();
    assert_eq!(first.code, 0, "{}", first.err);
    assert_eq!(first.out, run().out);
    let claims: Value = serde_json::from_str(first.out.lines().last().unwrap()).unwrap();
    assert_eq!(claims["eat_nonce"], NONCE);
    assert_eq!(claims["iat"], 1_700_000_000);
    assert_eq!(claims["camera"]["kind"], "virtual");
    let inspected = countenance(&["inspect", file]);
    assert_eq!(inspected.code, 0, "{}", inspected.err);
    assert!(
        inspected.out.contains("person-a-verify.mp4") && inspected.out.contains("not checked"),
        "{}",
        inspected.out
    );
}

#[test]
fn the_exit_code_says_how_it_ended() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let a = "recording:tests/fixtures/person-a-verify.mp4";
    let login = |link: &str| countenance(&["capture", "--camera", a, "--data", folder, link]);
    let rows = [
        ("cancelled", rehearse(data.path(), a, &["--cancel-after", "3"]), 11, "\"reason\":\"cancelled\""),
        ("too short", rehearse(data.path(), "recording:tests/fixtures/formats/c444.y4m", &[]), 12, "cannot_tell"),
        ("no such recording", rehearse(data.path(), "recording:nowhere.mp4", &[]), 20, ""),
        ("not a recording", rehearse(data.path(), "recording:Cargo.toml", &[]), 20, ""),
        ("no such camera", rehearse(data.path(), "no such camera", &[]), 20, "no_camera"),
        ("a foreign link", login("https://example.com/"), 2, ""),
        ("a verifier that is not allowed", login("countenance://verify?v=https://v.example&s=a&c=b"), 2, ""),
    ];
    for (name, ran, code, told) in rows {
        assert_eq!(ran.code, code, "{name}: {} {}", ran.out, ran.err);
        assert!(ran.out.contains(told), "{name}: {}", ran.out);
        // A refusal before the run says why; a run says it in its lines.
        assert!(!ran.out.is_empty() || !ran.err.is_empty(), "{name} says nothing");
    }
}

#[test]
fn a_verifier_that_is_not_there_is_unreachable() {
    // A port of this machine that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let data = tempfile::tempdir().unwrap();
    let origin = format!("http://127.0.0.1:{port}");
    let link = format!("countenance://verify?v={origin}&s=a&c=secret-code");
    let camera = "recording:tests/fixtures/person-a-verify.mp4";
    let folder = data.path().to_str().unwrap();
    let ran = countenance(&["capture", "--camera", camera, "--data", folder, "--verifier", &origin, &link]);
    assert_eq!(ran.code, 30, "{} {}", ran.out, ran.err);
    assert!(ran.out.contains("check the network") && !ran.out.contains("secret-code"), "{}", ran.out);
}

#[test]
fn models_are_listed_and_nonsense_is_not_inspected() {
    let models = countenance(&["models"]);
    assert_eq!(models.code, 0);
    assert_eq!(models.out.matches("sha256").count(), 3, "{}", models.out);
    let inspect = countenance(&["inspect", "Cargo.toml"]);
    assert_ne!(inspect.code, 0);
    assert!(inspect.out.is_empty() && inspect.err.starts_with("countenance: "), "{}", inspect.err);
}

//! The binary as used by scripts: exit codes, JSON lines and reproducible claims.

use std::{path::Path, process::Command};

use countenance_client::testing::scripted::{Scripted, json, problem};
use serde_json::Value;

// It is random: one of 64 begins with a hyphen.
const NONCE: &str = "-AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

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

fn dry_run(data: &Path, camera: &str, more: &[&str]) -> Ran {
    let mut args = vec!["capture", "--camera", camera, "--data", data.to_str().unwrap()];
    args.extend(["--dry-run", NONCE, "--at", "1700000000"]);
    args.extend(more);
    countenance(&args)
}

#[test]
fn two_runs_give_the_same_claims() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("attestation");
    let file = file.to_str().unwrap();
    let run = || dry_run(data.path(), "recording:tests/fixtures/person-a-verify.mp4", &["--attestation", file]);
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
fn the_exit_code_gives_the_outcome() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let a = "recording:tests/fixtures/person-a-verify.mp4";
    let capture = |link: &str| countenance(&["capture", "--camera", a, "--data", folder, link]);
    let rows = [
        ("cancelled", dry_run(data.path(), a, &["--cancel-after", "3"]), 11, "\"reason\":\"cancelled\""),
        ("too short", dry_run(data.path(), "recording:tests/fixtures/formats/c444.y4m", &[]), 12, "cannot_tell"),
        ("no such recording", dry_run(data.path(), "recording:nowhere.mp4", &[]), 20, ""),
        ("not a recording", dry_run(data.path(), "recording:Cargo.toml", &[]), 20, ""),
        ("no such camera", dry_run(data.path(), "no such camera", &[]), 20, "no_camera"),
        ("a link of another kind", capture("https://example.com/"), 2, ""),
        ("a verifier that is not allowed", capture("countenance://verify?v=https://v.example&s=a&c=b"), 2, ""),
    ];
    for (name, ran, code, expected) in rows {
        assert_eq!(ran.code, code, "{name}: {} {}", ran.out, ran.err);
        assert!(ran.out.contains(expected), "{name}: {}", ran.out);
        // An error before the run is on standard error, one during the run in its lines.
        assert!(!ran.out.is_empty() || !ran.err.is_empty(), "{name}: no output");
    }
}

#[test]
fn a_closed_port_is_an_unreachable_verifier() {
    // A local port that was free a moment ago.
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
fn lists_models_and_rejects_a_malformed_attestation() {
    let models = countenance(&["models"]);
    assert_eq!(models.code, 0);
    assert_eq!(models.out.matches("sha256").count(), 4, "{}", models.out);
    let inspect = countenance(&["inspect", "Cargo.toml"]);
    assert_ne!(inspect.code, 0);
    assert!(inspect.out.is_empty() && inspect.err.starts_with("countenance: "), "{}", inspect.err);
}

#[test]
fn a_network_is_added_by_its_pin_and_used_in_a_dry_run() {
    let net = "tests/nets/warmth.toml";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pin = countenance_vision::testing::nets::sha256(&std::fs::read(root.join(net)).unwrap());
    let args = ["--net", net, "--net-sha256", &pin];
    let models = |more: &[&str]| countenance(&[&["models"], more].concat());
    let listed = models(&args);
    assert!(listed.code == 0 && listed.out.contains(&format!("contract {pin}")), "{}{}", listed.out, listed.err);
    let thresholds: Value = serde_json::from_str(&models(&[&args[..], &["--thresholds"]].concat()).out).unwrap();
    assert_eq!(thresholds["liveness"]["nets"][2]["name"], "warmth");
    let other = "ab".repeat(32);
    for (name, args, expected) in [
        ("another pin", vec!["--net", net, "--net-sha256", &other], "abab is pinned"),
        ("no pin", vec!["--net", net], "--net-sha256"),
        ("a pin without a network", vec!["--net-sha256", &other], "--net"),
        ("two networks, one pin", [&args[..], &["--net", net]].concat(), "one for each"),
        ("thresholds without a network", vec!["--thresholds"], "--net"),
    ] {
        let refused = models(&args);
        assert!(refused.code != 0 && refused.err.contains(expected), "{name}: {}", refused.err);
    }

    let data = tempfile::tempdir().unwrap();
    let camera = "recording:tests/fixtures/person-a-verify.mp4";
    let claims = |ran: Ran| serde_json::from_str::<Value>(ran.out.lines().last().unwrap()).unwrap();
    let added = claims(dry_run(data.path(), camera, &args));
    let own = claims(dry_run(data.path(), camera, &[]));
    let names = |claims: &Value| -> Vec<String> {
        let nets = claims["liveness"]["nets"].as_array().unwrap();
        nets.iter().map(|net| net["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        (names(&added), names(&own)),
        (
            vec!["liveness".into(), "liveness-wide".into(), "warmth".into()],
            vec!["liveness".into(), "liveness-wide".into()]
        )
    );

    // The same through the settings, which pin networks in the data folder.
    let nets = data.path().join("nets");
    std::fs::create_dir(&nets).unwrap();
    for name in ["warmth.toml", "warmth.onnx"] {
        std::fs::write(nets.join(name), countenance_vision::testing::nets::fixture(name)).unwrap();
    }
    let settings = data.path().join("settings.toml");
    let doctor_with_pin = |pin: &str| {
        let text = format!("camera = \"recording\"\nliveness_nets = [\"{pin}\"]\n");
        std::fs::write(&settings, text).unwrap();
        let (data, settings) = (data.path().to_str().unwrap(), settings.to_str().unwrap());
        countenance(&["doctor", "--json", "--data", data, "--settings", settings])
    };
    let finding = |ran: Ran| -> (String, String) {
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        let found = found.as_array().unwrap().iter().rfind(|f| f["check"] == "doctor-models").unwrap().clone();
        (found["state"].as_str().unwrap().into(), found["detail"].as_str().unwrap().into())
    };
    let (state, detail) = finding(doctor_with_pin(&pin));
    assert!(state == "good" && detail.contains("warmth 351a268fece0"), "{detail}");
    let (state, detail) = finding(doctor_with_pin(&other));
    assert!(state == "attention" && detail.contains("abab"), "{detail}");
}

/// What `device approve` refuses by itself, and what a verifier answers.
#[test]
fn another_device_is_allowed_from_the_command_line() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_str().unwrap();
    let settings = data.path().join("settings.toml");
    std::fs::write(&settings, "").unwrap();
    let approve = |more: &[&str]| {
        let settings = settings.to_str().unwrap();
        countenance(&[&["device", "approve", "--data", folder, "--settings", settings], more].concat())
    };
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let closed = format!("http://127.0.0.1:{port}");
    for (case, args, code, told) in [
        ("no code", vec![], 2, "CODE"),
        ("a short code", vec!["ABCD"], 2, "ABCD-EFGH"),
        ("no verifier", vec!["ABCD-EFGH", "--yes"], 2, "--verifier"),
        ("nobody to ask", vec!["ABCD-EFGH", "--verifier", &closed], 2, "--yes"),
        ("no key", vec!["ABCD-EFGH", "--yes", "--verifier", &closed], 10, "not allowed for the account"),
    ] {
        let ran = approve(&args);
        assert_eq!(ran.code, code, "{case}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains(told) && ran.out.is_empty(), "{case}: {} {}", ran.out, ran.err);
    }
    assert!(!data.path().join("device.key").exists(), "no key is made");

    // Any run makes one.
    dry_run(data.path(), "recording:nowhere.mp4", &[]);
    dry_run(data.path(), "recording:tests/fixtures/formats/c444.y4m", &[]);
    let ran = approve(&["ABCD-EFGH", "--yes", "--verifier", &closed]);
    assert_eq!(ran.code, 30, "{}", ran.err);
    assert!(!ran.err.contains("ABCD"), "{}", ran.err);
    let display = serde_json::json!({
        "application": "Payroll", "tenant": "tenant.example", "account": "a•••@example.com", "started_at": 1
    });
    let device = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    let asks = serde_json::json!({ "display": display, "device_id": device, "device_name": "", "requested_at": 2 });
    let verifier = Scripted::new([json(&asks), json(&serde_json::json!({ "device_id": device }))]);
    let ran = approve(&["abcdefgh", "--yes", "--verifier", &verifier.origin().to_string()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["Payroll", "a•••@example.com", device, "The device is allowed."] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let verifier = Scripted::new([problem(403, "tag:countenance.dev,2026:problem:approval-refused", "")]);
    let ran = approve(&["ABCD-EFGH", "--yes", "--verifier", &verifier.origin().to_string()]);
    assert!(ran.code == 10 && ran.out.is_empty(), "{} {}", ran.out, ran.err);
}

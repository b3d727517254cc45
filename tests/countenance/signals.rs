//! Signals during a sign-in: the verifier is told, so that the browser is not left waiting.

#![cfg(target_os = "linux")]

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use countenance_client::testing::scripted::{Scripted, Seen, json};
use countenance_core::{
    clock::Clock,
    policy::{Policy, SentPolicy},
    protocol::{Display, Outcome, Purpose, Reason, Ticket},
};
use countenance_system::SystemClock;

use crate::usage::at_home;

/// A ticket that is valid now, and the answer to abandoning it.
fn answers(origin: &str) -> (Ticket, Outcome) {
    let now = SystemClock.now();
    let shown = ["Payroll", "tenant.example", "a•••@example.test"].map(str::to_owned);
    let [application, tenant, account] = shown;
    let ticket = Ticket {
        session_id: "s".into(),
        nonce: "A".repeat(43),
        purpose: Purpose::Verify,
        display: Display { application, tenant, account, started_at: now },
        policy: SentPolicy::new(&Policy::default()),
        fallback: vec![],
        attempts_left: 5,
        expires_at: now + 600,
        attendance: false,
        crit: vec![],
    };
    let continue_url = format!("{origin}/return/h");
    (ticket, Outcome::Refused { reason: Reason::Cancelled, continue_url })
}

/// A verifier for one session that is abandoned, and the link to it.
fn verifier() -> (Scripted, String) {
    let verifier = Scripted::with_origin(|origin| {
        let (ticket, outcome) = answers(&origin.to_string());
        vec![json(&ticket), json(&outcome)]
    });
    let link = format!("countenance://verify?v={}&s=s&c=c", verifier.origin());
    (verifier, link)
}

/// The program with `args`, where signals that this test was started to ignore are not ignored.
fn countenance(home: &Path, args: &[&str]) -> Command {
    let mut command = at_home(Command::new("env"), home);
    command.args(["--default-signal=TERM,INT,HUP", env!("CARGO_BIN_EXE_countenance")]).args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn send(signal: &str, to: &Child) {
    let sent = Command::new("kill").args([format!("-{signal}"), to.id().to_string()]).status().unwrap();
    assert!(sent.success(), "{signal}");
}

/// Checks that the session was opened and then abandoned because it was canceled.
fn abandoned(seen: &[Seen], name: &str) {
    let paths: Vec<_> = seen.iter().map(|seen| seen.path.as_str()).collect();
    assert_eq!(paths, ["/v1/sessions/s/open", "/v1/sessions/s/abandon"], "{name}");
    let body: serde_json::Value = serde_json::from_slice(&seen[1].body).unwrap();
    assert_eq!(body["reason"], "cancelled", "{name}: not the reason of what had failed");
}

#[test]
fn a_signal_during_a_capture_ends_the_session() {
    for signal in ["TERM", "INT", "HUP"] {
        let home = tempfile::tempdir().unwrap();
        let (verifier, link) = verifier();
        let origin = verifier.origin().to_string();
        let args = ["capture", &link, "--camera", "no such camera", "--camera-timeout", "600", "--browser", "print"];
        let mut child = countenance(home.path(), &[&args[..], &["--verifier", &origin]].concat()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line.contains("waiting_for_camera")), "{signal}: it waits for the camera");
        send(signal, &child);
        let ended = lines.last().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(11), "{signal}: {ended}");
        abandoned(&verifier.seen(), signal);
    }
}

/// A pipe whose writer falls silent is waited for, but not longer than a run may take to end after a signal.
#[test]
fn a_signal_while_a_pipe_is_silent_ends_the_session() {
    let home = tempfile::tempdir().unwrap();
    let (verifier, link) = verifier();
    let origin = verifier.origin().to_string();
    let args = ["capture", &link, "--camera", "recording:-", "--browser", "print", "--verifier", &origin];
    let mut child = countenance(home.path(), &args).stdin(Stdio::piped()).spawn().unwrap();
    let mut writer = child.stdin.take().unwrap();
    let frame = [&b"FRAME\n"[..], &[128; 64 * 64 * 3 / 2]].concat();
    writer.write_all(&[&b"YUV4MPEG2 W64 H64 F30:1 Ip C420jpeg\n"[..], &frame].concat()).unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("\"frame\"")), "the capture has begun");
    send("TERM", &child);
    let ended = lines.last().unwrap();
    // Its end would be heard, and is not what ends the run.
    drop(writer);
    assert_eq!(child.wait().unwrap().code(), Some(11), "{ended}");
    abandoned(&verifier.seen(), "a silent pipe");
}

/// A virtual display that ends with the test.
#[cfg(feature = "window")]
struct VirtualDisplay {
    server: Child,
    name: String,
}

#[cfg(feature = "window")]
impl VirtualDisplay {
    fn start() -> Self {
        let mut server = Command::new("Xvfb");
        server.args(["-displayfd", "1", "-screen", "0", "640x960x24", "-nolisten", "tcp"]);
        let server = server.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut server = server.expect("Xvfb, which `packaging/dev/setup window` installs");
        let mut number = String::new();
        // The number comes when the server listens.
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Self { server, name: format!(":{}", number.trim()) }
    }
}

#[cfg(feature = "window")]
impl Drop for VirtualDisplay {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// The window opens on X11 although `WAYLAND_DISPLAY` names a socket without a server, and a signal closes it as a person
/// would who cancels.
#[cfg(feature = "window")]
#[test]
fn a_signal_closes_the_window_which_a_dead_wayland_has_not_kept_shut() {
    let display = VirtualDisplay::start();
    for signal in ["TERM", "INT"] {
        let home = tempfile::tempdir().unwrap();
        let runtime = home.path().join("runtime");
        std::fs::create_dir(&runtime).unwrap();
        drop(std::os::unix::net::UnixListener::bind(runtime.join("wayland-0")).unwrap());
        let (verifier, link) = verifier();
        let (origin, data) = (verifier.origin().to_string(), home.path().join("data"));
        let camera = "recording:tests/fixtures/person-b.mp4";
        let args = [link.as_str(), "--camera", camera, "--verifier", &origin, "--browser", "print", "--data"];
        let mut command = countenance(home.path(), &[&args[..], &[data.to_str().unwrap()]].concat());
        command.env("WAYLAND_DISPLAY", "wayland-0").env("XDG_RUNTIME_DIR", &runtime);
        command.env("DISPLAY", &display.name).env("LIBGL_ALWAYS_SOFTWARE", "1");
        let child = command.stderr(Stdio::piped()).spawn().unwrap();
        // The link is followed once the window is there.
        verifier.wait_for(1);
        send(signal, &child);
        let ran = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert_eq!(ran.status.code(), Some(11), "{signal}: {out}{err}");
        assert!(out.contains(r#""reason":"cancelled""#), "{signal}: {out}");
        abandoned(&verifier.seen(), signal);
    }
}

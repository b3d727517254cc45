//! The demo's client as users see it: the real window, in a separate process, on a recording.

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::Ran;
use countenance_client::{flow::FlowOutcome, session::origin::AllowedOrigins};
use countenance_core::protocol::Reason;
use countenance_standin::browser::Browser;

/// Opens the window on `link` and waits until it closes; `browser` opens the return address as soon as it is known.
pub(super) fn run(
    link: &str,
    recording: &Path,
    allowed: &AllowedOrigins,
    data: &Path,
    browser: &mut Browser,
) -> anyhow::Result<Ran> {
    let mut camera = std::ffi::OsString::from("recording:");
    camera.push(recording);
    let mut command = Command::new(program()?);
    command.arg(link).arg("--camera").arg(camera).arg("--data").arg(data);
    command.arg("--settings").arg(data.join("settings.toml")).args(["--browser", "print"]);
    for origin in allowed {
        command.arg("--verifier").arg(origin.to_string());
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut returned = None;
    for line in BufReader::new(child.stderr.take().context("no standard error from the window")?).lines() {
        let line = line?;
        if line.starts_with("http") {
            returned = Some(browser.open(&line)?);
        }
    }
    let mut out = String::new();
    child.stdout.take().context("no standard output from the window")?.read_to_string(&mut out)?;
    let status = child.wait()?;
    let lines: Vec<Value> = out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let outcome = outcome(&lines).with_context(|| format!("the window ended with {status}"));
    Ok(Ran { outcome, returned, lines })
}

/// The client binary, built next to this one.
fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(format!("countenance{}", std::env::consts::EXE_SUFFIX));
    ensure!(program.exists(), "{} is missing: build it with `cargo build --workspace`", program.display());
    Ok(program)
}

/// The outcome that the window reported.
fn outcome(lines: &[Value]) -> anyhow::Result<FlowOutcome> {
    let ended = lines.iter().find(|line| line["event"] == "ended").context("the window reported no outcome")?;
    match ended["result"].as_str() {
        Some("approved") => Ok(FlowOutcome::Approved),
        Some("refused") => Ok(FlowOutcome::Refused(serde_json::from_value::<Reason>(ended["reason"].clone())?)),
        _ => bail!("unknown outcome: {ended}"),
    }
}

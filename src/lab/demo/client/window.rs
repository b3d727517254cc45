//! The demo's client as people meet it: this program's own window, in a process of its own, on a recording.

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

/// Opens the window on `link` and waits until it has closed; the way back goes to `browser` as soon as it is known.
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
    for line in BufReader::new(child.stderr.take().context("the window's messages")?).lines() {
        let line = line?;
        if line.starts_with("http") {
            returned = Some(browser.open(&line)?);
        }
    }
    let mut out = String::new();
    child.stdout.take().context("the window's answer")?.read_to_string(&mut out)?;
    let status = child.wait()?;
    let lines: Vec<Value> = out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let outcome = outcome(&lines).with_context(|| format!("the window ended with {status}"));
    Ok(Ran { outcome, returned, lines })
}

/// The program that people install, as it was built beside this one.
fn program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(format!("countenance{}", std::env::consts::EXE_SUFFIX));
    ensure!(program.exists(), "{} is missing: build it with `cargo build --workspace`", program.display());
    Ok(program)
}

/// What the window said on its way out.
fn outcome(lines: &[Value]) -> anyhow::Result<FlowOutcome> {
    let ended = lines.iter().find(|line| line["event"] == "ended").context("no word of an end")?;
    match ended["result"].as_str() {
        Some("approved") => Ok(FlowOutcome::Approved),
        Some("refused") => Ok(FlowOutcome::Refused(serde_json::from_value::<Reason>(ended["reason"].clone())?)),
        _ => bail!("an end that is not known: {ended}"),
    }
}

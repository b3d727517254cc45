//! Runs a tool of the desktop: a short answer, within a limit.

use std::{
    io::{self, Read},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use super::RegistrationError;

/// Most that is read of an answer, bytes.
const ANSWER_MAX_BYTES: u64 = 16 * 1024;
/// How often a running tool is looked at, and how often at most: ten seconds in all.
const POLL_INTERVAL: Duration = Duration::from_millis(10);
const MAX_POLLS: u32 = 1000;

/// What `tool` wrote to standard output, when it ended well.
pub(super) fn run(tool: &'static str, command: &mut Command) -> Result<String, RegistrationError> {
    let failed = |source| RegistrationError::Tool { tool, source };
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(RegistrationError::ToolMissing { tool }),
        Err(e) => return Err(failed(e)),
    };
    // An answer longer than a pipe holds would stop the tool for good; then the limit ends it.
    for _ in 0..MAX_POLLS {
        let Some(status) = child.try_wait().map_err(failed)? else {
            thread::sleep(POLL_INTERVAL);
            continue;
        };
        if !status.success() {
            return Err(RegistrationError::ToolFailed { tool, code: status.code() });
        }
        let mut answer = Vec::new();
        if let Some(out) = child.stdout.take() {
            out.take(ANSWER_MAX_BYTES).read_to_end(&mut answer).map_err(failed)?;
        }
        return Ok(String::from_utf8_lossy(&answer).into_owned());
    }
    child.kill().and_then(|()| child.wait()).map_err(failed)?;
    Err(failed(io::ErrorKind::TimedOut.into()))
}

//! Runs a desktop tool with a timeout and a limit on its output.

use std::{
    io::{self, Read},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use super::RegistrationError;

/// Maximum bytes read of the output.
const ANSWER_MAX_BYTES: u64 = 16 * 1024;
/// Poll interval and maximum number of polls of a running tool: ten seconds in total.
const POLL_INTERVAL: Duration = Duration::from_millis(10);
const MAX_POLLS: u32 = 1000;

/// Standard output of `tool`, if it succeeds.
pub(crate) fn run(tool: &'static str, command: &mut Command) -> Result<String, RegistrationError> {
    let failed = |source| RegistrationError::Tool { tool, source };
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn() {
        Ok(child) => child,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(RegistrationError::ToolMissing { tool }),
        Err(e) => return Err(failed(e)),
    };
    // A tool that writes more than the pipe holds blocks; the limit then ends it.
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

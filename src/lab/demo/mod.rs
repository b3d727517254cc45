//! The demo: six sign-ins with tenant, verifier, relying party and phone network on loopback, a scripted browser, and
//! the client on recordings. Each is reported in a few lines and checked.

use std::{io::IsTerminal, path::Path, process::ExitCode, time::Instant};

#[cfg(test)]
mod attended;
mod by_hand;
mod client;
mod env;
mod logins;
mod servers;

pub use by_hand::run as by_hand;

use env::DemoEnv;
use logins::LOGINS;

use countenance_camera::{CameraError, FrameSource};
use countenance_client::display;
use countenance_system::say;

/// Receives the lines of the report.
pub type ProgressSink<'a> = &'a mut dyn FnMut(String);

/// `countenance-lab demo`: runs the sign-ins and reports on standard output. Succeeds only if each ends as expected.
///
/// A person operates the window, unless `headless` is set or there is no display; then a script does. With a `lens`,
/// the person in front of the camera enrolls and steps up instead of the recordings, operated by a script. In a
/// terminal the servers keep running afterwards for inspection.
pub fn run(headless: bool, recordings: &Path, logins: usize, lens: Option<Lens>) -> anyhow::Result<ExitCode> {
    let by_script = headless || lens.is_some() || !has_display();
    let attendance = if by_script { Attendance::Script } else { Attendance::Person };
    let (env, passed, all) = walk_and_stay(recordings, attendance, logins, lens, &mut |line| say!("{line}"))?;
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        say!("\nPortal, tenant, payroll and phone keep running at the addresses above until you press Enter.");
        std::io::stdin().read_line(&mut String::new())?;
    }
    drop(env);
    Ok(if passed == all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the camera to use instead of recordings.
pub type Lens = Box<dyn Fn() -> Result<Box<dyn FrameSource>, CameraError>>;

/// Who operates the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// A script.
    Script,
    /// A person at the window.
    Person,
}

/// Whether a window can be opened.
fn has_display() -> bool {
    display::probe_this_process().is_ok()
}

/// Runs the first `logins` sign-ins with the clips in `recordings`, or at most two with a `lens`. Returns how many
/// ended as expected, and how many ran.
pub fn walk(
    recordings: &Path,
    attendance: Attendance,
    logins: usize,
    lens: Option<Lens>,
    tell: ProgressSink<'_>,
) -> anyhow::Result<(usize, usize)> {
    let (_ended, passed, all) = walk_and_stay(recordings, attendance, logins, lens, tell)?;
    Ok((passed, all))
}

/// Runs the sign-ins and returns the environment, still running.
fn walk_and_stay(
    recordings: &Path,
    attendance: Attendance,
    logins: usize,
    lens: Option<Lens>,
    tell: ProgressSink<'_>,
) -> anyhow::Result<(DemoEnv, usize, usize)> {
    let most = if lens.is_some() { 2 } else { LOGINS.len() };
    let logins = LOGINS.split_at(logins.min(most)).0;
    let env = DemoEnv::open(recordings, attendance, lens, tell)?;
    let mut passed = 0;
    for (number, login) in (1..).zip(logins) {
        tell(format!("\n{number}. {}", login.title));
        if attendance == Attendance::Person {
            tell(format!("   you: {}", login.at_the_window));
        }
        let began = now();
        let walked = (login.walk)(&env, &mut |line| tell(format!("   {line}")));
        let took = began.elapsed().as_secs_f64();
        match walked {
            Ok(()) => {
                passed += 1;
                tell(format!("   as expected ({took:.1} s)"));
            }
            Err(error) => tell(format!("   NOT as expected ({took:.1} s): {error:#}")),
        }
    }
    tell(format!("\n{passed} of {} sign-ins ended as expected.", logins.len()));
    Ok((env, passed, logins.len()))
}

#[expect(clippy::disallowed_methods, reason = "the demo reports the duration of each sign-in")]
fn now() -> Instant {
    Instant::now()
}

//! The demo: tenant, verifier, relying party and phone network on loopback, a browser of its own, the client on recordings.
//! Six logins, each told in a few lines, each checked.

use std::{io::IsTerminal, path::Path, process::ExitCode, time::Instant};

mod by_hand;
mod client;
mod env;
mod logins;
mod servers;

pub use by_hand::run as by_hand;

use env::DemoEnv;
use logins::LOGINS;

use countenance_camera::{CameraError, FrameSource};

/// Takes a line for the person who watches.
pub type ProgressSink<'a> = &'a mut dyn FnMut(String);

/// `countenance-lab demo`: tells the logins on standard output. Success only if each ended as it must.
///
/// A person attends at the window, unless `headless` or there is no display: then a script does. With a `lens` the person
/// before it enrols and steps up, instead of the recordings, and a script attends. In a terminal everything stays up
/// afterwards, to be looked at.
#[expect(clippy::print_stdout, reason = "the demo is told on standard output")]
pub fn run(headless: bool, recordings: &Path, logins: usize, lens: Option<Lens>) -> anyhow::Result<ExitCode> {
    let by_script = headless || lens.is_some() || !has_display();
    let attendance = if by_script { Attendance::Script } else { Attendance::Person };
    let (env, passed, all) = walk_and_stay(recordings, attendance, logins, lens, &mut |line| println!("{line}"))?;
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        println!("\nPortal, tenant, payroll and phone stay up, at the addresses above, until you press Enter.");
        std::io::stdin().read_line(&mut String::new())?;
    }
    drop(env);
    Ok(if passed == all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the camera before which the person of the demo stands.
pub type Lens = Box<dyn Fn() -> Result<Box<dyn FrameSource>, CameraError>>;

/// Who attends the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attendance {
    /// A script.
    Script,
    /// A person at the window.
    Person,
}

/// Whether a window can be opened.
fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Walks the first `logins` with the clips in `recordings`, or at most two before a `lens`; how many ended as
/// they must, of how many.
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

/// Walks, and leaves the place as it is.
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
                tell(format!("   as it must be ({took:.1} s)"));
            }
            Err(error) => tell(format!("   NOT as it must be ({took:.1} s): {error:#}")),
        }
    }
    tell(format!("\n{passed} of {} logins ended as they must.", logins.len()));
    Ok((env, passed, logins.len()))
}

#[expect(clippy::disallowed_methods, reason = "the demo says how long each login took")]
fn now() -> Instant {
    Instant::now()
}

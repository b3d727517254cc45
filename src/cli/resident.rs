//! `countenance resident`: stays ready in the background of a desktop, so that the window of a sign-in opens at once.

use std::{
    env,
    ffi::OsString,
    process::{Command, ExitCode, Stdio},
    rc::Rc,
    sync::Arc,
};

use anyhow::Context;

use countenance_client::{
    headless::causes,
    installation::InstallationArgs,
    instance::{self, Call, Inbox},
    interrupt::on_signal,
    resident::{self, LeaveReason, ProgramFile, ResidentWindows},
    source::SourceArgs,
};
use countenance_gui as gui;
use countenance_system::complain;

use super::window::{Windows, instance_dir};

/// The option that opens a window to begin with.
const WINDOW: &str = "--window";

/// Arguments of `resident`.
#[derive(Debug, clap::Args)]
pub(crate) struct ResidentArgs {
    /// Launch link to begin with
    #[arg(value_name = "LINK", value_parser = super::launch_link)]
    link: Option<String>,
    /// Open a window to begin with
    #[arg(long)]
    window: bool,
    /// Where frames come from. A recording plays in real time.
    #[command(flatten)]
    source: SourceArgs,
    /// Settings, data and verifiers of the installation.
    #[command(flatten)]
    installation: InstallationArgs,
}

pub(super) fn run(args: ResidentArgs) -> anyhow::Result<ExitCode> {
    let dir = instance_dir(&args.installation)?;
    let mut windows = Windows::new(args.source, args.installation)?;
    let settings = windows.settings().0;
    if !settings.resident {
        // It is started at each login, whatever the setting says.
        return Ok(ExitCode::SUCCESS);
    }
    let Some(inbox) = instance::claim_if_free(&dir)? else { return Ok(ExitCode::SUCCESS) };
    let program = ProgramFile::at(env::current_exe().context("cannot find this program")?);
    let networks = windows.networks(&settings)?;
    let stop = Arc::clone(&windows.stop);
    on_signal(Arc::clone(&stop), || std::process::exit(0)).context("cannot heed signals")?;
    // A window that opens meanwhile waits for them as well.
    networks.load_early()?;
    let caller = inbox.caller();
    match args.link {
        Some(link) => caller.link(link),
        None => args.window && caller.window(),
    };
    let inbox = Rc::new(inbox);
    let mut desktop = ThisDesktop { windows, inbox: Rc::clone(&inbox), program, has_shown: false };
    let (reason, call) = resident::run(&inbox, &stop, &mut desktop);
    let program = desktop.program;
    // Another process can be the first from now on.
    drop((desktop.windows, desktop.inbox, inbox));
    match reason {
        LeaveReason::Replaced => begin_again(&program, call),
        LeaveReason::Stopped | LeaveReason::NoDisplay | LeaveReason::Unwanted | LeaveReason::Removed => {
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Starts a process that stays ready, with the options of this one, which is about to end.
pub(super) fn begin() -> anyhow::Result<()> {
    let program = env::current_exe().context("cannot find this program")?;
    let mut command = Command::new(program);
    command.arg("resident").args(options()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl+C in the terminal of this process is not meant for it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().context("cannot start what stays ready").map(drop)
}

/// The command line without what the process was to begin with.
fn options() -> impl Iterator<Item = OsString> {
    env::args_os().skip(1).filter(|word| !is_call(&word.to_string_lossy()))
}

/// Starts the program that has taken the place of this one, with `call` to begin with.
fn begin_again(program: &ProgramFile, call: Option<Call>) -> anyhow::Result<ExitCode> {
    let mut command = Command::new(program.path());
    command.args(options());
    match call {
        Some(Call::Link(link)) => command.arg(&*link),
        Some(Call::ToFront) => command.arg(WINDOW),
        None => &mut command,
    };
    // As the same process, where that is possible: a service manager may end the others of a process that has ended.
    #[cfg(unix)]
    let failed = std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    let failed = match command.spawn() {
        Ok(_) => return Ok(ExitCode::SUCCESS),
        Err(error) => error,
    };
    Err(failed).with_context(|| format!("cannot start {}", program.path().display()))
}

/// Whether `word` of a command line is what the process was to begin with.
fn is_call(word: &str) -> bool {
    word == WINDOW || super::launch_link(word).is_ok()
}

struct ThisDesktop {
    windows: Windows,
    inbox: Rc<Inbox>,
    program: ProgramFile,
    has_shown: bool,
}

impl ResidentWindows for ThisDesktop {
    fn show(&mut self, call: Call) {
        let link = match call {
            Call::Link(link) => Some(String::clone(&link)),
            Call::ToFront => None,
        };
        self.has_shown = true;
        if let Err(error) = self.windows.show(link, &self.inbox) {
            complain!("countenance: {}", causes(error.as_ref()));
        }
    }

    fn leave_reason(&mut self) -> Option<LeaveReason> {
        if gui::backend().is_err() {
            return Some(LeaveReason::NoDisplay);
        }
        // What is left of a window there must go on to take messages, or the user's sign-out would wait for this process.
        if cfg!(windows) && self.has_shown {
            return Some(LeaveReason::Replaced);
        }
        self.program.leave_reason().or_else(|| (!self.windows.settings().0.resident).then_some(LeaveReason::Unwanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_gets_the_options_of_this_one() {
        let rows = ["resident", "--window", "countenance://verify?s=s", "--data", "/a", "--camera", "recording:/b.mp4"];
        let kept: Vec<_> = rows.into_iter().filter(|word| !is_call(word)).collect();
        assert_eq!(kept, ["resident", "--data", "/a", "--camera", "recording:/b.mp4"]);
    }
}

//! `countenance link`: registers this program as the handler of `countenance:` links.

use std::{io::Write, process::ExitCode};

use clap::Subcommand;

use countenance_client::registration::{self, Status};
use countenance_system::console;

/// The subcommands of `link`.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum LinkTask {
    /// Register this program as the handler of countenance: links for the current user
    Register,
    /// Undo `register`
    Unregister,
    /// Print which program handles countenance: links
    ///
    /// Exit codes: 0 this program, 1 another or none.
    Status,
}

pub(super) fn run(task: LinkTask) -> anyhow::Result<ExitCode> {
    match task {
        LinkTask::Register => registration::register()?,
        LinkTask::Unregister => registration::unregister()?,
        LinkTask::Status => {}
    }
    let status = registration::status()?;
    let told = match &status {
        Status::Ours => "countenance: links are handled by this program".to_owned(),
        Status::OursInDesktops => {
            "countenance: links are handled by this program, but only in a desktop environment: without one, xdg-open cannot \
             start a program whose path has a blank or a quote. Move this program, then run `countenance link register`"
                .to_owned()
        }
        Status::Elsewhere { program } => {
            format!("countenance: links are handled by another copy: {}", program.display())
        }
        Status::Other { handler } => format!("countenance: links are handled by {handler}"),
        Status::Nobody => "countenance: links have no handler".to_owned(),
    };
    writeln!(console::stdout(), "{told}")?;
    let done = matches!(task, LinkTask::Unregister) || status == Status::Ours;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

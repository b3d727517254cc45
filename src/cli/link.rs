//! `countenance link`: who opens links that begin with `countenance:`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Subcommand;

use countenance_client::registration::{self, Status};

/// What to do about links.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum LinkTask {
    /// Make this program the one that opens links, for this user
    Register,
    /// Take back what `register` did
    Unregister,
    /// Say who opens links; exit code 0 when it is this program
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
        Status::Ours => "this program opens countenance: links".to_owned(),
        Status::Elsewhere { program } => format!("another copy opens countenance: links: {}", program.display()),
        Status::Other { handler } => format!("another program opens countenance: links: {handler}"),
        Status::Nobody => "nothing opens countenance: links".to_owned(),
    };
    writeln!(io::stdout(), "{told}")?;
    let done = matches!(task, LinkTask::Unregister) || status == Status::Ours;
    Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

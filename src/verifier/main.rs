//! The `countenance-verifier` command.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::logging::init();
    cli::run().unwrap_or_else(|error| {
        eprintln!("countenance-verifier: {error:#}");
        ExitCode::FAILURE
    })
}

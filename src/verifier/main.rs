//! The `countenance-verifier` command.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    // Warnings and errors only, and on standard error: standard output belongs to the command.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .with_target(false)
        .init();
    cli::run().unwrap_or_else(|error| {
        eprintln!("countenance-verifier: {error:#}");
        ExitCode::FAILURE
    })
}

//! The `countenance-verifier` command.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    // Only warnings and errors, and to standard error: standard output carries the command's result.
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

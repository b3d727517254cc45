//! The `countenance-lab` command.

use std::process::ExitCode;

use countenance_system::complain;

mod cli;

fn main() -> ExitCode {
    // Warnings and errors only, and on standard error: standard output belongs to the command.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::WARN)
        .with_target(false)
        // Its complaints would panic without a reader.
        .log_internal_errors(false)
        .init();
    cli::run().unwrap_or_else(|error| {
        complain!("countenance-lab: {error:#}");
        ExitCode::FAILURE
    })
}

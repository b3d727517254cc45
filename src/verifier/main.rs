//! The `countenance-verifier` command.

use std::{alloc::System, process::ExitCode};

use countenance_system::complain;
use zeroizing_alloc::ZeroAlloc;

mod cli;

/// Wipes memory when it is freed. The parts of a request are copied by the server, the form's reader and the image
/// decoder, so wiping our own copies of a face would not be enough.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    cli::logging::init();
    cli::run().unwrap_or_else(|error| {
        complain!("countenance-verifier: {error:#}");
        ExitCode::FAILURE
    })
}

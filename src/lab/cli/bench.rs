//! `countenance-lab bench`: time per stage of a capture, and the cost of pixel format conversion.

use std::{io::Write, path::Path, process::ExitCode};

use countenance_core::policy::Policy;
use countenance_lab::bench;
use countenance_system::console;
use countenance_vision::Vision;

pub(super) fn run(file: &Path, frames: usize) -> anyhow::Result<ExitCode> {
    let vision = Vision::load()?;
    let report = bench::bench(file, frames, &Policy::default(), &vision)?;
    console::stdout().write_all(report.table().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn conversion(file: &Path, pictures: Option<&Path>) -> anyhow::Result<ExitCode> {
    let report = bench::conversion::conversion(file, pictures)?;
    console::stdout().write_all(report.table().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

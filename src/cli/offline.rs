//! The commands that speak with nobody: inspect, bench.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{attest::inspect, bench, policy::Policy, protocol::ATTESTATION_MAX_BYTES, vision::Vision};

pub(super) fn inspect(file: &Path, key: Option<&str>) -> anyhow::Result<ExitCode> {
    let mut jws = String::new();
    let cap = ATTESTATION_MAX_BYTES as u64 + 1;
    if file == Path::new("-") {
        io::stdin().take(cap).read_to_string(&mut jws)?;
    } else {
        let file = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
        file.take(cap).read_to_string(&mut jws)?;
    }
    let key = key.map(str::parse).transpose().context("--key is neither JWK nor thumbprint")?;
    io::stdout().write_all(inspect::inspect(&jws, key)?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn bench(file: &Path, frames: usize) -> anyhow::Result<ExitCode> {
    let vision = Vision::load()?;
    let report = bench::bench(file, frames, &Policy::default(), &vision)?;
    io::stdout().write_all(report.table().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn conversion(file: &Path, pictures: Option<&Path>) -> anyhow::Result<ExitCode> {
    let report = bench::conversion::conversion(file, pictures)?;
    io::stdout().write_all(report.table().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// A progress bar on a terminal, nothing elsewhere; a spinner where the length is unknown.
pub(super) fn bar(length: Option<u64>) -> ProgressBar {
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

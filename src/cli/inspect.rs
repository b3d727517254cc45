//! `countenance inspect`: prints the claims of an attestation.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use countenance_attest::inspect;
use countenance_core::protocol::ATTESTATION_MAX_BYTES;
use countenance_system::console;

pub(super) fn run(file: &Path, key: Option<&str>) -> anyhow::Result<ExitCode> {
    let mut jws = String::new();
    let cap = ATTESTATION_MAX_BYTES as u64 + 1;
    if file == Path::new("-") {
        io::stdin().take(cap).read_to_string(&mut jws)?;
    } else {
        let file = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        file.take(cap).read_to_string(&mut jws)?;
    }
    let key = key.map(str::parse).transpose().context("--key is neither a JWK nor a thumbprint")?;
    console::stdout().write_all(inspect::inspect(&jws, key)?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

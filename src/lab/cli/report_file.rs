//! Writes the files of a report.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use countenance_system::whole_file::{self, Access};

/// Writes one JSON object per line.
pub(super) fn lines(file: &Path, rows: &[impl Serialize]) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut bytes, row)?;
        bytes.push(b'\n');
    }
    write(file, &bytes)
}

/// Writes `bytes`: a report is whole, or not there.
pub(super) fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let written = whole_file::replace(file, bytes, Access::AsUsual);
    written.with_context(|| format!("cannot write {}", file.display()))
}

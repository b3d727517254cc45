//! The commands that speak with nobody: recapture, inspect, evaluate, bench.

use std::{
    fs::File,
    io::{self, BufWriter, Read, Write},
    path::Path,
    process::ExitCode,
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    RecaptureArgs, SpeciesChoice, SupportChoice,
    nets::{NetArgs, all_weighed},
};
use crate::{
    attest::inspect,
    bench,
    camera::recording,
    evaluate,
    policy::Policy,
    protocol::ATTESTATION_MAX_BYTES,
    recapture::{self, Species, Support},
    vision::Vision,
};

pub(super) fn recapture(args: &RecaptureArgs) -> anyhow::Result<ExitCode> {
    let mut input = recording::open(&args.input)?;
    let options = recapture::Options {
        species: match args.species {
            SpeciesChoice::Print => Species::Print,
            SpeciesChoice::Phone => Species::Phone,
            SpeciesChoice::Tablet => Species::Tablet,
        },
        support: match args.support {
            SupportChoice::Hand => Support::Hand,
            SupportChoice::Fixed => Support::Fixed,
        },
        seed: args.seed,
    };
    let bar = bar(input.frames_hint());
    let summary = recapture::run(&mut input, &args.output, &options, &mut |done| bar.set_position(done))?;
    bar.finish_and_clear();
    eprintln!(
        "{}: {} frames. A simulated attack: it proves plumbing, never accuracy.",
        args.output.display(),
        summary.frames
    );
    Ok(ExitCode::SUCCESS)
}

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

pub(super) fn evaluate(folder: &Path, fps: f64, out: Option<&Path>, nets: &NetArgs) -> anyhow::Result<ExitCode> {
    let clips = evaluate::clips(folder)?;
    let (vision, policy) = all_weighed(nets.load()?)?;
    let bar = bar(Some(clips.len() as u64));
    let scores = evaluate::evaluate(folder, &clips, fps, &policy, &vision, &|done| {
        bar.set_position(done as u64);
    })?;
    bar.finish_and_clear();
    let mut out: Box<dyn Write> = match out {
        Some(path) => Box::new(BufWriter::new(File::create(path)?)),
        None => Box::new(io::stdout().lock()),
    };
    for score in &scores {
        serde_json::to_writer(&mut out, score)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    let unread = scores.iter().filter(|score| score.error.is_some()).count();
    if unread > 0 {
        eprintln!("countenance: {unread} of {} clips could not be read to their end", scores.len());
    }
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
fn bar(length: Option<u64>) -> ProgressBar {
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

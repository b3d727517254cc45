//! `countenance-lab evaluate match`: error rates of face comparison on labeled pairs.

use std::{io::Write, num::NonZeroUsize, path::PathBuf, process::ExitCode};

use anyhow::Context;

use super::{
    evaluate::EvaluateArgs,
    progress::bar,
    report_file::{lines, write},
};
use countenance_attest::{SOFTWARE, SOFTWARE_VERSION};
use countenance_client::headless::{Exit, causes};
use countenance_client::nets::NetArgs;
use countenance_core::policy::Policy;
use countenance_lab::evaluate::{
    matching::{self, Options, Reason, figures::MatchFigures, pairs::Pairs, report::MatchReport},
    threshold::Threshold,
};
use countenance_system::{complain, console};
use countenance_vision::Vision;

/// What to measure: the liveness decision or, with `match`, face comparison.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct EvaluateCommand {
    /// A measurement other than liveness.
    #[command(subcommand)]
    task: Option<Task>,
    /// Liveness.
    #[command(flatten)]
    attacks: Option<EvaluateArgs>,
    /// Networks to use in addition to the embedded ones.
    #[command(flatten)]
    nets: NetArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Measure face comparison on labeled pairs
    ///
    /// Exit codes: 0 measured, 1 internal error, 2 usage or unreadable set, 12 no pair could be compared.
    Match(MatchArgs),
}

/// Arguments of `evaluate match`.
#[derive(Debug, clap::Args)]
struct MatchArgs {
    /// Directory with one folder per person, of images, recordings or numbered images; or a manifest of pairs
    #[arg(value_name = "SET")]
    set: PathBuf,
    /// Accept cosine similarities of at least COSINE [default: the verifier's threshold]
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true, value_parser = cosine)]
    threshold: Option<f32>,
    /// Report the threshold for this false match rate; may be repeated
    #[arg(long, value_name = "RATE", value_parser = rate, default_values_t = [1e-2, 1e-3, 1e-4])]
    fmr: Vec<f64>,
    /// Use every frame with a face, even if too small, dark or blurred (research only; a sign-in rejects such frames)
    #[arg(long)]
    ungated: bool,
    /// Maximum frames per sample
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(1..))]
    limit_frames: Option<u32>,
    /// Samples to read in parallel [default: one per core]; does not affect the result
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Write all metrics, the threshold and its source, and the digests of set, policy and networks as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a self-contained HTML report
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write one JSON object per pair and line
    #[arg(long, value_name = "FILE")]
    pairs: Option<PathBuf>,
}

/// Runs the requested measurement.
pub(super) fn run(command: &EvaluateCommand) -> anyhow::Result<ExitCode> {
    match (&command.task, &command.attacks) {
        (Some(Task::Match(args)), _) => compare(args),
        (None, Some(args)) => super::evaluate::run(args, &command.nets),
        // Unreachable: the parser requires a set if there is no subcommand.
        (None, None) => Ok(Exit::Usage.into()),
    }
}

fn compare(args: &MatchArgs) -> anyhow::Result<ExitCode> {
    let pairs = match Pairs::open(&args.set) {
        Ok(pairs) => pairs,
        Err(error) => {
            complain!("countenance: {}", causes(&error));
            return Ok(Exit::Usage.into());
        }
    };
    let vision = Vision::load().context("cannot load the embedded networks")?;
    vision.prepare_embedding().context("cannot load the embedded networks")?;
    let policy = Policy::default();
    let options = Options {
        limit_frames: args.limit_frames,
        ungated: args.ungated,
        threads: args.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
    };
    let bar = bar(Some(pairs.samples.len() as u64));
    let acquire = |sample: &matching::pairs::Sample| matching::acquire(&sample.path, &options, &policy, &vision);
    let matched = matching::compare(&pairs, options.threads, &acquire, &|done| bar.set_position(done as u64));
    bar.finish_and_clear();
    tell(&matched.missing);
    let threshold = match args.threshold {
        Some(value) => Threshold::chosen(value),
        None => Threshold { value: Policy::default().matching.cosine_min, from: "the policy".into() },
    };
    let report = MatchReport {
        software: format!("{SOFTWARE} {SOFTWARE_VERSION}"),
        figures: MatchFigures::of(&matched, &threshold, &args.fmr),
        limit_frames: args.limit_frames,
        ungated: args.ungated,
        set: args.set.file_name().map_or_else(|| "set".into(), |name| name.to_string_lossy().into_owned()),
        set_sha256: matched.set_sha256.clone(),
        files: pairs.files,
        losses: matched.losses.clone(),
        policy: policy.digest(),
        models: vision.model_claims(),
    };
    if let Some(file) = &args.pairs {
        lines(file, &matched.comparisons)?;
    }
    if let Some(file) = &args.json {
        lines(file, &[&report])?;
    }
    if let Some(file) = &args.html {
        write(file, report.page(&matched.comparisons, &args.command()).as_bytes())?;
    }
    console::stdout().write_all(report.text().as_bytes())?;
    let compared = report.figures.fmr.of + report.figures.fnmr.of > 0;
    Ok(if compared { ExitCode::SUCCESS } else { Exit::CannotTell.into() })
}

impl MatchArgs {
    /// The command line that repeats this measurement. The set is printed as given and may need quotes in a shell.
    fn command(&self) -> String {
        let mut command = format!("countenance-lab evaluate match {}", self.set.display());
        if let Some(threshold) = self.threshold {
            command.extend([" --threshold ", &threshold.to_string()]);
        }
        for fmr in &self.fmr {
            command.extend([" --fmr ", &fmr.to_string()]);
        }
        if let Some(frames) = self.limit_frames {
            command.extend([" --limit-frames ", &frames.to_string()]);
        }
        command + if self.ungated { " --ungated" } else { "" }
    }
}

/// Prints the samples without a template to standard error.
fn tell(missing: &[(String, Reason)]) {
    for (name, reason) in missing {
        let why = match reason {
            Reason::NoFace => "has no face".into(),
            Reason::NoGoodFrame(hint) => format!("has no frame of sufficient quality: {hint:?}"),
            Reason::Failed(why) => format!("failed: {why}"),
        };
        complain!("countenance: {} {why}", name.escape_debug());
    }
}

fn cosine(text: &str) -> Result<f32, String> {
    let cosine = text.parse().ok().filter(|cosine: &f32| (-1.0..=1.0).contains(cosine));
    cosine.ok_or_else(|| "expected a number from -1 to 1".into())
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse().ok().filter(|rate: &f64| *rate > 0.0 && *rate < 1.0);
    rate.ok_or_else(|| "expected a number above 0 and below 1, such as 1e-3".into())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        command: EvaluateCommand,
    }

    #[test]
    fn measures_liveness_unless_match_is_given() {
        for (line, expected) in [
            ("x match people", Some(true)),
            ("x match people --fmr 1e-3 --fmr 0.02", Some(true)),
            ("x set --threshold 1", Some(false)),
            ("x ./match", Some(false)),
            ("x", None),
            ("x match", None),
            ("x set match people", None),
            ("x match people --fmr 0", None),
            ("x match people --threshold 2", None),
        ] {
            let parsed = Line::try_parse_from(line.split(' ')).ok();
            assert_eq!(parsed.map(|line| line.command.task.is_some()), expected, "{line}");
        }
    }
}

//! `countenance-lab evaluate`: error rates of the liveness decision on labeled clips.

use std::{
    fmt,
    io::Write,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::ExitCode,
};

use super::{
    progress::bar,
    report_file::{lines, write},
};
use countenance_attest::{SOFTWARE, SOFTWARE_VERSION};
use countenance_client::headless::{Exit, causes};
use countenance_client::{
    nets::{NetArgs, all_weighed},
    source::rate,
};
use countenance_core::policy::{CueName, Policy};
use countenance_lab::evaluate::{
    Evaluation, Options, ablation, evaluate,
    figures::Figures,
    lightness,
    presentation::{Decision, Presentation, Response},
    report::{Fit, Reading, Report},
    set::{Set, SetError},
    threshold::Threshold,
};
use countenance_system::{complain, console};
use countenance_vision::{Model, Vision};

/// Arguments of `evaluate`.
#[derive(Debug, clap::Args)]
pub(super) struct EvaluateArgs {
    /// Directory with bona_fide and attack_SPECIES folders of recordings, numbered images or single images, whatever
    /// their names; or a manifest
    #[arg(value_name = "SET")]
    set: PathBuf,
    /// Accept scores of at least SCORE [default: the policy's threshold]
    #[arg(long, value_name = "SCORE", allow_negative_numbers = true, value_parser = score)]
    threshold: Option<f32>,
    /// Use the equal-error-rate threshold of this set
    #[arg(long, value_name = "SET", conflicts_with = "threshold")]
    threshold_from: Option<PathBuf>,
    /// Frame rate of image folders, in frames per second [default: unknown; cues that need time are silent and no sign-in
    /// is simulated]
    #[arg(long, value_parser = rate, allow_negative_numbers = true)]
    fps: Option<f64>,
    /// Cues to use: all, none, or a list such as stillness,bezel [default: the policy's]
    #[arg(long, value_parser = cues)]
    cues: Option<Cues>,
    /// Score only frames that pass the quality gates of a sign-in (size, light, pose, sharpness)
    ///
    /// A recorded clip cannot react to hints as a person would, so by default every frame with a face is scored.
    #[arg(long)]
    gated: bool,
    /// Maximum frames per clip
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(1..))]
    limit_frames: Option<u32>,
    /// Clips to score in parallel [default: one per core]; does not affect the result
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Write all metrics, the threshold and its source, and the digests of set, policy and networks as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a self-contained HTML report
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write one JSON object per clip and line
    #[arg(long, value_name = "FILE")]
    clips: Option<PathBuf>,
    /// Write one JSON object per frame and line, with its contribution to the score
    #[arg(long, value_name = "FILE")]
    frames: Option<PathBuf>,
}

/// Which cues are used, in the order of [`CueName::ALL`].
#[derive(Debug, Clone, Copy)]
struct Cues([bool; CueName::ALL.len()]);

impl fmt::Display for Cues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = CueName::ALL.iter().zip(self.0).filter(|(_, asked)| *asked).map(|(name, _)| name.as_str());
        let names: Vec<_> = asked.collect();
        f.write_str(&if names.is_empty() { "none".into() } else { names.join(",") })
    }
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
enum NoFigures {
    #[error(transparent)]
    Set(#[from] SetError),
    #[error("cannot choose a threshold on {}: it needs bona fide and attack scores", .0.display())]
    NoThreshold(PathBuf),
}

/// Scores the set and writes the reports.
pub(super) fn run(args: &EvaluateArgs, nets: &NetArgs) -> anyhow::Result<ExitCode> {
    let (vision, policy) = all_weighed(nets.load()?)?;
    let (evaluation, report) = match args.report(&vision, policy) {
        Ok(done) => done,
        Err(error) => {
            complain!("countenance: {}", causes(&error));
            let exit = if matches!(error, NoFigures::Set(_)) { Exit::Usage } else { Exit::CannotTell };
            return Ok(exit.into());
        }
    };
    tell(&evaluation.presentations);
    if let Some(file) = &args.frames {
        lines(file, &evaluation.frames)?;
    }
    if let Some(file) = &args.clips {
        lines(file, &evaluation.presentations)?;
    }
    if let Some(file) = &args.json {
        lines(file, &[&report])?;
    }
    if let Some(file) = &args.html {
        write(file, report.page(&evaluation.presentations, args.command()).as_bytes())?;
    }
    console::stdout().write_all(report.table().as_bytes())?;
    let scored = evaluation.presentations.iter().any(|row| row.response == Response::Scored);
    Ok(if scored { ExitCode::SUCCESS } else { Exit::CannotTell.into() })
}

impl EvaluateArgs {
    fn report(&self, vision: &Vision, policy: Policy) -> Result<(Evaluation, Report), NoFigures> {
        let set = Set::open(&self.set)?;
        let mut policy = self.asked(policy);
        let options = self.options();
        let (threshold, fitted_on) = match (&self.threshold_from, self.threshold) {
            (Some(path), _) => {
                let (threshold, fit) = fit(path, &options, &policy, vision)?;
                (threshold, Some(fit))
            }
            (None, Some(value)) => (Threshold::chosen(value), None),
            (None, None) => (Threshold::of_policy(&policy), None),
        };
        // Simulated sign-ins use the same threshold.
        policy.liveness.threshold = threshold.value;
        let evaluation = with_bar(&set, &options, &policy, vision);
        let reading = Reading::of(&options, &policy);
        let report = Report {
            software: format!("{SOFTWARE} {SOFTWARE_VERSION}"),
            figures: Figures::of(&evaluation.presentations, &threshold),
            fitted_on,
            lightness: lightness::quarters(&evaluation.presentations, threshold.value),
            ablation: ablation::of(&evaluation.presentations, &threshold, &policy.liveness),
            reading,
            set: set.name,
            nature: set.nature,
            set_sha256: evaluation.set_sha256.clone(),
            files: set.files,
            losses: evaluation.losses(),
            policy: policy.digest(),
            models: countenance_vision::models().unwrap_or_default().iter().map(Model::claim).collect(),
        };
        Ok((evaluation, report))
    }

    /// The command line that repeats this measurement, quoted for a shell.
    fn command(&self) -> String {
        let mut words = vec!["countenance".into(), "evaluate".into(), quoted(&self.set.to_string_lossy())];
        let mut option = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                words.push(format!("--{name} {}", quoted(&value)));
            }
        };
        option("threshold", self.threshold.map(|score| score.to_string()));
        option("threshold-from", self.threshold_from.as_ref().map(|path| path.to_string_lossy().into_owned()));
        option("fps", self.fps.map(|fps| fps.to_string()));
        option("cues", self.cues.map(|cues| cues.to_string()));
        option("limit-frames", self.limit_frames.map(|frames| frames.to_string()));
        if self.gated {
            words.push("--gated".into());
        }
        words.join(" ")
    }

    /// `policy` with the cues of `--cues`.
    fn asked(&self, mut policy: Policy) -> Policy {
        if let Some(Cues(asked)) = self.cues {
            CueName::ALL.iter().zip(asked).for_each(|(&name, asked)| policy.liveness.cues.of_mut(name).enabled = asked);
        }
        policy
    }

    fn options(&self) -> Options {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Options {
            fps: self.fps,
            limit_frames: self.limit_frames,
            gated: self.gated,
            evidence: self.frames.is_some(),
            threads: self.threads.unwrap_or_else(cores),
        }
    }
}

/// The equal-error-rate threshold of the set at `path`, read with the same options as the measured set.
fn fit(path: &Path, options: &Options, policy: &Policy, vision: &Vision) -> Result<(Threshold, Fit), NoFigures> {
    let set = Set::open(path)?;
    let evaluation = with_bar(&set, &Options { evidence: false, ..*options }, policy, vision);
    tell(&evaluation.presentations);
    set.files.left_out.iter().for_each(|left_out| complain!("countenance: {} left out: {left_out}", path.display()));
    let figures = Figures::of(&evaluation.presentations, &Threshold::of_policy(policy));
    let threshold = Threshold::fitted(&figures, path).ok_or_else(|| NoFigures::NoThreshold(path.into()))?;
    Ok((threshold, Fit::of(&figures, &evaluation, set.files)))
}

fn with_bar(set: &Set, options: &Options, policy: &Policy, vision: &Vision) -> Evaluation {
    let bar = bar(Some(set.clips.len() as u64));
    let evaluation = evaluate(set, options, policy, vision, &|done| bar.set_position(done as u64));
    bar.finish_and_clear();
    evaluation
}

/// Prints failed and unexpected clips to standard error.
fn tell(presentations: &[Presentation]) {
    for row in presentations {
        let clip = row.clip.escape_debug();
        if let Response::Failed(why) = &row.response {
            complain!("countenance: {clip} failed: {why}");
        }
        if let Some(expected) = row.facts.expected.filter(|&expected| row.decision != Some(expected)) {
            complain!("countenance: {clip}: decision {}, expected {}", said(row.decision), said(Some(expected)));
        }
    }
    let unlabelled = presentations.iter().filter(|row| row.label.is_none()).count();
    if unlabelled > 0 {
        complain!("countenance: unlabeled clips, scored but not counted: {unlabelled}");
    }
}

fn said(decision: Option<Decision>) -> &'static str {
    match decision {
        Some(Decision::Live) => "live",
        Some(Decision::NotLive) => "not live",
        Some(Decision::CannotTell) => "inconclusive",
        None => "no decision",
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,:=+@".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn score(text: &str) -> Result<f32, String> {
    text.parse().ok().filter(|score: &f32| score.is_finite()).ok_or_else(|| "expected a finite number".into())
}

fn cues(text: &str) -> Result<Cues, String> {
    let named = |name: &str| CueName::ALL.iter().position(|cue| cue.as_str() == name);
    let all = || CueName::ALL.map(CueName::as_str).join(", ");
    match text {
        "all" => Ok(Cues([true; _])),
        "none" => Ok(Cues([false; _])),
        _ => text.split(',').try_fold(Cues([false; _]), |Cues(mut asked), name| {
            let slot = named(name.trim()).and_then(|i| asked.get_mut(i));
            *slot.ok_or_else(|| format!("unknown cue {name}; expected all, none, or a list of {}", all()))? = true;
            Ok(Cues(asked))
        }),
    }
}

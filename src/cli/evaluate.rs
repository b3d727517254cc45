//! `countenance evaluate`: error rates of the liveness decision on labelled clips.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use serde::Serialize;

use super::offline::bar;
use crate::{
    camera::recording::MAX_FPS,
    evaluate::{
        Evaluation, Options, evaluate,
        presentation::{Presentation, Response},
        set::Set,
    },
    headless::{Exit, causes},
    policy::{CueName, Policy},
    vision::Vision,
};

/// Arguments of `evaluate`.
#[derive(Debug, clap::Args)]
pub struct EvaluateArgs {
    /// Folders bona_fide and attack_SPECIES, each with recordings, folders of numbered pictures, or pictures; or a manifest
    #[arg(value_name = "SET")]
    set: PathBuf,
    /// Frames per second of folders of pictures; unknown by default: cues that need time then say nothing, and no login is
    /// played
    #[arg(long, value_parser = rate)]
    fps: Option<f64>,
    /// Cues to ask: all, none, or names such as stillness,screen; by default those of the policy
    #[arg(long, value_parser = cues)]
    cues: Option<Cues>,
    /// Let every frame with a face count towards the score, too small, dark or blurred as it may be: for research. A login
    /// would not take these frames, so the figures are not those of logins
    #[arg(long)]
    ungated: bool,
    /// Read no more than so many frames of each clip
    #[arg(long, value_name = "FRAMES", value_parser = clap::value_parser!(u32).range(1..))]
    limit_frames: Option<u32>,
    /// Clips to score at a time; by default one for each core. The result is the same for any number
    #[arg(long)]
    threads: Option<NonZeroUsize>,
    /// Write a line of JSON for each clip
    #[arg(long, value_name = "FILE")]
    clips: Option<PathBuf>,
    /// Write a line of JSON for each frame: what it added to the score
    #[arg(long, value_name = "FILE")]
    frames: Option<PathBuf>,
}

/// Which cues are asked, in the order of [`CueName::ALL`].
#[derive(Debug, Clone, Copy)]
struct Cues([bool; CueName::ALL.len()]);

/// Scores and reports.
pub(super) fn run(args: &EvaluateArgs) -> anyhow::Result<ExitCode> {
    let set = match Set::open(&args.set) {
        Ok(set) => set,
        Err(error) => {
            eprintln!("countenance: {}", causes(&error));
            return Ok(Exit::Usage.into());
        }
    };
    let vision = Vision::load().context("the networks in this binary cannot be used")?;
    let policy = args.policy();
    let evaluation = args.evaluate(&set, &policy, &vision);
    tell_failures(&evaluation.presentations);
    if let Some(file) = &args.frames {
        lines(file, &evaluation.frames)?;
    }
    match &args.clips {
        Some(file) => lines(file, &evaluation.presentations)?,
        None => write_lines(&mut io::stdout().lock(), &evaluation.presentations)?,
    }
    let scored = evaluation.presentations.iter().any(|row| row.response == Response::Scored);
    Ok(if scored { ExitCode::SUCCESS } else { Exit::CannotTell.into() })
}

impl EvaluateArgs {
    fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        if let Some(Cues(asked)) = self.cues {
            CueName::ALL.iter().zip(asked).for_each(|(&name, asked)| policy.liveness.cues.of_mut(name).enabled = asked);
        }
        policy
    }

    fn evaluate(&self, set: &Set, policy: &Policy, vision: &Vision) -> Evaluation {
        let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let options = Options {
            fps: self.fps,
            limit_frames: self.limit_frames,
            ungated: self.ungated,
            evidence: self.frames.is_some(),
            threads: self.threads.unwrap_or_else(cores),
        };
        let bar = bar(Some(set.clips.len() as u64));
        let evaluation = evaluate(set, &options, policy, vision, &|done| bar.set_position(done as u64));
        bar.finish_and_clear();
        evaluation
    }
}

/// Names what could not be scored, on standard error.
fn tell_failures(presentations: &[Presentation]) {
    for row in presentations {
        if let Response::Failed(why) = &row.response {
            eprintln!("countenance: {} failed: {why}", row.clip.escape_debug());
        }
    }
    let unlabelled = presentations.iter().filter(|row| row.label.is_none()).count();
    if unlabelled > 0 {
        eprintln!("countenance: {unlabelled} clips lie in no class folder: scored, and in no figure");
    }
}

fn lines(file: &Path, rows: &[impl Serialize]) -> anyhow::Result<()> {
    let write = || write_lines(&mut BufWriter::new(File::create(file)?), rows);
    write().with_context(|| format!("{} cannot be written", file.display()))
}

fn write_lines(out: &mut dyn Write, rows: &[impl Serialize]) -> io::Result<()> {
    for row in rows {
        serde_json::to_writer(&mut *out, row)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn rate(text: &str) -> Result<f64, String> {
    let fps = text.parse().ok().filter(|fps| *fps > 0.0 && *fps <= f64::from(MAX_FPS));
    fps.ok_or_else(|| format!("frames per second are a number above 0 and at most {MAX_FPS}"))
}

fn cues(text: &str) -> Result<Cues, String> {
    let named = |name: &str| CueName::ALL.iter().position(|cue| cue.as_str() == name);
    let all = || CueName::ALL.map(CueName::as_str).join(", ");
    match text {
        "all" => Ok(Cues([true; _])),
        "none" => Ok(Cues([false; _])),
        _ => text.split(',').try_fold(Cues([false; _]), |Cues(mut asked), name| {
            let slot = named(name.trim()).and_then(|i| asked.get_mut(i));
            *slot.ok_or_else(|| format!("{name} is none of all, none, {}", all()))? = true;
            Ok(Cues(asked))
        }),
    }
}

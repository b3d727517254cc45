//! The command line of the laboratory: parse, choose the tool, say how it ended.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use countenance_client::{settings::Settings, source::SourceArgs};
use countenance_lab::demo;

mod bench;
mod evaluate;
mod film;
mod matching;
mod progress;
mod recapture;
mod screens;
mod tenant;
mod window_bench;

/// What measures and shows Countenance: the demo, evaluation, benchmarks, simulated attacks, pictures of every screen.
#[derive(Debug, Parser)]
#[command(name = "countenance-lab", version, max_term_width = 110)]
struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Walk six logins on this machine: tenant, verifier and relying party on loopback, the client on recordings
    Demo(DemoArgs),
    /// Serve the Auth0 stand-in, which runs the Action that customers deploy
    Tenant(tenant::Args),
    /// Turn a recording into a simulated attack: it proves plumbing, never accuracy
    ///
    /// IN OUT makes one; --grid IN… OUTDIR makes a labelled set of all combinations, for `evaluate`.
    Recapture(recapture::Args),
    /// Render every screen of the window to PNG files, without a display
    Screens {
        /// Where to write
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Only screens whose name begins so
        #[arg(long, value_name = "NAME", default_value = "")]
        only: String,
    },
    /// Measure on labelled clips how well live people are told from attacks
    ///
    /// Exit codes: 0 measured, 1 broken, 2 usage or a set that cannot be read, 12 not one clip could be scored.
    Evaluate(matching::EvaluateCommand),
    /// Measure the stages of a capture over a recording
    Bench {
        /// The recording
        file: PathBuf,
        /// Frames to read at least
        #[arg(long, default_value_t = 300)]
        frames: usize,
        /// Measure the window instead: needs a display; nobody has to attend
        #[arg(long, conflicts_with = "frames")]
        window: bool,
        /// Measure what each format of a camera costs to convert instead
        #[arg(long, conflicts_with = "frames")]
        #[arg(conflicts_with = "window")]
        conversion: bool,
        /// Where to leave the pictures that were converted, for other programs to convert the very same
        #[arg(long, value_name = "DIR", requires = "conversion")]
        pictures: Option<PathBuf>,
    },
    /// Write what an emulated camera plays: a folder of JPEG pictures, and frames.yuyv
    #[command(hide = true)]
    Film(film::Args),
}

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
struct DemoArgs {
    /// Do not open a window
    #[arg(long)]
    headless: bool,
    /// Folder with the recordings
    #[arg(long, value_name = "DIR", default_value = "tests/fixtures")]
    recordings: PathBuf,
    /// Walk only the first so many
    #[arg(long, value_name = "N", default_value_t = 6)]
    logins: usize,
    /// Walk nothing: start empty servers, say where they are, and stay until standard input ends
    #[arg(long, conflicts_with_all = ["logins", "headless"])]
    by_hand: bool,
    /// Say it as one line of JSON
    #[arg(long, requires = "by_hand")]
    json: bool,
    /// A camera instead: the person before it enrols, then steps up.
    #[command(flatten)]
    source: SourceArgs,
}

impl DemoArgs {
    /// Opens the camera that is named; none if none is.
    fn lens(&self) -> Option<demo::Lens> {
        self.source.camera.as_ref()?;
        let (source, keep_frames) = (self.source.source(&Settings::default(), None), self.source.keep_frames);
        Some(Box::new(move || source.scripted(keep_frames)))
    }
}

/// Parses the command line and runs it; the exit code says how it ended.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    match Cli::parse().command {
        Command::Demo(args) if args.by_hand => demo::by_hand(args.json),
        Command::Demo(args) => demo::run(args.headless, &args.recordings, args.logins, args.lens()),
        Command::Tenant(args) => tenant::run(args),
        Command::Recapture(args) => recapture::run(&args),
        Command::Screens { out, only } => screens::run(&out, &only),
        Command::Evaluate(command) => matching::run(&command),
        Command::Bench { file, conversion: true, pictures, .. } => bench::conversion(&file, pictures.as_deref()),
        Command::Bench { file, window: true, .. } => window_bench::run(&file),
        Command::Bench { file, frames, .. } => bench::run(&file, frames),
        Command::Film(args) => film::run(&args),
    }
}

//! The command line of the lab binary: parses it, runs the tool and maps the result to an exit code.

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
mod report_file;
mod screens;
mod tenant;
mod window_bench;

/// Test and measurement tools of Countenance: demo, evaluation, benchmarks, simulated attacks and screenshots
#[derive(Debug, Parser)]
#[command(name = "countenance-lab", version, max_term_width = 110)]
struct Cli {
    /// The subcommand.
    #[command(subcommand)]
    command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
enum Command {
    /// Run six sign-ins on this machine, with tenant, verifier and relying party on loopback and recordings as camera
    Demo(DemoArgs),
    /// Serve the Auth0 stand-in, which runs the Action that customers deploy
    Tenant(tenant::Args),
    /// Turn a recording into a simulated attack (for pipeline tests only; says nothing about accuracy)
    ///
    /// IN OUT makes one attack; --grid IN… OUTDIR makes a labeled set of all combinations, for `evaluate`.
    Recapture(recapture::Args),
    /// Render every screen of the window to PNG files; needs no display
    Screens {
        /// Output directory
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Only screens whose name starts with PREFIX
        #[arg(long, value_name = "PREFIX", default_value = "")]
        only: String,
    },
    /// Measure liveness detection on labeled clips
    ///
    /// Exit codes: 0 measured, 1 internal error, 2 usage or unreadable set, 12 no clip could be scored.
    Evaluate(matching::EvaluateCommand),
    /// Measure the stages of a capture on a recording
    Bench {
        /// Recording to measure with
        file: PathBuf,
        /// Minimum number of frames to read
        #[arg(long, default_value_t = 300)]
        frames: usize,
        /// Measure the window instead; needs a display but no interaction
        #[arg(long, conflicts_with = "frames")]
        window: bool,
        /// Measure pixel format conversion instead
        #[arg(long, conflicts_with = "frames")]
        #[arg(conflicts_with = "window")]
        conversion: bool,
        /// Keep the converted images in DIR, so that other programs can be measured on the same input
        #[arg(long, value_name = "DIR", requires = "conversion")]
        pictures: Option<PathBuf>,
    },
    /// Convert a recording for an emulated camera: JPEG images and frames.yuyv
    #[command(hide = true)]
    Film(film::Args),
}

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
struct DemoArgs {
    /// Do not open a window
    #[arg(long)]
    headless: bool,
    /// Directory with the recordings
    #[arg(long, value_name = "DIR", default_value = "tests/fixtures")]
    recordings: PathBuf,
    /// Run only the first N sign-ins
    #[arg(long, value_name = "N", default_value_t = 6)]
    logins: usize,
    /// Run no sign-in: start the servers, print their addresses and serve until standard input ends
    #[arg(long, conflicts_with_all = ["logins", "headless"])]
    by_hand: bool,
    /// Print the addresses as one JSON object on one line
    #[arg(long, requires = "by_hand")]
    json: bool,
    /// A camera instead of recordings: the person in front of it enrolls, then steps up.
    #[command(flatten)]
    source: SourceArgs,
}

impl DemoArgs {
    /// Opens the camera given with `--camera`; `None` if it is absent.
    fn lens(&self) -> Option<demo::Lens> {
        self.source.camera.as_ref()?;
        let (source, keep_frames) = (self.source.source_for_test(&Settings::default(), None), self.source.keep_frames);
        Some(Box::new(move || source.scripted(keep_frames)))
    }
}

/// Parses the command line and runs the command.
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

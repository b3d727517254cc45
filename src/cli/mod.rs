//! The command line: parse, choose the driver, say how it ended.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use countenance_client::{installation::InstallationArgs, nets::NetArgs, source::SourceArgs};

mod camera;
mod capture;
mod doctor;
mod inspect;
mod link;
mod models;
mod qualify;
#[cfg(feature = "window")]
mod window;

/// Prove with your face, on this machine, that you are the one logging in.
///
/// Without a command: opens the window, on the login behind LINK if there is one. Exit codes are those of `capture`; 0 also
/// where no login was begun, or its link was handed to a window that is open.
#[derive(Debug, Parser)]
#[command(name = "countenance", version, max_term_width = 110)]
#[cfg_attr(feature = "window", command(args_conflicts_with_subcommands = true))]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The window's arguments.
    #[cfg(feature = "window")]
    #[command(flatten)]
    pub(crate) window: window::WindowArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the login behind a launch link, headless: JSON lines on standard output
    ///
    /// Exit codes: 0 approved, 1 broken, 2 usage, 10 refused, 11 cancelled, 12 cannot tell, 20 no camera, 30 verifier
    /// unreachable, 31 session over.
    Capture(CaptureArgs),
    /// List, try and qualify cameras
    Camera {
        /// What to do
        #[command(subcommand)]
        task: camera::CameraTask,
    },
    /// Look at what this installation needs, and say what to do where something is missing
    ///
    /// Nothing is changed and no camera started. Exit codes: 0 nothing needs attention, 1 something does.
    Doctor(doctor::DoctorArgs),
    /// Register links that begin with countenance: for this program, or see who opens them
    Link {
        /// What to do
        #[command(subcommand)]
        task: link::LinkTask,
    },
    /// List the networks in this binary, checked against their digests
    Models(models::ModelsArgs),
    /// Show what an attestation says
    Inspect {
        /// File with the attestation (JWS compact), or - for standard input
        #[arg(value_name = "ATTESTATION")]
        file: PathBuf,
        /// Device key, as JWK or thumbprint: with a JWK the signature is checked
        #[arg(long, value_name = "JWK")]
        key: Option<String>,
    },
}

/// Arguments of `capture`.
#[derive(Debug, clap::Args)]
pub(crate) struct CaptureArgs {
    /// Where frames come from.
    #[command(flatten)]
    source: SourceArgs,
    /// The link of the landing page: countenance://verify?…
    #[arg(value_name = "LINK", required_unless_present = "dry_run")]
    link: Option<String>,
    /// Where the installation lies.
    #[command(flatten)]
    installation: InstallationArgs,
    /// Networks at hand besides those of the settings; a dry run weighs them in, a login where the verifier asks for them.
    #[command(flatten)]
    nets: NetArgs,
    /// Tries after the first
    #[arg(long, default_value_t = 0)]
    retries: u32,
    /// How long to wait for a camera that is not there, busy or stalled before that counts as a try, seconds
    #[arg(long, value_name = "SECS", default_value_t = 0)]
    camera_timeout: u64,
    /// Cancel after so many frames, as a person might
    #[arg(long, value_name = "FRAMES")]
    cancel_after: Option<u32>,
    /// Instead of a login: seal for this nonce, send nothing, print the claims
    #[arg(long, value_name = "NONCE", conflicts_with = "link", requires = "at")]
    dry_run: Option<String>,
    /// Where to write the dry run's attestation, for `inspect`
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    attestation: Option<PathBuf>,
    /// The time of the dry run, seconds since 1970
    #[arg(long, value_name = "SECS", requires = "dry_run")]
    at: Option<i64>,
}

/// Parses the command line and runs it; the exit code says how it ended.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let Some(command) = cli.command else {
        #[cfg(feature = "window")]
        return window::run(cli.window);
        #[cfg(not(feature = "window"))]
        {
            use clap::CommandFactory;
            Cli::command().print_help()?;
            return Ok(countenance_client::headless::Exit::Usage.into());
        }
    };
    match command {
        Command::Camera { task } => camera::run(&task),
        Command::Capture(args) => capture::run(&args),
        Command::Doctor(args) => doctor::run(args),
        Command::Link { task } => link::run(task),
        Command::Models(args) => models::run(&args),
        Command::Inspect { file, key } => inspect::run(&file, key.as_deref()),
    }
}

//! The command line: parse, choose the driver, say how it ended.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand, ValueEnum};

use installation::InstallationArgs;
use source::SourceArgs;

mod camera;
mod capture;
mod doctor;
mod evaluate;
mod installation;
mod link;
mod matching;
mod nets;
mod offline;
#[cfg(feature = "window")]
mod pacing;
mod qualify;
mod recapture;
#[cfg(feature = "window")]
mod screens;
#[cfg(feature = "demo")]
mod serve_tenant;
#[cfg(feature = "verifier")]
mod serve_verifier;
#[cfg(feature = "verifier")]
mod smtp;
mod source;
#[cfg(feature = "verifier")]
mod twilio;
#[cfg(feature = "window")]
mod window;

/// Prove with your face, on this machine, that you are the one logging in.
///
/// Without a command: opens the window, on the login behind LINK if there is one. Exit codes are those of `capture`; 0 also
/// where no login was begun, or its link was handed to a window that is open.
#[derive(Debug, Parser)]
#[command(name = "countenance", version, max_term_width = 110)]
#[cfg_attr(feature = "window", command(args_conflicts_with_subcommands = true))]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The window's arguments.
    #[cfg(feature = "window")]
    #[command(flatten)]
    pub window: window::WindowArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk six logins on this machine: tenant, verifier and relying party on loopback, the client on recordings
    #[cfg(feature = "demo")]
    Demo(DemoArgs),
    /// Run the login behind a launch link, headless: JSON lines on standard output
    ///
    /// Exit codes: 0 approved, 1 broken, 2 usage, 10 refused, 11 cancelled, 12 cannot tell, 20 no camera, 30 verifier
    /// unreachable, 31 session over.
    Capture(CaptureArgs),
    /// Serve the reference verifier
    #[cfg(feature = "verifier")]
    Verifier(serve_verifier::Args),
    /// Serve the Auth0 stand-in, which runs the Action that customers deploy
    #[cfg(feature = "demo")]
    Tenant(serve_tenant::Args),
    /// Turn a recording into a simulated attack: it proves plumbing, never accuracy
    ///
    /// IN OUT makes one; --grid IN… OUTDIR makes a labelled set of all combinations, for `evaluate`.
    Recapture(recapture::Args),
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
    /// Render every screen of the window to PNG files, without a display
    #[cfg(feature = "window")]
    Screens {
        /// Where to write
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Only screens whose name begins so
        #[arg(long, value_name = "NAME", default_value = "")]
        only: String,
    },
    /// List the networks in this binary, checked against their digests
    Models(nets::ModelsArgs),
    /// Show what an attestation says
    Inspect {
        /// File with the attestation (JWS compact), or - for standard input
        #[arg(value_name = "ATTESTATION")]
        file: PathBuf,
        /// Device key, as JWK or thumbprint: with a JWK the signature is checked
        #[arg(long, value_name = "JWK")]
        key: Option<String>,
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
        #[cfg(feature = "window")]
        #[arg(long, conflicts_with = "frames")]
        window: bool,
        /// Measure what each format of a camera costs to convert instead
        #[arg(long, conflicts_with = "frames")]
        #[cfg_attr(feature = "window", arg(conflicts_with = "window"))]
        conversion: bool,
        /// Where to leave the pictures that were converted, for other programs to convert the very same
        #[arg(long, value_name = "DIR", requires = "conversion")]
        pictures: Option<PathBuf>,
    },
}

/// Arguments of `demo`.
#[cfg(feature = "demo")]
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
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

/// Arguments of `capture`.
#[derive(Debug, clap::Args)]
pub struct CaptureArgs {
    /// Where frames come from.
    #[command(flatten)]
    source: SourceArgs,
    /// The link of the landing page: countenance://verify?…
    #[arg(value_name = "LINK", required_unless_present = "rehearse")]
    link: Option<String>,
    /// Where the installation lies.
    #[command(flatten)]
    installation: InstallationArgs,
    /// Networks at hand besides those of the settings; a rehearsal weighs them in, a login where the verifier asks for them.
    #[command(flatten)]
    nets: nets::NetArgs,
    /// Tries after the first
    #[arg(long, default_value_t = 0)]
    retries: u32,
    /// How long to wait for a camera that is not there, busy or stalled before that counts as a try, seconds
    #[arg(long, value_name = "SECS", default_value_t = 0)]
    camera_patience: u64,
    /// Cancel after so many frames, as a person might
    #[arg(long, value_name = "FRAMES")]
    cancel_after: Option<u32>,
    /// Instead of a login: seal for this nonce, send nothing, print the claims
    #[arg(long, value_name = "NONCE", conflicts_with = "link", requires = "at")]
    rehearse: Option<String>,
    /// Where to write the rehearsal's attestation, for `inspect`
    #[arg(long, value_name = "FILE", requires = "rehearse")]
    attestation: Option<PathBuf>,
    /// The time of the rehearsal, seconds since 1970
    #[arg(long, value_name = "SECS", requires = "rehearse")]
    at: Option<i64>,
}

/// What to do with the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BrowserChoice {
    /// Open it in the default browser
    Open,
    /// Print it on standard error: whoever opens it must hold the cookie of the browser that began the login
    Print,
}

/// Parses the command line and runs it; the exit code says how it ended.
pub fn run() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let Some(command) = cli.command else {
        #[cfg(feature = "window")]
        return window::run(cli.window);
        #[cfg(not(feature = "window"))]
        {
            use clap::CommandFactory;
            Cli::command().print_help()?;
            return Ok(ExitCode::from(crate::headless::Exit::Usage as u8));
        }
    };
    match command {
        #[cfg(feature = "demo")]
        Command::Demo(args) if args.by_hand => crate::demo::by_hand(args.json),
        #[cfg(feature = "demo")]
        Command::Demo(args) => crate::demo::run(args.headless, &args.recordings, args.logins, args.source.lens()),
        Command::Camera { task } => camera::run(&task),
        Command::Capture(args) => capture::run(&args),
        #[cfg(feature = "verifier")]
        Command::Verifier(args) => serve_verifier::run(args),
        #[cfg(feature = "demo")]
        Command::Tenant(args) => serve_tenant::run(args),
        Command::Recapture(args) => recapture::run(&args),
        Command::Doctor(args) => doctor::run(args),
        Command::Link { task } => link::run(task),
        #[cfg(feature = "window")]
        Command::Screens { out, only } => screens::run(&out, &only),
        Command::Models(args) => nets::models(&args),
        Command::Inspect { file, key } => offline::inspect(&file, key.as_deref()),
        Command::Evaluate(command) => matching::run(&command),
        Command::Bench { file, conversion: true, pictures, .. } => offline::conversion(&file, pictures.as_deref()),
        #[cfg(feature = "window")]
        Command::Bench { file, window: true, .. } => pacing::run(&file),
        Command::Bench { file, frames, .. } => offline::bench(&file, frames),
    }
}

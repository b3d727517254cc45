//! The command line: parses it, runs the command and maps the result to an exit code.

use std::{path::PathBuf, process::ExitCode};

use clap::{CommandFactory, Parser, Subcommand};
use countenance_client::{
    headless::Exit, installation::InstallationArgs, nets::NetArgs, settings::OverridesManaged, source::SourceArgs,
};
use countenance_system::complain;

mod camera;
mod capture;
mod device;
mod doctor;
mod inspect;
#[cfg(all(feature = "window", target_os = "linux"))]
mod kiosk;
mod link;
mod models;
mod qualify;
#[cfg(all(feature = "window", not(target_os = "macos")))]
mod resident;
#[cfg(feature = "window")]
mod window;

/// Sign in with your face, checked on this computer
///
/// Without a command, opens the window and starts the sign-in behind LINK, if given. Exit codes are those of `capture`;
/// 0 also if no sign-in was started or LINK was passed to a window that is already open.
#[derive(Debug, Parser)]
#[command(name = "countenance", version, max_term_width = 110)]
#[cfg_attr(feature = "window", command(args_conflicts_with_subcommands = true))]
pub(crate) struct Cli {
    /// The subcommand; without one the window opens.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// The window's arguments.
    #[cfg(feature = "window")]
    #[command(flatten)]
    pub(crate) window: window::WindowArgs,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the sign-in behind a launch link without a window; prints JSON lines
    ///
    /// Exit codes: 0 approved, 1 internal error, 2 usage, 10 refused, 11 canceled, 12 inconclusive, 20 no camera, 30
    /// verifier unreachable, 31 session over, 32 device not approved for the account, 33 client too old.
    Capture(CaptureArgs),
    /// List, test and qualify cameras
    Camera {
        /// What to do
        #[command(subcommand)]
        task: camera::CameraTask,
    },
    /// Check this installation and suggest fixes
    ///
    /// Changes nothing and starts no camera. Exit codes: 0 no finding needs attention, 1 at least one does.
    Doctor(doctor::DoctorArgs),
    /// Allow another device of your account to sign in
    Device {
        /// What to do
        #[command(subcommand)]
        task: device::DeviceTask,
    },
    /// Run this machine as a kiosk: one browser, one window for sign-ins, nothing left behind
    ///
    /// Set up by kiosk.toml and kiosk.d. Exit codes: 0 stopped by a signal, 70 internal failure, 71 restart asked for, 72
    /// reboot asked for, 73 quit by an operator; 1 if it could not start.
    #[cfg(all(feature = "window", target_os = "linux"))]
    Kiosk(kiosk::KioskArgs),
    /// Manage the handler of countenance: links
    Link {
        /// What to do
        #[command(subcommand)]
        task: link::LinkTask,
    },
    /// List the embedded networks and verify their digests
    Models(models::ModelsArgs),
    /// Stay ready in the background, so that the window of a sign-in opens at once
    ///
    /// Started at each login. Ends at once unless the setting `resident` is on, and with the desktop session. Exit code 0.
    #[cfg(all(feature = "window", not(target_os = "macos")))]
    Resident(resident::ResidentArgs),
    /// Print the claims of an attestation
    Inspect {
        /// File with the attestation (JWS compact serialization), or - for standard input
        #[arg(value_name = "ATTESTATION")]
        file: PathBuf,
        /// Device key as JWK or thumbprint; only a JWK lets the signature be verified
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
    /// Launch link from the landing page: countenance://verify?…
    #[arg(value_name = "LINK", required_unless_present = "dry_run", value_parser = launch_link)]
    link: Option<String>,
    /// Settings, data and verifiers of the installation.
    #[command(flatten)]
    installation: InstallationArgs,
    /// Networks beyond those of the settings. A dry run always uses them, a sign-in only if the verifier's policy does.
    #[command(flatten)]
    nets: NetArgs,
    /// Additional attempts after the first
    #[arg(long, default_value_t = 0)]
    retries: u32,
    /// Seconds to wait for a camera that is absent, busy or stalled before the attempt counts as failed
    #[arg(long, value_name = "SECS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=MAX_WAIT_SECS))]
    camera_timeout: u64,
    /// Cancel after N frames
    #[arg(long, value_name = "N")]
    cancel_after: Option<u32>,
    /// Dry run: seal for this nonce, send nothing and print the claims
    #[arg(long, value_name = "NONCE", allow_hyphen_values = true, conflicts_with = "link", requires = "at")]
    dry_run: Option<String>,
    /// Write the attestation of the dry run to FILE, for `inspect`
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    attestation: Option<PathBuf>,
    /// Time of the dry run, in seconds since 1970
    #[arg(
        long,
        value_name = "SECS",
        requires = "dry_run",
        allow_negative_numbers = true,
        value_parser = clap::value_parser!(i64).range(0..=MAX_AT_SECS)
    )]
    at: Option<i64>,
}

/// Longest wait that can be asked for: a day. A longer one would be a mistake, and far longer ones cannot be added to a
/// time.
const MAX_WAIT_SECS: u64 = 86_400;
/// The last second of the year 9999, after which times are not written in four digits.
const MAX_AT_SECS: i64 = 253_402_300_799;

/// Checks that `text` is a link, so that a misspelled command does not open a window. What is in the link is checked later.
fn launch_link(text: &str) -> Result<String, String> {
    const SCHEME: &str = "countenance:";
    let text = text.trim();
    let (has_scheme, wanted) = (text.get(..SCHEME.len()), "a launch link begins with countenance://verify?");
    if has_scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME)) {
        return Ok(text.to_owned());
    }
    let command = Cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let near = names.map(|name| (strsim::jaro(name, &text.to_ascii_lowercase()), name));
    match near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(likeness, _)| *likeness > 0.7) {
        Some((_, name)) => Err(format!("{wanted}; did you mean the command `{name}`?")),
        None if text.starts_with("https:") => Err(format!("{wanted}; open this page in your browser")),
        None => Err(wanted.to_owned()),
    }
}

/// Parses the command line and runs the command. An option that an administrator does not permit is a usage error.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    match dispatch(Cli::parse()) {
        Err(error) if error.is::<OverridesManaged>() => {
            complain!("countenance: {error}");
            Ok(Exit::Usage.into())
        }
        ran => ran,
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let Some(command) = cli.command else {
        #[cfg(feature = "window")]
        return window::run(cli.window);
        #[cfg(not(feature = "window"))]
        {
            Cli::command().print_help()?;
            return Ok(Exit::Usage.into());
        }
    };
    match command {
        Command::Camera { task } => camera::run(&task),
        Command::Capture(args) => capture::run(&args),
        Command::Device { task } => device::run(task),
        Command::Doctor(args) => doctor::run(args),
        #[cfg(all(feature = "window", target_os = "linux"))]
        Command::Kiosk(args) => kiosk::run(&args),
        Command::Link { task } => link::run(task),
        Command::Models(args) => models::run(&args),
        #[cfg(all(feature = "window", not(target_os = "macos")))]
        Command::Resident(args) => resident::run(args),
        Command::Inspect { file, key } => inspect::run(&file, key.as_deref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written for packages by `packaging/manual`; here, that they name every command and option.
    #[test]
    fn manual_and_completions() {
        let command = Cli::command();
        let spare = tempfile::tempdir().unwrap();
        let folder = countenance_manual::kept_folder("countenance").unwrap_or_else(|| spare.path().to_owned());
        countenance_manual::write(&command, &folder).unwrap();
        assert_eq!(countenance_manual::missing(&command, &folder).unwrap(), Vec::<String>::new());
    }
}

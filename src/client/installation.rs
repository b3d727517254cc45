//! The arguments by which a run finds its installation: the same for the window and for `capture`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;

use crate::{
    session::origin::{AllowedOrigins, Origin},
    settings::Settings,
};

/// What to do with the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BrowserChoice {
    /// Open it in the default browser
    Open,
    /// Print it on standard error: whoever opens it must hold the cookie of the browser that began the login
    Print,
}

/// Which verifiers, files and browser.
#[derive(Debug, clap::Args)]
pub struct InstallationArgs {
    /// Origin of a verifier that links may name; may be repeated. Given once, the settings' verifiers do not count
    #[arg(long, value_name = "ORIGIN")]
    verifier: Vec<Origin>,
    /// The settings file; by default the platform's place for settings
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Where the device key is kept; by default the platform's place for application data
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What to do with the way back
    #[arg(long, value_enum, default_value_t = BrowserChoice::Open)]
    pub browser: BrowserChoice,
}

impl InstallationArgs {
    /// The verifiers named here; none if that is left to the settings.
    pub fn verifiers(&self) -> Option<AllowedOrigins> {
        (!self.verifier.is_empty()).then(|| self.verifier.iter().cloned().collect())
    }

    /// The settings file; none for an account without a home.
    pub fn settings(&self) -> Option<PathBuf> {
        self.settings.clone().or_else(Settings::standard_path)
    }

    /// The folder given, or the platform's place for application data.
    pub fn data_folder(&self) -> anyhow::Result<PathBuf> {
        data_folder(self.data.as_ref())
    }
}

/// The folder `given`, or the platform's place for application data.
pub fn data_folder(given: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    let place = || directories::ProjectDirs::from("", "", "countenance").map(|dirs| dirs.data_dir().to_owned());
    match given.cloned().or_else(place) {
        Some(folder) => Ok(folder),
        None => bail!("this account has no home folder: name one with --data"),
    }
}

/// The settings for a command without a window; what in them was not used is told.
pub fn settled(path: Option<PathBuf>) -> anyhow::Result<Settings> {
    let Some(path) = path.or_else(Settings::standard_path) else { return Ok(Settings::default()) };
    let loaded = Settings::load(&path).with_context(|| format!("{} cannot be used", path.display()))?;
    for complaint in loaded.complaints {
        eprintln!("countenance: {}: {complaint}", path.display());
    }
    Ok(loaded.settings)
}

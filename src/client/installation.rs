//! Command-line arguments that locate an installation, shared by the window and `capture`.

use std::path::PathBuf;

use anyhow::bail;
use clap::ValueEnum;

use countenance_system::complain;

use crate::{
    session::origin::{AllowedOrigins, Origin},
    settings::{LoadedManaged, Managed, OverridesManaged, Settings, SettingsInUse},
};

/// What to do with the return page's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BrowserChoice {
    /// Open the return address in the default browser
    Open,
    /// Print it on standard error. Only the browser that started the sign-in has the cookie needed to open it
    Print,
}

/// Verifiers, files and browser.
#[derive(Debug, clap::Args)]
pub struct InstallationArgs {
    /// Origin of a verifier that links may name; may be repeated. Replaces the verifiers from the settings
    #[arg(long, value_name = "ORIGIN")]
    verifier: Vec<Origin>,
    /// Settings file [default: the platform's configuration folder]
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Folder of the device key [default: the platform's application data folder]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// What to do with the return page's address
    #[arg(long, value_enum, default_value_t = BrowserChoice::Open)]
    pub browser: BrowserChoice,
}

impl InstallationArgs {
    /// Whether verifiers are given on the command line.
    pub fn names_verifiers(&self) -> bool {
        !self.verifier.is_empty()
    }

    /// The verifiers that links may name: those given on the command line, or those of the settings.
    ///
    /// # Errors
    ///
    /// If one that is given is not among those that an administrator has decided on.
    pub fn verifiers(&self, settings: &SettingsInUse) -> Result<AllowedOrigins, OverridesManaged> {
        verifiers(&self.verifier, settings)
    }

    /// The settings file; `None` for an account without a home folder and without `--settings`.
    pub fn settings(&self) -> Option<PathBuf> {
        self.settings.clone().or_else(Settings::standard_path)
    }

    /// The given folder, or the platform's application data folder.
    pub fn data_folder(&self) -> anyhow::Result<PathBuf> {
        data_folder(self.data.as_ref())
    }
}

/// `given`, or the platform's application data folder. On Windows, the one that stays on this computer: the key is that of
/// a device, so it must not roam with its user.
pub fn data_folder(given: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    let place = || directories::ProjectDirs::from("", "", "countenance").map(|dirs| dirs.data_local_dir().to_owned());
    match given.cloned().or_else(place) {
        Some(folder) => Ok(folder),
        None => bail!("this account has no home folder; use --data"),
    }
}

/// The verifiers `given` with `--verifier`, or those of the settings if there are none.
///
/// # Errors
///
/// If one that is given is not among those that an administrator has decided on.
pub fn verifiers(given: &[Origin], settings: &SettingsInUse) -> Result<AllowedOrigins, OverridesManaged> {
    let given = (!given.is_empty()).then(|| given.iter().cloned().collect());
    settings.verifiers_or("--verifier", given)
}

/// Loads the settings for a command without a window; reports what was ignored on standard error.
pub fn settled(path: Option<PathBuf>) -> anyhow::Result<SettingsInUse> {
    let managed = managed();
    let Some(path) = path.or_else(Settings::standard_path) else {
        return Ok(SettingsInUse::new(Settings::default(), managed));
    };
    let loaded = Settings::load(&path)?;
    for complaint in loaded.complaints {
        complain!("countenance: {}: {complaint}", path.display());
    }
    Ok(SettingsInUse::new(loaded.settings, managed))
}

/// As [`settled`], for a command that must not depend on the user's settings: only what administrators decide.
pub fn settled_without_user() -> SettingsInUse {
    SettingsInUse::new(Settings::default(), managed())
}

fn managed() -> Managed {
    let LoadedManaged { managed, complaints } = Managed::of_this_machine();
    for complaint in complaints {
        complain!("countenance: {complaint}");
    }
    managed
}

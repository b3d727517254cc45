//! What the doctor looks at, by the front door: a test decides all of it.

use std::{
    env,
    ffi::OsString,
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use crate::{
    registration::{self, RegistrationError, Status},
    session::{
        SessionError, Timeouts,
        origin::Origin,
        reach::{Reached, reach},
    },
    settings::{NETS_FOLDER, Settings},
};
use countenance_core::{
    clock::{Clock, UnixSecs},
    protocol::ModelClaim,
};
use countenance_system::SystemClock;
use countenance_vision::{Vision, VisionError};

/// The machine and installation to look at.
pub struct DoctorContext<'a> {
    /// Whether this program has a window; the headless client draws nothing.
    pub window: bool,
    /// Where `/dev`, `/sys` and `/etc` lie: `/`, but in tests.
    pub root: PathBuf,
    /// Which system it is, as `std::env::consts::OS` names it.
    pub system: &'a str,
    /// A variable of the environment; an empty one counts as none.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Opens a device for reading and writing, and closes it.
    pub open: &'a dyn Fn(&Path) -> io::Result<()>,
    /// This account's home, written `~` in what is found.
    pub home: Option<PathBuf>,
    /// The device key's file; `None` for an account without a home.
    pub key: Option<PathBuf>,
    /// The settings file; `None` for an account without a home.
    pub settings: Option<PathBuf>,
    /// Where added liveness networks lie if the settings name no other folder; `None` for an account without a home.
    pub nets: Option<PathBuf>,
    /// Loads the networks and checks their digests.
    pub models: &'a dyn Fn() -> Result<Vec<ModelClaim>, VisionError>,
    /// Asks a verifier.
    pub reach: &'a dyn Fn(&Origin) -> Result<Reached, SessionError>,
    /// Who opens links.
    pub link: &'a dyn Fn() -> Result<Status, RegistrationError>,
    /// What time it is.
    pub clock: &'a dyn Clock,
    /// When this program's file was written.
    pub built: Option<UnixSecs>,
}

impl DoctorContext<'_> {
    /// This machine, this user, this program.
    pub fn of_this_machine(window: bool) -> Self {
        Self {
            window,
            root: PathBuf::from("/"),
            system: env::consts::OS,
            variable: &|name| env::var_os(name).filter(|value| !value.is_empty()),
            open: &|path| OpenOptions::new().read(true).write(true).open(path).map(drop),
            home: directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            key: directories::ProjectDirs::from("", "", "countenance").map(|dirs| dirs.data_dir().join("device.key")),
            settings: Settings::standard_path(),
            nets: directories::ProjectDirs::from("", "", "countenance").map(|dirs| dirs.data_dir().join(NETS_FOLDER)),
            models: &|| {
                let vision = Vision::load()?;
                vision.prepare_embedding()?;
                Ok(vision.model_claims())
            },
            reach: &|origin| reach(origin, Timeouts::default()),
            link: &registration::status,
            clock: &SystemClock,
            built: built(),
        }
    }

    /// `path`, absolute on the machine that is looked at.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// `text` with `~` where this account's home was named.
    pub(super) fn without_home(&self, text: &str) -> String {
        match self.home.as_deref().and_then(Path::to_str) {
            Some(home) if home.len() > 1 => text.replace(home, "~"),
            _ => text.to_owned(),
        }
    }
}

fn built() -> Option<UnixSecs> {
    let written = fs::metadata(env::current_exe().ok()?).ok()?.modified().ok()?;
    Some(written.duration_since(UNIX_EPOCH).ok()?.as_secs() as UnixSecs)
}

//! What the diagnostics read from outside: injected dependencies, replaceable in tests.

use std::{
    env,
    ffi::OsString,
    fs::{self, OpenOptions},
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use super::desktop::{self, Adapter};
use crate::{
    display,
    registration::{self, RegistrationError, Status},
    session::{
        SessionError, Timeouts,
        origin::Origin,
        reach::{Reached, reach},
    },
    settings::{LoadedManaged, Managed, NETS_FOLDER, Settings},
};
use countenance_camera::{
    CameraError, CameraRequest, Cameras, Listed,
    cameras::of_portal,
    permission::{Permission, permission},
};
use countenance_core::{
    clock::{Clock, UnixSecs},
    protocol::ModelClaim,
};
use countenance_system::SystemClock;
use countenance_vision::{Model, Vision, VisionError};

/// The machine and installation to check.
pub struct DoctorContext<'a> {
    /// Whether this program has a window. The headless client needs no graphics.
    pub window: bool,
    /// Root of `/dev`, `/sys` and `/etc`: `/` except in tests.
    pub root: PathBuf,
    /// The operating system, as in `std::env::consts::OS`.
    pub system: &'a str,
    /// Reads an environment variable; an empty one counts as unset.
    pub variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// Connects to a display server, and disconnects.
    pub connects: display::Connects<'a>,
    /// Opens a device for reading and writing, and closes it.
    pub open: &'a dyn Fn(&Path) -> io::Result<()>,
    /// Whether the system's privacy settings let this program use cameras; not on Linux, where each node is opened.
    pub permission: &'a dyn Fn() -> Permission,
    /// The cameras that the system lists; not on Linux.
    pub cameras: &'a dyn Fn() -> Vec<Listed>,
    /// What the desktop's camera portal has; `None` if this program was built without it.
    pub portal: &'a dyn Fn() -> Option<Result<Vec<Listed>, CameraError>>,
    /// The graphics adapters; on Windows only.
    pub adapters: &'a dyn Fn() -> Vec<Adapter>,
    /// This account's home folder, shown as `~` in findings.
    pub home: Option<PathBuf>,
    /// The device key file; `None` for an account without a home folder.
    pub key: Option<PathBuf>,
    /// The settings file; `None` for an account without a home folder.
    pub settings: Option<PathBuf>,
    /// Loads what administrators decide.
    pub managed: &'a dyn Fn() -> LoadedManaged,
    /// Default folder of added liveness networks; `None` for an account without a home folder.
    pub nets: Option<PathBuf>,
    /// Loads the networks and checks their digests.
    pub models: &'a dyn Fn() -> Result<Vec<ModelClaim>, VisionError>,
    /// Contacts a verifier.
    pub reach: &'a dyn Fn(&Origin) -> Result<Reached, SessionError>,
    /// Finds the program that opens links.
    pub link: &'a dyn Fn() -> Result<Status, RegistrationError>,
    /// Current time.
    pub clock: &'a dyn Clock,
    /// Modification time of this program's file.
    pub built: Option<UnixSecs>,
}

impl DoctorContext<'_> {
    /// This machine, user and program.
    pub fn of_this_machine(window: bool) -> Self {
        Self {
            window,
            root: PathBuf::from("/"),
            system: env::consts::OS,
            variable: &|name| env::var_os(name).filter(|value| !value.is_empty()),
            connects: &display::connect,
            open: &|path| OpenOptions::new().read(true).write(true).open(path).map(drop),
            permission: &|| permission(""),
            cameras: &|| Cameras::new(CameraRequest::default(), Box::new(|_| false)).list(),
            portal: &of_portal,
            adapters: &desktop::adapters,
            home: directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            key: directories::ProjectDirs::from("", "", "countenance")
                .map(|dirs| dirs.data_local_dir().join("device.key")),
            settings: Settings::standard_path(),
            managed: &Managed::of_this_machine,
            nets: directories::ProjectDirs::from("", "", "countenance")
                .map(|dirs| dirs.data_local_dir().join(NETS_FOLDER)),
            models: &|| {
                let vision = Vision::load()?;
                vision.prepare_embedding()?;
                Ok(countenance_vision::models()?.iter().map(Model::claim).collect())
            },
            reach: &|origin| reach(origin, Timeouts::default()),
            link: &registration::status,
            clock: &SystemClock,
            built: built(),
        }
    }

    /// `path` below the root that is checked.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// `text` with this account's home folder replaced by `~`.
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

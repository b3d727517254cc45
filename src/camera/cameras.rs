//! Lists the cameras of this machine, selects the requested one and opens it.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[cfg(all(target_os = "linux", feature = "pipewire"))]
use super::device::portal::{self, is_of_portal};
use super::{
    CameraError, FrameSource, PortalFault,
    choice::{Choice, Listed},
    device::{Device, Lister, Usage},
    live::{FrameSlot, LiveSource, Notify},
    permission::{Permission, permission},
    provenance::linux::image_processor,
    way::Way,
};
use countenance_core::protocol::CameraClaim;
#[cfg(all(target_os = "linux", feature = "pipewire"))]
use std::time::Duration;

/// How long an opening camera waits for the person's answer to the desktop's question, before it says that there is one. Less
/// than [`LiveSource`] waits for a camera to open.
#[cfg(all(target_os = "linux", feature = "pipewire"))]
const ASKS_FOR: Duration = Duration::from_secs(4);

/// The requested camera and how to use it.
#[derive(Debug, Clone, Default)]
pub struct CameraRequest {
    /// Which camera.
    pub choice: Choice,
    /// How to use it: formats, orientation, required stream quality.
    pub usage: Usage,
}

/// What the desktop's camera portal has, after asking for access to it; `None` if this program was built without it.
#[cfg(all(target_os = "linux", feature = "pipewire"))]
pub fn of_portal() -> Option<Result<Vec<Listed>, CameraError>> {
    let remote = portal::access::Access::default().ask(ASKS_FOR).and_then(portal::Remote::over);
    Some(remote.map(|remote| remote.list().unwrap_or_default()))
}

/// What the desktop's camera portal has; `None`, since this program was built without it.
#[cfg(not(all(target_os = "linux", feature = "pipewire")))]
pub fn of_portal() -> Option<Result<Vec<Listed>, CameraError>> {
    None
}

/// Returns whether a camera was qualified at its site.
pub type Qualifies = Box<dyn Fn(&CameraClaim) -> bool + Send + Sync>;

/// All cameras of this machine. Shared: the window lists and chooses, a capture opens.
pub struct Cameras {
    lister: Mutex<Lister>,
    /// A question to the desktop may be open for long, and the cameras are listed meanwhile.
    #[cfg(all(target_os = "linux", feature = "pipewire"))]
    access: Mutex<portal::access::Access>,
    request: Mutex<CameraRequest>,
    /// ID of the camera opened last.
    opened: Mutex<Option<String>>,
    qualifies: Qualifies,
}

impl Cameras {
    /// With an initial request; `qualifies` consults the site's profile.
    pub fn new(request: CameraRequest, qualifies: Qualifies) -> Self {
        Self {
            lister: Mutex::default(),
            #[cfg(all(target_os = "linux", feature = "pipewire"))]
            access: Mutex::default(),
            request: Mutex::new(request),
            opened: Mutex::default(),
            qualifies,
        }
    }

    /// Asks for access where cameras are reached through the desktop's camera portal; the desktop may ask the person. Without
    /// access, the portal's cameras are listed as one, without its name. Elsewhere there is nothing to ask for.
    pub fn ask(&self) -> Result<(), CameraError> {
        #[cfg(all(target_os = "linux", feature = "pipewire"))]
        {
            let way = {
                let mut lister = locked(&self.lister);
                if lister.portal.has_access() {
                    return Ok(());
                }
                Way::of_this_machine(&lister.nodes())
            };
            let asked = || locked(&self.access).ask(ASKS_FOR).and_then(portal::Remote::over);
            match way {
                Way::Nodes => {}
                Way::Portal => {
                    let remote = asked()?;
                    locked(&self.lister).portal.watch(remote);
                }
                Way::PortalIfThere => match asked() {
                    Ok(remote) => locked(&self.lister).portal.watch(remote),
                    Err(CameraError::NoPortal(_)) => {}
                    Err(error) => return Err(error),
                },
            }
        }
        Ok(())
    }

    /// The cameras present now. May take a moment: newly connected ones are queried. Asks nobody.
    pub fn list(&self) -> Vec<Listed> {
        #[cfg(all(target_os = "linux", feature = "pipewire"))]
        if let Some(remote) = self.access.try_lock().ok().and_then(|mut access| access.granted()) {
            // The person has answered meanwhile.
            match portal::Remote::over(remote) {
                Ok(remote) => locked(&self.lister).portal.watch(remote),
                Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "access came to nothing"),
            }
        }
        locked(&self.lister).list()
    }

    /// Requests another camera. To switch during a capture, also call [`FrameSlot::reopen`].
    pub fn choose(&self, request: CameraRequest) {
        *locked(&self.request) = request;
    }

    /// What is requested now.
    pub fn request(&self) -> CameraRequest {
        locked(&self.request).clone()
    }

    /// Opens the requested camera if it is present, access is permitted and the policy admits its kind.
    pub fn open(&self) -> Result<Device, CameraError> {
        let CameraRequest { choice, mut usage } = locked(&self.request).clone();
        let mut cameras = self.list();
        // Which cameras the portal has is known only with access to them.
        if choice.among(&cameras).map_or(true, is_of_portal) {
            self.ask()?;
            cameras = self.list();
        }
        let camera = choice.among(&cameras).map_err(|error| match error {
            CameraError::Absent => why_none(),
            other => other,
        })?;
        (usage.pinned, usage.testing) = (choice.pinned, choice.testing);
        *locked(&self.opened) = Some(camera.id.clone());
        let claim = usage.claim(camera);
        usage.qualified = (self.qualifies)(&claim);
        let claim = CameraClaim { qualified: usage.qualified, ..claim };
        // Check both before the camera's light goes on.
        claim.admitted_by(&usage.policy)?;
        if let Permission::Denied(_) = permission(&camera.node) {
            return Err(CameraError::Denied);
        }
        Device::open(camera, usage)
    }

    /// The requested camera on a separate thread, opened at each start; `slot` holds its newest frame.
    pub fn live(self: &Arc<Self>, slot: FrameSlot, notify: Notify) -> LiveSource {
        let (opens, looks) = (Arc::clone(self), Arc::clone(self));
        let open = Box::new(move || opens.open().map(|device| Box::new(device) as Box<dyn FrameSource>));
        LiveSource::new(open, slot, notify).while_present(Box::new(move || looks.is_opened_present()))
    }

    /// Whether the camera opened last is still present.
    fn is_opened_present(&self) -> bool {
        let opened = locked(&self.opened).clone();
        opened.is_none_or(|opened| self.list().iter().any(|camera| camera.id == opened))
    }
}

/// Whether a camera is one of the camera portal, which this program does not use.
#[cfg(not(all(target_os = "linux", feature = "pipewire")))]
fn is_of_portal(_: &Listed) -> bool {
    false
}

/// Why no camera is listed, as far as this computer tells: only Linux has a `/sys`.
pub fn why_none() -> CameraError {
    if Way::of_this_machine(&[]) == Way::Portal {
        return CameraError::NoPortal(PortalFault::NoCamera);
    }
    image_processor(Path::new("/sys")).map_or(CameraError::Absent, CameraError::NeedsLibcamera)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

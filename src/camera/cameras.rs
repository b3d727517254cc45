//! Lists the cameras of this machine, selects the requested one and opens it.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    CameraError, FrameSource,
    choice::{Choice, Listed},
    device::{Device, Lister, Usage},
    live::{FrameSlot, LiveSource, Notify},
    permission::{Permission, permission},
    provenance::linux::image_processor,
};
use countenance_core::protocol::CameraClaim;

/// The requested camera and how to use it.
#[derive(Debug, Clone, Default)]
pub struct CameraRequest {
    /// Which camera.
    pub choice: Choice,
    /// How to use it: formats, orientation, required stream quality.
    pub usage: Usage,
}

/// Returns whether a camera was qualified at its site.
pub type Qualifies = Box<dyn Fn(&CameraClaim) -> bool + Send + Sync>;

/// All cameras of this machine. Shared: the window lists and chooses, a capture opens.
pub struct Cameras {
    lister: Mutex<Lister>,
    request: Mutex<CameraRequest>,
    /// ID of the camera opened last.
    opened: Mutex<Option<String>>,
    qualifies: Qualifies,
}

impl Cameras {
    /// With an initial request; `qualifies` consults the site's profile.
    pub fn new(request: CameraRequest, qualifies: Qualifies) -> Self {
        Self { lister: Mutex::default(), request: Mutex::new(request), opened: Mutex::default(), qualifies }
    }

    /// The cameras present now. May take a moment: newly connected ones are queried.
    pub fn list(&self) -> Vec<Listed> {
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
        let cameras = self.list();
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

/// Why no camera is listed, as far as this computer tells: only Linux has a `/sys`.
pub fn why_none() -> CameraError {
    image_processor(Path::new("/sys")).map_or(CameraError::Absent, CameraError::NeedsLibcamera)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

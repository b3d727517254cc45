//! The cameras of this machine, and the one that is wanted: listed, chosen, opened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{
    CameraError, FrameSource,
    choice::{Choice, Listed},
    device::{Device, Lister, Usage},
    live::{FrameSlot, LiveSource, Notify},
    permission::{Permission, permission},
};
use countenance_core::protocol::CameraClaim;

/// Which camera is wanted, and how it is to be used.
#[derive(Debug, Clone, Default)]
pub struct CameraRequest {
    /// Which one.
    pub choice: Choice,
    /// How: formats, mounting, what its pictures must be like.
    pub usage: Usage,
}

/// Whether a camera was qualified at its site.
pub type Qualifies = Box<dyn Fn(&CameraClaim) -> bool + Send + Sync>;

/// Every camera of this machine. Shared: the window lists and chooses, a look opens.
pub struct Cameras {
    lister: Mutex<Lister>,
    request: Mutex<CameraRequest>,
    /// The id of the camera opened last.
    opened: Mutex<Option<String>>,
    qualifies: Qualifies,
}

impl Cameras {
    /// With this request; `qualifies` knows the site's profile.
    pub fn new(request: CameraRequest, qualifies: Qualifies) -> Self {
        Self { lister: Mutex::default(), request: Mutex::new(request), opened: Mutex::default(), qualifies }
    }

    /// The cameras that are there now. May take a moment: those that came since are looked at closely.
    pub fn list(&self) -> Vec<Listed> {
        locked(&self.lister).list()
    }

    /// Requests another camera. A look under way is told by [`FrameSlot::reopen`].
    pub fn choose(&self, request: CameraRequest) {
        *locked(&self.request) = request;
    }

    /// Opens the camera that is wanted, if it is there, may be used and the policy admits its kind.
    pub fn open(&self) -> Result<Device, CameraError> {
        let CameraRequest { choice, mut usage } = locked(&self.request).clone();
        let cameras = self.list();
        let camera = choice.among(&cameras)?;
        (usage.pinned, usage.testing) = (choice.pinned, choice.testing);
        *locked(&self.opened) = Some(camera.id.clone());
        let claim = usage.claim(camera);
        usage.qualified = (self.qualifies)(&claim);
        let claim = CameraClaim { qualified: usage.qualified, ..claim };
        // Both before its light goes on.
        claim.admitted_by(&usage.policy)?;
        if let Permission::Denied(_) = permission(&camera.node) {
            return Err(CameraError::Denied);
        }
        Device::open(camera, usage)
    }

    /// The wanted camera on a thread of its own, opened at each start; its newest frame lies in `slot`.
    pub fn live(self: &Arc<Self>, slot: FrameSlot, notify: Notify) -> LiveSource {
        let (opens, looks) = (Arc::clone(self), Arc::clone(self));
        let open = Box::new(move || opens.open().map(|device| Box::new(device) as Box<dyn FrameSource>));
        LiveSource::new(open, slot, notify).while_present(Box::new(move || looks.is_opened_present()))
    }

    /// Whether the camera that was opened last is still there.
    fn is_opened_present(&self) -> bool {
        let opened = locked(&self.opened).clone();
        opened.is_none_or(|opened| self.list().iter().any(|camera| camera.id == opened))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

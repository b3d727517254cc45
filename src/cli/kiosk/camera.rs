//! The kiosk's camera while no window uses it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use countenance_camera::CameraErrorKind;
use countenance_client::{installed::Installed, runner::Environment, source::Source};
use countenance_kiosk::monitor::CameraCheck;

/// How long a camera may take for a frame.
const FRAME_LIMIT: Duration = Duration::from_secs(2);

/// The camera while no window uses it.
pub(super) struct Camera {
    env: Arc<Installed>,
    /// Two checks at once would take the camera from each other.
    busy: Mutex<()>,
}

impl Camera {
    /// The camera of `env`, whichever an operator has chosen there.
    pub(super) fn new(env: Arc<Installed>) -> Self {
        Self { env, busy: Mutex::default() }
    }
}

impl CameraCheck for Camera {
    fn present(&self) -> Result<(), CameraErrorKind> {
        match self.env.source() {
            Source::Camera(cameras) => cameras.request().choice.among(&cameras.list()).map(drop).map_err(|e| e.kind()),
            // A recording that has gone is a camera that was unplugged.
            Source::Recording { path, .. } => path.exists().then_some(()).ok_or(CameraErrorKind::Absent),
        }
    }

    fn streams(&self) -> Result<(), CameraErrorKind> {
        let _busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let mut camera = self.env.camera(Arc::new(|| {}));
        let frame = camera.start().and_then(|()| camera.next_frame(FRAME_LIMIT));
        camera.stop();
        frame.map(drop).map_err(|error| error.kind())
    }
}

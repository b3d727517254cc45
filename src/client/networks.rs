//! The networks of this installation, loaded once for all sign-ins of a process.

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use countenance_core::protocol::ModelClaim;
use countenance_vision::{AddedNet, Vision, VisionError};

/// The embedded networks and those that the settings add. Clones share what is loaded.
#[derive(Clone, Default)]
pub struct Networks(Arc<Shared>);

#[derive(Default)]
struct Shared {
    folder: PathBuf,
    pins: Vec<String>,
    loaded: Mutex<Option<Arc<Vision>>>,
}

impl Networks {
    /// The embedded ones, and the liveness networks in `folder` whose contracts have the digests `pins`.
    pub fn new(folder: PathBuf, pins: Vec<String>) -> Self {
        Self(Arc::new(Shared { folder, pins, loaded: Mutex::default() }))
    }

    /// These if they have the same `folder` and `pins`; otherwise others, which are not loaded yet.
    #[must_use]
    pub fn with(&self, folder: PathBuf, pins: Vec<String>) -> Self {
        if (&self.0.folder, &self.0.pins) == (&folder, &pins) { self.clone() } else { Self::new(folder, pins) }
    }

    /// The networks, loaded by the first call. Whoever calls meanwhile waits instead of loading them a second time.
    ///
    /// # Errors
    ///
    /// If an added network cannot be used. The next call tries again.
    pub fn load(&self) -> Result<Arc<Vision>, VisionError> {
        let mut loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(vision) = &*loaded {
            return Ok(Arc::clone(vision));
        }
        let vision = Arc::new(Vision::load_with(AddedNet::load_folder(&self.0.folder, &self.0.pins)?)?);
        Ok(Arc::clone(loaded.insert(vision)))
    }

    /// Loads them on a thread of its own, so that they are there when a sign-in needs them.
    ///
    /// # Errors
    ///
    /// If there can be no such thread.
    pub fn load_early(&self) -> io::Result<()> {
        let own = self.clone();
        let load = move || {
            // Ignored here: the run that needs the networks gets the same error and reports it.
            own.load().ok();
        };
        thread::Builder::new().name("networks".into()).spawn(load).map(drop)
    }

    /// What an attestation says of them; nothing before they are loaded.
    pub fn claims(&self) -> Vec<ModelClaim> {
        let loaded = self.0.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.as_ref().map(|vision| vision.model_claims()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_loaded_once_for_all_who_ask() {
        let networks = Networks::new("/nets".into(), Vec::new());
        assert_eq!(networks.claims(), []);
        let other = networks.clone();
        let (one, two) = thread::scope(|scope| {
            let loads =
                thread::Builder::new().name("other".into()).spawn_scoped(scope, || other.load().unwrap()).unwrap();
            (networks.load().unwrap(), loads.join().unwrap())
        });
        assert!(Arc::ptr_eq(&one, &two) && !networks.claims().is_empty());
        assert!(Arc::ptr_eq(&one, &networks.with("/nets".into(), Vec::new()).load().unwrap()), "nothing has changed");
    }

    #[test]
    fn others_are_loaded_after_a_change_of_the_settings() {
        let networks = Networks::default();
        networks.load().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let changed = networks.with(folder.path().to_owned(), vec!["ab".repeat(32)]);
        assert_eq!(changed.claims(), [], "what was loaded is not what the settings say now");
        assert!(changed.load().is_err(), "there is no such network");
    }
}

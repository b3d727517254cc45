//! Slots for captures in memory: few in all, one for each device.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Maximum number of captures held in memory at once: each up to 16 MiB in an enrollment, 8 MiB otherwise.
const UPLOADS_MAX: usize = 16;

/// The slots. Granted only to a device whose session is known, so a stranger cannot hold any.
pub(crate) struct Uploads {
    slots: Arc<Semaphore>,
    devices: Mutex<HashSet<String>>,
}

/// A slot, freed when dropped.
pub(crate) struct Upload {
    uploads: Arc<Uploads>,
    device: String,
    _slot: OwnedSemaphorePermit,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { slots: Arc::new(Semaphore::new(UPLOADS_MAX)), devices: Mutex::default() }
    }
}

impl Uploads {
    /// A slot for `device`; `None` if all are taken, or the device has one.
    pub(crate) fn begin(this: &Arc<Self>, device: &str) -> Option<Upload> {
        let slot = this.slots.clone().try_acquire_owned().ok()?;
        let is_first = this.devices().insert(device.to_owned());
        is_first.then(|| Upload { uploads: this.clone(), device: device.to_owned(), _slot: slot })
    }

    fn devices(&self) -> MutexGuard<'_, HashSet<String>> {
        // A panic cannot leave the set inconsistent.
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.uploads.devices().remove(&self.device);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_one_slot_to_a_device_and_a_few_in_all() {
        let uploads = Arc::new(Uploads::default());
        let first = Uploads::begin(&uploads, "a").unwrap();
        assert!(Uploads::begin(&uploads, "a").is_none(), "its second");
        drop(first);
        let held: Vec<_> = (0..UPLOADS_MAX).filter_map(|i| Uploads::begin(&uploads, &i.to_string())).collect();
        assert_eq!(held.len(), UPLOADS_MAX, "a freed slot is free, and a refusal takes none");
        assert!(Uploads::begin(&uploads, "b").is_none());
    }
}

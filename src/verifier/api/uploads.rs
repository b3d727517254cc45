//! Slots for captures in memory: few in all, and few for each device.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Maximum number of captures held in memory at once: each up to 16 MiB in an enrollment, 8 MiB otherwise.
const UPLOADS_MAX: usize = 16;
/// Of these, maximum number of one device: an upload, and its repetition after a lost connection.
const UPLOADS_PER_DEVICE: usize = 2;

/// The slots. Granted only to a device whose session is known, so a stranger cannot hold any.
pub(crate) struct Uploads {
    slots: Arc<Semaphore>,
    devices: Mutex<HashMap<String, usize>>,
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
    /// A slot for `device`; `None` if all are taken, or the device has its share.
    pub(crate) fn begin(this: &Arc<Self>, device: &str) -> Option<Upload> {
        let slot = this.slots.clone().try_acquire_owned().ok()?;
        let mut devices = this.devices();
        let held = devices.entry(device.to_owned()).or_default();
        if *held >= UPLOADS_PER_DEVICE {
            return None;
        }
        *held += 1;
        Some(Upload { uploads: this.clone(), device: device.to_owned(), _slot: slot })
    }

    fn devices(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        // A panic cannot leave the counts inconsistent.
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let mut devices = self.uploads.devices();
        match devices.get_mut(&self.device) {
            Some(held) if *held > 1 => *held -= 1,
            _ => drop(devices.remove(&self.device)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_few_slots_to_a_device_and_in_all() {
        let uploads = Arc::new(Uploads::default());
        let held: Vec<_> = (0..UPLOADS_PER_DEVICE).map(|_| Uploads::begin(&uploads, "a").unwrap()).collect();
        assert!(Uploads::begin(&uploads, "a").is_none(), "more than its share");
        drop(held);
        let held: Vec<_> = (0..UPLOADS_MAX).filter_map(|i| Uploads::begin(&uploads, &i.to_string())).collect();
        assert_eq!(held.len(), UPLOADS_MAX, "a freed slot is free, and a refusal takes none");
        assert!(Uploads::begin(&uploads, "b").is_none());
    }
}

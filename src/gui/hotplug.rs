//! Camera hotplug: a thread polls the connected cameras while a screen needs them, and reports changes to the window.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use super::cameras::CameraEntry;
use countenance_client::runner::CameraErrorKind;

/// Polling interval.
pub(super) const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Lists the cameras; may block.
pub(super) type List = Arc<dyn Fn() -> Vec<CameraEntry> + Send + Sync>;
/// Wakes the window.
pub(super) type Notify = Arc<dyn Fn() + Send + Sync>;

/// What the window knows about the connected cameras.
pub(super) struct HotplugMonitor {
    list: List,
    interval: Duration,
    notify: Notify,
    watcher: Option<Watcher>,
    /// Ids of the connected cameras; `None` before the first poll.
    known: Option<Vec<String>>,
    /// Whether the window retried automatically and no frame has arrived since.
    tried: bool,
}

/// A change of the connected cameras.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CameraChange {
    /// The cameras connected now.
    pub(super) cameras: Vec<CameraEntry>,
    /// Whether one of them is new.
    pub(super) came: bool,
}

impl HotplugMonitor {
    /// Creates a monitor that is not polling yet.
    pub(super) fn new(list: List, interval: Duration, notify: Notify) -> Self {
        Self { list, interval, notify, watcher: None, known: None, tried: false }
    }

    /// Starts or stops polling.
    pub(super) fn watch(&mut self, needed: bool) {
        if !needed {
            (self.watcher, self.known) = (None, None);
        } else if self.watcher.is_none() {
            self.watcher = Some(Watcher::begin(Arc::clone(&self.list), self.interval, Arc::clone(&self.notify)));
        }
    }

    /// The change since the last call, if any.
    pub(super) fn poll(&mut self) -> Option<CameraChange> {
        let mut change: Option<CameraChange> = None;
        for cameras in self.watcher.iter().flat_map(|watcher| watcher.lists.try_iter()) {
            let ids: Vec<_> = cameras.iter().map(|camera| camera.id.clone()).collect();
            let is_new = |id: &String| self.known.as_ref().is_some_and(|known| !known.contains(id));
            let came = ids.iter().any(is_new) || change.is_some_and(|before| before.came);
            self.known = Some(ids);
            change = Some(CameraChange { cameras, came });
        }
        change
    }

    /// The camera in use failed. If it was missing, it is treated as removed, so that it counts as new even if it
    /// returns before the next poll. Not after a failed automatic retry, which would repeat forever.
    pub(super) fn failed(&mut self, fault: CameraErrorKind, in_use: Option<&str>) {
        let tried = std::mem::take(&mut self.tried);
        match fault {
            CameraErrorKind::Absent | CameraErrorKind::NeedsLibcamera | CameraErrorKind::NoPortal if !tried => {
                self.known = Some(Vec::new());
            }
            CameraErrorKind::Lost if !tried => {
                self.known.iter_mut().for_each(|known| known.retain(|id| Some(id.as_str()) != in_use));
            }
            _ => {}
        }
        // Earlier polls are outdated: the next change must come from a poll that starts after the failure.
        if self.watcher.take().is_some() {
            self.watch(true);
        }
    }

    /// The window retries automatically.
    pub(super) fn tries(&mut self) {
        self.tried = true;
    }

    /// The camera delivers frames.
    pub(super) fn works(&mut self) {
        self.tried = false;
    }

    /// Whether the cameras were polled since the screen needs them.
    pub(super) fn has_looked(&self) -> bool {
        self.known.is_some()
    }
}

/// A polling thread, stopped on drop.
struct Watcher {
    lists: Receiver<Vec<CameraEntry>>,
    _stop: Sender<Infallible>,
}

impl Watcher {
    /// Polls at once and then at each `interval`; reports the first list and each list that differs from the previous
    /// one.
    fn begin(list: List, interval: Duration, notify: Notify) -> Self {
        let (heard, lists) = channel();
        let (stop, stopped) = channel::<Infallible>();
        let look = move || {
            let mut before = None;
            loop {
                let cameras = list();
                if before.as_ref() != Some(&cameras) {
                    before = Some(cameras.clone());
                    if heard.send(cameras).is_err() {
                        return;
                    }
                    notify();
                }
                if stopped.recv_timeout(interval) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        if let Err(error) = thread::Builder::new().name("cameras".into()).spawn(look) {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot start the camera hotplug thread");
        }
        Self { lists, _stop: stop }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Mutex, atomic::AtomicUsize, atomic::Ordering};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    fn camera(id: &str) -> CameraEntry {
        CameraEntry { id: id.into(), name: id.into(), stands_in: false }
    }

    /// A monitor, the cameras that the test connects, and its notifications.
    fn hotplug(interval: Duration) -> (HotplugMonitor, Arc<Mutex<Vec<CameraEntry>>>, Receiver<()>) {
        let (there, (notify, woken)) = (Arc::new(Mutex::new(Vec::new())), channel());
        let list = Arc::clone(&there);
        let notify = Arc::new(move || _ = notify.send(()));
        (HotplugMonitor::new(Arc::new(move || list.lock().unwrap().clone()), interval, notify), there, woken)
    }

    /// The next change: the ids, and whether one is new.
    fn next(hotplug: &mut HotplugMonitor, woken: &Receiver<()>) -> (Vec<String>, bool) {
        woken.recv_timeout(TIMEOUT).unwrap();
        let change = hotplug.poll().unwrap();
        (change.cameras.into_iter().map(|camera| camera.id).collect(), change.came)
    }

    fn seen(ids: &[&str], came: bool) -> (Vec<String>, bool) {
        (ids.iter().map(|id| (*id).to_owned()).collect(), came)
    }

    #[test]
    fn reports_each_change_once_but_not_the_first_list() {
        let (mut hotplug, there, woken) = hotplug(Duration::from_millis(1));
        there.lock().unwrap().push(camera("a"));
        hotplug.watch(true);
        assert_eq!(next(&mut hotplug, &woken), seen(&["a"], false));
        assert!(hotplug.poll().is_none() && hotplug.has_looked());
        there.lock().unwrap().push(camera("b"));
        assert_eq!(next(&mut hotplug, &woken), seen(&["a", "b"], true));
        there.lock().unwrap().remove(0);
        assert_eq!(next(&mut hotplug, &woken), seen(&["b"], false));
        there.lock().unwrap().insert(0, camera("a"));
        assert_eq!(next(&mut hotplug, &woken), seen(&["a", "b"], true));
    }

    #[test]
    fn a_camera_back_at_once_counts_as_new_unless_a_retry_failed() {
        use CameraErrorKind::{Absent, Busy, Lost};
        // Failure, whether a retry failed before, and whether the next poll reports a new camera.
        let rows = [(Absent, false, true), (Lost, false, true), (Busy, false, false), (Absent, true, false)];
        for (fault, tried, came) in rows.into_iter().chain([(Lost, true, false)]) {
            let (mut hotplug, there, woken) = hotplug(TIMEOUT);
            there.lock().unwrap().push(camera("a"));
            hotplug.watch(true);
            assert_eq!(next(&mut hotplug, &woken), seen(&["a"], false));
            if tried {
                hotplug.tries();
            }
            hotplug.failed(fault, Some("a"));
            assert_eq!(next(&mut hotplug, &woken), seen(&["a"], came), "{fault:?} {tried}");
        }
    }

    #[test]
    fn frames_reset_the_failed_retry() {
        let (mut hotplug, there, woken) = hotplug(TIMEOUT);
        there.lock().unwrap().push(camera("a"));
        hotplug.watch(true);
        assert_eq!(next(&mut hotplug, &woken), seen(&["a"], false));
        hotplug.tries();
        hotplug.works();
        hotplug.failed(CameraErrorKind::Lost, Some("a"));
        assert_eq!(next(&mut hotplug, &woken), seen(&["a"], true));
    }

    #[test]
    fn polls_only_while_needed() {
        let (looks, (alive, gone)) = (Arc::new(AtomicUsize::new(0)), channel::<Infallible>());
        let (count, alive) = (Arc::clone(&looks), Mutex::new(alive));
        let list = move || {
            let _alive = alive.lock().unwrap();
            count.fetch_add(1, Ordering::Relaxed);
            Vec::new()
        };
        let (notify, woken) = channel();
        let mut hotplug = HotplugMonitor::new(Arc::new(list), TIMEOUT, Arc::new(move || _ = notify.send(())));
        hotplug.watch(false);
        assert_eq!(looks.load(Ordering::Relaxed), 0);
        hotplug.watch(true);
        woken.recv_timeout(TIMEOUT).unwrap();
        hotplug.watch(false);
        assert!(!hotplug.has_looked() && hotplug.poll().is_none());
        drop(hotplug);
        // The thread owned the last reference to the list, so it has ended.
        assert_eq!(gone.recv_timeout(TIMEOUT / 2), Err(RecvTimeoutError::Disconnected));
    }
}

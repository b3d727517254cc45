//! Which cameras are plugged in: a thread looks while a page needs to know, and the window hears of each change.

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

/// How often the plugs are looked at.
pub(super) const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Lists the cameras; may take its time.
pub(super) type List = Arc<dyn Fn() -> Vec<CameraEntry> + Send + Sync>;
/// Wakes the window.
pub(super) type Notify = Arc<dyn Fn() + Send + Sync>;

/// The plugs, as far as the window knows them.
pub(super) struct HotplugMonitor {
    list: List,
    interval: Duration,
    notify: Notify,
    watcher: Option<Watcher>,
    /// Ids of the cameras that are there; none before the first look.
    known: Option<Vec<String>>,
    /// The window tried again by itself, and no picture has come since.
    tried: bool,
}

/// What changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CameraChange {
    /// The cameras that are there now.
    pub(super) cameras: Vec<CameraEntry>,
    /// Whether one of them was not there before.
    pub(super) came: bool,
}

impl HotplugMonitor {
    /// Nobody looks yet.
    pub(super) fn new(list: List, interval: Duration, notify: Notify) -> Self {
        Self { list, interval, notify, watcher: None, known: None, tried: false }
    }

    /// Looks from now on, or no longer.
    pub(super) fn watch(&mut self, needed: bool) {
        if !needed {
            (self.watcher, self.known) = (None, None);
        } else if self.watcher.is_none() {
            self.watcher = Some(Watcher::begin(Arc::clone(&self.list), self.interval, Arc::clone(&self.notify)));
        }
    }

    /// What changed since the last call; nothing if all is as it was.
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

    /// The camera in use failed. Where it was missing it counts as gone, so that a camera that is back before anyone has
    /// looked came all the same. Not so when the window's own try has just failed: it would try for ever.
    pub(super) fn failed(&mut self, fault: CameraErrorKind, in_use: Option<&str>) {
        let tried = std::mem::take(&mut self.tried);
        match fault {
            CameraErrorKind::Absent if !tried => self.known = Some(Vec::new()),
            CameraErrorKind::Lost if !tried => {
                self.known.iter_mut().for_each(|known| known.retain(|id| Some(id.as_str()) != in_use));
            }
            _ => {}
        }
        // What an earlier look saw says nothing of the plugs now: the next news is of a look that began after the failure.
        if self.watcher.take().is_some() {
            self.watch(true);
        }
    }

    /// The window tries again by itself.
    pub(super) fn tries(&mut self) {
        self.tried = true;
    }

    /// The camera gives pictures.
    pub(super) fn works(&mut self) {
        self.tried = false;
    }

    /// Whether the window has looked since a page needs it.
    pub(super) fn has_looked(&self) -> bool {
        self.known.is_some()
    }
}

/// A thread that looks until this is dropped.
struct Watcher {
    lists: Receiver<Vec<CameraEntry>>,
    _stop: Sender<Infallible>,
}

impl Watcher {
    /// Looks at once, and again each `interval`; tells the first list and each that differs from the one before.
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
            tracing::error!(error = &error as &dyn std::error::Error, "the cameras are not watched");
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

    /// Plugs into which a test plugs, and what hears of changes.
    fn hotplug(interval: Duration) -> (HotplugMonitor, Arc<Mutex<Vec<CameraEntry>>>, Receiver<()>) {
        let (there, (notify, woken)) = (Arc::new(Mutex::new(Vec::new())), channel());
        let list = Arc::clone(&there);
        let notify = Arc::new(move || _ = notify.send(()));
        (HotplugMonitor::new(Arc::new(move || list.lock().unwrap().clone()), interval, notify), there, woken)
    }

    /// The next news: the ids, and whether one came.
    fn next(hotplug: &mut HotplugMonitor, woken: &Receiver<()>) -> (Vec<String>, bool) {
        woken.recv_timeout(TIMEOUT).unwrap();
        let change = hotplug.poll().unwrap();
        (change.cameras.into_iter().map(|camera| camera.id).collect(), change.came)
    }

    fn seen(ids: &[&str], came: bool) -> (Vec<String>, bool) {
        (ids.iter().map(|id| (*id).to_owned()).collect(), came)
    }

    #[test]
    fn each_change_is_heard_once_and_the_first_look_is_no_change() {
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
    fn a_missing_camera_that_is_back_at_once_came_but_not_after_a_try_in_vain() {
        use CameraErrorKind::{Absent, Busy, Lost};
        // What failed after which try, and whether the next look finds that a camera came.
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
    fn pictures_make_a_try_of_ones_own_good() {
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
    fn nobody_looks_when_nobody_needs_it() {
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
        // The thread held the last of the list: it has ended.
        assert_eq!(gone.recv_timeout(TIMEOUT / 2), Err(RecvTimeoutError::Disconnected));
    }
}

//! What damage may cost: time and memory.

use std::{
    fs,
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

/// Maximum time for one file.
const MAX_TIME: Duration = Duration::from_secs(2);
/// Maximum memory of the process.
const MAX_MEMORY_BYTES: u64 = 300 << 20;

/// Does `work`, which must end in time. The machine may be busy: only what is slow twice is slow.
pub(super) fn in_time<T: Send + 'static>(name: &str, work: impl Fn() -> T + Clone + Send + 'static) -> T {
    let began = now();
    let done = bounded(name, work.clone());
    if began.elapsed() <= MAX_TIME {
        return done;
    }
    let again = now();
    let done = bounded(name, work);
    assert!(again.elapsed() < MAX_TIME, "{name} takes {:?}", again.elapsed());
    done
}

/// Does `work` on a thread, so that what never ends fails the test instead of stopping it.
fn bounded<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = channel();
    let work = move || drop(sender.send(work()));
    let worker = thread::Builder::new().name("damaged".into()).spawn(work).unwrap();
    match receiver.recv_timeout(10 * MAX_TIME) {
        Ok(done) => done,
        Err(RecvTimeoutError::Timeout) => panic!("{name} hangs"),
        Err(RecvTimeoutError::Disconnected) => std::panic::resume_unwind(worker.join().unwrap_err()),
    }
}

/// Checks the memory that the process has taken so far, where the system tells.
pub(super) fn memory() {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return };
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    if let Some(peak) = peak.and_then(|peak| peak.parse::<u64>().ok()).map(|kib| kib << 10) {
        assert!(peak < MAX_MEMORY_BYTES, "{} MiB", peak >> 20);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test measures how long damaged files take")]
fn now() -> Instant {
    Instant::now()
}

//! Tells the service manager that the kiosk is ready, what it does, and that it is not stuck (`sd_notify`).
//!
//! The watchdog is fed only while both the main thread, which runs the windows, and the thread that looks after the
//! browser have made progress lately. `WATCHDOG_PID` is not looked at: the main process of the service is the compositor,
//! of which this one is a child (`NotifyAccess=all`).

use std::{
    ffi::OsStr,
    io,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The service manager, if this process is a service.
#[derive(Debug, Default)]
pub struct Notifier {
    socket: Option<(UnixDatagram, SocketAddr)>,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// The service manager that started this process, if any.
    pub fn from_env() -> Self {
        let var = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let watchdog = var("WATCHDOG_USEC").and_then(|usecs| usecs.to_str()?.parse().ok()).map(Duration::from_micros);
        var("NOTIFY_SOCKET").map_or_else(Self::default, |name| match Self::to(&name, watchdog) {
            Ok(notifier) => notifier,
            Err(error) => {
                tracing::warn!(%error, "cannot notify the service manager");
                Self::default()
            }
        })
    }

    /// The service manager at the socket `name`: a path, or a name in the abstract namespace that begins with `@`.
    pub fn to(name: &OsStr, watchdog: Option<Duration>) -> io::Result<Self> {
        let address = match name.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
            _ => SocketAddr::from_pathname(name)?,
        };
        let socket = UnixDatagram::unbound()?;
        // A service manager that does not read must not stop the kiosk.
        socket.set_nonblocking(true)?;
        Ok(Self { socket: Some((socket, address)), watchdog: watchdog.filter(|limit| !limit.is_zero()) })
    }

    /// Sends `READY=1`.
    pub fn ready(&self) {
        self.send("READY=1");
    }

    /// Sends what the kiosk does, for `systemctl status`: one line, without personal data.
    pub fn status(&self, status: &str) {
        self.send(&format!("STATUS={}", status.replace('\n', " ")));
    }

    /// Sends that the kiosk ends on purpose.
    pub fn stopping(&self) {
        self.send("STOPPING=1");
    }

    /// Feeds the watchdog.
    pub fn feed(&self) {
        self.send("WATCHDOG=1");
    }

    /// How long the watchdog waits; `None` if there is none.
    pub fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    fn send(&self, message: &str) {
        if let Some((socket, address)) = &self.socket
            && let Err(error) = socket.send_to_addr(message.as_bytes(), address)
        {
            tracing::debug!(%error, "the service manager was not notified");
        }
    }
}

/// When each thread last made progress.
#[derive(Debug, Default)]
pub struct Progress {
    main_millis: AtomicU64,
    monitor_millis: AtomicU64,
}

impl Progress {
    /// The main thread made progress at `now`.
    pub fn main(&self, now: Duration) {
        self.main_millis.fetch_max(now.as_millis() as u64, Ordering::Relaxed);
    }

    /// The monitor made progress at `now`.
    pub fn monitor(&self, now: Duration) {
        self.monitor_millis.fetch_max(now.as_millis() as u64, Ordering::Relaxed);
    }

    /// Whether both did within the last `limit`.
    pub fn is_recent(&self, now: Duration, limit: Duration) -> bool {
        let oldest = self.main_millis.load(Ordering::Relaxed).min(self.monitor_millis.load(Ordering::Relaxed));
        now.saturating_sub(Duration::from_millis(oldest)) <= limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_arrive_at_a_path_and_at_an_abstract_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let name = format!("countenance-test-{}", std::process::id());
        let abstract_name = SocketAddr::from_abstract_name(&name).unwrap();
        for (receiver, sent_to) in [
            (UnixDatagram::bind(&path).unwrap(), path.clone().into_os_string()),
            (UnixDatagram::bind_addr(&abstract_name).unwrap(), format!("@{name}").into()),
        ] {
            let notifier = Notifier::to(&sent_to, Some(Duration::from_secs(30))).unwrap();
            notifier.ready();
            notifier.status("two\nlines");
            notifier.feed();
            notifier.stopping();
            for expected in ["READY=1", "STATUS=two lines", "WATCHDOG=1", "STOPPING=1"] {
                let mut message = [0; 64];
                let length = receiver.recv(&mut message).unwrap();
                assert_eq!(&message[..length], expected.as_bytes());
            }
            assert_eq!(notifier.watchdog(), Some(Duration::from_secs(30)));
        }
        Notifier::default().ready();
    }

    #[test]
    fn one_stuck_thread_is_enough() {
        let (secs, limit) = (Duration::from_secs, Duration::from_secs(10));
        let progress = Progress::default();
        progress.main(secs(100));
        assert!(!progress.is_recent(secs(100), limit), "the monitor has never moved");
        progress.monitor(secs(100));
        assert!(progress.is_recent(secs(110), limit));
        progress.monitor(secs(110));
        assert!(!progress.is_recent(secs(111), limit), "the main thread is stuck");
        progress.main(secs(111));
        assert!(progress.is_recent(secs(111), limit));
    }
}

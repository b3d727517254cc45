//! Ends a run when the system asks for it: SIGTERM, SIGINT (Ctrl+C) and SIGHUP (the terminal has gone); on Windows, Ctrl+C,
//! Ctrl+Break, and that the console is closed, the user signs out or the computer shuts down.
//!
//! Without this, the process would just be gone, and the browser would wait for a session that nobody ends.

use std::{
    fmt, io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::channel,
    },
    thread,
    time::Duration,
};

/// How long a run may take to end after a signal: long enough to tell the verifier, short enough for a service manager.
const GRACE: Duration = Duration::from_secs(8);

type Wake = Box<dyn Fn() + Send>;

/// A request to end, from any thread.
#[derive(Default)]
pub struct StopRequest {
    asked: AtomicBool,
    wake: Mutex<Option<Wake>>,
}

impl StopRequest {
    /// Asks the run to end.
    pub fn ask(&self) {
        let wake = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        self.asked.store(true, Ordering::Relaxed);
        if let Some(wake) = &*wake {
            wake();
        }
    }

    /// Whether the run was asked to end.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    /// The flag, for waits that end with it.
    pub fn flag(&self) -> &AtomicBool {
        &self.asked
    }

    /// Calls `wake` when the run is asked to end; at once if it was.
    pub fn on_ask(&self, wake: impl Fn() + Send + 'static) {
        let mut own = self.wake.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_asked() {
            wake();
        }
        *own = Some(Box::new(wake));
    }
}

impl fmt::Debug for StopRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StopRequest").field("asked", &self.is_asked()).finish_non_exhaustive()
    }
}

/// Asks `stop` at the first signal. `end` is called at the second one, or if the run takes longer than a few seconds to
/// end: it must end the process.
pub fn on_signal(stop: Arc<StopRequest>, end: impl Fn() + Send + 'static) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let (ready, is_ready) = channel();
    let wait = move || {
        runtime.block_on(async {
            let signals = signals();
            // A failure of the receiver means that the caller has gone.
            ready.send(signals.as_ref().map(|_| ()).map_err(io::Error::kind)).ok();
            let Ok(mut signals) = signals else { return };
            if signals.first().await {
                stop.ask();
                // Whether a second signal comes or the time is over, it is enough.
                tokio::time::timeout(GRACE, signals.first()).await.ok();
                end();
            }
        });
    };
    thread::Builder::new().name("signals".into()).spawn(wait)?;
    match is_ready.recv() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(kind)) => Err(kind.into()),
        Err(_) => Err(io::ErrorKind::BrokenPipe.into()),
    }
}

#[cfg(unix)]
use unix::signals;

#[cfg(unix)]
mod unix {
    use std::{fs, io};

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Signals(Vec<Signal>);

    impl Signals {
        pub(super) async fn first(&mut self) -> bool {
            if self.0.is_empty() {
                return false;
            }
            std::future::poll_fn(|context| {
                let is_due = |signal: &mut Signal| signal.poll_recv(context).is_ready();
                if self.0.iter_mut().any(is_due) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
            true
        }
    }

    /// Those of the signals that are not ignored: `nohup` has this process ignore SIGHUP, and a shell does so with SIGINT
    /// for what runs in the background.
    pub(super) fn signals() -> io::Result<Signals> {
        let ignored = fs::read_to_string("/proc/self/status").map_or(0, |status| ignored(&status));
        let kinds = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()];
        let heeded = kinds.into_iter().filter(|kind| ignored & (1 << (kind.as_raw_value() - 1)) == 0);
        Ok(Signals(heeded.map(signal).collect::<io::Result<_>>()?))
    }

    /// The signals that a process ignores, one bit each; none if that is not known.
    pub(super) fn ignored(status: &str) -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    }
}

#[cfg(windows)]
use windows::signals;

#[cfg(windows)]
mod windows {
    use std::{
        future::poll_fn,
        io,
        task::{Context, Poll},
    };

    use tokio::signal::windows::{
        CtrlBreak, CtrlC, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_logoff,
        ctrl_shutdown,
    };

    pub(super) struct Signals {
        c: CtrlC,
        pause: CtrlBreak,
        close: CtrlClose,
        sign_out: CtrlLogoff,
        shutdown: CtrlShutdown,
    }

    impl Signals {
        pub(super) async fn first(&mut self) -> bool {
            poll_fn(|context| self.poll(context)).await;
            true
        }

        fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
            let due = [
                self.c.poll_recv(context),
                self.pause.poll_recv(context),
                self.close.poll_recv(context),
                self.sign_out.poll_recv(context),
                self.shutdown.poll_recv(context),
            ];
            if due.iter().any(Poll::is_ready) { Poll::Ready(()) } else { Poll::Pending }
        }
    }

    pub(super) fn signals() -> io::Result<Signals> {
        Ok(Signals {
            c: ctrl_c()?,
            pause: ctrl_break()?,
            close: ctrl_close()?,
            sign_out: ctrl_logoff()?,
            shutdown: ctrl_shutdown()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_late_is_called_at_once() {
        let stop = StopRequest::default();
        let (called, calls) = channel();
        let call = || {
            let called = called.clone();
            move || called.send(()).unwrap()
        };
        stop.on_ask(call());
        assert!(!stop.is_asked() && calls.try_recv().is_err());
        stop.ask();
        assert!(stop.is_asked() && calls.try_recv().is_ok() && calls.try_recv().is_err());
        stop.on_ask(call());
        assert!(calls.try_recv().is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn signals_that_are_ignored_stay_so() {
        for (status, expected) in [
            ("Name:\tx\nSigIgn:\t0000000000000001\nSigCgt:\t0000000000000000\n", 1),
            ("SigIgn:\t0000000000001003\n", 0x1003),
            ("SigIgn:\tx\n", 0),
            ("", 0),
        ] {
            assert_eq!(unix::ignored(status), expected, "{status}");
        }
    }
}

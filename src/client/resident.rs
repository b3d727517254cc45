//! Staying ready in the background of a desktop: no window, but warm networks, and a window whenever a link arrives.
//!
//! [`run`] waits for the calls of later starts and has each shown. It ends by itself when the reason to stay has gone: the
//! user has logged out, the setting was switched off, the program was removed or replaced by another version.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc::sync_channel,
    time::{Duration, SystemTime},
};

use crate::{
    instance::{Call, Inbox},
    interrupt::StopRequest,
};

/// How often to look whether there still is a reason to stay. A link has it looked at, too.
const LOOK: Duration = Duration::from_secs(20);

/// Why to stay no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveReason {
    /// A signal, as at the end of the desktop session.
    Stopped,
    /// The display has gone, and the desktop session with it.
    NoDisplay,
    /// The setting was switched off.
    Unwanted,
    /// A new process must take over, as of another version of the program that is in the place of this one.
    Replaced,
    /// The program was removed.
    Removed,
}

/// Opens the windows, and knows whether to stay.
pub trait ResidentWindows {
    /// Opens a window for `call` and returns when it has closed.
    fn show(&mut self, call: Call);

    /// Why to stay no longer, if so.
    fn leave_reason(&mut self) -> Option<LeaveReason>;
}

/// Has `windows` show each call that arrives, until there is a reason to end. With it comes a call that was not shown.
///
/// Between windows nothing runs but a look at the reasons every 20 seconds.
pub fn run(inbox: &Inbox, stop: &StopRequest, windows: &mut dyn ResidentWindows) -> (LeaveReason, Option<Call>) {
    loop {
        // A window takes both for itself; what arrived since then is in the queue or the flag.
        let (wake, woken) = sync_channel(1);
        let wakes = wake.clone();
        inbox.on_call(move || {
            wake.try_send(()).ok();
        });
        stop.on_ask(move || {
            wakes.try_send(()).ok();
        });
        let call = loop {
            if stop.is_asked() {
                return (LeaveReason::Stopped, None);
            }
            match (windows.leave_reason(), inbox.next_call()) {
                // Somebody waits for it.
                (None | Some(LeaveReason::Unwanted), Some(call)) => break call,
                (Some(reason), call) => return (reason, call),
                // Whether it was woken or it is time to look makes no difference.
                (None, None) => woken.recv_timeout(LOOK).unwrap_or_default(),
            }
        };
        windows.show(call);
    }
}

/// The file of this program, as it was when the process started.
#[derive(Debug)]
pub struct ProgramFile {
    path: PathBuf,
    facts: Option<Facts>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Facts {
    bytes: u64,
    modified: Option<SystemTime>,
    /// Tells files apart on one file system; 0 where the system has no such number.
    number: u64,
}

impl ProgramFile {
    /// The file at `path` as it is now.
    pub fn at(path: PathBuf) -> Self {
        let facts = facts(&path);
        Self { path, facts }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is another file now, or none.
    pub fn leave_reason(&self) -> Option<LeaveReason> {
        match facts(&self.path) {
            None => Some(LeaveReason::Removed),
            facts => (facts != self.facts).then_some(LeaveReason::Replaced),
        }
    }
}

fn facts(path: &Path) -> Option<Facts> {
    let found = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&found);
    #[cfg(not(unix))]
    let number = 0;
    Some(Facts { bytes: found.len(), modified: found.modified().ok(), number })
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::VecDeque, rc::Rc};

    use zeroize::Zeroizing;

    use super::*;
    use crate::instance::{self, Claim, InstanceDir};

    const LINK: &str = "countenance://verify?v=https://v.example&s=s&c=c";

    struct TestWindows<'a> {
        shown: Vec<Call>,
        /// One for each look; then the last one again.
        reasons: VecDeque<Option<LeaveReason>>,
        during: Box<dyn FnMut() + 'a>,
    }

    impl ResidentWindows for TestWindows<'_> {
        fn show(&mut self, call: Call) {
            self.shown.push(call);
            (self.during)();
        }

        fn leave_reason(&mut self) -> Option<LeaveReason> {
            if self.reasons.len() > 1 {
                self.reasons.pop_front().flatten()
            } else {
                self.reasons.front().copied().flatten()
            }
        }
    }

    fn windows(reasons: &[Option<LeaveReason>]) -> TestWindows<'static> {
        TestWindows { shown: Vec::new(), reasons: reasons.iter().copied().collect(), during: Box::new(|| {}) }
    }

    fn inbox() -> (tempfile::TempDir, Inbox) {
        let home = tempfile::tempdir().unwrap();
        let Claim::First(inbox) = instance::claim(&InstanceDir::in_folder(home.path().join("run")), None).unwrap()
        else {
            panic!("another instance is running")
        };
        (home, inbox)
    }

    fn link() -> Call {
        Call::Link(Zeroizing::new(LINK.into()))
    }

    #[test]
    fn each_call_is_shown_until_there_is_a_reason_to_end() {
        let (_home, inbox) = inbox();
        let (caller, stop) = (inbox.caller(), StopRequest::default());
        assert!(caller.link(LINK.into()));
        let calls = RefCell::new(vec![0, 1]);
        let mut windows = windows(&[None, None, None, Some(LeaveReason::NoDisplay)]);
        // While its window is open, the next one arrives.
        windows.during = Box::new(|| {
            if calls.borrow_mut().pop().is_some() {
                assert!(caller.link(LINK.into()));
            }
        });
        assert_eq!(run(&inbox, &stop, &mut windows), (LeaveReason::NoDisplay, None));
        assert!(windows.shown == [link(), link(), link()]);
    }

    #[test]
    fn a_signal_ends_the_wait_at_once_and_during_a_window() {
        let (_home, inbox) = inbox();
        let stop = std::sync::Arc::new(StopRequest::default());
        let asks = std::sync::Arc::clone(&stop);
        let signal = std::thread::Builder::new().name("signal".into()).spawn(move || asks.ask()).unwrap();
        assert_eq!(run(&inbox, &stop, &mut windows(&[None])), (LeaveReason::Stopped, None));
        signal.join().unwrap();
        let stop = Rc::new(StopRequest::default());
        let asks = Rc::clone(&stop);
        let mut windows = windows(&[None]);
        windows.during = Box::new(move || asks.ask());
        assert!(inbox.caller().link(LINK.into()));
        assert_eq!(run(&inbox, &stop, &mut windows), (LeaveReason::Stopped, None));
        assert!(windows.shown == [link()]);
    }

    /// Each row: the reason, whether the call that came with it is shown first.
    #[test]
    fn a_call_is_shown_passed_on_or_in_vain() {
        for (reason, is_shown) in [
            (LeaveReason::Unwanted, true),
            (LeaveReason::Replaced, false),
            (LeaveReason::Removed, false),
            (LeaveReason::NoDisplay, false),
        ] {
            let (_home, inbox) = inbox();
            assert!(inbox.caller().link(LINK.into()));
            let mut windows = windows(&[Some(reason)]);
            let left = run(&inbox, &StopRequest::default(), &mut windows);
            assert_eq!((left.0, left.1 == Some(link())), (reason, !is_shown), "{reason:?}");
            assert_eq!(windows.shown.len(), usize::from(is_shown), "{reason:?}");
        }
    }

    #[test]
    fn a_program_that_was_replaced_or_removed_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, new) = (folder.path().join("program"), folder.path().join("new"));
        fs::write(&path, "one").unwrap();
        let program = ProgramFile::at(path.clone());
        assert_eq!(program.leave_reason(), None);
        // As packages do, of the same size.
        fs::write(&new, "two").unwrap();
        fs::rename(&new, &path).unwrap();
        assert_eq!(program.leave_reason(), Some(LeaveReason::Replaced));
        assert_eq!(ProgramFile::at(path.clone()).leave_reason(), None);
        fs::remove_file(&path).unwrap();
        assert_eq!(program.leave_reason(), Some(LeaveReason::Removed));
    }
}

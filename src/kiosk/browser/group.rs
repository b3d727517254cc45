//! Process groups: ends everything that a visit has started.

use std::{
    fs,
    os::unix::ffi::OsStrExt,
    path::Path,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How long killed processes may take to be gone.
const LIMIT: Duration = Duration::from_secs(5);
/// How often it is looked whether they are.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Kills all processes of the group `group`, and all that name the folder `visit` on their command line, as Chromium's
/// crash handler does, which leaves the group. Returns whether all are gone.
///
/// They are gone once two looks in a row find none: a process that is just starting another program has no command line for
/// a moment.
pub(super) fn end(group: i32, visit: &Path) -> bool {
    let limit = now() + LIMIT;
    let mut was_empty = false;
    loop {
        if let Some(group) = Pid::from_raw(group) {
            // Fails if the group is gone.
            kill_process_group(group, Signal::KILL).ok();
        }
        let left = processes().filter(|process| process.group == group || process.names(visit)).collect::<Vec<_>>();
        if left.is_empty() && was_empty {
            return true;
        }
        was_empty = left.is_empty();
        for process in left.iter().filter_map(|process| Pid::from_raw(process.id)) {
            kill_process(process, Signal::KILL).ok();
        }
        if now() >= limit {
            return false;
        }
        std::thread::sleep(POLL_INTERVAL);
    }
}

struct Process {
    id: i32,
    group: i32,
}

impl Process {
    fn names(&self, visit: &Path) -> bool {
        let line = fs::read(format!("/proc/{}/cmdline", self.id)).unwrap_or_default();
        let visit = visit.as_os_str().as_bytes();
        self.id != std::process::id().cast_signed() && line.windows(visit.len()).any(|part| part == visit)
    }
}

/// The processes of this machine that have not ended: one that has, but was not reaped yet, writes nothing any more.
fn processes() -> impl Iterator<Item = Process> {
    let ids = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    ids.filter_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        Some(Process { id, group: living_group(&stat)? })
    })
}

/// The process group in `/proc/PID/stat`; `None` for a process that has ended. The name in it can contain anything.
fn living_group(stat: &str) -> Option<i32> {
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    let group = fields.nth(1)?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(group)
}

#[expect(clippy::disallowed_methods, reason = "measures how long processes take to end")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_group_is_read_whatever_the_name_of_the_process() {
        for (stat, expected) in [
            ("17 (chromium) S 1 16 15 0 -1", Some(16)),
            ("17 (a) Z 9 9 (b) R 1 16 15", Some(16)),
            ("17 (chromium) Z 1 16 15", None),
            ("17 (chromium", None),
            ("", None),
        ] {
            assert_eq!(living_group(stat), expected, "{stat}");
        }
    }
}

//! What the portal says of a kiosk's health and of what it tells of itself.

use maud::{Markup, html};

use super::html::ago;
use crate::{
    fleet::{Health, Trouble},
    store::{KioskRow, LastHeartbeat},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{CameraState, CaptureOutcome, OutOfOrder},
};

/// The health of a kiosk, with each reason to look after it.
pub(super) fn health(kiosk: &KioskRow, now: UnixSecs) -> Markup {
    match (Health::of(kiosk, now), &kiosk.heartbeat) {
        (Health::NeedsAttention(troubles), Some(heartbeat)) => html! {
            span.bad { "Needs attention" }
            ul { @for trouble in troubles { li { (words_of(trouble, heartbeat, now)) } } }
        },
        (Health::NeedsAttention(_), None) | (Health::Silent, _) => html! { span.open { "No heartbeat yet" } },
        (Health::Ok, _) => html! { span.good { "OK" } },
        (Health::Off, _) => html! { span.open { "Switched off" } },
        (Health::Retired, _) => html! { span.open { "Retired" } },
    }
}

/// Where a kiosk is: as an operator says, then as it says itself where that is something else.
pub(super) fn site(kiosk: &KioskRow) -> Markup {
    let told = kiosk.told_site();
    html! {
        @match (&kiosk.site, told) {
            (Some(given), Some(told)) if given != told => { (given) " " span.help { "(it says " (told) ")" } }
            (Some(given), _) => { (given) }
            (None, Some(told)) => { (told) }
            (None, None) => { "–" }
        }
    }
}

fn words_of(trouble: Trouble, heartbeat: &LastHeartbeat, now: UnixSecs) -> String {
    let told = &heartbeat.told;
    match trouble {
        Trouble::NotSeen => format!("Last heartbeat {}", ago(heartbeat.received_at, now)),
        Trouble::OutOfOrder => {
            format!("Out of order: {}", out_of_order(told.out_of_order.unwrap_or(OutOfOrder::Other)))
        }
        Trouble::Camera => format!("Camera {}", camera(told.camera)),
        Trouble::Clock => {
            let believed = told.clock_ahead_millis.unwrap_or_default() / 1000;
            let measured = heartbeat.clock_ahead_secs;
            let off = if believed.unsigned_abs() > measured.unsigned_abs() { believed } else { measured };
            format!("Clock {}", ahead(off))
        }
        Trouble::Disk => format!("Disk almost full: {} free", bytes(told.disk_free_bytes.unwrap_or_default())),
    }
}

/// A clock that is ahead by so many seconds, or behind.
pub(super) fn ahead(secs: i64) -> String {
    match secs {
        0 => "right".to_owned(),
        1.. => format!("{secs} s ahead"),
        _ => format!("{} s behind", secs.unsigned_abs()),
    }
}

/// A size, rounded down.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let unit = UNITS.iter().find(|(_, size)| bytes >= *size);
    unit.map_or_else(|| format!("{bytes} bytes"), |(name, size)| format!("{} {name}", bytes / size))
}

/// A length of time in its largest whole unit.
pub(super) fn length(secs: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("day", 86_400), ("hour", 3_600), ("minute", 60)];
    let (name, size) = UNITS.into_iter().find(|(_, size)| secs >= *size).unwrap_or(("second", 1));
    let count = secs / size;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn camera(state: CameraState) -> &'static str {
    match state {
        CameraState::Ok => "OK",
        CameraState::Absent => "not there",
        CameraState::Busy => "used by another program",
        CameraState::Frozen => "frozen",
        CameraState::Unknown => "not looked at yet",
        CameraState::Other => "in a state that this verifier does not know",
    }
}

pub(super) fn capture(outcome: CaptureOutcome) -> &'static str {
    match outcome {
        CaptureOutcome::Approved => "accepted",
        CaptureOutcome::Refused => "refused",
        CaptureOutcome::Cancelled => "canceled by the person",
        CaptureOutcome::Failed => "failed",
        CaptureOutcome::Other => "ended in a way that this verifier does not know",
    }
}

pub(super) fn out_of_order(reason: OutOfOrder) -> &'static str {
    match reason {
        OutOfOrder::CameraGone => "no camera",
        OutOfOrder::CameraBusy => "another program uses the camera",
        OutOfOrder::CameraFrozen => "the camera is frozen",
        OutOfOrder::Offline => "no network",
        OutOfOrder::VerifierDown => "this verifier did not answer",
        OutOfOrder::ClockOff => "the clock is wrong",
        OutOfOrder::DiskFull => "the disk is full",
        OutOfOrder::BrowserDown => "the browser does not run",
        OutOfOrder::NotRegistered => "it is not registered",
        OutOfOrder::AskStaff => "somebody has to look at it",
        OutOfOrder::Other => "for a reason that this verifier does not know",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_words() {
        for (secs, words) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "1 minute"),
            (7_199, "1 hour"),
            (172_800, "2 days"),
            (u64::MAX, "213503982334601 days"),
        ] {
            assert_eq!(length(secs), words);
        }
        for (size, words) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (300 << 20, "300 MiB"),
            (u64::MAX, "17179869183 GiB"),
        ] {
            assert_eq!(bytes(size), words);
        }
        for (secs, words) in [(0, "right"), (45, "45 s ahead"), (i64::MIN, "9223372036854775808 s behind")] {
            assert_eq!(ahead(secs), words);
        }
    }
}

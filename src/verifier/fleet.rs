//! How a kiosk of a fleet is: what its last heartbeat and its silence say, as far as an operator must act on it.
//!
//! A heartbeat is the kiosk's word. It can hide trouble or make some up; it grants nothing.

use crate::{
    AppState,
    store::{Event, KioskRow, LastHeartbeat, StoreError},
};
use countenance_core::{clock::UnixSecs, protocol::CameraState};

/// Seconds between two heartbeats that kiosks are asked for. Origin: two hundred kiosks then make two requests a second,
/// and one that has stopped is noticed within six minutes.
pub(crate) const INTERVAL_SECS: u32 = 120;
/// Number of intervals without a heartbeat after which a kiosk needs attention.
const MISSED_MAX: i64 = 3;
/// Seconds by which a clock may be off. A request proof is refused from 60 s on.
const CLOCK_OFF_MAX_SECS: u64 = 30;
/// Free space below which a disk is low, bytes.
const DISK_FREE_MIN_BYTES: u64 = 512 << 20;
/// Seconds between two entries of the audit log about one kiosk, so that one that comes and goes does not fill it.
const RECORD_PAUSE_SECS: i64 = 15 * 60;

countenance_core::enumeration! {
    /// Why a kiosk needs attention, the most urgent first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Trouble {
        /// It was not heard of for three intervals.
        NotSeen = "not_seen",
        /// It says that nobody can sign in.
        OutOfOrder = "out_of_order",
        /// Its camera gives no frames.
        Camera = "camera",
        /// Its clock is wrong, by its own account or by the verifier's.
        Clock = "clock",
        /// Its disk is almost full.
        Disk = "disk",
    }
}

/// How a kiosk is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Health {
    /// Nothing to do.
    Ok,
    /// Somebody has to look; never empty.
    NeedsAttention(Vec<Trouble>),
    /// It has never sent a heartbeat: it is new, or has a version that sends none.
    Silent,
    /// An operator has disabled it.
    Off,
    /// It is disabled for good.
    Retired,
}

impl Health {
    /// The health of a kiosk at `now`.
    pub(crate) fn of(kiosk: &KioskRow, now: UnixSecs) -> Self {
        match &kiosk.heartbeat {
            _ if kiosk.retired_at.is_some() => Self::Retired,
            _ if !kiosk.enabled => Self::Off,
            None => Self::Silent,
            Some(heartbeat) => match troubles(heartbeat, now) {
                troubles if troubles.is_empty() => Self::Ok,
                troubles => Self::NeedsAttention(troubles),
            },
        }
    }
}

/// What is wrong, by the last heartbeat. What it does not say is not wrong.
fn troubles(heartbeat: &LastHeartbeat, now: UnixSecs) -> Vec<Trouble> {
    let told = &heartbeat.told;
    let is_there = |trouble: &Trouble| match trouble {
        Trouble::NotSeen => now.saturating_sub(heartbeat.received_at) > MISSED_MAX * i64::from(INTERVAL_SECS),
        Trouble::OutOfOrder => told.out_of_order.is_some(),
        Trouble::Camera => !matches!(told.camera, CameraState::Ok | CameraState::Unknown),
        Trouble::Clock => {
            let told_secs = told.clock_ahead_millis.unwrap_or_default().unsigned_abs() / 1000;
            heartbeat.clock_ahead_secs.unsigned_abs().max(told_secs) > CLOCK_OFF_MAX_SECS
        }
        Trouble::Disk => told.disk_free_bytes.is_some_and(|free| free < DISK_FREE_MIN_BYTES),
    };
    Trouble::ALL.into_iter().filter(is_there).collect()
}

/// Numbers of a fleet's kiosks by their health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// All that are in use: not disabled.
    pub(crate) in_use: usize,
    pub(crate) ok: usize,
    pub(crate) attention: usize,
    pub(crate) silent: usize,
    pub(crate) off: usize,
    pub(crate) retired: usize,
}

impl Counts {
    /// Counts kiosks at `now`.
    pub(crate) fn of<'k>(kiosks: impl IntoIterator<Item = &'k KioskRow>, now: UnixSecs) -> Self {
        let mut counts = Self::default();
        for kiosk in kiosks {
            let number = match Health::of(kiosk, now) {
                Health::Ok => &mut counts.ok,
                Health::NeedsAttention(_) => &mut counts.attention,
                Health::Silent => &mut counts.silent,
                Health::Off => &mut counts.off,
                Health::Retired => &mut counts.retired,
            };
            *number += 1;
        }
        counts.in_use = counts.ok + counts.attention + counts.silent;
        counts
    }
}

impl AppState {
    /// Records which kiosks have got trouble or have lost it since the audit log was last told. Their numbers, without
    /// names, go to the service's log when that happens.
    pub(crate) async fn watch_kiosks(&self) -> Result<(), StoreError> {
        let now = self.now();
        let mut changes = Vec::new();
        let mut counts = Counts::default();
        // Read apart from the changes, which are few: sign-ins do not wait for it.
        let mut tx = self.store().read().await?;
        for integration in tx.integrations().await? {
            let kiosks = tx.kiosks(&integration.id).await?;
            let of_integration = Counts::of(&kiosks, now);
            counts.in_use += of_integration.in_use;
            counts.attention += of_integration.attention;
            changes.extend(kiosks.iter().filter_map(|kiosk| {
                let troubles = change(kiosk, now)?;
                Some((integration.id.clone(), kiosk.id.clone(), troubles))
            }));
        }
        drop(tx);
        if changes.is_empty() {
            return Ok(());
        }
        let mut tx = self.store().begin().await?;
        for (integration_id, device, troubles) in changes {
            // It may have been retired meanwhile.
            let Some(kiosk) = tx.kiosk(&integration_id, &device).await? else { continue };
            if kiosk.heartbeat.is_none() {
                continue;
            }
            tx.note_recorded(&integration_id, &device, &troubles, now).await?;
            let event = if troubles.is_empty() { Event::KioskRecovered } else { Event::KioskNeedsAttention };
            tx.record(now, event, &device, None, &troubles).await?;
        }
        tx.commit().await?;
        tracing::info!(kiosks = counts.in_use, need_attention = counts.attention, "kiosks have changed");
        Ok(())
    }
}

/// The troubles of a kiosk by name, if the audit log has others and may be told now.
fn change(kiosk: &KioskRow, now: UnixSecs) -> Option<String> {
    let heartbeat = kiosk.heartbeat.as_ref()?;
    let troubles = match Health::of(kiosk, now) {
        Health::Ok => String::new(),
        Health::NeedsAttention(troubles) => troubles.into_iter().map(Trouble::name).collect::<Vec<_>>().join(" "),
        Health::Silent | Health::Off | Health::Retired => return None,
    };
    let is_due = now.saturating_sub(heartbeat.recorded_at) >= RECORD_PAUSE_SECS;
    (troubles != heartbeat.recorded && is_due).then_some(troubles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_core::protocol::{Heartbeat, OutOfOrder};

    const NOW: UnixSecs = 1_800_000_000;

    fn heartbeat() -> LastHeartbeat {
        let told = r#"{ "uptime_secs": 1, "sessions": 0, "camera": "ok" }"#;
        LastHeartbeat {
            received_at: NOW,
            clock_ahead_secs: 0,
            told: serde_json::from_str(told).unwrap(),
            recorded: String::new(),
            recorded_at: 0,
        }
    }

    fn kiosk(heartbeat: Option<LastHeartbeat>) -> KioskRow {
        KioskRow {
            id: "k".into(),
            name: "Desk".into(),
            site: None,
            enabled: true,
            registered_at: NOW,
            retired_at: None,
            client_version: None,
            seen_at: None,
            heartbeat,
        }
    }

    #[test]
    fn each_trouble_begins_at_its_limit() {
        use Trouble::{Camera, Clock, Disk, NotSeen, OutOfOrder as Order};
        type Change = fn(&mut LastHeartbeat);
        fn told(heartbeat: &mut LastHeartbeat) -> &mut Heartbeat {
            &mut heartbeat.told
        }
        let rows: [(&str, Change, &[Trouble]); 17] = [
            ("nothing", |_| (), &[]),
            ("heard of three intervals ago", |h| h.received_at = NOW - 360, &[]),
            ("not heard of since", |h| h.received_at = NOW - 361, &[NotSeen]),
            ("from the future, after a change of the clock", |h| h.received_at = NOW + 9_999, &[]),
            ("no camera", |h| told(h).camera = CameraState::Absent, &[Camera]),
            ("a busy camera", |h| told(h).camera = CameraState::Busy, &[Camera]),
            ("a state of a later version", |h| told(h).camera = CameraState::Other, &[Camera]),
            ("not known yet", |h| told(h).camera = CameraState::Unknown, &[]),
            ("30 s ahead", |h| h.clock_ahead_secs = 30, &[]),
            ("31 s behind", |h| h.clock_ahead_secs = -31, &[Clock]),
            ("30.9 s behind, by its own account", |h| told(h).clock_ahead_millis = Some(-30_900), &[]),
            ("31 s ahead, by its own account", |h| told(h).clock_ahead_millis = Some(31_000), &[Clock]),
            ("as far as numbers go", |h| told(h).clock_ahead_millis = Some(i64::MIN), &[Clock]),
            ("enough space", |h| told(h).disk_free_bytes = Some(DISK_FREE_MIN_BYTES), &[]),
            ("too little", |h| told(h).disk_free_bytes = Some(DISK_FREE_MIN_BYTES - 1), &[Disk]),
            ("out of order", |h| told(h).out_of_order = Some(OutOfOrder::Offline), &[Order]),
            (
                "several",
                |h| {
                    told(h).disk_free_bytes = Some(0);
                    told(h).out_of_order = Some(OutOfOrder::DiskFull);
                    h.received_at = 0;
                },
                &[NotSeen, Order, Disk],
            ),
        ];
        for (case, make, expected) in rows {
            let mut heartbeat = heartbeat();
            make(&mut heartbeat);
            assert_eq!(troubles(&heartbeat, NOW), expected, "{case}");
        }
    }

    #[test]
    fn a_kiosk_that_is_not_in_use_needs_no_attention() {
        let broken = || Some(LastHeartbeat { received_at: 0, ..heartbeat() });
        let rows = [
            (kiosk(Some(heartbeat())), Health::Ok),
            (kiosk(broken()), Health::NeedsAttention(vec![Trouble::NotSeen])),
            (kiosk(None), Health::Silent),
            (KioskRow { enabled: false, ..kiosk(broken()) }, Health::Off),
            (KioskRow { enabled: false, retired_at: Some(1), ..kiosk(broken()) }, Health::Retired),
        ];
        for (kiosk, expected) in &rows {
            assert_eq!(Health::of(kiosk, NOW), *expected);
        }
        let counts = Counts::of(rows.iter().map(|(kiosk, _)| kiosk), NOW);
        assert_eq!(counts, Counts { in_use: 3, ok: 1, attention: 1, silent: 1, off: 1, retired: 1 });
    }

    #[test]
    fn the_audit_log_is_told_of_changes_and_not_too_often() {
        let with = |received_at, recorded: &str, recorded_at| {
            change(
                &kiosk(Some(LastHeartbeat { received_at, recorded: recorded.into(), recorded_at, ..heartbeat() })),
                NOW,
            )
        };
        assert_eq!(with(NOW, "", 0), None, "it was well, and is");
        assert_eq!(with(0, "", 0).as_deref(), Some("not_seen"));
        assert_eq!(with(0, "not_seen", 0), None, "known");
        assert_eq!(with(NOW, "not_seen", NOW - RECORD_PAUSE_SECS + 1), None, "too soon");
        assert_eq!(with(NOW, "not_seen", NOW - RECORD_PAUSE_SECS).as_deref(), Some(""));
        assert_eq!(with(0, "camera", 0).as_deref(), Some("not_seen"), "other trouble");
    }
}

//! Whether the person who signs in is still there, from touches, keys and the frames of a running capture: a pure state
//! machine with time as a parameter.
//!
//! While the camera is off, only touches and keys count. While it runs, a face counts too, and its absence counts sooner.
//! Once a face has been seen in a sign-in and none was for [`AWAY_SECS`], a face that appears without a touch is taken for
//! somebody else's. Whose face it is, is not known here: the run compares faces, where it can.

/// Without a face for this long during a capture, after there was one: the person has left. Origin: our choice; long
/// enough to pick up a bag or to take off a scarf.
pub(super) const AWAY_SECS: f64 = 8.0;
/// Time to answer "Still there?", seconds.
pub(super) const ANSWER_SECS: f64 = 10.0;

/// What is known about the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// They are there.
    There,
    /// They are asked whether they are.
    Asking {
        /// Seconds left to answer, at least 1.
        secs_left: u32,
    },
    /// They have left.
    Gone,
    /// Somebody else is there.
    SomebodyElse,
}

/// Follows one sign-in. Times are seconds from any origin, and do not run backward.
#[derive(Debug, Clone)]
pub(super) struct Presence {
    idle_secs: f64,
    touched_at: f64,
    /// When a face was last seen.
    face_at: Option<f64>,
    /// Since when the running capture sees no face.
    empty_since: Option<f64>,
    somebody_else: bool,
}

impl Presence {
    /// A sign-in that begins at `now` and asks after `idle_secs` without a sign of a person.
    pub(super) fn new(now: f64, idle_secs: u32) -> Self {
        let idle_secs = f64::from(idle_secs.max(1));
        Self { idle_secs, touched_at: now, face_at: None, empty_since: None, somebody_else: false }
    }

    /// Asks after so many seconds from now on.
    pub(super) fn ask_after(&mut self, idle_secs: u32) {
        self.idle_secs = f64::from(idle_secs.max(1));
    }

    /// The screen was touched, or a key pressed.
    pub(super) fn touched(&mut self, now: f64) {
        self.touched_at = now;
    }

    /// The running capture has looked at a frame.
    pub(super) fn looked(&mut self, now: f64, has_face: bool) {
        if !has_face {
            self.empty_since.get_or_insert(now);
            return;
        }
        self.somebody_else |= self.left_at().is_some_and(|left_at| left_at <= now);
        (self.face_at, self.empty_since) = (Some(now), None);
    }

    /// The camera is off: nobody can be missed by it.
    pub(super) fn stopped_looking(&mut self) {
        self.empty_since = None;
    }

    /// When a person who was seen counts as gone, if none is seen now.
    fn left_at(&self) -> Option<f64> {
        self.face_at?;
        self.empty_since.map(|since| since.max(self.touched_at) + AWAY_SECS)
    }

    /// What is known at `now`.
    pub(super) fn verdict(&self, now: f64) -> Verdict {
        if self.somebody_else {
            return Verdict::SomebodyElse;
        }
        let sign = self.touched_at.max(self.face_at.unwrap_or(f64::MIN));
        let asks_at = self.left_at().unwrap_or(f64::MAX).min(sign + self.idle_secs);
        let left = asks_at + ANSWER_SECS - now;
        match () {
            () if now < asks_at => Verdict::There,
            () if left > 0.0 => Verdict::Asking { secs_left: left.ceil() as u32 },
            () => Verdict::Gone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What happens to a sign-in.
    #[derive(Clone, Copy)]
    enum Event {
        Touch,
        Face,
        Empty,
        Off,
    }
    use Event::{Empty, Face, Off, Touch};

    fn after(events: &[(f64, Event)], now: f64) -> Verdict {
        let mut presence = Presence::new(0.0, 30);
        for (at, event) in events {
            match event {
                Touch => presence.touched(*at),
                Face => presence.looked(*at, true),
                Empty => presence.looked(*at, false),
                Off => presence.stopped_looking(),
            }
        }
        presence.verdict(now)
    }

    #[test]
    fn asks_after_a_while_and_then_ends() {
        type Row<'a> = (&'a str, &'a [(f64, Event)], f64, Verdict);
        let asked = |secs_left| Verdict::Asking { secs_left };
        let rows: [Row<'_>; 16] = [
            ("just begun", &[], 0.0, Verdict::There),
            ("nearly idle", &[], 29.9, Verdict::There),
            ("idle", &[], 30.0, asked(10)),
            ("counting", &[], 38.5, asked(2)),
            ("the last second", &[], 39.9, asked(1)),
            ("no answer", &[], 40.0, Verdict::Gone),
            ("a touch answers", &[(35.0, Touch)], 40.0, Verdict::There),
            ("and counts from there", &[(35.0, Touch)], 65.0, asked(10)),
            ("a face counts", &[(20.0, Face)], 49.0, Verdict::There),
            ("until it is idle too", &[(20.0, Face), (21.0, Off)], 50.0, asked(10)),
            ("nobody was seen yet", &[(1.0, Empty), (2.0, Empty)], 15.0, Verdict::There),
            ("walked away", &[(1.0, Face), (2.0, Empty), (3.0, Empty)], 9.9, Verdict::There),
            ("is missed", &[(1.0, Face), (2.0, Empty), (3.0, Empty)], 10.0, asked(10)),
            ("is gone", &[(1.0, Face), (2.0, Empty), (3.0, Empty)], 20.0, Verdict::Gone),
            ("says they are there", &[(1.0, Face), (2.0, Empty), (11.0, Touch)], 18.9, Verdict::There),
            ("the camera went off", &[(1.0, Face), (2.0, Empty), (3.0, Off)], 20.0, Verdict::There),
        ];
        for (name, events, now, expected) in rows {
            assert_eq!(after(events, now), expected, "{name}");
        }
    }

    #[test]
    fn the_time_to_ask_can_be_changed() {
        let mut presence = Presence::new(0.0, 30);
        presence.ask_after(180);
        assert_eq!(presence.verdict(179.0), Verdict::There);
        assert_eq!(presence.verdict(180.0), Verdict::Asking { secs_left: 10 });
        presence.ask_after(30);
        assert_eq!(presence.verdict(40.0), Verdict::Gone);
    }

    #[test]
    fn a_face_after_a_gap_is_somebody_else() {
        type Row<'a> = (&'a str, &'a [(f64, Event)], bool);
        let rows: [Row<'_>; 6] = [
            ("a short gap", &[(1.0, Face), (2.0, Empty), (9.9, Face)], false),
            ("a long gap", &[(1.0, Face), (2.0, Empty), (10.0, Face)], true),
            ("touched in between", &[(1.0, Face), (2.0, Empty), (5.0, Touch), (12.0, Face)], false),
            ("touched before", &[(1.0, Face), (1.5, Touch), (2.0, Empty), (10.0, Face)], true),
            ("the first face of all", &[(1.0, Empty), (25.0, Face)], false),
            ("the camera was off in between", &[(1.0, Face), (2.0, Empty), (3.0, Off), (20.0, Face)], false),
        ];
        for (name, events, expected) in rows {
            assert_eq!(after(events, 21.0) == Verdict::SomebodyElse, expected, "{name}");
        }
        let replaced = [(1.0, Face), (2.0, Empty), (10.0, Face), (11.0, Touch)];
        assert_eq!(after(&replaced, 12.0), Verdict::SomebodyElse, "a touch does not make them the same person");
    }
}

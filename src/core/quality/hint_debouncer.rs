//! Turns the faults of successive frames into one readable hint.
//!
//! A fault must persist for a moment before it is shown. A shown hint stays long enough to be read, and disappears only
//! once its gate is passed by a margin, so that a value near its threshold does not make it flicker. This affects the
//! display only; whether a frame counts is decided separately. A good frame may therefore arrive while a hint is still
//! shown, and the progress indicator keeps moving beneath it.

use std::{collections::BTreeMap, time::Duration};

use super::{Gate, GateStatus, Hint};
use crate::policy::HintPolicy;

/// Turns the gates of successive frames into the one hint on display. Frame time is its only clock.
#[derive(Debug)]
pub struct HintDebouncer {
    appear: Duration,
    stay: Duration,
    margin_ratio: f32,
    /// How long each fault has persisted without its gate being passed.
    held: BTreeMap<Hint, Duration>,
    shown: Option<Shown>,
    last: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Shown {
    hint: Hint,
    since: Duration,
}

impl HintDebouncer {
    /// A debouncer that shows nothing yet.
    pub fn new(policy: &HintPolicy) -> Self {
        Self {
            appear: Duration::from_millis(policy.appear_millis),
            stay: Duration::from_millis(policy.stay_millis),
            margin_ratio: policy.clear_margin_ratio,
            held: BTreeMap::new(),
            shown: None,
            last: None,
        }
    }

    /// The hint to show after the frame captured `at`, whose gates are `gates`.
    ///
    /// A hint that has no gate in the list could not be judged on this frame: it neither appears nor disappears, and
    /// its accumulated time is kept. In the dark a face is found only in every other frame, which must not hide the
    /// "too dark" hint.
    pub fn see(&mut self, at: Duration, gates: &[Gate]) -> Option<Hint> {
        let elapsed = at.saturating_sub(self.last.replace(at).unwrap_or(at));
        let statuses = self.statuses(gates);
        for (&hint, &status) in &statuses {
            if status == GateStatus::Fails {
                self.held.entry(hint).and_modify(|held| *held += elapsed).or_default();
            } else {
                self.held.remove(&hint);
            }
        }
        let holds = |hint: &Hint| self.held.get(hint).is_some_and(|held| *held >= self.appear);
        let worst = statuses.iter().find(|(hint, status)| **status == GateStatus::Fails && holds(hint));
        let worst = worst.map(|(hint, _)| *hint);
        let stays = |shown: &Shown| {
            let cleared = statuses.get(&shown.hint) == Some(&GateStatus::Clear);
            let outdone = worst.is_some_and(|worst| worst < shown.hint);
            at.saturating_sub(shown.since) < self.stay || !cleared && !outdone
        };
        self.shown = self.shown.filter(stays).or(worst.map(|hint| Shown { hint, since: at }));
        self.shown.map(|shown| shown.hint)
    }

    /// The status of each hint: that of its worst gate.
    fn statuses(&self, gates: &[Gate]) -> BTreeMap<Hint, GateStatus> {
        let mut statuses = BTreeMap::new();
        for gate in gates {
            let status = gate.status(self.margin_ratio);
            statuses
                .entry(gate.hint())
                .and_modify(|worst: &mut GateStatus| *worst = status.min(*worst))
                .or_insert(status);
        }
        statuses
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::Bound;

    /// The light gate at this luma; the minimum is 55.
    fn light(luma: f32) -> Gate {
        Gate::new(Hint::TooDark, luma, Bound::AtLeast(55.0))
    }

    /// The distance gate at this share of the frame; the minimum is 0.15.
    fn distance(ratio: f32) -> Gate {
        Gate::new(Hint::ComeCloser, ratio, Bound::AtLeast(0.15))
    }

    /// The detection gate at this score; the minimum is 0.6.
    fn presence(score: f32) -> Gate {
        Gate::new(Hint::NoFace, score, Bound::AtLeast(0.6))
    }

    /// The gates of the scene named `word`.
    fn scene(word: &str) -> Vec<Gate> {
        match word {
            "fine" => vec![presence(0.9), distance(0.3), light(120.0)],
            "dark" => vec![presence(0.9), distance(0.3), light(30.0)],
            "dim" => vec![presence(0.9), distance(0.3), light(56.0)],
            "far" => vec![presence(0.9), distance(0.1), light(120.0)],
            "far+dark" => vec![presence(0.9), distance(0.1), light(30.0)],
            "empty" => vec![presence(0.0)],
            _ => panic!("{word}"),
        }
    }

    /// The hint shown after each frame of a script: words set the scene of the following frames, numbers are the
    /// timestamps of frames, in milliseconds.
    fn shown(story: &str) -> Vec<Option<Hint>> {
        let mut debouncer = HintDebouncer::new(&HintPolicy::default());
        let (mut gates, mut shown) = (vec![], vec![]);
        for word in story.split_whitespace() {
            match word.parse() {
                Ok(millis) => shown.push(debouncer.see(Duration::from_millis(millis), &gates)),
                Err(_) => gates = scene(word),
            }
        }
        shown
    }

    /// Each row: name, script, hint shown after the last frame.
    #[test]
    fn hints_follow_the_frame_timestamps() {
        let (too_dark, closer, no_face) = (Some(Hint::TooDark), Some(Hint::ComeCloser), Some(Hint::NoFace));
        let rows = [
            ("one frame", "dark 0", None),
            ("199 ms", "dark 0 100 199", None),
            ("200 ms", "dark 0 100 200", too_dark),
            ("interrupted", "dark 0 fine 100 dark 200 399", None),
            ("and again 200 ms", "dark 0 fine 100 dark 200 400", too_dark),
            ("over at once, stays 599 ms", "dark 0 200 fine 240 799", too_dark),
            ("goes at 600 ms", "dark 0 200 fine 240 800", None),
            ("passed, but not by the margin", "dark 0 200 dim 5000", too_dark),
            ("passed by the margin", "dark 0 200 dim 5000 fine 5040", None),
            ("hardly passed from the first shows nothing", "dim 0 300 900", None),
            ("two faults: the worse", "far+dark 0 200", closer),
            ("the lesser held behind it", "far+dark 0 200 dark 800", too_dark),
            ("a worse one holds 199 ms", "dark 0 200 far+dark 900 1099", too_dark),
            ("a worse one holds 200 ms", "dark 0 200 far+dark 900 1100", closer),
            ("a worse one waits until the first was read", "dark 0 200 far+dark 240 500 799", too_dark),
            ("and takes over then", "dark 0 200 far+dark 240 500 800", closer),
            ("a lesser one waits for the worse to go", "far 0 200 far+dark 900 2000", closer),
            ("the next fault is too young", "far 0 200 dark 800", None),
            ("all well", "far 0 200 fine 800", None),
            ("empty for one frame", "dark 0 200 empty 900 dark 940", too_dark),
            ("empty for long", "dark 0 200 empty 900 1100", no_face),
            ("a face in every other frame only", "dark 0 empty 100 dark 200 empty 300 dark 400", too_dark),
            ("time runs back", "dark 1000 500 600", None),
        ];
        for (name, story, expected) in rows {
            assert_eq!(shown(story).last(), Some(&expected), "{name}: {story}");
        }
    }

    /// A fast fluctuation never lasts long enough; a slow one triggers the hint, which then stays.
    #[test]
    fn a_value_fluctuating_around_its_threshold_changes_the_hint_at_most_once() {
        for period in 1..40 {
            let mut debouncer = HintDebouncer::new(&HintPolicy::default());
            let mut shown: Vec<_> = (0..300_u64)
                .map(|i| {
                    let luma = if (i / period).is_multiple_of(2) { 55.55 } else { 54.45 };
                    debouncer.see(Duration::from_millis(i * 40), &[light(luma)])
                })
                .collect();
            shown.dedup();
            let expected = if period > 5 { vec![None, Some(Hint::TooDark)] } else { vec![None] };
            assert_eq!(shown, expected, "{period} frames above, {period} below");
        }
    }
}

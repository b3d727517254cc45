//! The operator's PIN: digits behind dots, and a wait after a wrong one.

use eframe::egui::{Align, Ui};
use zeroize::{Zeroize, Zeroizing};

use super::{
    PinAnswer,
    view::{KioskAsk, Shown},
};
use crate::{
    keypad::{self, Press},
    layout,
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use countenance_client::kiosk::PIN_DIGITS;

/// What was typed, and whether more is taken.
pub(super) struct PinEntry {
    typed: Zeroizing<String>,
    is_wrong: bool,
    is_locked: bool,
    /// Until when nothing is taken, seconds.
    closed_until: f64,
}

/// The entry as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PinState {
    /// Number of digits typed.
    pub(super) typed: u32,
    /// Whether the last PIN was wrong.
    pub(super) is_wrong: bool,
    /// Whether none is taken any more.
    pub(super) is_locked: bool,
    /// Seconds until one is taken again.
    pub(super) wait_secs: u32,
}

impl Default for PinEntry {
    fn default() -> Self {
        let typed = Zeroizing::new(String::with_capacity(*PIN_DIGITS.end()));
        Self { typed, is_wrong: false, is_locked: false, closed_until: f64::MIN }
    }
}

impl PinEntry {
    /// A key of the pad, or of a keyboard. Returns whether the PIN was right, which `check` decides.
    pub(super) fn press(&mut self, now: f64, press: Press, check: impl FnOnce(&str) -> PinAnswer) -> bool {
        if self.is_locked || now < self.closed_until {
            return false;
        }
        match press {
            Press::Digit(digit) if self.typed.len() < *PIN_DIGITS.end() => self.typed.push(digit),
            Press::Erase => _ = self.typed.pop(),
            Press::Enter if PIN_DIGITS.contains(&self.typed.len()) => {
                let answer = check(&self.typed);
                self.typed.zeroize();
                match answer {
                    PinAnswer::Right => {
                        *self = Self::default();
                        return true;
                    }
                    PinAnswer::Wrong { wait_secs } => {
                        (self.is_wrong, self.closed_until) = (true, now + f64::from(wait_secs));
                    }
                    PinAnswer::Locked => self.is_locked = true,
                }
            }
            Press::Digit(_) | Press::Enter => {}
        }
        false
    }

    /// Erases what was typed.
    pub(super) fn clear(&mut self) {
        self.typed.zeroize();
        self.is_wrong = false;
    }

    /// The entry at `now`, as it is shown.
    pub(super) fn state(&self, now: f64) -> PinState {
        PinState {
            typed: self.typed.len() as u32,
            is_wrong: self.is_wrong,
            is_locked: self.is_locked,
            wait_secs: (self.closed_until - now).clamp(0.0, 86_400.0).ceil() as u32,
        }
    }
}

/// The screen.
pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>) -> Option<KioskAsk> {
    let (view, pin) = (shown.view, shown.front.pin);
    let back = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Secondary, "settings-back").then_some(KioskAsk::Back)
    });
    let pressed = layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("kiosk-operator-title");
        let said = said(widgets, pin);
        let colour = if pin.is_wrong || pin.is_locked { view.theme.tokens.danger } else { view.theme.tokens.text };
        widgets.write(&said, widgets.theme.body(), colour, Align::Min);
        widgets.announce("pin", &said, pin.is_wrong || pin.is_locked);
        if pin.is_locked {
            return None;
        }
        let dots = "●".repeat(pin.typed as usize);
        let typed = widgets.say_with("kiosk-pin-typed", &[("typed", Arg::Number(pin.typed))]);
        keypad::display(widgets, &dots, &typed);
        widgets.gap(8.0);
        keypad::show(widgets, "kiosk-pin-open", pin.wait_secs == 0)
    });
    back.or(pressed.map(KioskAsk::PinKey))
}

/// What to do, or why nothing is taken.
fn said(widgets: &Widgets<'_>, pin: PinState) -> String {
    match pin {
        PinState { is_locked: true, .. } => widgets.words.say("kiosk-pin-locked"),
        PinState { wait_secs: 0, is_wrong, .. } => {
            widgets.words.say(if is_wrong { "kiosk-pin-wrong" } else { "kiosk-pin-body" })
        }
        PinState { wait_secs, .. } => widgets.say_with("kiosk-pin-wait", &[("seconds", Arg::Number(wait_secs))]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(entry: &mut PinEntry, now: f64, digits: &str, answer: PinAnswer) -> (bool, Option<String>) {
        for digit in digits.chars() {
            entry.press(now, Press::Digit(digit), |_| panic!("a digit checks nothing"));
        }
        let mut checked = None;
        let opened = entry.press(now, Press::Enter, |typed| {
            checked = Some(typed.to_owned());
            answer
        });
        (opened, checked)
    }

    #[test]
    fn opens_only_for_the_right_pin_and_waits_after_a_wrong_one() {
        let mut entry = PinEntry::default();
        assert_eq!(type_in(&mut entry, 0.0, "12345", PinAnswer::Right), (false, None), "too short to be one");
        assert_eq!(entry.state(0.0).typed, 5);
        entry.press(0.0, Press::Erase, |_| PinAnswer::Right);
        assert_eq!(entry.state(0.0).typed, 4);
        let wrong = type_in(&mut entry, 1.0, "56", PinAnswer::Wrong { wait_secs: 4 });
        assert_eq!(wrong, (false, Some("123456".into())));
        let state = entry.state(1.0);
        assert_eq!((state.typed, state.is_wrong, state.wait_secs), (0, true, 4), "nothing of it is kept");
        assert_eq!(type_in(&mut entry, 4.9, "111111", PinAnswer::Right), (false, None), "nothing is taken meanwhile");
        assert_eq!(entry.state(4.9).wait_secs, 1);
        assert_eq!(type_in(&mut entry, 5.0, "111111", PinAnswer::Right), (true, Some("111111".into())));
        assert_eq!(entry.state(5.0), PinState::default());
    }

    #[test]
    fn a_locked_pin_takes_nothing() {
        let mut entry = PinEntry::default();
        assert_eq!(type_in(&mut entry, 0.0, "000000", PinAnswer::Locked), (false, Some("000000".into())));
        assert!(entry.state(0.0).is_locked);
        assert_eq!(type_in(&mut entry, 9e9, "111111", PinAnswer::Right), (false, None));
    }

    #[test]
    fn takes_at_most_twelve_digits() {
        let mut entry = PinEntry::default();
        let answer = type_in(&mut entry, 0.0, "12345678901234567890", PinAnswer::Right);
        assert_eq!(answer, (true, Some("123456789012".into())));
    }
}

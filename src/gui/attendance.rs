//! What a supervisor types at a kiosk: their number, then their PIN. Erased once it is sent, or the screen is left.

use zeroize::{Zeroize, Zeroizing};

use super::keypad::Press;
use countenance_client::runner::Command;
use countenance_core::protocol::{PIN_DIGITS, Pin, SUPERVISOR_NUMBER_DIGITS, SupervisorNumber};

/// What was typed so far.
#[derive(Default)]
pub struct AttendanceDraft {
    number: Zeroizing<String>,
    pin: Zeroizing<String>,
    asks_pin: bool,
}

impl AttendanceDraft {
    /// Whether the number is complete, and the PIN is being typed.
    pub(super) fn asks_pin(&self) -> bool {
        self.asks_pin
    }

    /// Whether nothing was typed.
    pub(super) fn is_empty(&self) -> bool {
        self.number.is_empty()
    }

    /// What the field shows: the digits of the number, or dots.
    pub(super) fn shown(&self) -> Zeroizing<String> {
        if self.asks_pin { Zeroizing::new("●".repeat(self.pin.len())) } else { self.number.clone() }
    }

    /// Number of digits in the field.
    pub(super) fn typed(&self) -> u32 {
        if self.asks_pin { self.pin.len() as u32 } else { self.number.len() as u32 }
    }

    /// A key of the pad, or of a keyboard. Returns the command once both are typed. Erasing an empty PIN leads back to the
    /// number.
    pub(super) fn press(&mut self, press: Press) -> Option<Command> {
        let (field, digits) =
            if self.asks_pin { (&mut self.pin, PIN_DIGITS) } else { (&mut self.number, SUPERVISOR_NUMBER_DIGITS) };
        match press {
            Press::Digit(digit) if field.len() < *digits.end() => {
                // Never reallocated once it has room, which would leave digits behind.
                let room = digits.end() - field.len();
                field.reserve_exact(room);
                field.push(digit);
            }
            Press::Erase => {
                if field.pop().is_none() {
                    self.asks_pin = false;
                }
            }
            Press::Enter if !digits.contains(&field.len()) => {}
            Press::Enter if !self.asks_pin => self.asks_pin = true,
            Press::Enter => {
                let number = SupervisorNumber::try_from(self.number.to_string()).ok()?;
                let pin = Pin::try_from(std::mem::take(&mut self.pin)).ok()?;
                return Some(Command::Attend(number, pin));
            }
            Press::Digit(_) => {}
        }
        None
    }

    /// Erases everything.
    pub(super) fn forget(&mut self) {
        self.number.zeroize();
        self.pin.zeroize();
        self.asks_pin = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_in(draft: &mut AttendanceDraft, digits: &str) -> Option<Command> {
        for digit in digits.chars() {
            assert_eq!(draft.press(Press::Digit(digit)), None, "a digit sends nothing");
        }
        draft.press(Press::Enter)
    }

    #[test]
    fn the_number_comes_first_and_both_are_needed() {
        let mut draft = AttendanceDraft::default();
        assert_eq!(type_in(&mut draft, "471"), None);
        assert!(!draft.asks_pin() && draft.typed() == 3, "too short for a number");
        assert_eq!(type_in(&mut draft, "1"), None);
        assert!(draft.asks_pin() && draft.typed() == 0);
        assert_eq!(type_in(&mut draft, "28047"), None);
        assert_eq!(draft.shown().as_str(), "●●●●●", "too short for a PIN, and never shown");
        let (number, pin) = ("4711".parse().unwrap(), Pin::try_from("280471".to_owned()).unwrap());
        assert_eq!(type_in(&mut draft, "1"), Some(Command::Attend(number, pin)));
        assert_eq!(draft.typed(), 0, "nothing of the PIN is kept");
    }

    #[test]
    fn erasing_leads_back_and_forgetting_erases() {
        let mut draft = AttendanceDraft::default();
        type_in(&mut draft, "4711");
        type_in(&mut draft, "2");
        for asks_pin in [true, false] {
            draft.press(Press::Erase);
            assert_eq!(draft.asks_pin(), asks_pin);
        }
        assert_eq!(draft.shown().as_str(), "4711");
        draft.press(Press::Erase);
        assert_eq!(draft.shown().as_str(), "471");
        draft.forget();
        assert!(draft.is_empty() && draft.press(Press::Erase).is_none());
    }

    #[test]
    fn takes_no_more_digits_than_there_are() {
        let mut draft = AttendanceDraft::default();
        type_in(&mut draft, "012345678901234");
        assert_eq!(draft.number.as_str(), "0123456789");
        let Some(Command::Attend(_, pin)) = type_in(&mut draft, "012345678901234") else { panic!("no command") };
        assert_eq!(pin.as_str(), "012345678901");
    }
}

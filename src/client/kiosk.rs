//! What the window of a kiosk and its resident part both know.

use std::ops::RangeInclusive;

/// Number of digits of the operator's PIN. Origin: ours; guesses are slowed and counted, so six suffice.
pub const PIN_DIGITS: RangeInclusive<usize> = 6..=12;

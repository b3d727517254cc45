//! What the window of a kiosk and its resident part both know.

pub use countenance_core::protocol::PIN_DIGITS;

//! The window.

pub mod bidi;
pub mod fonts;
pub mod words;

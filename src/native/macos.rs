//! macOS. Type-checked only: nobody has run this on a Mac yet.

pub mod links;

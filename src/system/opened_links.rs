//! Links that macOS opens with this program, which it passes as events, not as arguments.

pub use countenance_native::macos::links::on_link;

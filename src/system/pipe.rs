//! Named pipes of Windows.

pub use countenance_native::windows::pipe::readable;

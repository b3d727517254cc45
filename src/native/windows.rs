//! Windows. Its tests run on Windows, and under Wine: `packaging/dev/test-windows`.

pub mod access;
pub mod console;
pub mod data_protection;
pub mod foreground;
mod local;
pub mod pipe;

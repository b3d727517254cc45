//! The window.

pub mod raster;

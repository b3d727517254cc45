//! Signs of injection: what a lens, a sensor and a bus do not do, seen in the frames themselves.

use std::time::Duration;

use crate::protocol::InjectionSign;

/// One picture as it came from the device, before and after decoding.
#[derive(Clone, Copy)]
pub struct Arrived<'a> {
    /// The bytes as the device gave them: one JPEG, or one raw picture.
    pub bytes: &'a [u8],
    /// When it was captured, by the driver, since the first picture.
    pub at: Duration,
    /// The decoded picture: width × height × 3 bytes, R G B.
    pub rgb: &'a [u8],
    /// Its width in pixels.
    pub width: u32,
}

/// Looks at every picture of one look into the camera.
#[derive(Debug, Default)]
pub struct Signs {}

impl Signs {
    /// Takes the next picture into account.
    pub fn see(&mut self, _picture: &Arrived<'_>) {}

    /// What was seen so far, in the order of [`InjectionSign`]. A sign once seen stays.
    pub fn seen(&self) -> Vec<InjectionSign> {
        Vec::new()
    }
}
impl Signs {
    pub fn note(&mut self, _sign: InjectionSign) {}
}

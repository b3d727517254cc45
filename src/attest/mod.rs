//! What was seen, signed by this device.

/// An attestation and the shot it speaks of: signed, ready to post. Only `seal` makes one.
pub struct Sealed {
    jws: String,
    shot: Vec<u8>,
}

impl Sealed {
    /// The attestation, JWS compact.
    pub fn jws(&self) -> &str {
        &self.jws
    }
    /// The bytes of the picture, PNG.
    pub fn shot(&self) -> &[u8] {
        &self.shot
    }
}

//! A second network for tests, in a temporary folder. `tests/nets/make.py` generates its files.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{AddedNet, AddedNetError};
use countenance_core::policy::{Channels, NetPolicy};
use sha2::{Digest, Sha256};

/// A temporary folder for networks.
#[derive(Debug)]
pub struct Nets(pub tempfile::TempDir);

/// A file of `tests/nets`.
pub fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/nets").join(name)).unwrap()
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let nibbles = Sha256::digest(bytes).into_iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

/// The contract of `warmth.toml`, as in a policy.
pub fn warmth() -> NetPolicy {
    NetPolicy {
        name: "warmth".into(),
        sha256: sha256(&fixture("warmth.onnx")),
        side_px: 64,
        channels: Channels::Rgb,
        divisor: 255.0,
        scales: vec![1.0, 2.0],
        classes: 2,
        live_class: 1,
        weights: vec![0.5, 0.5],
        offset: 0.0,
    }
}

/// A contract as a TOML file.
pub fn toml_of(net: &NetPolicy) -> String {
    let NetPolicy { name, sha256, side_px, divisor, scales, classes, live_class, weights, offset, .. } = net;
    let channels = if net.channels == Channels::Rgb { "rgb" } else { "bgr" };
    format!(
        "what = \"for a test\"\nlicence = \"MIT\"\n[net]\nname = \"{name}\"\nsha256 = \"{sha256}\"\nside_px = {side_px}\n\
         channels = \"{channels}\"\ndivisor = {divisor:?}\nscales = {scales:?}\nclasses = {classes}\n\
         live_class = {live_class}\nweights = {weights:?}\noffset = {offset:?}\n"
    )
}

#[expect(clippy::new_without_default, reason = "each call creates a folder")]
impl Nets {
    /// An empty folder.
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Path for a file of this name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a contract and a network; returns the contract's digest.
    pub fn put(&self, name: &str, contract: &[u8], onnx: &[u8]) -> String {
        fs::write(self.path(&format!("{name}.toml")), contract).unwrap();
        fs::write(self.path(&format!("{name}.onnx")), onnx).unwrap();
        sha256(contract)
    }

    /// Writes a network of `tests/nets` with this contract, adjusted to its digest, and loads it.
    pub fn load(&self, name: &str, net: NetPolicy) -> Result<AddedNet, AddedNetError> {
        let onnx = fixture(&format!("{name}.onnx"));
        let net = NetPolicy { sha256: sha256(&onnx), ..net };
        let pin = self.put(name, toml_of(&net).as_bytes(), &onnx);
        AddedNet::load(&self.path(&format!("{name}.toml")), &pin)
    }
}

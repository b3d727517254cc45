//! Liveness networks that an owner adds, from files, without a rebuild.
//!
//! A network is two files in one folder: `NAME.toml`, its contract, and `NAME.onnx`, the network.
//!
//! ```toml
//! what = "Who made it, from what, measured how"
//! licence = "MIT"
//!
//! [net]                       # as in a policy, see NetPolicy
//! name = "student-2"
//! sha256 = "…"                # of NAME.onnx
//! side_px = 128
//! channels = "bgr"
//! divisor = 1
//! scales = [1.0, 2.7]
//! classes = 2
//! live_class = 1
//! weights = [0.5, 0.5]
//! offset = 0.0
//! ```
//!
//! # Three hands
//!
//! * **The owner of this machine pins.** The settings name the SHA-256 of the contract. The contract names that of the
//!   network, so one pin holds both, and with them how the network is fed and what its answers are worth: whoever changes a
//!   single weight of the calibration changes the pin. Nothing that is not pinned is parsed; the bytes that were hashed are
//!   the bytes that are used. A pinned network that is not there, or not as pinned, is an error at start: one that fails in
//!   silence would be missed by nobody.
//! * **The policy of the verifier weighs.** A network at hand is asked only where the policy in force names it, by the very
//!   contract that the owner pinned. A ticket can name networks and never bring one, and it cannot have one fed in another
//!   way. A network that the policy names and this machine lacks ends the login before the camera opens.
//! * **The attestation tells.** It names each network that was weighed in, with its digest and its part of the sum, and the
//!   digest of the policy. The verifier refuses networks that its policy does not name, and the lack of any that it does.
//!
//! So a network that always says "live" gains nobody anything by being added: where the verifier does not name it, it has no
//! vote. Where it does, the fusion takes the mean of the networks, and half of the say is then that network's: who names a
//! network in a policy must have measured it with `countenance-lab evaluate --net`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    VisionError,
    model::{Network, sha256_hex},
    passive,
};
use countenance_core::policy::{ContractFault, NetPolicy, is_sha256_hex};
use countenance_system::small_file::{self, SmallFileError};

/// Most bytes of a contract.
pub const CONTRACT_MAX_BYTES: usize = 16 * 1024;
/// Most bytes of a network. Origin: our choice; 30 times the embedded liveness network.
pub const NET_MAX_BYTES: usize = 64 * 1024 * 1024;
/// Most files of a folder that are looked at.
const FOLDER_MAX_FILES: usize = 1_000;

/// A liveness network from a file, held against its pin, prepared and tried on one picture.
#[derive(Debug)]
pub struct AddedNet {
    /// What it must be fed, and what its answer is worth.
    pub contract: NetPolicy,
    /// What it is, in the words of whoever made it.
    pub what: String,
    /// Its licence, in one line.
    pub licence: String,
    /// SHA-256 of the contract's file, hex: what is pinned.
    pub pin: String,
    pub(super) network: Network,
}

/// Why an added network is not used.
#[derive(Debug, thiserror::Error)]
pub enum AddedNetError {
    /// What should pin a network is not a SHA-256.
    #[error("{pin:?} pins no network: it is not a SHA-256 in 64 hex digits")]
    Pin {
        /// What stands there.
        pin: String,
    },
    /// The folder cannot be listed.
    #[error("the folder of added networks, {}, cannot be listed", folder.display())]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No contract in the folder has the digest that is pinned.
    #[error(
        "no contract in {} has the pinned SHA-256 {pin}: put the file back, or take the pin away",
        folder.display()
    )]
    NotInFolder {
        /// Which folder.
        folder: PathBuf,
        /// What is pinned.
        pin: String,
    },
    /// There is no such file.
    #[error("{} is not there", path.display())]
    Missing {
        /// Which file.
        path: PathBuf,
    },
    /// A file cannot be read, is too large, or no plain file of its owner's.
    #[error("{} cannot be used", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: SmallFileError,
    },
    /// The contract is not the one that is pinned.
    #[error(
        "{} has SHA-256 {found}, pinned is {pin}: put the pinned file back, or pin this one if you trust it",
        path.display()
    )]
    NotPinned {
        /// Which file.
        path: PathBuf,
        /// What it has.
        found: String,
        /// What is pinned.
        pin: String,
    },
    /// The network is not the one that its contract names.
    #[error("{} has SHA-256 {found}, its contract names {named}: put the network back that the contract was written for", path.display())]
    OtherNet {
        /// Which file.
        path: PathBuf,
        /// What it has.
        found: String,
        /// What the contract says.
        named: String,
    },
    /// The contract is not TOML, or not that of a network.
    #[error("{} is no contract of a network", path.display())]
    NoContract {
        /// Which file.
        path: PathBuf,
        /// What the parser says.
        source: Box<toml::de::Error>,
    },
    /// The contract is not UTF-8.
    #[error("{} is not text in UTF-8", path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
        /// What the decoder says.
        source: std::str::Utf8Error,
    },
    /// A number of the contract is out of its bounds.
    #[error("the contract {} is out of bounds", path.display())]
    Contract {
        /// Which file.
        path: PathBuf,
        /// Which bound.
        source: ContractFault,
    },
    /// The engine cannot prepare the network, or it does not answer as its contract says.
    #[error("{} does not do what its contract says", path.display())]
    Network {
        /// Which file.
        path: PathBuf,
        /// How it failed.
        source: Box<VisionError>,
    },
}

/// The shape of a contract's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractFile {
    what: String,
    licence: String,
    net: NetPolicy,
}

impl AddedNet {
    /// Reads the contract at `path` and the network beside it (`NAME.toml`, `NAME.onnx`), each once, and holds the contract
    /// against `pin`: its SHA-256, 64 hex digits. Then prepares the network and tries it on one grey picture.
    pub fn load(path: &Path, pin: &str) -> Result<Self, AddedNetError> {
        let pin = pin_of(pin)?;
        let file = |source| AddedNetError::File { path: path.to_owned(), source };
        let bytes = small_file::read_bytes(path, CONTRACT_MAX_BYTES).map_err(file)?;
        let bytes = bytes.ok_or_else(|| AddedNetError::Missing { path: path.to_owned() })?;
        Self::from_contract(path, &bytes, pin)
    }

    /// The networks in `folder` whose contracts have the SHA-256s `pins`, in the order of the pins. What is not pinned is
    /// hashed and left alone. Without pins the folder need not be there.
    pub fn load_folder(folder: &Path, pins: &[String]) -> Result<Vec<Self>, AddedNetError> {
        if pins.is_empty() {
            return Ok(Vec::new());
        }
        let contracts = contracts(folder)?;
        let load = |pin: &String| {
            let pin = pin_of(pin)?;
            match contracts.iter().find(|(_, bytes)| sha256_hex(bytes) == pin) {
                Some((path, bytes)) => Self::from_contract(path, bytes, pin),
                None => Err(AddedNetError::NotInFolder { folder: folder.to_owned(), pin }),
            }
        };
        pins.iter().map(load).collect()
    }

    /// From the bytes of the contract at `path`, which are hashed before they are parsed.
    fn from_contract(path: &Path, bytes: &[u8], pin: String) -> Result<Self, AddedNetError> {
        let path = || path.to_owned();
        let found = sha256_hex(bytes);
        if found != pin {
            return Err(AddedNetError::NotPinned { path: path(), found, pin });
        }
        let text = std::str::from_utf8(bytes).map_err(|source| AddedNetError::NotText { path: path(), source })?;
        let ContractFile { what, licence, net: contract } = toml::from_str(text)
            .map_err(|source| AddedNetError::NoContract { path: path(), source: Box::new(source) })?;
        contract.check().map_err(|source| AddedNetError::Contract { path: path(), source })?;
        let network = network(&path().with_extension("onnx"), &contract)?;
        Ok(Self { contract, what, licence, pin, network })
    }
}

/// The network at `path`, checked against its contract.
fn network(path: &Path, contract: &NetPolicy) -> Result<Network, AddedNetError> {
    let path = || path.to_owned();
    let bytes = small_file::read_bytes(&path(), NET_MAX_BYTES)
        .map_err(|source| AddedNetError::File { path: path(), source })?
        .ok_or_else(|| AddedNetError::Missing { path: path() })?;
    let found = sha256_hex(&bytes);
    if found != contract.sha256 {
        return Err(AddedNetError::OtherNet { path: path(), found, named: contract.sha256.clone() });
    }
    let failed = |source| AddedNetError::Network { path: path(), source: Box::new(source) };
    let network = Network::prepare(&contract.name, &bytes, Some(contract.side_px as usize)).map_err(failed)?;
    passive::tried(&network, contract).map_err(failed)?;
    Ok(network)
}

/// Every contract in `folder` that can be read, by name. What cannot be read has no digest, and so was not pinned.
fn contracts(folder: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, AddedNetError> {
    let failed = |source| AddedNetError::Folder { folder: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)?.take(FOLDER_MAX_FILES) {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| Some((small_file::read_bytes(&path, CONTRACT_MAX_BYTES).ok()??, path));
    Ok(paths.into_iter().filter_map(read).map(|(bytes, path)| (path, bytes)).collect())
}

/// A SHA-256 as a person may have pasted it: capitals are as good.
fn pin_of(text: &str) -> Result<String, AddedNetError> {
    let pin = text.trim().to_ascii_lowercase();
    if is_sha256_hex(&pin) { Ok(pin) } else { Err(AddedNetError::Pin { pin: text.chars().take(80).collect() }) }
}

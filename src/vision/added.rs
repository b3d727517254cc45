//! Liveness networks that owners add from files, without rebuilding.
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
//! # Who decides
//!
//! * **The owner pins the contract.** The settings list the SHA-256 of the contract, and the contract that of the
//!   network. One pin therefore fixes both, including how the network is fed and how its output is calibrated: changing
//!   a single weight changes the pin. Files that are not pinned are never parsed, and the bytes that were hashed are
//!   the bytes that are used. A pinned network that is missing or modified is an error at start, because no one would
//!   notice a silent fallback.
//! * **The verifier's policy selects networks.** An available network is used only if the policy in force names it with
//!   exactly the pinned contract. A ticket can name networks but never supply one, and it cannot change how one is fed.
//!   If the policy names a network that this computer lacks, the sign-in ends before the camera opens.
//! * **The attestation reports them.** It lists each network that took part, with its digest and its contribution, and
//!   the digest of the policy. The verifier rejects networks that its policy does not name, and missing ones that it
//!   does.
//!
//! Adding a network that always answers "live" therefore gains nothing: it has no vote unless the verifier names it. If
//! it does, the fusion takes the mean over the networks, and with one other network half of the result comes from the
//! added one: measure a network with `countenance-lab evaluate --net` before you name it in a policy.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::Error};
use serde_json::Value;

use super::{
    VisionError,
    model::{Network, sha256_hex},
    passive,
};
use countenance_core::policy::{ContractFault, NetPolicy, is_sha256_hex, unknown_member};
use countenance_system::small_file::{self, SmallFileError};

/// Maximum size of a contract in bytes.
pub const CONTRACT_MAX_BYTES: usize = 16 * 1024;
/// Maximum size of a network in bytes. Origin: our choice; 30 times the embedded liveness network.
pub const NET_MAX_BYTES: usize = 64 * 1024 * 1024;
/// Maximum number of files read from a folder.
const FOLDER_MAX_FILES: usize = 1_000;

/// A liveness network from a file: its pin was checked, it is prepared, and it passed a trial run on one image.
#[derive(Debug)]
pub struct AddedNet {
    /// Its input and the calibration of its output.
    pub contract: NetPolicy,
    /// Its author's description.
    pub what: String,
    /// Its license, in one line.
    pub licence: String,
    /// SHA-256 of the contract file, hex: the pin.
    pub pin: String,
    pub(super) network: Network,
}

/// Why an added network cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AddedNetError {
    /// The pin is not a SHA-256.
    #[error("{pin:?} is not a valid pin: expected a SHA-256 as 64 hex digits")]
    Pin {
        /// The invalid pin.
        pin: String,
    },
    /// The folder cannot be listed.
    #[error("cannot list the folder of added networks, {}", folder.display())]
    Folder {
        /// Which folder.
        folder: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// No contract in the folder has the pinned digest.
    #[error(
        "no contract in {} has the pinned SHA-256 {pin}: restore the file or remove the pin",
        folder.display()
    )]
    NotInFolder {
        /// Which folder.
        folder: PathBuf,
        /// The pin.
        pin: String,
    },
    /// The file does not exist.
    #[error("{} does not exist", path.display())]
    Missing {
        /// Which file.
        path: PathBuf,
    },
    /// The file cannot be read, is too large, or is not a regular file of this user.
    #[error("cannot use {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The cause.
        source: SmallFileError,
    },
    /// The contract does not match the pin.
    #[error(
        "{} has SHA-256 {found}, but {pin} is pinned: restore the pinned file, or pin this one if you trust it",
        path.display()
    )]
    NotPinned {
        /// Which file.
        path: PathBuf,
        /// Its SHA-256.
        found: String,
        /// The pin.
        pin: String,
    },
    /// The network is not the one that its contract names.
    #[error("{} has SHA-256 {found}, but its contract names {named}: restore the network that the contract was written for", path.display())]
    OtherNet {
        /// Which file.
        path: PathBuf,
        /// Its SHA-256.
        found: String,
        /// The SHA-256 in the contract.
        named: String,
    },
    /// The contract is not valid TOML, or not a contract.
    #[error("{} is not a network contract", path.display())]
    NoContract {
        /// Which file.
        path: PathBuf,
        /// The parser's error.
        source: Box<toml::de::Error>,
    },
    /// The contract is not UTF-8.
    #[error("{} is not valid UTF-8", path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
        /// The decoder's error.
        source: std::str::Utf8Error,
    },
    /// A number in the contract is outside its bounds.
    #[error("the contract {} is invalid", path.display())]
    Contract {
        /// Which file.
        path: PathBuf,
        /// The violated bound.
        source: ContractFault,
    },
    /// The engine cannot load the network, or its output does not match the contract.
    #[error("{} does not match its contract", path.display())]
    Network {
        /// Which file.
        path: PathBuf,
        /// The cause.
        source: Box<VisionError>,
    },
}

/// The structure of a contract file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContractFile {
    what: String,
    licence: String,
    net: NetPolicy,
}

impl AddedNet {
    /// Reads the contract at `path` and the network next to it (`NAME.toml`, `NAME.onnx`), each once, and checks the
    /// contract against `pin`: its SHA-256, 64 hex digits. Then prepares the network and runs it once on a gray image.
    pub fn load(path: &Path, pin: &str) -> Result<Self, AddedNetError> {
        let pin = pin_of(pin)?;
        let file = |source| AddedNetError::File { path: path.to_owned(), source };
        let bytes = small_file::read_bytes(path, CONTRACT_MAX_BYTES).map_err(file)?;
        let bytes = bytes.ok_or_else(|| AddedNetError::Missing { path: path.to_owned() })?;
        Self::from_contract(path, &bytes, pin)
    }

    /// Loads the networks in `folder` whose contracts have the SHA-256s `pins`, in the order of the pins. Other files
    /// are only hashed. Without pins the folder need not exist.
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

    /// Parses the contract `bytes` from `path`, which are hashed first.
    fn from_contract(path: &Path, bytes: &[u8], pin: String) -> Result<Self, AddedNetError> {
        let path = || path.to_owned();
        let found = sha256_hex(bytes);
        if found != pin {
            return Err(AddedNetError::NotPinned { path: path(), found, pin });
        }
        let text = std::str::from_utf8(bytes).map_err(|source| AddedNetError::NotText { path: path(), source })?;
        let no_contract = |source| AddedNetError::NoContract { path: path(), source: Box::new(source) };
        let ContractFile { what, licence, net: contract } = toml::from_str(text).map_err(no_contract)?;
        let names: Value = toml::from_str(text).map_err(no_contract)?;
        if let Some(name) = names.get("net").and_then(|net| unknown_member(net, &contract)) {
            return Err(no_contract(toml::de::Error::custom(format!("unknown field `{name}`"))));
        }
        contract.check().map_err(|source| AddedNetError::Contract { path: path(), source })?;
        let network = network(&path().with_extension("onnx"), &contract)?;
        Ok(Self { contract, what, licence, pin, network })
    }
}

/// Loads the network at `path` and checks it against its contract.
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

/// Every readable contract in `folder`, by name. A file that cannot be read has no digest, so it cannot be pinned.
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

/// Normalizes a pasted SHA-256: uppercase digits are accepted.
fn pin_of(text: &str) -> Result<String, AddedNetError> {
    let pin = text.trim().to_ascii_lowercase();
    if is_sha256_hex(&pin) { Ok(pin) } else { Err(AddedNetError::Pin { pin: text.chars().take(80).collect() }) }
}

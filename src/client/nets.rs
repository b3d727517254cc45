//! Additional liveness networks: from the settings, or from `--net` on the command line.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::settings::{Key, OverridesManaged, Settings, SettingsInUse};
use countenance_core::policy::Policy;
use countenance_vision::{AddedNet, AddedNetError, Vision};

/// Networks given on the command line.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct NetArgs {
    /// Add the liveness network described by this contract (NAME.toml, with NAME.onnx beside it); may be repeated
    #[arg(long, value_name = "FILE.toml", requires = "net_sha256")]
    net: Vec<PathBuf>,
    /// SHA-256 of the contract: one per --net, in the same order. A contract with another digest is rejected
    #[arg(long, value_name = "HEX", requires = "net")]
    net_sha256: Vec<String>,
}

impl NetArgs {
    /// Refuses networks on the command line, for a sign-in, that an administrator has not pinned.
    ///
    /// # Errors
    ///
    /// See above.
    pub fn permitted(&self, settings: &SettingsInUse) -> Result<(), OverridesManaged> {
        let is_pinned = |pin: &String| settings.liveness_nets.contains(&pin.to_ascii_lowercase());
        settings.permit("--net", Key::LivenessNets, self.net_sha256.iter().all(is_pinned))
    }

    /// Reads, checks and prepares the given networks.
    pub fn load(&self) -> anyhow::Result<Vec<AddedNet>> {
        let (files, pins) = (self.net.len(), self.net_sha256.len());
        ensure!(files == pins, "{files} --net but {pins} --net-sha256: give one for each network");
        Ok(self
            .net
            .iter()
            .zip(&self.net_sha256)
            .map(|(file, pin)| AddedNet::load(file, pin))
            .collect::<Result<_, _>>()?)
    }
}

/// The networks pinned in `settings`, for an installation with its data in `data`.
pub fn of_settings(settings: &Settings, data: &Path) -> Result<Vec<AddedNet>, AddedNetError> {
    AddedNet::load_folder(&settings.net_folder(data), &settings.liveness_nets)
}

/// All networks, and the built-in policy with the added networks weighted in: for runs without a verifier's policy.
pub fn all_weighed(added: Vec<AddedNet>) -> anyhow::Result<(Vision, Policy)> {
    let mut policy = Policy::default();
    policy.liveness.nets.extend(added.iter().map(|net| net.contract.clone()));
    let vision = Vision::load_with(added).context("could not load the networks")?;
    Ok((vision, policy))
}

//! Liveness networks beside the embedded ones: by the settings, and by `--net` for commands that a script gives.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::settings::Settings;
use countenance_core::policy::Policy;
use countenance_vision::{AddedNet, AddedNetError, Vision};

/// Networks named on the command line.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct NetArgs {
    /// Add the liveness network that this contract describes (NAME.toml, with NAME.onnx beside it); may be repeated
    #[arg(long, value_name = "FILE.toml", requires = "net_sha256")]
    net: Vec<PathBuf>,
    /// SHA-256 of that contract: one for each --net, in the same order. Nothing else is loaded
    #[arg(long, value_name = "HEX", requires = "net")]
    net_sha256: Vec<String>,
}

impl NetArgs {
    /// Reads, checks and prepares what is named.
    pub fn load(&self) -> anyhow::Result<Vec<AddedNet>> {
        let (files, pins) = (self.net.len(), self.net_sha256.len());
        ensure!(files == pins, "{files} times --net, and {pins} times --net-sha256: one for each is needed");
        Ok(self
            .net
            .iter()
            .zip(&self.net_sha256)
            .map(|(file, pin)| AddedNet::load(file, pin))
            .collect::<Result<_, _>>()?)
    }
}

/// The networks that `settings` pin, of an installation that keeps its data in the folder `data`.
pub fn of_settings(settings: &Settings, data: &Path) -> Result<Vec<AddedNet>, AddedNetError> {
    AddedNet::load_folder(&settings.net_folder(data), &settings.liveness_nets)
}

/// The networks, and the program's own policy with the added ones weighed in: for runs that no verifier's policy governs.
pub fn all_weighed(added: Vec<AddedNet>) -> anyhow::Result<(Vision, Policy)> {
    let mut policy = Policy::default();
    policy.liveness.nets.extend(added.iter().map(|net| net.contract.clone()));
    let vision = Vision::load_with(added).context("the networks cannot be used")?;
    Ok((vision, policy))
}

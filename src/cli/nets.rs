//! Liveness networks beside the embedded ones: by the settings, and by `--net` for commands that a script gives.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, ensure};
use serde_json::json;

use crate::{
    policy::{LivenessPolicy, NetPolicy, Policy},
    settings::Settings,
    vision::{self, AddedNet, AddedNetError, Vision},
};

/// Networks named on the command line.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct NetArgs {
    /// Add the liveness network that this contract describes (NAME.toml, with NAME.onnx beside it); may be repeated
    #[arg(long, value_name = "FILE.toml", requires = "net_sha256")]
    net: Vec<PathBuf>,
    /// SHA-256 of that contract: one for each --net, in the same order. Nothing else is loaded
    #[arg(long, value_name = "HEX", requires = "net")]
    net_sha256: Vec<String>,
}

/// Arguments of `models`.
#[derive(Debug, clap::Args)]
pub struct ModelsArgs {
    /// Networks to load and list besides.
    #[command(flatten)]
    nets: NetArgs,
    /// Instead of a list: the thresholds by which an integration asks for the networks of --net, as JSON
    #[arg(long, requires = "net")]
    thresholds: bool,
}

impl NetArgs {
    /// Reads, checks and prepares what is named.
    pub(super) fn load(&self) -> anyhow::Result<Vec<AddedNet>> {
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
pub(super) fn of_settings(settings: &Settings, data: &Path) -> Result<Vec<AddedNet>, AddedNetError> {
    AddedNet::load_folder(&settings.net_folder(data), &settings.liveness_nets)
}

/// The networks, and the program's own policy with the added ones weighed in: for runs that no verifier's policy governs.
pub(super) fn all_weighed(added: Vec<AddedNet>) -> anyhow::Result<(Vision, Policy)> {
    let mut policy = Policy::default();
    policy.liveness.nets.extend(added.iter().map(|net| net.contract.clone()));
    let vision = Vision::load_with(added).context("the networks cannot be used")?;
    Ok((vision, policy))
}

pub(super) fn models(args: &ModelsArgs) -> anyhow::Result<ExitCode> {
    let added = args.nets.load()?;
    let mut out = io::stdout();
    if args.thresholds {
        // Besides its own, an integration's list takes nothing away from the program's.
        let contracts = added.iter().map(|net| net.contract.clone());
        let nets: Vec<NetPolicy> = LivenessPolicy::default().nets.into_iter().chain(contracts).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&json!({ "liveness": { "nets": nets } }))?)?;
        return Ok(ExitCode::SUCCESS);
    }
    for model in vision::models()? {
        writeln!(out, "{:<10} sha256 {}  {}", model.name, model.sha256, model.licence)?;
        writeln!(out, "{:<10} from {}", "", model.source.package)?;
    }
    for AddedNet { contract, what, licence, pin, .. } in &added {
        writeln!(out, "{:<10} sha256 {}  {}", contract.name, contract.sha256, licence.escape_debug())?;
        writeln!(out, "{:<10} added, contract {pin}: {}", "", what.escape_debug())?;
    }
    Ok(ExitCode::SUCCESS)
}

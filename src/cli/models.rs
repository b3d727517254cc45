//! `countenance models`: lists the embedded and added networks.

use std::{io::Write, process::ExitCode};

use countenance_client::nets::NetArgs;
use countenance_core::policy::{LivenessPolicy, NetPolicy};
use countenance_system::console;
use countenance_vision::{self as vision, AddedNet};
use serde_json::json;

/// Arguments of `models`.
#[derive(Debug, clap::Args)]
pub(crate) struct ModelsArgs {
    /// Added networks to load and list.
    #[command(flatten)]
    nets: NetArgs,
    /// Print, as JSON, the policy with which an integration requires the networks of --net, instead of the list
    #[arg(long, requires = "net")]
    thresholds: bool,
}

pub(super) fn run(args: &ModelsArgs) -> anyhow::Result<ExitCode> {
    let added = args.nets.load()?;
    let mut out = console::stdout();
    if args.thresholds {
        // An integration's list replaces the built-in one, so the program's own networks come first.
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

//! `countenance doctor`: what is missing on this machine and how to fix it.

use std::{io::Write, path::PathBuf, process::ExitCode};

use countenance_client::{
    doctor::{self, DoctorContext, Finding, State},
    settings::NETS_FOLDER,
};
use countenance_system::console;

/// Arguments of `doctor`.
#[derive(Debug, clap::Args)]
pub(crate) struct DoctorArgs {
    /// Print one JSON array instead of a table
    #[arg(long)]
    json: bool,
    /// Data directory, with the device key [default: the platform's application data directory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Settings file [default: in the platform's configuration directory]
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

pub(super) fn run(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    let mut around = DoctorContext::of_this_machine(cfg!(feature = "window"));
    if let Some(folder) = args.data {
        around.key = Some(folder.join("device.key"));
        around.nets = Some(folder.join(NETS_FOLDER));
    }
    if args.settings.is_some() {
        around.settings = args.settings;
    }
    let findings = doctor::examine(&around);
    let mut out = console::stdout();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &findings)?;
        out.write_all(b"\n")?;
    } else {
        out.write_all(table(&findings).as_bytes())?;
    }
    let attention = findings.iter().any(|finding| finding.state == State::Attention);
    Ok(if attention { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn table(findings: &[Finding]) -> String {
    let row = |Finding { check, state, detail, fix }: &Finding| {
        let fix = fix.map_or(String::new(), |fix| format!("{:22}→ {fix}\n", ""));
        format!("{check:<12}{state:<10}{detail}\n{fix}")
    };
    findings.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_client::doctor::{Check, Fix};

    #[test]
    fn prints_each_finding_with_its_fix() {
        let findings = [
            Finding { check: Check::Key, state: State::Good, detail: "there".into(), fix: None },
            Finding {
                check: Check::Link,
                state: State::Attention,
                detail: "none".into(),
                fix: Some(Fix::RegisterLink),
            },
        ];
        let expected = "Device key  good      there\n\
                        Links       ATTENTION none\n                      → Run: countenance link register.\n";
        assert_eq!(table(&findings), expected);
    }
}

//! `countenance device approve`: allows another device of the account from this one.

use std::{
    io::{self, BufRead, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
    sync::atomic::AtomicBool,
};

use anyhow::Context;
use clap::Subcommand;

use countenance_attest::{DeviceKey, SOFTWARE, SOFTWARE_VERSION};
use countenance_client::{
    headless::{Exit, causes},
    installation::{data_folder, settled, settled_without_user, verifiers},
    runner::ApprovalTrouble,
    session::{
        ApprovalApi, HttpApprovals, HttpSession, SessionError,
        approvals::find,
        client::{RetryPolicy, SessionContext},
        origin::Origin,
        wait::SystemWait,
    },
};
use countenance_core::protocol::{ApprovalCode, ApprovalRequest};
use countenance_system::{SystemClock, SystemRandom, complain, console};

/// The subcommands of `device`.
#[derive(Debug, Subcommand)]
pub(crate) enum DeviceTask {
    /// Allow the device that shows CODE to verify your face
    ///
    /// Run it on a device with which you sign in already. It shows what the code is for and asks before it allows anything.
    /// Exit codes: 0 allowed, 1 internal error, 2 usage, 10 refused, 11 canceled, 30 verifier unreachable.
    Approve(ApproveArgs),
}

/// Arguments of `device approve`.
#[derive(Debug, clap::Args)]
pub(crate) struct ApproveArgs {
    /// The code that the other device shows, as in ABCD-EFGH
    code: String,
    /// Origin of the verifier; may be repeated. Replaces the verifiers from the settings
    #[arg(long, value_name = "ORIGIN")]
    verifier: Vec<Origin>,
    /// Allow without asking. Only for scripts that know what they allow
    #[arg(long)]
    yes: bool,
    /// Settings file [default: in the platform's configuration directory]
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Data directory, with the device key [default: the platform's application data directory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub(super) fn run(task: DeviceTask) -> anyhow::Result<ExitCode> {
    let DeviceTask::Approve(args) = task;
    let code: ApprovalCode = match args.code.parse() {
        Ok(code) => code,
        Err(error) => return Ok(failed(&error, Exit::Usage)),
    };
    // A script that names verifiers must not depend on the account's settings.
    let settings = if args.verifier.is_empty() { settled(args.settings)? } else { settled_without_user() };
    let verifiers = verifiers(&args.verifier, &settings)?;
    if verifiers.iter().next().is_none() {
        complain!("countenance: no verifier is known; name it with --verifier");
        return Ok(Exit::Usage.into());
    }
    if !args.yes && !io::stdin().is_terminal() {
        complain!("countenance: standard input is no terminal; confirm with --yes");
        return Ok(Exit::Usage.into());
    }
    let data = data_folder(args.data.as_ref())?;
    // A new key is bound to no account, so it could approve nothing.
    let key = DeviceKey::load(&data.join("device.key")).context("cannot use the device key")?;
    let Some(key) = key else { return Ok(failed(&SessionError::ApprovalRefused, Exit::Refused)) };
    let cancelled = AtomicBool::new(false);
    let context =
        SessionContext { key: &key, clock: &SystemClock, rng: &SystemRandom, wait: &SystemWait, cancelled: &cancelled };
    let app = || format!("{SOFTWARE} {SOFTWARE_VERSION}");
    let verifiers = verifiers.iter().map(|origin| -> Box<dyn ApprovalApi> {
        let session = HttpSession::new(app(), context, RetryPolicy::default());
        Box::new(HttpApprovals::new(session, origin.clone()))
    });
    let mut out = console::stdout();
    let approved = find(verifiers, &code).and_then(|(verifier, request)| {
        // A closed pipe must not keep a script from what it has asked for.
        out.write_all(facts(&request).as_bytes()).ok();
        let agreed = args.yes || agrees(&mut io::stdin().lock(), &mut out);
        if agreed { verifier.approve(&code, &request.device_id).map(|()| true) } else { Ok(false) }
    });
    Ok(match approved {
        Ok(true) => {
            writeln!(out, "The device is allowed. Open the link on it again.").ok();
            ExitCode::SUCCESS
        }
        Ok(false) => {
            writeln!(out, "Nothing was allowed.").ok();
            Exit::Cancelled.into()
        }
        Err(error) => failed(&error, exit_of(&error)),
    })
}

/// What the person decides by.
fn facts(request: &ApprovalRequest) -> String {
    let (display, device) = (&request.display, request);
    let name = if device.device_name.is_empty() { "(no name)" } else { &device.device_name };
    format!(
        "A device asks to verify your face when you sign in.\n\n\
         Device       {name}\n\
         Thumbprint   {}\n\
         Account      {}\n\
         Application  {}\n\
         Tenant       {}\n\n\
         Allow it only if it is yours and you are signing in on it now. Never use a code that somebody sent you.\n",
        device.device_id, display.account, display.application, display.tenant
    )
}

/// Asks once. Everything but yes means no.
fn agrees(input: &mut impl BufRead, out: &mut impl Write) -> bool {
    write!(out, "Allow this device? [y/N] ").and_then(|()| out.flush()).ok();
    let mut answer = String::new();
    input.read_line(&mut answer).is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

fn exit_of(error: &SessionError) -> Exit {
    match ApprovalTrouble::of(error) {
        ApprovalTrouble::Form => Exit::Usage,
        ApprovalTrouble::Refused => Exit::Refused,
        ApprovalTrouble::Network | ApprovalTrouble::TooMany => Exit::Unreachable,
        ApprovalTrouble::Update | ApprovalTrouble::Broken => Exit::Broken,
    }
}

fn failed(error: &dyn std::error::Error, exit: Exit) -> ExitCode {
    complain!("countenance: {}", causes(error));
    if exit == Exit::Refused {
        complain!(
            "The code may be mistyped, expired or used, or this computer is not allowed for the account that it belongs to."
        );
    }
    exit.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_core::protocol::Display;

    #[test]
    fn only_yes_allows() {
        for (typed, agreed) in [
            ("y\n", true),
            ("Yes\n", true),
            (" y \n", true),
            ("n\n", false),
            ("\n", false),
            ("", false),
            ("yep\n", false),
            ("n\ny\n", false),
        ] {
            let mut out = Vec::new();
            assert_eq!(agrees(&mut typed.as_bytes(), &mut out), agreed, "{typed:?}");
            assert_eq!(out, b"Allow this device? [y/N] ");
        }
    }

    #[test]
    fn shows_what_is_allowed() {
        let request = ApprovalRequest {
            display: Display {
                application: "Payroll".into(),
                tenant: "tenant.example".into(),
                account: "a•••@example.com".into(),
                started_at: 0,
            },
            device_id: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".into(),
            device_name: String::new(),
            requested_at: 0,
        };
        let shown = facts(&request);
        for part in ["Payroll", "tenant.example", "a•••@example.com", &request.device_id, "(no name)"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn each_failure_has_its_exit_code() {
        for (error, exit) in [
            (SessionError::ApprovalRefused, Exit::Refused),
            (SessionError::TimedOut("slow".into()), Exit::Unreachable),
            (SessionError::TooManyRequests { retry_after: None }, Exit::Unreachable),
            (SessionError::NotSupported, Exit::Broken),
            (SessionError::ClientTooOld, Exit::Broken),
            (SessionError::KeyProtectionTooWeak, Exit::Broken),
            (SessionError::DeviceDisabled, Exit::Broken),
        ] {
            assert_eq!(exit_of(&error), exit, "{error}");
        }
    }
}

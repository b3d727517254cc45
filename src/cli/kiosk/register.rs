//! `countenance kiosk register`: registers this computer as a kiosk at its verifier, with a one-time code of the portal.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::AtomicBool,
};

use anyhow::{Context, bail};

use countenance_attest::{DeviceKey, SOFTWARE, SOFTWARE_VERSION};
use countenance_client::{
    installation::data_folder,
    session::{
        HttpSession,
        client::{RetryPolicy, SessionContext},
        wait::SystemWait,
    },
    settings::{LoadedManaged, Managed},
};
use countenance_core::protocol::RegisterDevice;
use countenance_kiosk::{config::KioskConfig, pin_entry};
use countenance_system::{SystemClock, SystemRandom, complain, say};

/// Name of a kiosk that has none and no site.
const NAME: &str = "Kiosk";

/// Arguments of `kiosk register`.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct RegisterArgs {
    /// The integration's ID, as the portal shows it
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    integration: String,
    /// Name in the portal's list [default: the site in kiosk.toml]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Registers the device key in `data` with the first verifier of the configuration in `config`.
pub(super) fn run(args: &RegisterArgs, config: &Path, data: Option<&PathBuf>) -> anyhow::Result<ExitCode> {
    let LoadedManaged { managed, complaints } = Managed::of_this_machine();
    for complaint in &complaints {
        complain!("countenance: {complaint}");
    }
    let mut loaded = KioskConfig::load(config, &[]);
    loaded.obey(&managed);
    for complaint in &loaded.complaints {
        complain!("countenance: {complaint}");
    }
    let Some(origin) = loaded.config.verifiers.iter().next() else {
        bail!("no verifier is set up: add verifiers to {}", config.join("kiosk.toml").display());
    };
    let code = pin_entry::read_secret("One-time code")?;
    let site = loaded.config.site.as_ref().map(ToString::to_string);
    let device = RegisterDevice {
        integration_id: args.integration.clone(),
        enrolment_code: Some(code.to_string()),
        name: args.name.clone().or(site).unwrap_or_else(|| NAME.into()),
        version: None,
        key_protection: None,
    };
    let key = DeviceKey::load_or_create(&data_folder(data)?.join("device.key"), &SystemRandom)
        .context("cannot use the device key")?;
    let never = AtomicBool::new(false);
    let around =
        SessionContext { key: &key, clock: &SystemClock, rng: &SystemRandom, wait: &SystemWait, cancelled: &never };
    let session = HttpSession::new(format!("{SOFTWARE} {SOFTWARE_VERSION}"), around, RetryPolicy::default());
    let registered = session.register(origin, &device).context("the verifier did not register this kiosk")?;
    say!("registered at {origin} as {}", registered.device_id);
    Ok(ExitCode::SUCCESS)
}

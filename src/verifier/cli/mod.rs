//! `countenance-verifier`: runs the verification service and administers integrations, operators and devices.

use std::{io::Write, net::SocketAddr, path::Path, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use clap::Parser;

use countenance_core::policy::Policy;
use countenance_system::{SystemClock, SystemRandom, complain, console};
use countenance_verifier::{
    AuditCheck, AuditScope, ConnectionLimits, Database, DeviceRule, EnrolmentFlow, Listeners, MasterKey, Origin, Rules,
    Setup, TwilioVerify, Verifier,
};
use countenance_vision::Vision;
use tokio::net::TcpListener;

mod args;
mod data_dir;
mod key;
mod kiosks;
pub(crate) mod logging;
mod process;
mod signals;
mod smtp;
mod twilio;

use args::{Args, AuditTask, Task};

/// How long a running service has to read new keys: three rounds of its upkeep.
const REKEY_GRACE: Duration = Duration::from_secs(15);

pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    if let Task::Serve { portal_listen, .. } = &args.task {
        // The portal checks that its forms come from its own origin.
        anyhow::ensure!(
            portal_listen.is_some() == args.portal_origin.is_some(),
            "--portal-listen and --portal-origin need each other"
        );
        process::keep_memory_private().context("core dumps cannot be disabled")?;
    }
    // Before the runtime starts: the blocking HTTP client must not be built inside it.
    let codes = match &args.task {
        Task::Serve { twilio, .. } => twilio.service()?,
        _ => None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let command = args.task.command().map(|command| format!("{command} by {}", process::user()));
    runtime.block_on(async {
        if let Task::Restore { file } = &args.task {
            // Before the database is opened: nobody may have it open.
            restore(&args, file, &command.unwrap_or_default()).await?;
            return Ok(ExitCode::SUCCESS);
        }
        let verifier = open(&args, codes).await?;
        if let Some(command) = command {
            verifier.record_command(&command).await?;
        }
        let mut out = console::stdout();
        match args.task {
            Task::Serve { listen, portal_listen, .. } => {
                let listeners = bind(&args.origin, listen, args.portal_origin.as_ref().zip(portal_listen)).await?;
                verifier.serve(listeners, signals::stop()).await;
            }
            Task::AddIntegration {
                name,
                tenant,
                custom_domain,
                no_self_enrolment,
                enrolment_flow,
                allow_virtual_cameras,
                registered_devices_only,
                attempts,
            } => {
                let new = Rules {
                    custom_domains: custom_domain,
                    allow_self_enrolment: !no_self_enrolment,
                    enrolment_flow: enrolment_flow.unwrap_or(EnrolmentFlow::Operator),
                    allow_virtual_cameras,
                    device_rule: if registered_devices_only { DeviceRule::Code } else { DeviceRule::Open },
                    attempts,
                    ..Rules::new(name, tenant)
                };
                let (id, secret) = verifier.add_integration(new).await?;
                writeln!(out, "Integration Id  {id}\nSession Secret  {}", secret.reveal())?;
                complain!("The Session Secret is not shown again. Add it to the Action's secrets now.");
            }
            Task::AddOperator { name, role } => {
                let (password, role) = verifier.add_operator(&name, role).await?;
                writeln!(out, "{}", password.reveal())?;
                complain!(
                    "The password is not shown again. Role: {}. Sign in at {}/portal",
                    role.name(),
                    args.portal_origin.as_ref().unwrap_or(&args.origin).text()
                );
            }
            Task::RemoveOperator { name } => {
                if !verifier.remove_operator(&name).await? {
                    complain!("verifier: no operator named {name}");
                    return Ok(ExitCode::FAILURE);
                }
            }
            Task::DeviceCode { integration, life_secs } => {
                writeln!(out, "{}", verifier.device_code(&integration, life_secs).await?)?;
            }
            Task::AddSupervisor { integration, number, name, user } => {
                let pin = verifier.add_supervisor(&integration, &number, &name, user.as_deref()).await?;
                writeln!(out, "{}", pin.as_str())?;
            }
            Task::BindDevice { integration, user, id } => {
                if !verifier.bind_device(&integration, &user, &id).await? {
                    complain!("verifier: the device was allowed before");
                }
            }
            Task::DisableDevice { id } => {
                if !verifier.disable_device(&id).await? {
                    complain!("verifier: no device with id {id} is registered");
                    return Ok(ExitCode::FAILURE);
                }
            }
            Task::Kiosks { task } => kiosks::run(&verifier, task, &mut out).await?,
            Task::Rekey { new_key_file } => rekey(&verifier, new_key_file.as_deref(), &mut out).await?,
            Task::Backup { file } => verifier.backup(&file).await?,
            Task::Restore { .. } => {}
            Task::Audit { task: AuditTask::Verify { whole } } => verify_audit(&verifier, whole, &mut out).await?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn verify_audit(verifier: &Verifier, whole: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let scope = if whole { AuditScope::Whole } else { AuditScope::SinceCheckpoint };
    let AuditCheck { head, from, .. } = verifier.check_audit(scope).await?;
    let from = from + 1;
    writeln!(out, "Log intact: {} entries, checked from {from}. Chain head: {}", head.rows, head.hash)?;
    Ok(())
}

async fn rekey(verifier: &Verifier, new_key_file: Option<&Path>, out: &mut impl Write) -> anyhow::Result<()> {
    let new = new_key_file.map(|path| MasterKey::from_file(path, &SystemRandom)).transpose()?;
    let values = verifier.rekey(new.as_ref(), REKEY_GRACE).await?;
    writeln!(out, "{values} values encrypted with a new key")?;
    if let Some(path) = new_key_file {
        complain!("The former master key opens nothing any more. Restart the service with {}.", path.display());
    }
    Ok(())
}

/// Binds the service's addresses, and prints them.
async fn bind(origin: &Origin, at: SocketAddr, portal: Option<(&Origin, SocketAddr)>) -> anyhow::Result<Listeners> {
    let public = TcpListener::bind(at).await.with_context(|| at.to_string())?;
    let portal = match portal {
        Some((origin, at)) => {
            let listener = TcpListener::bind(at).await.with_context(|| at.to_string())?;
            complain!("portal: {} at {}", origin.text(), listener.local_addr()?);
            Some(listener)
        }
        None => None,
    };
    complain!("verifier: {} at {}", origin.text(), public.local_addr()?);
    Ok(Listeners { public, portal })
}

async fn restore(args: &Args, file: &Path, command: &str) -> anyhow::Result<()> {
    data_dir::prepare(&args.data).with_context(|| args.data.display().to_string())?;
    let key = key::load(args.key_file.as_deref(), &args.data, false)?;
    Verifier::restore(file, &args.database(), &key, Arc::new(SystemRandom), &SystemClock, command).await?;
    complain!("verifier: restored; delete {}.replaced when it is not needed any more", args.database().display());
    Ok(())
}

async fn open(args: &Args, codes: Option<TwilioVerify>) -> anyhow::Result<Verifier> {
    data_dir::prepare(&args.data).with_context(|| args.data.display().to_string())?;
    let database = args.database();
    let vision = Arc::new(Vision::load()?);
    vision.prepare_embedding()?;
    let setup = Setup {
        origin: args.origin.clone(),
        portal_origin: args.portal_origin.clone(),
        key: key::load(args.key_file.as_deref(), &args.data, !database.exists())?,
        database: Database::File(database),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRandom),
        models: vision.model_claims(),
        analyzer: Arc::new(vision),
        policy: Policy::default(),
        judges: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        download_url: None,
        codes,
        mailer: args.smtp.mailer()?,
        connections: match &args.task {
            Task::Serve { trusted_proxy, .. } => {
                ConnectionLimits { trusted_proxies: trusted_proxy.clone(), ..ConnectionLimits::default() }
            }
            _ => ConnectionLimits::default(),
        },
    };
    Ok(Verifier::open(setup).await?)
}

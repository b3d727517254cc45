//! `countenance-verifier`: serves the reference verifier, and registers integrations with it.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context;
use clap::{Parser, Subcommand};

use countenance_core::policy::Policy;
use countenance_system::{SystemClock, SystemRandom};
use countenance_verifier::{Database, DeviceRule, MasterKey, Origin, Rules, Setup, TwilioVerify, Verifier};
use countenance_vision::Vision;

mod smtp;
mod twilio;

/// Serve the reference verifier, and set it up.
#[derive(Debug, Parser)]
#[command(name = "countenance-verifier", version, max_term_width = 110)]
struct Args {
    /// Folder with the database and the key that seals it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The address at which browsers and clients reach it: https, or http on loopback
    #[arg(long, value_name = "ORIGIN", default_value = "http://verifier.localhost:8480")]
    origin: Origin,
    #[command(flatten)]
    smtp: smtp::SmtpArgs,
    /// What to do
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Serve until interrupted. TLS is the business of the proxy in front
    Serve {
        /// Address to listen at
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8480")]
        listen: SocketAddr,
        #[command(flatten)]
        twilio: twilio::Args,
    },
    /// Register a tenant: prints its Integration Id and its Session Secret, the latter this once
    AddIntegration {
        /// Shown to people where the tenant names no application
        #[arg(long)]
        name: String,
        /// Host name of the tenant
        #[arg(long, value_name = "HOST")]
        tenant: String,
        /// Further host name under which the tenant serves /continue; may be repeated
        #[arg(long, value_name = "HOST")]
        custom_domain: Vec<String>,
        /// Accounts without a template may not enrol themselves
        #[arg(long)]
        no_self_enrolment: bool,
        /// Recordings and other virtual cameras count: for tests only
        #[arg(long)]
        allow_virtual_cameras: bool,
        /// Only devices registered with a one-time code may open sessions
        #[arg(long)]
        registered_devices_only: bool,
        /// Captures per session, 1 to 10
        #[arg(long, default_value_t = 5)]
        attempts: u32,
    },
    /// Let somebody use the portal: prints their password, this once. Again: a new password
    AddOperator {
        /// What they sign in as
        name: String,
    },
    /// Let somebody use the portal no more
    RemoveOperator {
        /// What they sign in as
        name: String,
    },
    /// Print a one-time code with which one device may register
    DeviceCode {
        /// The integration
        #[arg(long, value_name = "ID")]
        integration: String,
        /// How long it may be used, seconds
        #[arg(long, default_value_t = 900)]
        life_secs: i64,
    },
    /// Switch a device off everywhere
    DisableDevice {
        /// Its id: the thumbprint of its key
        id: String,
    },
}

#[expect(clippy::print_stdout, reason = "what the operator asked for goes to standard output")]
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    // Before the runtime: what calls Twilio must not be made inside it.
    let codes = match &args.task {
        Task::Serve { twilio, .. } => twilio.service()?,
        _ => None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let verifier = open(&args, codes).await?;
        match args.task {
            Task::Serve { listen, .. } => {
                let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| listen.to_string())?;
                eprintln!("verifier: {} at {listen}", args.origin.text());
                let interrupted = async {
                    // Without a handler the process simply ends at the signal: just as well.
                    tokio::signal::ctrl_c().await.ok();
                };
                verifier.serve(listener, interrupted).await?;
            }
            Task::AddIntegration {
                name,
                tenant,
                custom_domain,
                no_self_enrolment,
                allow_virtual_cameras,
                registered_devices_only,
                attempts,
            } => {
                let new = Rules {
                    custom_domains: custom_domain,
                    allow_self_enrolment: !no_self_enrolment,
                    allow_virtual_cameras,
                    device_rule: if registered_devices_only { DeviceRule::Code } else { DeviceRule::Open },
                    attempts,
                    ..Rules::new(name, tenant)
                };
                let (id, secret) = verifier.add_integration(new).await?;
                println!("Integration Id  {id}\nSession Secret  {}", secret.reveal());
                eprintln!("The Session Secret is not shown again: put it into the Action's secrets now.");
            }
            Task::AddOperator { name } => {
                println!("{}", verifier.add_operator(&name).await?.reveal());
                eprintln!("The password is not shown again. Sign in at {}/portal", args.origin.text());
            }
            Task::RemoveOperator { name } => {
                if !verifier.remove_operator(&name).await? {
                    eprintln!("verifier: there is no operator {name}");
                    return Ok(ExitCode::FAILURE);
                }
            }
            Task::DeviceCode { integration, life_secs } => {
                println!("{}", verifier.device_code(&integration, life_secs).await?);
            }
            Task::DisableDevice { id } => {
                if !verifier.disable_device(&id).await? {
                    eprintln!("verifier: no device {id} is registered");
                    return Ok(ExitCode::FAILURE);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn open(args: &Args, codes: Option<TwilioVerify>) -> anyhow::Result<Verifier> {
    std::fs::create_dir_all(&args.data).with_context(|| args.data.display().to_string())?;
    let vision = Arc::new(Vision::load()?);
    vision.prepare_embedding()?;
    let setup = Setup {
        origin: args.origin.clone(),
        database: Database::File(args.data.join("verifier.sqlite")),
        key: MasterKey::from_file(&args.data.join("verifier.key"), &SystemRandom)?,
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRandom),
        models: vision.model_claims(),
        analyzer: Arc::new(vision),
        policy: Policy::default(),
        judges: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        download_url: None,
        codes,
        mailer: args.smtp.mailer()?,
    };
    Ok(Verifier::open(setup).await?)
}

//! `countenance-verifier`: runs the verification service and administers integrations, operators and devices.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use clap::{
    Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

use countenance_core::policy::Policy;
use countenance_system::{SystemClock, SystemRandom};
use countenance_verifier::{
    AuditCheck, AuditScope, ConnectionLimits, Database, DeviceRule, EnrolmentFlow, Listeners, MasterKey, Origin, Role, Rules,
    Setup,
    TwilioVerify, Verifier,
};
use countenance_vision::Vision;
use tokio::net::TcpListener;

mod data_dir;
mod key;
pub(crate) mod logging;
mod process;
mod signals;
mod smtp;
mod twilio;

/// How long a running service has to read new keys: three rounds of its upkeep.
const REKEY_GRACE: Duration = Duration::from_secs(15);

/// Run and administer the Countenance verification service
///
/// `RUST_LOG` sets the levels of the log on standard error, such as `warn` or `info,countenance_verifier=debug`.
#[derive(Debug, Parser)]
#[command(name = "countenance-verifier", version, max_term_width = 110)]
struct Args {
    /// Directory with the database
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// File with the key that encrypts the database; if neither it nor a systemd credential verifier.key is given,
    /// verifier.key in the data directory
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Public origin for browsers and clients: https, or http on loopback
    #[arg(long, value_name = "ORIGIN", default_value = "http://verifier.localhost:8480")]
    origin: Origin,
    /// Origin of the portal, if it has an address of its own (serve --portal-listen)
    #[arg(long, value_name = "ORIGIN")]
    portal_origin: Option<Origin>,
    #[command(flatten)]
    smtp: smtp::SmtpArgs,
    /// What to do
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Serve until interrupted; terminate TLS in a reverse proxy in front
    Serve {
        /// Address and port to listen on
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8480")]
        listen: SocketAddr,
        /// Address and port of the portal alone, such as one that only your own network reaches; --listen then serves
        /// no portal. Needs --portal-origin
        #[arg(long, value_name = "ADDRESS")]
        portal_listen: Option<SocketAddr>,
        /// Address of the reverse proxy in front, whose connections are not limited by address, and whose
        /// `X-Forwarded-For` names the client in the log; may be repeated
        #[arg(long, value_name = "IP")]
        trusted_proxy: Vec<IpAddr>,
        #[command(flatten)]
        twilio: twilio::Args,
    },
    /// Register a tenant and print its Integration Id and Session Secret (the secret only this once)
    AddIntegration {
        /// Name shown to users if the tenant does not name the application
        #[arg(long)]
        name: String,
        /// Host name of the tenant
        #[arg(long, value_name = "HOST")]
        tenant: String,
        /// Additional host name on which the tenant serves /continue; may be repeated
        #[arg(long, value_name = "HOST")]
        custom_domain: Vec<String>,
        /// Do not let users without a face template enroll themselves
        #[arg(long)]
        no_self_enrolment: bool,
        /// Who may enroll a face for an account that has none: inline, whoever signs in; email, who also opens a link
        /// mailed to the account; operator, while an operator lets the user; attended, at a kiosk
        #[arg(long, value_name = "FLOW", value_parser = enrolment_flow, required_unless_present = "no_self_enrolment")]
        enrolment_flow: Option<EnrolmentFlow>,
        /// Accept recordings and virtual cameras (testing only)
        #[arg(long)]
        allow_virtual_cameras: bool,
        /// Accept only kiosks: devices that registered with a one-time code
        #[arg(long)]
        registered_devices_only: bool,
        /// Face captures allowed per session, 1 to 10
        #[arg(long, default_value_t = 5)]
        attempts: u32,
    },
    /// Create an operator of the portal, or reset their password (printed once) and second factor
    AddOperator {
        /// Operator's sign-in name
        name: String,
        /// What they may do: admin everything; helpdesk look things up, and unlock, allow devices and erase for one user
        /// at a time; auditor read everything and change nothing. Left out: admin, or as before for an existing operator
        #[arg(long, value_parser = role())]
        role: Option<Role>,
    },
    /// Revoke an operator's portal access
    RemoveOperator {
        /// Operator's sign-in name
        name: String,
    },
    /// Print a one-time code with which a kiosk can register, to serve all users of the integration
    DeviceCode {
        /// Integration Id
        #[arg(long, value_name = "ID")]
        integration: String,
        /// Validity of the code, in seconds
        #[arg(long, default_value_t = 900)]
        life_secs: i64,
    },
    /// Allow a device to verify a user's face; it must have tried to open one of the user's sign-ins
    BindDevice {
        /// Integration Id
        #[arg(long, value_name = "ID")]
        integration: String,
        /// The tenant's `user_id`
        #[arg(long, value_name = "USER")]
        user: String,
        /// Device id: the thumbprint of its key
        id: String,
    },
    /// Disable a device for all integrations
    DisableDevice {
        /// Device id: the thumbprint of its key
        id: String,
    },
    /// Encrypt everything with a new key; the service may run meanwhile
    Rekey {
        /// Also replace the master key with the one in this file, which is made if missing; then restart the service
        /// with it
        #[arg(long, value_name = "FILE")]
        new_key_file: Option<PathBuf>,
    },
    /// Copy the database to a file; the service may run meanwhile. Keep the key apart from it: one is useless without
    /// the other
    Backup {
        /// File to write; must not exist
        file: PathBuf,
    },
    /// Replace the database by a backup; the service must be stopped. The former database stays, as
    /// verifier.sqlite.replaced
    Restore {
        /// File written by backup
        file: PathBuf,
    },
    /// Check the audit log
    Audit {
        /// What to do with it
        #[command(subcommand)]
        task: AuditTask,
    },
}

#[derive(Debug, Subcommand)]
enum AuditTask {
    /// Check that no row was changed or removed since the last check; the service may run meanwhile
    Verify {
        /// Check all rows, not only those since the last check
        #[arg(long)]
        whole: bool,
    },
}

/// Reads a role by its name.
fn role() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.map(Role::name)).try_map(|name| Role::named(&name).ok_or("no such role"))
}

impl Args {
    fn database(&self) -> PathBuf {
        self.data.join("verifier.sqlite")
    }
}

impl Task {
    /// The command's name in the audit log; `None` for what changes nothing, and for the service, whose deeds are
    /// recorded one by one.
    fn command(&self) -> Option<&'static str> {
        Some(match self {
            Self::Serve { .. } | Self::Audit { .. } => return None,
            Self::AddIntegration { .. } => "add-integration",
            Self::AddOperator { .. } => "add-operator",
            Self::RemoveOperator { .. } => "remove-operator",
            Self::DeviceCode { .. } => "device-code",
            Self::BindDevice { .. } => "bind-device",
            Self::DisableDevice { .. } => "disable-device",
            Self::Rekey { .. } => "rekey",
            Self::Backup { .. } => "backup",
            Self::Restore { .. } => "restore",
        })
    }
}

#[expect(clippy::print_stdout, reason = "results of a command go to standard output")]
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
                println!("Integration Id  {id}\nSession Secret  {}", secret.reveal());
                eprintln!("The Session Secret is not shown again. Add it to the Action's secrets now.");
            }
            Task::AddOperator { name, role } => {
                let (password, role) = verifier.add_operator(&name, role).await?;
                println!("{}", password.reveal());
                eprintln!(
                    "The password is not shown again. Role: {}. Sign in at {}/portal",
                    role.name(),
                    args.portal_origin.as_ref().unwrap_or(&args.origin).text()
                );
            }
            Task::RemoveOperator { name } => {
                if !verifier.remove_operator(&name).await? {
                    eprintln!("verifier: no operator named {name}");
                    return Ok(ExitCode::FAILURE);
                }
            }
            Task::DeviceCode { integration, life_secs } => {
                println!("{}", verifier.device_code(&integration, life_secs).await?);
            }
            Task::BindDevice { integration, user, id } => {
                if !verifier.bind_device(&integration, &user, &id).await? {
                    eprintln!("verifier: the device was allowed before");
                }
            }
            Task::DisableDevice { id } => {
                if !verifier.disable_device(&id).await? {
                    eprintln!("verifier: no device with id {id} is registered");
                    return Ok(ExitCode::FAILURE);
                }
            }
            Task::Rekey { new_key_file } => {
                let new = new_key_file.as_deref().map(|path| MasterKey::from_file(path, &SystemRandom)).transpose()?;
                let values = verifier.rekey(new.as_ref(), REKEY_GRACE).await?;
                println!("{values} values encrypted with a new key");
                if let Some(path) = new_key_file {
                    eprintln!(
                        "The former master key opens nothing any more. Restart the service with {}.",
                        path.display()
                    );
                }
            }
            Task::Backup { file } => verifier.backup(&file).await?,
            Task::Restore { .. } => {}
            Task::Audit { task: AuditTask::Verify { whole } } => {
                let scope = if whole { AuditScope::Whole } else { AuditScope::SinceCheckpoint };
                let AuditCheck { head, from, .. } = verifier.check_audit(scope).await?;
                println!("Log intact: {} entries, checked from {}. Chain head: {}", head.rows, from + 1, head.hash);
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn enrolment_flow(name: &str) -> Result<EnrolmentFlow, String> {
    EnrolmentFlow::named(name)
        .ok_or_else(|| format!("one of {} is needed", EnrolmentFlow::ALL.map(EnrolmentFlow::name).join(", ")))
}

/// Binds the service's addresses, and prints them.
async fn bind(origin: &Origin, at: SocketAddr, portal: Option<(&Origin, SocketAddr)>) -> anyhow::Result<Listeners> {
    let public = TcpListener::bind(at).await.with_context(|| at.to_string())?;
    let portal = match portal {
        Some((origin, at)) => {
            let listener = TcpListener::bind(at).await.with_context(|| at.to_string())?;
            eprintln!("portal: {} at {}", origin.text(), listener.local_addr()?);
            Some(listener)
        }
        None => None,
    };
    eprintln!("verifier: {} at {}", origin.text(), public.local_addr()?);
    Ok(Listeners { public, portal })
}

async fn restore(args: &Args, file: &Path, command: &str) -> anyhow::Result<()> {
    data_dir::prepare(&args.data).with_context(|| args.data.display().to_string())?;
    let key = key::load(args.key_file.as_deref(), &args.data, false)?;
    Verifier::restore(file, &args.database(), &key, Arc::new(SystemRandom), &SystemClock, command).await?;
    eprintln!("verifier: restored; delete {}.replaced when it is not needed any more", args.database().display());
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

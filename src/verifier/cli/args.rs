//! What the program is asked to do.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{
    Parser, Subcommand,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::{smtp, twilio};
use countenance_core::protocol::{SiteLabel, SupervisorNumber};
use countenance_verifier::{EnrolmentFlow, Origin, Role};

/// Run and administer the Countenance verification service
///
/// `RUST_LOG` sets the levels of the log on standard error, such as `warn` or `info,countenance_verifier=debug`.
#[derive(Debug, Parser)]
#[command(name = "countenance-verifier", version, max_term_width = 110)]
pub(super) struct Args {
    /// Directory with the database
    #[arg(long, value_name = "DIR")]
    pub(super) data: PathBuf,
    /// File with the key that encrypts the database; if neither it nor a systemd credential verifier.key is given,
    /// verifier.key in the data directory
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
    /// Public origin for browsers and clients: https, or http on loopback
    #[arg(long, value_name = "ORIGIN", default_value = "http://verifier.localhost:8480")]
    pub(super) origin: Origin,
    /// Origin of the portal, if it has an address of its own (serve --portal-listen)
    #[arg(long, value_name = "ORIGIN")]
    pub(super) portal_origin: Option<Origin>,
    #[command(flatten)]
    pub(super) smtp: smtp::SmtpArgs,
    /// What to do
    #[command(subcommand)]
    pub(super) task: Task,
}

#[derive(Debug, Subcommand)]
pub(super) enum Task {
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
        /// mailed to the account; operator, while an operator lets the user; attended, at a kiosk, when a supervisor
        /// confirms it (add-supervisor)
        #[arg(long, value_name = "FLOW", value_parser = enrolment_flow(), required_unless_present = "no_self_enrolment")]
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
        #[arg(long, value_name = "ID", allow_hyphen_values = true)]
        integration: String,
        /// Validity of the code, in seconds
        #[arg(long, default_value_t = 900)]
        life_secs: i64,
    },
    /// Add a supervisor, who confirms enrollments at kiosks, or give an existing one a new PIN; prints the PIN, once
    AddSupervisor {
        /// Integration Id
        #[arg(long, value_name = "ID", allow_hyphen_values = true)]
        integration: String,
        /// Their number, 4 to 10 digits
        number: SupervisorNumber,
        /// Their name; an existing supervisor keeps theirs
        #[arg(long)]
        name: String,
        /// Their own account, the tenant's `user_id`, whose enrollment they may not confirm
        #[arg(long, value_name = "USER", allow_hyphen_values = true)]
        user: Option<String>,
    },
    /// Allow a device to verify a user's face; it must have tried to open one of the user's sign-ins
    BindDevice {
        /// Integration Id
        #[arg(long, value_name = "ID", allow_hyphen_values = true)]
        integration: String,
        /// The tenant's `user_id`
        #[arg(long, value_name = "USER", allow_hyphen_values = true)]
        user: String,
        /// Device id: the thumbprint of its key
        #[arg(allow_hyphen_values = true)]
        id: String,
    },
    /// Disable a device for all integrations
    DisableDevice {
        /// Device id: the thumbprint of its key
        #[arg(allow_hyphen_values = true)]
        id: String,
    },
    /// Kiosks: how they are; rename, move or retire one
    Kiosks {
        /// What to do with them
        #[command(subcommand)]
        task: KioskTask,
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
pub(super) enum KioskTask {
    /// List an integration's kiosks: id, name, site, health, last seen, version and settings, separated by tabs
    List {
        /// Integration Id
        #[arg(long, value_name = "ID", allow_hyphen_values = true)]
        integration: String,
    },
    /// Give a kiosk another name
    Rename {
        #[command(flatten)]
        kiosk: OneKiosk,
        /// The name, one line of up to 64 characters
        name: SiteLabel,
    },
    /// Give a kiosk another site; without one, what it says itself counts again
    Move {
        #[command(flatten)]
        kiosk: OneKiosk,
        /// The site, one line of up to 64 characters
        site: Option<SiteLabel>,
    },
    /// Retire a kiosk: nobody can sign in at it any more, at any integration. It cannot be undone
    Retire {
        #[command(flatten)]
        kiosk: OneKiosk,
    },
    /// Print numbers of kiosks for Prometheus, by health and trouble, without names: for a file that node_exporter's
    /// textfile collector reads
    Metrics,
}

#[derive(Debug, clap::Args)]
pub(super) struct OneKiosk {
    /// Integration Id
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(super) integration: String,
    /// Device id: the thumbprint of its key
    #[arg(allow_hyphen_values = true)]
    pub(super) id: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditTask {
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

/// Reads a flow by its name.
fn enrolment_flow() -> impl TypedValueParser<Value = EnrolmentFlow> {
    PossibleValuesParser::new(EnrolmentFlow::ALL.map(EnrolmentFlow::name))
        .try_map(|name| EnrolmentFlow::named(&name).ok_or("no such flow"))
}

impl Args {
    pub(super) fn database(&self) -> PathBuf {
        self.data.join("verifier.sqlite")
    }
}

impl KioskTask {
    /// As [`Task::command`].
    fn command(&self) -> Option<&'static str> {
        match self {
            Self::List { .. } | Self::Metrics => None,
            Self::Rename { .. } => Some("kiosks rename"),
            Self::Move { .. } => Some("kiosks move"),
            Self::Retire { .. } => Some("kiosks retire"),
        }
    }
}

impl Task {
    /// The command's name in the audit log; `None` for what changes nothing, and for the service, whose deeds are
    /// recorded one by one.
    pub(super) fn command(&self) -> Option<&'static str> {
        Some(match self {
            Self::Serve { .. } | Self::Audit { .. } => return None,
            Self::AddIntegration { .. } => "add-integration",
            Self::AddOperator { .. } => "add-operator",
            Self::RemoveOperator { .. } => "remove-operator",
            Self::DeviceCode { .. } => "device-code",
            Self::AddSupervisor { .. } => "add-supervisor",
            Self::BindDevice { .. } => "bind-device",
            Self::DisableDevice { .. } => "disable-device",
            Self::Kiosks { task } => task.command()?,
            Self::Rekey { .. } => "rekey",
            Self::Backup { .. } => "backup",
            Self::Restore { .. } => "restore",
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// Written for packages by `packaging/manual`; here, that they name every command and option.
    #[test]
    fn manual_and_completions() {
        let command = Args::command();
        let spare = tempfile::tempdir().unwrap();
        let folder = countenance_manual::kept_folder("countenance-verifier").unwrap_or_else(|| spare.path().to_owned());
        countenance_manual::write(&command, &folder).unwrap();
        assert_eq!(countenance_manual::missing(&command, &folder).unwrap(), Vec::<String>::new());
    }

    /// They are random text or a key's thumbprint: one of 64 begins with a hyphen.
    #[test]
    fn ids_may_begin_with_a_hyphen() {
        fn ids(command: &clap::Command, found: &mut Vec<(String, bool)>) {
            for arg in command.get_arguments() {
                let names = arg.get_value_names().unwrap_or_default();
                if arg.get_id() == "id" || names.iter().any(|name| *name == "ID" || *name == "USER") {
                    found.push((format!("{} {}", command.get_name(), arg.get_id()), arg.is_allow_hyphen_values_set()));
                }
            }
            command.get_subcommands().for_each(|command| ids(command, found));
        }
        let mut found = Vec::new();
        ids(&Args::command(), &mut found);
        assert!(found.len() >= 14 && found.iter().all(|(_, may)| *may), "{found:?}");

        let line = ["x", "--data", "d", "kiosks", "rename", "--integration", "-Uq_", "-h9", "Lobby"];
        let Task::Kiosks { task: KioskTask::Rename { kiosk, .. } } = Args::try_parse_from(line).unwrap().task else {
            panic!("another task")
        };
        assert_eq!((kiosk.integration.as_str(), kiosk.id.as_str()), ("-Uq_", "-h9"));
    }
}

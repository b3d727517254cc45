//! Command-line arguments of the verifier's mail server.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context, bail};
use zeroize::Zeroizing;

use countenance_system::small_file;
use countenance_verifier::{Mailer, SmtpMailer};

/// Maximum size of the password file, in bytes.
const PASSWORD_MAX_BYTES: usize = 1024;

/// Mail server, credentials and sender.
#[derive(Debug, clap::Args)]
pub(super) struct SmtpArgs {
    /// Mail server for sign-in links: smtps://HOST:PORT, or smtp://HOST:PORT with STARTTLS
    #[arg(long, value_name = "URL", requires = "mail_from")]
    smtp: Option<String>,
    /// User name at the mail server
    #[arg(long, value_name = "NAME", requires_all = ["smtp", "smtp_password_file"])]
    smtp_user: Option<String>,
    /// File with the password for the mail server
    #[arg(long, value_name = "FILE", requires = "smtp_user")]
    smtp_password_file: Option<PathBuf>,
    /// Sender of the mail: an address, or a name followed by an address in angle brackets
    #[arg(long, value_name = "ADDRESS", requires = "smtp")]
    mail_from: Option<String>,
}

impl SmtpArgs {
    /// The mailer; `None` if no server is given.
    pub(super) fn mailer(&self) -> anyhow::Result<Option<Arc<dyn Mailer>>> {
        let (Some(url), Some(from)) = (&self.smtp, &self.mail_from) else { return Ok(None) };
        let mut mailer = SmtpMailer::new(url, from).context("--smtp")?;
        if let (Some(user), Some(path)) = (&self.smtp_user, &self.smtp_password_file) {
            let text = small_file::read(path, PASSWORD_MAX_BYTES).with_context(|| path.display().to_string())?;
            let Some(text) = text.map(Zeroizing::new) else { bail!("{} does not exist", path.display()) };
            mailer = mailer.with_login(user, text.trim_end_matches(['\r', '\n']));
        }
        Ok(Some(Arc::new(mailer)))
    }
}

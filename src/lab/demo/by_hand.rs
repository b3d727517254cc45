//! The demo for manual setup: servers without an integration, their addresses and passwords, and instructions in four
//! steps.

use std::{io::Read, process::ExitCode, sync::Arc};

use serde_json::json;

use super::servers::Servers;
use countenance_system::say;
use countenance_verifier::{MailError, Mailer};
use countenance_vision::Vision;

/// Starts the servers, prints their addresses, and serves until standard input ends (Ctrl-D) or the program is
/// interrupted. With `json`, prints one JSON line for programs.
pub fn run(json: bool) -> anyhow::Result<ExitCode> {
    let servers = Servers::start(&Arc::new(Vision::load()?), Some(Arc::new(Shown { json })))?;
    if json {
        say!("{}", ready(&servers));
    } else {
        say!("Countenance: verifier, tenant and application on this machine, ready for your setup\n");
        servers.tell(&mut |line| say!("{line}"));
        say!("{}", steps(&servers));
    }
    // The content of standard input does not matter, only its end.
    std::io::copy(&mut std::io::stdin().lock().by_ref(), &mut std::io::sink())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints mail to standard output instead of sending it.
struct Shown {
    json: bool,
}

impl Mailer for Shown {
    fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError> {
        if self.json {
            say!("{}", json!({ "event": "mail", "to": to, "subject": subject, "text": text }));
        } else {
            say!("\nMail to {to}: {subject}\n{text}");
        }
        Ok(())
    }
}

/// The same information as the text output, for programs.
fn ready(servers: &Servers) -> serde_json::Value {
    json!({
        "event": "ready",
        "portal": format!("{}/portal", servers.verifier_origin),
        "operator": servers.operator.name,
        "password": servers.operator.password,
        "manage": format!("{}/manage", servers.tenant_origin),
        "payroll": servers.payroll_origin,
        "phone": servers.phone_origin,
        "verifier": servers.verifier_origin,
        "tenant": servers.tenant_origin,
        "email": servers.person.name,
        "user_password": servers.person.password,
        "phone_number": super::servers::PHONE,
    })
}

fn steps(servers: &Servers) -> String {
    let Servers { verifier_origin, tenant_origin, payroll_origin, .. } = servers;
    format!(
        "\nSet up face sign-in in four steps, as a customer would (details: packaging/auth0/README.md):\n\
         1. {verifier_origin}/portal: sign in, which sets up an authenticator app, and create an integration for the\n   \
            tenant tenant.localhost. If you use recordings instead of a camera, allow virtual cameras. Copy the\n   \
            Integration Id and Session Secret.\n\
         2. {tenant_origin}/manage: deploy verified-post-login.js with these two, VERIFIER_ORIGIN {verifier_origin}\n   \
            and CONTINUE_ORIGIN {tenant_origin}.\n\
         3. Choose MODE: always, or on-demand for the salary page only.\n\
         4. {payroll_origin}: sign in, and open the landing page's link with\n   \
            target/debug/countenance --verifier {verifier_origin} --camera recording:tests/fixtures/person-a-enrol.mp4 'LINK'\n\n\
         Press Ctrl-D to stop."
    )
}

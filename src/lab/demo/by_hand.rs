//! The demo for whoever sets things up: empty servers, their addresses and passwords, and the four steps.

use std::{io::Read, process::ExitCode, sync::Arc};

use serde_json::json;

use super::servers::Servers;
use countenance_verifier::{MailError, Mailer};
use countenance_vision::Vision;

/// Starts empty servers, tells where they are, and serves until standard input ends (Ctrl-D) or the program is interrupted.
/// As `json`, the telling is one line for a program.
#[expect(clippy::print_stdout, reason = "the demo is told on standard output")]
pub fn run(json: bool) -> anyhow::Result<ExitCode> {
    let servers = Servers::start(&Arc::new(Vision::load()?), Some(Arc::new(Shown { json })))?;
    if json {
        println!("{}", ready(&servers));
    } else {
        println!("Countenance: a verifier, a tenant and an application on this machine, for you to set up\n");
        servers.tell(&mut |line| println!("{line}"));
        println!("{}", steps(&servers));
    }
    // What is typed is of no interest, only that it ends.
    std::io::copy(&mut std::io::stdin().lock().by_ref(), &mut std::io::sink())?;
    Ok(ExitCode::SUCCESS)
}

/// Mail as it would have been sent, on standard output: a person by hand reads it there.
struct Shown {
    json: bool,
}

impl Mailer for Shown {
    #[expect(clippy::print_stdout, reason = "the demo is told on standard output")]
    fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError> {
        if self.json {
            println!("{}", json!({ "event": "mail", "to": to, "subject": subject, "text": text }));
        } else {
            println!("\nMail to {to}: {subject}\n{text}");
        }
        Ok(())
    }
}

/// Everything that the lines for a person say.
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
        "\nFour steps, as a customer takes them (packaging/auth0/README.md says more):\n\
         1. {verifier_origin}/portal: sign in, create an integration for the tenant tenant.localhost. Allow virtual cameras,\n   \
            if you have recordings and no camera. Copy its Integration Id and Session Secret.\n\
         2. {tenant_origin}/manage: deploy verified-post-login.js with both, VERIFIER_ORIGIN {verifier_origin}\n   \
            and CONTINUE_ORIGIN {tenant_origin}.\n\
         3. Choose MODE: always, or on-demand for the salary page alone.\n\
         4. {payroll_origin}: log in, and open the link of the landing page with\n   \
            target/debug/countenance --verifier {verifier_origin} --camera recording:tests/fixtures/person-a-enrol.mp4 'LINK'\n\n\
         Ctrl-D ends it all."
    )
}

//! `countenance-lab tenant`: serves the Auth0 stand-in with one user, one application and the Action that customers
//! deploy.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::ValueEnum;
use url::Url;

use countenance_core::rng::random_text;
use countenance_standin::tenant::{Action, Client, Tenant, User};
use countenance_system::{SystemRandom, say};

/// Arguments of `tenant`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address and port to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8481")]
    listen: SocketAddr,
    /// Public origin of the tenant
    #[arg(long, value_name = "ORIGIN", default_value = "http://tenant.localhost:8481")]
    origin: Url,
    /// Action to run at each sign-in
    #[arg(long, value_name = "FILE", default_value = "packaging/auth0/actions/verified-post-login.js")]
    action: PathBuf,
    /// Origin of the verifier
    #[arg(long, value_name = "ORIGIN", default_value = "http://verifier.localhost:8480")]
    verifier: String,
    /// Integration Id that the verifier issued
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    integration: String,
    /// File with the Session Secret that the verifier issued
    #[arg(long, value_name = "FILE")]
    session_secret_file: PathBuf,
    /// When the Action requires a face
    #[arg(long, value_enum, default_value_t = ModeChoice::OnDemand)]
    mode: ModeChoice,
    /// Client id of the application
    #[arg(long, default_value = "payroll", allow_hyphen_values = true)]
    client_id: String,
    /// Redirect URI of the application
    #[arg(long, value_name = "URL", default_value = "http://payroll.localhost:8482/callback")]
    redirect_uri: String,
    /// Email address of the only user; the password is generated and printed
    #[arg(long, default_value = "ada@example.com")]
    email: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeChoice {
    Always,
    OnDemand,
}

pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let source = std::fs::read_to_string(&args.action).with_context(|| args.action.display().to_string())?;
    let secret = std::fs::read_to_string(&args.session_secret_file)
        .with_context(|| args.session_secret_file.display().to_string())?;
    let password = random_text::<9>(&SystemRandom);
    let tenant = Tenant::builder(args.origin)
        .user(User::new("auth0|1", &*args.email, &*args.email, &password))
        .client(Client {
            name: args.client_id.clone(),
            client_id: args.client_id,
            redirect_uris: vec![args.redirect_uri],
        })
        .build()?;
    let mode = match args.mode {
        ModeChoice::Always => "always",
        ModeChoice::OnDemand => "on-demand",
    };
    tenant.deploy(
        Action::new(source)
            .secret("SESSION_SECRET", secret.trim())
            .secret("INTEGRATION_ID", args.integration)
            .secret("VERIFIER_ORIGIN", args.verifier)
            .secret("CONTINUE_ORIGIN", tenant.origin())
            .secret("MODE", mode),
    );
    say!("{}: sign in as {} with password {password}", tenant.origin(), args.email);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(args.listen).await.with_context(|| args.listen.to_string())?;
        let interrupted = async {
            // Without a handler, the signal ends the process, which is fine too.
            tokio::signal::ctrl_c().await.ok();
        };
        tenant.serve(listener, interrupted).await?;
        Ok(ExitCode::SUCCESS)
    })
}

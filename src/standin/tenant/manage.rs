//! `/manage`: what a customer does in Auth0's dashboard, on one page. Deploys a file of the library as post-login
//! Action or phone provider, configures the log stream, and shows the log.
//!
//! It requires no sign-in, but rejects forms submitted by other sites.

use axum::{
    Router,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing,
};
use url::Url;

use super::{Action, Tenant, actions::Trigger, host, manage_page};
use crate::web::{self, Incoming};

/// Names of the settings of the post-login Action, in form order.
pub(super) const SETTINGS: [&str; 6] =
    ["SESSION_SECRET", "INTEGRATION_ID", "VERIFIER_ORIGIN", "MODE", "CONTINUE_ORIGIN", "MAX_AGE"];
/// Settings that may be empty.
const OPTIONAL: [&str; 2] = ["CONTINUE_ORIGIN", "MAX_AGE"];
/// Maximum length of a value (Auth0's limit for a secret).
const VALUE_MAX_CHARS: usize = 4096;

/// Why nothing was deployed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ManageError {
    #[error("Choose one of the files.")]
    NoSuchFile,
    #[error("{0} is empty. Type its value.")]
    Empty(String),
    #[error("{0} has more than {VALUE_MAX_CHARS} characters.")]
    TooLong(String),
    #[error("Line {0} of the secrets is not NAME=value.")]
    NotASecret(usize),
    #[error("The address of a log stream begins with https://, or with http:// on this machine.")]
    NotAnAddress(#[source] Option<url::ParseError>),
    #[error("This tenant was given no network, so it cannot post its log.")]
    NoNetwork,
}

/// The routes of the dashboard.
pub(super) fn router() -> Router<Tenant> {
    Router::new()
        .route("/manage", routing::get(show))
        .route("/manage/post-login", routing::post(post_login))
        .route("/manage/phone-provider", routing::post(phone_provider))
        .route("/manage/log-stream", routing::post(log_stream))
}

/// `GET /manage`.
async fn show(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    page(&tenant, incoming.query.get("done").and_then(done), None)
}

/// `POST /manage/post-login`.
async fn post_login(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    guarded(&tenant, &incoming, "post-login", |incoming| {
        let mut action = chosen(&tenant, incoming, Trigger::Execute)?;
        let before = tenant.deployed().post_login;
        for name in SETTINGS {
            if !action.source.contains(name) {
                continue;
            }
            let kept = || before.as_ref()?.secrets.get(name).filter(|_| name == "SESSION_SECRET");
            match incoming.form.get(name).map(str::trim).filter(|value| !value.is_empty()) {
                Some(value) => action = action.secret(name, checked(name, value)?),
                None if OPTIONAL.contains(&name) => {}
                // The secret is never displayed, so an empty field keeps its value.
                None => match kept() {
                    Some(value) => action = action.secret(name, value.as_str()),
                    None => return Err(ManageError::Empty(name.to_owned())),
                },
            }
        }
        tenant.deploy(action);
        Ok(())
    })
}

/// `POST /manage/phone-provider`.
async fn phone_provider(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    guarded(&tenant, &incoming, "phone-provider", |incoming| {
        let mut action = chosen(&tenant, incoming, Trigger::CustomPhoneProvider)?;
        let lines = incoming.form.get("secrets").unwrap_or_default().lines().enumerate();
        for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let (name, value) = line.split_once('=').ok_or(ManageError::NotASecret(index + 1))?;
            let (name, value) = (name.trim(), value.trim());
            if value.is_empty() {
                return Err(ManageError::Empty(name.to_owned()));
            }
            action = action.secret(name, checked(name, value)?);
        }
        tenant.deploy_phone_provider(action);
        Ok(())
    })
}

/// `POST /manage/log-stream`.
async fn log_stream(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    guarded(&tenant, &incoming, "log-stream", |incoming| {
        if tenant.net().is_none() {
            return Err(ManageError::NoNetwork);
        }
        let text = incoming.form.get("url").ok_or_else(|| ManageError::Empty("The address".to_owned()))?;
        let url = Url::parse(text.trim()).map_err(|error| ManageError::NotAnAddress(Some(error)))?;
        if url.scheme() != "https" && !(url.scheme() == "http" && countenance_net::is_loopback(&url)) {
            return Err(ManageError::NotAnAddress(None));
        }
        let authorization = incoming.form.get("authorization").map(str::trim).filter(|value| !value.is_empty());
        let authorization = authorization.ok_or_else(|| ManageError::Empty("Authorization".to_owned()))?;
        tenant.stream_logs(url, checked("Authorization", authorization)?);
        Ok(())
    })
}

/// Applies `change` if the form was submitted by our own page, then redirects back or shows the error.
fn guarded(
    tenant: &Tenant,
    incoming: &Incoming,
    what: &'static str,
    change: impl FnOnce(&Incoming) -> Result<(), ManageError>,
) -> Response {
    if !is_ours(tenant, incoming) {
        return (StatusCode::FORBIDDEN, "The form was not sent by a page of this tenant.").into_response();
    }
    match change(incoming) {
        Ok(()) => web::redirect(&format!("/manage?done={what}")),
        Err(fault) => page(tenant, None, Some((what, &fault))),
    }
}

/// Whether a form was submitted by a page of the same origin, by `Origin` or `Sec-Fetch-Site`. False if both are
/// missing.
fn is_ours(tenant: &Tenant, incoming: &Incoming) -> bool {
    let origin = incoming.header(header::ORIGIN);
    let site = incoming.header(HeaderName::from_static("sec-fetch-site"));
    let ours = origin.map(|origin| origin == host::origin(tenant, incoming));
    let same = site.map(|site| site == "same-origin");
    ours.or(same) == Some(true) && same != Some(false)
}

/// The chosen file.
fn chosen(tenant: &Tenant, incoming: &Incoming, trigger: Trigger) -> Result<Action, ManageError> {
    let library = tenant.config().library.as_ref().ok_or(ManageError::NoSuchFile)?;
    let source = incoming.form.get("file").and_then(|name| library.source(name, trigger.handler()));
    source.map(Action::new).ok_or(ManageError::NoSuchFile)
}

fn checked<'a>(name: &str, value: &'a str) -> Result<&'a str, ManageError> {
    if value.chars().count() <= VALUE_MAX_CHARS { Ok(value) } else { Err(ManageError::TooLong(name.to_owned())) }
}

/// The confirmation of a change.
fn done(what: &str) -> Option<&'static str> {
    match what {
        "post-login" => Some("The post-login Action is deployed. The next login runs it."),
        "phone-provider" => Some("The phone provider is deployed. The next code goes out by it."),
        "log-stream" => Some("The log stream is set. The next event goes there."),
        _ => None,
    }
}

fn page(tenant: &Tenant, done: Option<&str>, fault: Option<(&str, &ManageError)>) -> Response {
    let status = if fault.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let mut answer = web::named_page(status, "manage", "Tenant settings", &manage_page::main(tenant, done, fault));
    // With no-referrer, browsers send `Origin: null` with forms of this page, so `is_ours` would reject them.
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    answer
}

//! `POST /v1/logs/{integration_id}`: a tenant's log stream delivers its events.
//!
//! From them the verifier learns that codes came back which Twilio sent and the tenant checked, and owes Twilio feedback
//! ([`feedback`](crate::otp::feedback)): it must be the Verify service that the tenant's phone provider Action sends by. A stream
//! delivers at least once and in any order, so each event counts once, by its id.

mod events;

use std::fmt;

use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
};
use zeroize::Zeroizing;

pub(crate) use events::Conversion;

use crate::{
    AppState, RulesError, Verifier,
    api::problem::Refusal,
    api::request::capped,
    store::{Event, SetupEvent, Tx, sha256_text},
};
use countenance_core::{protocol::Problem, rng::random_text};

/// Most bytes of a delivery: over ten thousand events of the usual size.
const DELIVERY_MAX_BYTES: usize = 16 << 20;

/// What a log stream authorises itself with: shown once, then only its digest is kept.
pub struct LogToken(Zeroizing<String>);

/// Prints nothing.
impl fmt::Debug for LogToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogToken")
    }
}

impl LogToken {
    /// The token as it goes into the stream's settings, and from there into `Authorization`.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Verifier {
    /// Gives an integration a new token for its log stream. The one before is good no longer.
    pub async fn log_token(&self, integration_id: &str) -> Result<LogToken, RulesError> {
        let mut tx = self.0.store().begin().await?;
        let token = self.0.log_token(&mut tx, integration_id).await?;
        tx.commit().await?;
        Ok(token)
    }
}

impl AppState {
    /// Gives an integration a new token for its log stream within a transaction.
    pub(crate) async fn log_token(&self, tx: &mut Tx<'_>, integration_id: &str) -> Result<LogToken, RulesError> {
        let token = Zeroizing::new(random_text::<32>(self.rng()));
        if !tx.set_log_token(integration_id, &token).await? {
            return Err(RulesError::Unknown);
        }
        tx.record(self.now(), Event::LogTokenMade, integration_id, None, "").await?;
        Ok(LogToken(token))
    }
}

/// Takes events of a tenant's log stream: JSON lines, a JSON array, or an object. Taken twice, an event counts once; what
/// cannot be read is passed over.
#[utoipa::path(post, path = "/v1/logs/{integration_id}", tag = "tenant",
    request_body(content = String, content_type = "application/json", description = "At most 16 MiB"),
    params(
        ("integration_id" = String, Path, description = "Integration"),
        ("authorization" = String, Header, description = "The integration's log token, without a scheme"),
    ),
    responses(
        (status = 204, description = "Taken"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "An array that is no JSON"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Another token, or integration"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Busy; see Retry-After"),
    ))]
pub(crate) async fn receive(
    State(verifier): State<AppState>,
    Path(integration_id): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let (parts, body) = request.into_parts();
    authorise(&verifier, &integration_id, &parts.headers).await?;
    // Taken before the body is read, so that memory for bodies is bounded.
    let _upload = verifier.uploads().try_acquire_owned().or(Err(Refusal::Busy))?;
    let body = capped(&parts.headers, body, DELIVERY_MAX_BYTES).await?;
    // A task that does not come back means that the service ends: the stream tries again.
    let read = tokio::task::spawn_blocking(move || events::read(&body)).await.or(Err(Refusal::Busy))?;
    let delivery = read.or(Err(Refusal::Malformed))?;
    let (all, broken) = (delivery.events, delivery.broken);
    // Without Twilio there is nobody to tell.
    let conversions = if verifier.codes().is_some() { delivery.conversions } else { Vec::new() };
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let fresh = tx.keep_conversions(&integration_id, conversions, now).await?;
    if all > 0 {
        tx.note_setup_event(&integration_id, SetupEvent::LogEvent, now, "").await?;
    }
    tx.commit().await?;
    tracing::info!(all, fresh, broken, "log events");
    Ok(StatusCode::NO_CONTENT)
}

/// Whether the sender has the integration's token. An integration that does not exist has none, and nobody learns which it was.
async fn authorise(verifier: &AppState, integration_id: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(token), None) = (lines.next(), lines.next()) else { return Err(Refusal::LogToken) };
    let token = token.to_str().or(Err(Refusal::LogToken))?;
    let mut tx = verifier.store().begin().await?;
    let kept = tx.log_token_hash(integration_id).await?;
    // Digests are compared: how long that takes says nothing about the token.
    if kept.is_some_and(|kept| kept == sha256_text(token)) { Ok(()) } else { Err(Refusal::LogToken) }
}

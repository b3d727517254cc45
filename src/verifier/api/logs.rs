//! `POST /v1/logs/{integration_id}`: receives the events of a tenant's log stream.
//!
//! A user who was deleted at the tenant is erased here.
//!
//! The events also show which codes sent by Twilio were then verified by the tenant; the verifier reports them to Twilio
//! ([`feedback`](crate::otp::feedback)). For this it must use the same Verify service as the tenant's phone provider
//! Action. A stream delivers at least once and in any order, so events are deduplicated by id.

mod events;

use std::fmt;

use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
};
use zeroize::Zeroizing;

pub(crate) use events::Conversion;
use events::NoDelivery;

use crate::{
    AppState, RulesError, Verifier,
    api::problem::Refusal,
    api::request::capped,
    store::{Event, SetupEvent, Tx, sha256_text},
};
use countenance_core::{protocol::Problem, rng::random_text};

/// Maximum size of a delivery, bytes: over ten thousand events of the usual size.
const DELIVERY_MAX_BYTES: usize = 16 << 20;

/// The token that authenticates a log stream: shown once, from then on only its digest is stored.
pub struct LogToken(Zeroizing<String>);

/// Prints nothing.
impl fmt::Debug for LogToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogToken")
    }
}

impl LogToken {
    /// The token, for the stream's settings; the stream sends it in `Authorization`.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Verifier {
    /// Gives an integration a new log stream token. The previous one becomes invalid.
    pub async fn log_token(&self, integration_id: &str) -> Result<LogToken, RulesError> {
        let mut tx = self.0.store().begin().await?;
        let token = self.0.log_token(&mut tx, integration_id).await?;
        tx.commit().await?;
        Ok(token)
    }
}

impl AppState {
    /// Gives an integration a new log stream token within a transaction.
    pub(crate) async fn log_token(&self, tx: &mut Tx<'_>, integration_id: &str) -> Result<LogToken, RulesError> {
        let token = Zeroizing::new(random_text::<32>(self.rng()));
        if !tx.set_log_token(integration_id, &token).await? {
            return Err(RulesError::Unknown);
        }
        tx.record(self.now(), Event::LogTokenMade, integration_id, None, "").await?;
        Ok(LogToken(token))
    }
}

/// Receives events of a tenant's log stream: JSON lines, a JSON array, or an object. Repeated events count once;
/// unreadable ones are skipped.
#[utoipa::path(post, path = "/v1/logs/{integration_id}", tag = "tenant",
    request_body(content = String, content_type = "application/json", description = "At most 16 MiB and 100,000 events"),
    params(
        ("integration_id" = String, Path, description = "Integration"),
        ("authorization" = String, Header, description = "The integration's log token, without a scheme"),
    ),
    responses(
        (status = 204, description = "Accepted"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "An array that is not valid JSON"),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "Wrong token, or no such integration"),
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
    // Acquired before the body is read, so that memory for bodies is bounded.
    let _delivery = verifier.deliveries().try_acquire().or(Err(Refusal::Busy))?;
    let body = capped(&parts.headers, body, DELIVERY_MAX_BYTES).await?;
    // The task is lost only when the service shuts down; the stream retries.
    let read = tokio::task::spawn_blocking(move || events::read(&body)).await.or(Err(Refusal::Busy))?;
    let delivery = read.map_err(|refused| match refused {
        NoDelivery::Malformed => Refusal::Malformed,
        NoDelivery::TooManyItems => Refusal::BodyTooLarge,
    })?;
    let (all, broken) = (delivery.events, delivery.broken);
    // Without Twilio, no feedback is due.
    let conversions = if verifier.codes().is_some() { delivery.conversions } else { Vec::new() };
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    // A repeated event finds nobody.
    let mut erased = 0;
    for user in &delivery.deleted {
        erased += usize::from(tx.erase_account(&integration_id, user, now).await?);
    }
    let fresh = tx.keep_conversions(&integration_id, conversions, now).await?;
    if all > 0 {
        tx.note_setup_event(&integration_id, SetupEvent::LogEvent, now, "").await?;
    }
    tx.commit().await?;
    tracing::info!(all, fresh, erased, broken, "log events");
    Ok(StatusCode::NO_CONTENT)
}

/// Checks that the sender has the integration's token. A missing integration gives the same error as a wrong token.
async fn authorise(verifier: &AppState, integration_id: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let mut lines = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(token), None) = (lines.next(), lines.next()) else { return Err(Refusal::LogToken) };
    let token = token.to_str().or(Err(Refusal::LogToken))?;
    let mut tx = verifier.store().read().await?;
    let kept = tx.log_token_hash(integration_id).await?;
    // Comparing digests leaks nothing about the token through timing.
    if kept.is_some_and(|kept| kept == sha256_text(token)) { Ok(()) } else { Err(Refusal::LogToken) }
}

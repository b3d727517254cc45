//! The HTTP calls: authentication, parameters and responses.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    AppState, FailMode, TwilioStandIn,
    error::VerifyError,
    inbox,
    verifications::{Start, Status, Verification, is_code},
};
use crate::web::Incoming;

/// `Retry-After` of an injected failure, seconds.
const INJECTED_RETRY_AFTER_SECS: u32 = 7;

pub(super) fn router(twilio: TwilioStandIn) -> Router {
    Router::new()
        .route("/", get(inbox::show))
        .route("/v2/Services/{service}/Verifications", post(start))
        .route("/v2/Services/{service}/VerificationCheck", post(check))
        .route("/v2/Services/{service}/Verifications/{which}", get(fetch).post(update))
        .fallback(nothing_here)
        .with_state(twilio)
}

/// `POST …/Verifications`.
async fn start(
    State(twilio): State<TwilioStandIn>,
    Path(service): Path<String>,
    uri: Uri,
    incoming: Incoming,
) -> Result<Response, VerifyError> {
    let failure = twilio.admit(&service, &uri, &incoming)?;
    let to = incoming.form.get("To").unwrap_or_default();
    let channel = incoming.form.get("Channel").unwrap_or_default();
    let asked = Start { to, channel, custom_code: incoming.form.get("CustomCode") };
    let _sending = twilio.begin_sending(to)?;
    twilio.hold(failure).await;
    let now = twilio.0.clock.now();
    let started = twilio.state().verifications.start(&asked, now, &*twilio.0.rng);
    let verification = started?;
    Ok((StatusCode::CREATED, Json(twilio.shown(&verification))).into_response())
}

/// `POST …/VerificationCheck`.
async fn check(
    State(twilio): State<TwilioStandIn>,
    Path(service): Path<String>,
    uri: Uri,
    incoming: Incoming,
) -> Result<Json<Value>, VerifyError> {
    let failure = twilio.admit(&service, &uri, &incoming)?;
    twilio.hold(failure).await;
    let parameter = |name| VerifyError::Parameter { name };
    let which = incoming.form.get("VerificationSid").or(incoming.form.get("To")).ok_or_else(|| parameter("To"))?;
    let code = incoming.form.get("Code").filter(|code| is_code(code)).ok_or_else(|| parameter("Code"))?;
    let now = twilio.0.clock.now();
    let checked = twilio.state().verifications.check(which, code, now);
    let verification = checked.ok_or_else(|| gone(&uri))??;
    Ok(Json(twilio.shown(&verification)))
}

/// `POST …/Verifications/{which}`.
async fn update(
    State(twilio): State<TwilioStandIn>,
    Path((service, which)): Path<(String, String)>,
    uri: Uri,
    incoming: Incoming,
) -> Result<Json<Value>, VerifyError> {
    let failure = twilio.admit(&service, &uri, &incoming)?;
    twilio.hold(failure).await;
    let status = match incoming.form.get("Status") {
        Some("approved") => Status::Approved,
        Some("canceled") => Status::Canceled,
        _ => return Err(VerifyError::Parameter { name: "Status" }),
    };
    let now = twilio.0.clock.now();
    let updated = twilio.state().verifications.update(&which, status, now);
    Ok(Json(twilio.shown(&updated.ok_or_else(|| gone(&uri))?)))
}

/// `GET …/Verifications/{which}`.
async fn fetch(
    State(twilio): State<TwilioStandIn>,
    Path((service, which)): Path<(String, String)>,
    uri: Uri,
    incoming: Incoming,
) -> Result<Json<Value>, VerifyError> {
    let failure = twilio.admit(&service, &uri, &incoming)?;
    twilio.hold(failure).await;
    let found = twilio.state().verifications.find(&which, twilio.0.clock.now()).cloned();
    Ok(Json(twilio.shown(&found.ok_or_else(|| gone(&uri))?)))
}

async fn nothing_here(uri: Uri) -> VerifyError {
    gone(&uri)
}

fn gone(uri: &Uri) -> VerifyError {
    let path = uri.path().strip_prefix("/v2").unwrap_or(uri.path()).to_owned();
    VerifyError::NotFound { path }
}

/// Marks a number as being sent to, until dropped: concurrent requests for it are rejected.
struct Sending(Arc<AppState>, String);

impl Drop for Sending {
    fn drop(&mut self) {
        TwilioStandIn(self.0.clone()).state().busy.remove(&self.1);
    }
}

impl TwilioStandIn {
    /// The checks common to all calls. Returns an injected failure that does not apply immediately.
    fn admit(&self, service: &str, uri: &Uri, incoming: &Incoming) -> Result<Option<FailMode>, VerifyError> {
        let failure = self.state().failures.pop_front();
        match failure {
            Some(FailMode::Down) => return Err(VerifyError::Down),
            Some(FailMode::Nonsense) => return Err(VerifyError::Nonsense),
            Some(FailMode::TooMany) => {
                return Err(VerifyError::TooMany { retry_after_secs: INJECTED_RETRY_AFTER_SECS });
            }
            Some(FailMode::Slow) | None => {}
        }
        if !self.knows(incoming.header(header::AUTHORIZATION)) {
            return Err(VerifyError::Credentials);
        }
        if service != self.0.config.service {
            return Err(gone(uri));
        }
        self.count()?;
        Ok(failure)
    }

    /// Checks the credentials (HTTP Basic authentication).
    fn knows(&self, authorization: Option<&str>) -> bool {
        let expected = format!("{}:{}", self.0.config.account, self.0.config.token);
        let given = authorization.and_then(|line| line.strip_prefix("Basic "));
        given.and_then(|encoded| BASE64_STANDARD.decode(encoded).ok()).is_some_and(|given| given == expected.as_bytes())
    }

    /// Counts a request towards the rate limit.
    fn count(&self) -> Result<(), VerifyError> {
        let now = self.0.clock.now();
        let mut state = self.state();
        if state.counted.0 != now {
            state.counted = (now, 0);
        }
        state.counted.1 += 1;
        if state.counted.1 > self.0.config.requests_per_sec {
            return Err(VerifyError::TooMany { retry_after_secs: 1 });
        }
        Ok(())
    }

    fn begin_sending(&self, to: &str) -> Result<Sending, VerifyError> {
        if self.state().busy.insert(to.to_owned()) {
            Ok(Sending(self.0.clone(), to.to_owned()))
        } else {
            Err(VerifyError::Concurrent)
        }
    }

    async fn hold(&self, failure: Option<FailMode>) {
        if failure == Some(FailMode::Slow) {
            self.0.held.send_replace(true);
            // The sender lives as long as `self`.
            self.0.held.subscribe().wait_for(|held| !held).await.ok();
        }
    }

    /// A verification as in Twilio's responses, without dates and prices.
    fn shown(&self, verification: &Verification) -> Value {
        let attempt = |nth| json!({"attempt": nth, "channel": verification.channel});
        json!({
            "sid": verification.sid,
            "service_sid": self.0.config.service,
            "account_sid": self.0.config.account,
            "to": verification.to,
            "channel": verification.channel,
            "status": verification.status.name(),
            "valid": verification.status == Status::Approved,
            "amount": null,
            "payee": null,
            "send_code_attempts": (1..=verification.sends).map(attempt).collect::<Vec<_>>(),
        })
    }
}

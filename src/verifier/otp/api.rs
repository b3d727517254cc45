//! `POST /v1/sessions/{id}/otp` and `…/otp/check`: one-time codes instead of a face, for the client.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};

use crate::{
    AppState,
    api::captures::{json, outcome_text},
    api::problem::Refusal,
    api::request::AuthenticatedRequest,
    api::sessions::bound_session,
    otp as codes,
};
use countenance_core::protocol::{CheckCode, CodeSent, Outcome, Problem, SendCode};

/// Sends a code to the account's phone, by text message, or by a call for people who cannot read messages.
///
/// Repeating the call after a lost answer may send another code.
#[utoipa::path(post, path = "/v1/sessions/{id}/otp", tag = "client",
    request_body(content = SendCode, example = json!({"channel": "sms"})),
    params(
        ("id" = String, Path, description = "Session"),
        ("countenance-proof" = String, Header, description = "Proof of the device key over this request"),
    ),
    responses(
        (status = 200, body = CodeSent, example = json!({"attempts_left": 5})),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many codes; see Retry-After"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Codes cannot be sent at the moment; see Retry-After"),
    ))]
pub(crate) async fn send(
    State(verifier): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<CodeSent>, Refusal> {
    let request = AuthenticatedRequest::json(&verifier, request).await?;
    let SendCode { channel } = request.parse()?;
    bound_session(&mut verifier.store().read().await?, &id, &request.device).await?;
    Ok(Json(codes::send(&verifier, &id, channel).await?))
}

/// Checks a code. Repeating the accepted code gets the same answer; a failure at Twilio uses no attempt.
#[utoipa::path(post, path = "/v1/sessions/{id}/otp/check", tag = "client",
    request_body(content = CheckCode, example = json!({"code": "270118"})),
    params(
        ("id" = String, Path, description = "Session"),
        ("countenance-proof" = String, Header, description = "Proof of the device key over this request"),
    ),
    responses(
        (status = 200, body = Outcome, example = json!({
            "outcome": "retry", "reason": "wrong_code", "attempts_left": 4,
            "nonce": "0m2m6bR0T1Yw1s4n5EyBz7cT9PpkQ8iZcXr1v0mVfBq"
        })),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many codes; see Retry-After"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Codes cannot be checked at the moment; see Retry-After"),
    ))]
pub(crate) async fn check(
    State(verifier): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let request = AuthenticatedRequest::json(&verifier, request).await?;
    let CheckCode { code } = request.parse()?;
    bound_session(&mut verifier.store().read().await?, &id, &request.device).await?;
    Ok(json(outcome_text(&codes::check(&verifier, &id, &code).await?)))
}

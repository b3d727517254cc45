//! `POST /v1/sessions/{id}/captures`: checks the attestation in the order that the protocol defines, then judges the
//! face, then writes all consequences in one transaction.
//!
//! - An invalid post (signature, nonce, digest, networks) is answered with a problem document. The nonce stays valid,
//!   but the session counts the post and ends after [`BAD_POSTS_MAX`] of them.
//! - A valid post that is rejected (not live, no match, poor quality, camera) uses up an attempt and the nonce.
//! - Repeating a post gets the same answer, byte for byte.

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use tracing::Instrument;

use crate::{
    AppState, HANDLE_SECS,
    api::bindings,
    api::devices,
    api::problem::Refusal,
    api::request::{Post, RequestHead},
    api::sessions::{bound_session, capturing_session},
    api::uploads::Uploads,
    enrollment,
    judge::sample_analysis::AnalysisError,
    judge::verdict::{self, Case, Judged, Moved, Verdict},
    judge::{account_delay_secs, counts_against_account},
    limits::Limited,
    otp as codes,
    store::{Event, Session, SessionStage, Tx, sha256_text},
};
use countenance_attest::jwk::PublicKey;
use countenance_core::{
    policy::SentPolicy,
    protocol::{Outcome, Problem, Reason},
    rng::random_text,
};

/// Number of invalid posts that ends the session; a working client sends none.
const BAD_POSTS_MAX: u32 = 10;

/// The parts of a posted capture, for the OpenAPI description.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only describes the form for OpenAPI")]
pub(crate) struct CaptureForm {
    /// JWS compact (`application/eat+jwt`).
    attestation: String,
    /// PNG or JPEG.
    #[schema(value_type = String, format = Binary)]
    sample: Vec<u8>,
    /// A second sample from the same span; enrollment only.
    #[schema(value_type = Option<String>, format = Binary, rename = "sample-2")]
    sample_2: Option<Vec<u8>>,
    /// A third sample, after `sample-2`; enrollment only.
    #[schema(value_type = Option<String>, format = Binary, rename = "sample-3")]
    sample_3: Option<Vec<u8>>,
}

/// Judges a capture. Repeating a post gets the same answer.
#[utoipa::path(post, path = "/v1/sessions/{id}/captures", tag = "client",
    request_body(content = CaptureForm, content_type = "multipart/form-data"),
    params(
        ("id" = String, Path, description = "Session"),
        ("countenance-proof" = String, Header, description = "Proof of the device key over this request"),
    ),
    responses(
        (status = 200, body = Outcome, example = json!({
            "outcome": "retry", "reason": "no_match", "attempts_left": 4,
            "nonce": "0m2m6bR0T1Yw1s4n5EyBz7cT9PpkQ8iZcXr1v0mVfBq"
        })),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "Busy; see Retry-After"),
    ))]
pub(crate) async fn post(
    State(verifier): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let head = RequestHead::verify(&verifier, request)?;
    bound_session(&mut verifier.store().read().await?, &id, head.device()).await?;
    // Taken before the body is read, so that memory for bodies is bounded; and not before the sender is known.
    let upload = Uploads::begin(verifier.uploads(), head.device()).ok_or(Refusal::Busy)?;
    let request = head.capture(&verifier).await?;
    let (key, device) = (request.key, request.device.clone());
    let post = request.into_post().await?;
    let post_hash = post_hash(&post);
    let case = match admit(&verifier, &id, &device, &post_hash).await? {
        Admission::Answered(answer) => return Ok(json(answer)),
        Admission::Case(case) => case,
    };
    // A separate task: the capture is settled and counted even if the client hangs up while the networks run.
    let settle = async move {
        let _until_settled = upload;
        settle(&verifier, &id, &device, &post_hash, case, key, post).await
    };
    let settled = tokio::spawn(settle.in_current_span());
    settled.await.map_err(|e| AnalysisError(e.into()))?.map(json)
}

/// Judges a capture and records the result; an invalid post is counted.
async fn settle(
    verifier: &AppState,
    id: &str,
    device: &str,
    post_hash: &str,
    case: Box<Case>,
    key: PublicKey,
    post: Post,
) -> Result<String, Refusal> {
    let answered = match judge(verifier, case, key, post).await {
        Ok(judged) => conclude(verifier, id, device, post_hash, judged).await,
        Err(refusal) => Err(refusal),
    };
    match answered {
        Err(refusal) if refusal.counted() => count_bad_post(verifier, id, refusal).await,
        answered => answered,
    }
}

/// A response with JSON that is already serialized.
pub(crate) fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], Body::from(text)).into_response()
}

/// An outcome as JSON, as sent and stored.
pub(crate) fn outcome_text(outcome: &Outcome) -> String {
    // An enum of strings and numbers always serializes.
    serde_json::to_string(outcome).unwrap_or_default()
}

enum Admission {
    Answered(String),
    Case(Box<Case>),
}

/// Whether the session accepts a capture, with everything needed to judge it; or the answer, if it is known already.
async fn admit(verifier: &AppState, id: &str, device: &str, post_hash: &str) -> Result<Admission, Refusal> {
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let session = capturing_session(&mut tx, id, device).await?;
    if let Some(answer) = tx.answer(id, post_hash).await? {
        return Ok(Admission::Answered(answer.to_string()));
    }
    match session.stage {
        SessionStage::Created => return Err(Refusal::SessionNotOpen),
        SessionStage::Approved => return Err(Refusal::SessionOver),
        SessionStage::Refused => {
            let answer = tx.final_outcome(id).await?.ok_or(Refusal::SessionOver)?;
            return Ok(Admission::Answered(answer.to_string()));
        }
        SessionStage::Open => {}
    }
    if session.expires_at <= now {
        return Ok(Admission::Answered(outcome_text(&Outcome::Expired)));
    }
    let integration = tx.integration(&session.integration_id).await?.ok_or(Refusal::IntegrationUnknown)?;
    if !integration.rules.enabled {
        return end_refused(verifier, tx, id, Reason::Disabled).await.map(Admission::Answered);
    }
    if session.attempts_left == 0 || tx.locked_until(&session.integration_id, &session.sub).await? > now {
        return no_more_faces(verifier, tx, &session).await.map(Admission::Answered);
    }
    if bindings::enrolls(&mut tx, &session).await? && !enrollment::is_attended(&mut tx, &integration, &session).await? {
        return Err(Refusal::AttendanceRequired);
    }
    let device = tx.device(&session.integration_id, device).await?.ok_or(Refusal::DeviceUnknown)?;
    devices::check(&integration.rules, device.client_version, device.key_protection)?;
    let nonce = tx.nonce(id).await?;
    let template = tx.template(&session.integration_id, &session.sub).await?;
    let own_minimum = tx.cosine_min(&session.integration_id, &session.sub).await?;
    let (virtual_cameras, current) = (integration.rules.allow_virtual_cameras, verifier.policy_of(&integration));
    // Another build, or rules that have changed since, would write another policy than the device got.
    let sent = tx.sent_policy(id).await?.unwrap_or_else(|| SentPolicy::new(&current));
    let policy = current.tightened_by(sent.values());
    // Kept out of `policy`, which devices receive and whose digest they sign: this threshold is the account's own.
    let matching = policy.matching.for_account(own_minimum);
    Ok(Admission::Case(Box::new(Case { session, device, nonce, template, virtual_cameras, sent, policy, matching })))
}

/// Checks and judges on a blocking thread.
async fn judge(verifier: &AppState, case: Box<Case>, key: PublicKey, post: Post) -> Result<Judged, Refusal> {
    let permit = verifier.inference().acquire_owned().await.or(Err(Refusal::Busy))?;
    let verifier = verifier.clone();
    let judged = tokio::task::spawn_blocking(move || {
        let _until_done = permit;
        verdict::judge(&verifier, &case, &key, &post)
    });
    judged.await.map_err(|e| AnalysisError(e.into()))?
}

/// Records the verdict, unless the session or the account has changed since the capture was admitted.
async fn conclude(
    verifier: &AppState,
    id: &str,
    device: &str,
    post_hash: &str,
    judged: Judged,
) -> Result<String, Refusal> {
    let mut tx = verifier.store().begin().await?;
    let session = capturing_session(&mut tx, id, device).await?;
    if let Some(answer) = tx.answer(id, post_hash).await? {
        return Ok(answer.to_string());
    }
    if session.stage.over() {
        return Err(Refusal::SessionOver);
    }
    if session.expires_at <= verifier.now() {
        return Ok(outcome_text(&Outcome::Expired));
    }
    let integration = tx.integration(&session.integration_id).await?.ok_or(Refusal::IntegrationUnknown)?;
    if !integration.rules.enabled {
        return end_refused(verifier, tx, id, Reason::Disabled).await;
    }
    // Other sessions of the account may have failed while this capture was waiting.
    if session.attempts_left == 0 || tx.locked_until(&session.integration_id, &session.sub).await? > verifier.now() {
        return no_more_faces(verifier, tx, &session).await;
    }
    if *tx.nonce(id).await? != *judged.nonce || tx.has_judged(id, &judged.jti).await? {
        return Err(Refusal::AttestationReplayed);
    }
    for sample in &judged.samples {
        if !tx.use_sample(&session.integration_id, &session.sub, sample, verifier.now()).await? {
            return Err(Refusal::SampleUsed);
        }
    }
    let answer = match judged.verdict {
        Verdict::Rejected(reason) => reject(verifier, &mut tx, &session, &judged.nonce, reason).await?,
        Verdict::Matched(moved) => {
            if let Some(moved) = moved {
                learn(verifier, &mut tx, &session, &moved).await?;
            }
            tx.clear_failures(&session.integration_id, &session.sub).await?;
            tx.mark_verified(&session.integration_id, &session.sub, verifier.now()).await?;
            approve(verifier, &mut tx, &session, Event::Matched).await?
        }
        Verdict::Enrol(enrolled) => {
            if !bindings::enrolls(&mut tx, &session).await? {
                // Another session enrolled first: if posted again, this capture is compared with that template.
                return Err(Refusal::Busy);
            }
            if !enrollment::is_attended(&mut tx, &integration, &session).await? {
                // Retired since, or demanded only now.
                return Err(Refusal::AttendanceRequired);
            }
            let most = integration.rules.limits.enrollments_per_day;
            verifier.count_daily(&mut tx, &integration.id, Limited::Enrollments, "", most).await??;
            tx.keep_pending_enrollment(id, &enrolled, verifier.now() + HANDLE_SECS).await?;
            approve(verifier, &mut tx, &session, Event::EnrollmentPending).await?
        }
    };
    tx.keep_answer(id, post_hash, &judged.jti, &answer).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Replaces the template with the updated one, unless another sign-in has changed it since.
async fn learn(verifier: &AppState, tx: &mut Tx<'_>, session: &Session, moved: &Moved) -> Result<(), Refusal> {
    let (integration, sub, now) = (&session.integration_id, &session.sub, verifier.now());
    if tx.update_template(integration, sub, &moved.template, moved.as_of, now).await? {
        let account = tx.pseudonym(integration, sub).await?;
        tx.record(now, Event::TemplateUpdated, &session.id, account.as_deref(), "").await?;
    }
    Ok(())
}

async fn approve(verifier: &AppState, tx: &mut Tx<'_>, session: &Session, event: Event) -> Result<String, Refusal> {
    let now = verifier.now();
    let handle = random_text::<32>(verifier.rng());
    let answer = outcome_text(&Outcome::Approved { continue_url: verifier.return_url(&handle) });
    tx.finish_session(session, None, &handle, now + HANDLE_SECS, &answer).await?;
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    tx.record(now, event, &session.id, account.as_deref(), "").await?;
    Ok(answer)
}

async fn reject(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    session: &Session,
    spent: &str,
    reason: Reason,
) -> Result<String, Refusal> {
    let now = verifier.now();
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    tx.record(now, Event::AttemptFailed, &session.id, account.as_deref(), reason.name()).await?;
    let nonce = random_text::<32>(verifier.rng());
    tx.spend_attempt(&session.id, spent, &nonce).await?;
    if counts_against_account(reason) {
        tx.count_failure(&session.integration_id, &session.sub, now, account_delay_secs).await?;
    }
    let attempts_left = session.attempts_left.saturating_sub(1);
    // If a one-time code is offered, the session stays open for it.
    if attempts_left == 0 && codes::offered(verifier, tx, session).await?.is_empty() {
        let handle = verifier.refuse(tx, &session.id, reason, now + HANDLE_SECS).await?;
        return Ok(outcome_text(&Outcome::Refused { reason, continue_url: verifier.return_url(&handle) }));
    }
    Ok(outcome_text(&Outcome::Retry { reason, attempts_left, nonce }))
}

/// For a session or account that accepts no more captures: ends the session, unless a one-time code is offered.
async fn no_more_faces(verifier: &AppState, mut tx: Tx<'_>, session: &Session) -> Result<String, Refusal> {
    let reason = Reason::TooManyAttempts;
    if codes::offered(verifier, &mut tx, session).await?.is_empty() {
        return end_refused(verifier, tx, &session.id, reason).await;
    }
    let nonce = tx.nonce(&session.id).await?.to_string();
    Ok(outcome_text(&Outcome::Retry { reason, attempts_left: 0, nonce }))
}

/// Counts an invalid post; too many end the session.
async fn count_bad_post(verifier: &AppState, id: &str, refusal: Refusal) -> Result<String, Refusal> {
    let mut tx = verifier.store().begin().await?;
    let Some(session) = tx.session(id).await?.filter(|s| s.stage == SessionStage::Open) else { return Err(refusal) };
    tx.count_bad_post(id).await?;
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    let detail = refusal.kind().map_or("", |kind| kind.name());
    tx.record(verifier.now(), Event::PostRefused, id, account.as_deref(), detail).await?;
    if session.bad_posts + 1 >= BAD_POSTS_MAX {
        return end_refused(verifier, tx, id, Reason::Untrusted).await;
    }
    tx.commit().await?;
    Err(refusal)
}

async fn end_refused(verifier: &AppState, mut tx: Tx<'_>, id: &str, reason: Reason) -> Result<String, Refusal> {
    let handle = verifier.refuse(&mut tx, id, reason, verifier.now() + HANDLE_SECS).await?;
    tx.commit().await?;
    Ok(outcome_text(&Outcome::Refused { reason, continue_url: verifier.return_url(&handle) }))
}

/// Identifies a post: covers the attestation and all sample bytes.
fn post_hash(post: &Post) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let samples = post.samples.iter().map(|sample| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(sample.as_slice())));
    sha256_text(&samples.fold(post.attestation.clone(), |text, sample| format!("{text} {sample}")))
}

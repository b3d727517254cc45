//! Authentication of `/v1` requests: the body is size-limited, read completely and covered by a device key's proof
//! before anything in it is parsed.

use axum::{
    body::{Body, to_bytes},
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request},
    http::{HeaderMap, header},
};
use zeroize::Zeroizing;

use crate::{AppState, api::problem::Refusal, ops::progress::BodyTooSlow};
use countenance_attest::{
    jwk::PublicKey,
    request_proof::{self, IAT_WINDOW_SECS, VerifiedHead},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{
        ATTESTATION_MAX_BYTES, HEARTBEAT_MAX_BYTES, JSON_MAX_BYTES, MORE_SAMPLE_MAX_BYTES, REQUEST_PROOF_HEADER,
        SAMPLE_MAX_BYTES, SAMPLES_MAX,
        message::{self, Message, ReadError},
    },
};

/// Maximum size of a posted capture, bytes: all parts, and room for the multipart framing.
const CAPTURE_MAX_BYTES: usize =
    SAMPLE_MAX_BYTES + (SAMPLES_MAX - 1) * MORE_SAMPLE_MAX_BYTES + ATTESTATION_MAX_BYTES + (16 << 10);
/// Names of the parts with samples, in order.
const SAMPLE_PARTS: [&str; SAMPLES_MAX] = ["sample", "sample-2", "sample-3"];

/// A request whose sender is known: its proof is valid for all but the body, which is not read yet.
pub(crate) struct RequestHead {
    verified: VerifiedHead,
    device: String,
    headers: HeaderMap,
    body: Body,
}

/// A request whose proof has been verified.
pub(crate) struct AuthenticatedRequest {
    /// The key that signed the proof.
    pub(crate) key: PublicKey,
    /// The key's thumbprint, which is the device id.
    pub(crate) device: String,
    /// When the proof was made, by the device's clock.
    pub(crate) issued_at: UnixSecs,
    headers: HeaderMap,
    body: axum::body::Bytes,
}

/// The parts of a posted capture.
pub(crate) struct Post {
    /// JWS compact.
    pub(crate) attestation: String,
    /// Encoded images, 1 to [`SAMPLES_MAX`].
    pub(crate) samples: Vec<Zeroizing<Vec<u8>>>,
}

impl RequestHead {
    /// Authenticates a request's sender.
    pub(crate) fn verify(verifier: &AppState, request: Request) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let mut proofs = parts.headers.get_all(REQUEST_PROOF_HEADER).iter();
        let (Some(proof), None) = (proofs.next(), proofs.next()) else { return Err(Refusal::ProofMissing) };
        let proof = proof.to_str().or(Err(Refusal::ProofMissing))?;
        // The URL that the proof must name: at our origin, regardless of the Host header.
        let url = verifier.origin().url(parts.uri.path());
        let verified = request_proof::verify_head(proof, parts.method.as_str(), &url, verifier.now())?;
        let device = verified.key().thumbprint().to_string();
        verifier.buckets().device(&device, verifier.now())?;
        Ok(Self { verified, device, headers: parts.headers, body })
    }

    /// The device that sends the request.
    pub(crate) fn device(&self) -> &str {
        &self.device
    }

    /// Reads and authenticates the body of a capture.
    pub(crate) async fn capture(self, verifier: &AppState) -> Result<AuthenticatedRequest, Refusal> {
        self.read(verifier, CAPTURE_MAX_BYTES).await
    }

    /// Reads and authenticates the body of a heartbeat.
    pub(crate) async fn heartbeat(self, verifier: &AppState) -> Result<AuthenticatedRequest, Refusal> {
        self.read(verifier, HEARTBEAT_MAX_BYTES).await
    }

    async fn read(self, verifier: &AppState, max: usize) -> Result<AuthenticatedRequest, Refusal> {
        let Self { verified, device, headers, body } = self;
        let body = capped(&headers, body, max).await?;
        let authenticated = verified.verify_body(&body)?;
        let mut tx = verifier.store().begin().await?;
        if !tx.spend_proof(&device, &authenticated.jti, authenticated.iat.saturating_add(2 * IAT_WINDOW_SECS)).await? {
            return Err(Refusal::ProofReplayed);
        }
        tx.commit().await?;
        Ok(AuthenticatedRequest { key: authenticated.key, device, issued_at: authenticated.iat, headers, body })
    }
}

impl AuthenticatedRequest {
    /// Reads and authenticates a request with a JSON body.
    pub(crate) async fn json(verifier: &AppState, request: Request) -> Result<Self, Refusal> {
        RequestHead::verify(verifier, request)?.read(verifier, JSON_MAX_BYTES).await
    }

    /// The body as JSON.
    pub(crate) fn parse<M: Message>(&self) -> Result<M, Refusal> {
        message::read(&self.body).map_err(|error| match error {
            ReadError::Json(_) => Refusal::Malformed,
            ReadError::Unmet { unmet, .. } => Refusal::Unmet(unmet),
        })
    }

    /// The body as a multipart form with exactly `attestation`, `sample` and optionally, in this order, `sample-2` and
    /// `sample-3`.
    pub(crate) async fn into_post(self) -> Result<Post, Refusal> {
        let mut request = Request::new(Body::from(self.body));
        *request.headers_mut() = self.headers;
        // The body's size is already checked; the extractor's own, lower limit would refuse valid samples.
        DefaultBodyLimit::disable().apply(&mut request);
        let mut form = Multipart::from_request(request, &()).await.or(Err(Refusal::Malformed))?;
        let (mut attestation, mut samples) = (None, Vec::with_capacity(SAMPLES_MAX));
        while let Some(part) = form.next_field().await.or(Err(Refusal::Malformed))? {
            let name = part.name().map(str::to_owned);
            let bytes = part.bytes().await.or(Err(Refusal::Malformed))?;
            match name.as_deref() {
                Some("attestation") if attestation.is_none() && bytes.len() <= ATTESTATION_MAX_BYTES => {
                    attestation = Some(String::from_utf8(bytes.to_vec()).or(Err(Refusal::Malformed))?);
                }
                Some("attestation") if attestation.is_none() => return Err(Refusal::BodyTooLarge),
                // Only the next expected sample is accepted, so no part can occur twice.
                Some(name) if SAMPLE_PARTS.get(samples.len()) == Some(&name) => {
                    let max = if samples.is_empty() { SAMPLE_MAX_BYTES } else { MORE_SAMPLE_MAX_BYTES };
                    if bytes.len() > max {
                        return Err(Refusal::BodyTooLarge);
                    }
                    samples.push(Zeroizing::new(bytes.to_vec()));
                }
                _ => return Err(Refusal::Malformed),
            }
        }
        match attestation {
            Some(attestation) if !samples.is_empty() => Ok(Post { attestation, samples }),
            _ => Err(Refusal::Malformed),
        }
    }
}

/// Reads the whole body, at most `max` bytes. If `Content-Length` is larger, nothing is read.
pub(crate) async fn capped(headers: &HeaderMap, body: Body, max: usize) -> Result<axum::body::Bytes, Refusal> {
    let told = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if told.is_some_and(|bytes| bytes > max as u64) {
        return Err(Refusal::BodyTooLarge);
    }
    to_bytes(body, max)
        .await
        .map_err(|error| if BodyTooSlow::caused(&error) { Refusal::Slow } else { Refusal::BodyTooLarge })
}

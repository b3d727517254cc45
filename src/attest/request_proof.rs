//! Request proofs: each request carries a signature by the device key over this request and the current time (modeled
//! on DPoP, RFC 9449, with a digest of the body).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    jwk::{JwkError, PublicKey},
    jws::{self, Jws, JwsError, KeyIn},
    keys::DeviceKey,
    seal::IssuedAt,
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{REQUEST_PROOF_TYP, RequestProofClaims, message::Unmet},
};

/// Maximum difference between `iat` and the verifier's clock, seconds.
pub const IAT_WINDOW_SECS: i64 = 60;
/// Maximum size of a proof in bytes: about ten times what is needed.
pub const REQUEST_PROOF_MAX_BYTES: usize = 4096;
/// Allowed length of `jti` in characters: enough to be unique, short enough not to fill the verifier's replay store.
const JTI_CHARS: std::ops::RangeInclusive<usize> = 16..=64;

/// The request that a proof is made for.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Method in upper case.
    pub method: &'a str,
    /// The URL as the client wrote it; query and fragment are ignored.
    pub url: &'a Url,
    /// The exact bytes of the body.
    pub body: &'a [u8],
}

/// The authenticated sender of a request. The caller must reject a `jti` that it has seen before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// The key that signed the proof.
    pub key: PublicKey,
    /// Unique id, to be remembered for twice [`IAT_WINDOW_SECS`].
    pub jti: String,
    /// When the proof was made.
    pub iat: UnixSecs,
}

/// A proof that is valid for a request whose body has not been read yet.
#[derive(Debug)]
pub struct VerifiedHead {
    authenticated: Authenticated,
    body_sha256: String,
}

/// Why a proof does not authenticate a request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestProofError {
    /// Not a signed proof, or the signature is invalid.
    #[error("the proof is not a valid signed statement")]
    Jws(#[from] JwsError),
    /// The claims list members in `crit` that this build does not know.
    #[error("{0}")]
    Unmet(Unmet),
    /// The header does not carry the key, or also names one.
    #[error("the proof does not carry its key")]
    NoKey,
    /// The key cannot be used for verification.
    #[error("the proof's key cannot be used")]
    Key(#[from] JwkError),
    /// Made for another method.
    #[error("the proof is for another method")]
    OtherMethod,
    /// Made for another URL.
    #[error("the proof is for another URL")]
    OtherUrl,
    /// Made for this path at another origin: a verifier that is reached under an address that is not its own.
    #[error("the proof is for another origin than {own}")]
    OtherOrigin {
        /// The verifier's own origin.
        own: String,
    },
    /// Made for another body.
    #[error("the proof is for another body")]
    OtherBody,
    /// Made too long ago, or in the future.
    #[error("the time of the proof is off by {off_secs} s")]
    NotNow {
        /// Seconds from `iat` to now; negative if made in the future.
        off_secs: i64,
    },
    /// `jti` is too short to be unique, or too long to be stored.
    #[error("the proof's id is too short or too long")]
    BadId,
}

/// The value of the header [`REQUEST_PROOF_HEADER`](countenance_core::protocol::REQUEST_PROOF_HEADER) for `request`.
pub fn make(request: &Request<'_>, key: &DeviceKey, issued: IssuedAt) -> Result<String, JwsError> {
    let claims = RequestProofClaims {
        htm: request.method.into(),
        htu: bare(request.url),
        iat: issued.iat,
        jti: issued.jti,
        body_sha256: digest(request.body),
    };
    jws::sign(REQUEST_PROOF_TYP, KeyIn::Jwk, &claims, key)
}

/// Authenticates `request` by the proof `jws`.
pub fn verify(jws: &str, request: &Request<'_>, now: UnixSecs) -> Result<Authenticated, RequestProofError> {
    verify_head(jws, request.method, request.url, now)?.verify_body(request.body)
}

/// Authenticates everything but the body, so that a server knows who is sending before it grants memory for a body.
pub fn verify_head(jws: &str, method: &str, url: &Url, now: UnixSecs) -> Result<VerifiedHead, RequestProofError> {
    let jws = Jws::parse(jws, REQUEST_PROOF_TYP, REQUEST_PROOF_MAX_BYTES)?;
    let key = match (&jws.header().jwk, &jws.header().kid) {
        (Some(jwk), None) => PublicKey::try_from(jwk)?,
        (_, Some(_)) | (None, None) => return Err(RequestProofError::NoKey),
    };
    let claims: RequestProofClaims = jws.verify(&key)?.message().map_err(|error| match error {
        JwsError::Unmet(unmet) => RequestProofError::Unmet(unmet),
        error => error.into(),
    })?;
    if claims.htm != method {
        return Err(RequestProofError::OtherMethod);
    }
    if claims.htu != bare(url) {
        return Err(other_url(&claims.htu, url));
    }
    let off_secs = now.saturating_sub(claims.iat);
    if !(-IAT_WINDOW_SECS..=IAT_WINDOW_SECS).contains(&off_secs) {
        return Err(RequestProofError::NotNow { off_secs });
    }
    if !JTI_CHARS.contains(&claims.jti.len()) {
        return Err(RequestProofError::BadId);
    }
    let authenticated = Authenticated { key, jti: claims.jti, iat: claims.iat };
    Ok(VerifiedHead { authenticated, body_sha256: claims.body_sha256 })
}

impl VerifiedHead {
    /// The key that signed the proof. The proof may still be a replay.
    pub fn key(&self) -> &PublicKey {
        &self.authenticated.key
    }

    /// Authenticates the body.
    pub fn verify_body(self, body: &[u8]) -> Result<Authenticated, RequestProofError> {
        if self.body_sha256 == digest(body) { Ok(self.authenticated) } else { Err(RequestProofError::OtherBody) }
    }
}

/// Why a proof for `htu` is not one for `url`.
fn other_url(htu: &str, url: &Url) -> RequestProofError {
    match Url::parse(htu) {
        Ok(theirs) if theirs.path() == url.path() && theirs.origin() != url.origin() => {
            RequestProofError::OtherOrigin { own: url.origin().ascii_serialization() }
        }
        _ => RequestProofError::OtherUrl,
    }
}

fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

fn digest(body: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSecs = 1_800_000_000;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn issued(iat: UnixSecs) -> IssuedAt {
        IssuedAt { iat, jti: "abcdefghijklmnopqrstuv".into() }
    }

    #[test]
    fn authenticates_the_key_ignoring_query_and_fragment() {
        let key = DeviceKey::from_seed([3; 32]);
        let made = url("https://verifier.test/v1/sessions/s/open?x=1");
        let jws = make(&Request { method: "POST", url: &made, body: b"{}" }, &key, issued(NOW)).unwrap();
        let seen = url("https://verifier.test/v1/sessions/s/open#y");
        let authenticated = verify(&jws, &Request { method: "POST", url: &seen, body: b"{}" }, NOW + 60).unwrap();
        assert_eq!((authenticated.key, authenticated.jti.as_str()), (key.public(), "abcdefghijklmnopqrstuv"));
    }

    #[test]
    fn rejects_a_proof_for_another_request() {
        let key = DeviceKey::from_seed([3; 32]);
        let right = url("https://verifier.test/v1/sessions/s/open");
        let other = url("https://verifier.test/v1/sessions/t/open");
        let elsewhere = url("https://verifier.example/v1/sessions/s/open");
        let port = url("https://verifier.test:8443/v1/sessions/s/open");
        let other_origin = |own: &str| RequestProofError::OtherOrigin { own: own.to_owned() };
        let ask = Request { method: "POST", url: &right, body: b"{}" };
        let jws = make(&ask, &key, issued(NOW)).unwrap();
        let rows = [
            ("another method", Request { method: "GET", ..ask }, NOW, RequestProofError::OtherMethod),
            ("another address", Request { url: &other, ..ask }, NOW, RequestProofError::OtherUrl),
            ("another origin", Request { url: &elsewhere, ..ask }, NOW, other_origin("https://verifier.example")),
            ("another port", Request { url: &port, ..ask }, NOW, other_origin("https://verifier.test:8443")),
            ("another body", Request { body: b"{} ", ..ask }, NOW, RequestProofError::OtherBody),
            ("too late", ask, NOW + 61, RequestProofError::NotNow { off_secs: 61 }),
            ("too early", ask, NOW - 61, RequestProofError::NotNow { off_secs: -61 }),
        ];
        for (name, request, now, why) in rows {
            assert_eq!(verify(&jws, &request, now), Err(why), "{name}");
        }
        let short = IssuedAt { jti: "x".into(), ..issued(NOW) };
        assert_eq!(verify(&make(&ask, &key, short).unwrap(), &ask, NOW), Err(RequestProofError::BadId));
    }

    #[test]
    fn rejects_a_proof_without_key_or_of_another_type() {
        let key = DeviceKey::from_seed([3; 32]);
        let right = url("https://verifier.test/v1/policy");
        let ask = Request { method: "GET", url: &right, body: b"" };
        let claims = RequestProofClaims {
            htm: "GET".into(),
            htu: right.to_string(),
            iat: NOW,
            jti: "abcdefghijklmnopqrstuv".into(),
            body_sha256: digest(b""),
        };
        let by_name = jws::sign(REQUEST_PROOF_TYP, KeyIn::Kid, &claims, &key).unwrap();
        assert_eq!(verify(&by_name, &ask, NOW), Err(RequestProofError::NoKey));
        let other_kind = jws::sign("eat+jwt", KeyIn::Jwk, &claims, &key).unwrap();
        assert_eq!(
            verify(&other_kind, &ask, NOW),
            Err(RequestProofError::Jws(JwsError::OtherType { expected: REQUEST_PROOF_TYP })),
            "an attestation is not a proof"
        );
    }
}

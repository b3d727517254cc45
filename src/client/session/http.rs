//! One request to a verifier and its size-limited answer. The only file that uses reqwest.
//!
//! - `https`, or `http` on loopback: an [`Origin`] allows nothing else, and redirects are not followed.
//! - TLS 1.2 or later through rustls and ring; certificates are verified against the system's store.
//! - Names below `localhost` resolve to 127.0.0.1 (RFC 6761) without asking a name server.
//! - A proxy is used for `https` only, where the environment configures one (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`).
//!   It sees the verifier's host name and ciphertext. Loopback requests never go to a proxy.
//! - No cookies, referrer or compression: nothing links these requests to the person's browser sessions.

use std::{
    error::Error,
    io::{self, Read},
    time::{Duration, Instant},
};

use reqwest::{
    blocking::{Client, Response},
    header::{CONTENT_TYPE, DATE, RETRY_AFTER},
    redirect::Policy,
};
use rustls::{CertificateError, crypto::CryptoProvider};
use url::Url;
use zeroize::Zeroizing;

use super::{
    error::{SessionError, TransportSource},
    origin::Origin,
};
use countenance_core::protocol::{JSON_MAX_BYTES, REQUEST_PROOF_HEADER};

/// Timeouts of one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Maximum wait for a connection.
    pub connect: Duration,
    /// Maximum wait for the request to be sent and the response headers to arrive; then the same again for the response
    /// body.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(20) }
    }
}

/// An HTTP client for one verifier.
pub(super) struct Wire {
    client: Client,
    timeouts: Timeouts,
}

/// A signed POST request.
pub(super) struct Ask<'a> {
    pub(super) url: &'a Url,
    pub(super) media_type: &'a str,
    pub(super) proof: &'a str,
    pub(super) body: &'a [u8],
}

/// A complete answer.
pub(super) struct HttpResponse {
    pub(super) status: u16,
    /// Lowercase, without parameters; empty if absent.
    pub(super) media_type: String,
    /// Only the form in seconds is supported.
    pub(super) retry_after: Option<Duration>,
    /// The `Date` header, unparsed.
    pub(super) date: Option<String>,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Wire {
    /// A client for `origin`. Sends nothing yet.
    pub(super) fn to(origin: &Origin, timeouts: Timeouts) -> Result<Self, SessionError> {
        install_tls();
        let mut client = Client::builder()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.answer)
            .user_agent(concat!("countenance/", env!("CARGO_PKG_VERSION")));
        if origin.is_loopback() {
            client = client.no_proxy();
        } else {
            client = client.https_only(true);
        }
        if origin.is_plain() {
            // No TLS is used here, so a machine without a certificate store can still run the whole flow on loopback.
            client = client.tls_certs_only([]);
        }
        if let Some((name, address)) = origin.fixed_address() {
            client = client.resolve(name, address);
        }
        let client = client.build().map_err(|e| SessionError::TlsUnavailable(Box::new(e.without_url())))?;
        Ok(Self { client, timeouts })
    }

    /// Sends `ask` once and reads at most [`JSON_MAX_BYTES`] of the answer.
    pub(super) fn post(&self, ask: &Ask<'_>) -> Result<HttpResponse, SessionError> {
        let request = self
            .client
            .post(ask.url.clone())
            .header(CONTENT_TYPE, ask.media_type)
            .header(REQUEST_PROOF_HEADER, ask.proof)
            .body(ask.body.to_vec());
        self.answer(request.send().map_err(condition)?)
    }

    /// GETs a public resource at `url` once: no proof, no body.
    pub(super) fn get(&self, url: &Url) -> Result<HttpResponse, SessionError> {
        self.answer(self.client.get(url.clone()).send().map_err(condition)?)
    }

    fn answer(&self, response: Response) -> Result<HttpResponse, SessionError> {
        let status = response.status();
        if status.is_redirection() {
            return Err(SessionError::Redirected { status: status.as_u16() });
        }
        Ok(HttpResponse {
            status: status.as_u16(),
            media_type: media_type(&response),
            retry_after: retry_after(&response),
            date: response.headers().get(DATE).and_then(|value| value.to_str().ok()).map(str::to_owned),
            body: self.body(response)?,
        })
    }

    /// Reads the body in pieces, so that neither its size nor a slow peer can block us.
    fn body(&self, mut response: Response) -> Result<Zeroizing<Vec<u8>>, SessionError> {
        let started = now();
        let mut body = Zeroizing::new(Vec::with_capacity(JSON_MAX_BYTES));
        let mut piece = Zeroizing::new([0; 4096]);
        loop {
            let read = response.read(&mut *piece).map_err(broken)?;
            let Some(bytes) = piece.get(..read).filter(|bytes| !bytes.is_empty()) else { return Ok(body) };
            if body.len() + bytes.len() > JSON_MAX_BYTES {
                return Err(SessionError::TooLarge { max: JSON_MAX_BYTES });
            }
            body.extend_from_slice(bytes);
            if now().duration_since(started) > self.timeouts.answer {
                return Err(SessionError::TimedOut(io::Error::from(io::ErrorKind::TimedOut).into()));
            }
        }
    }
}

/// Installs the process's TLS provider unless there is one.
fn install_tls() {
    if CryptoProvider::get_default().is_none() {
        // An error means that another thread installed one first, which is fine.
        rustls::crypto::ring::default_provider().install_default().ok();
    }
}

fn media_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: u32 = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// Maps a failed request to a [`SessionError`].
fn condition(error: reqwest::Error) -> SessionError {
    let error = error.without_url();
    let (late, tls) = (error.is_timeout(), tls_error(&error).map(is_about_time));
    let source: TransportSource = Box::new(error);
    match (late, tls) {
        (true, _) => SessionError::TimedOut(source),
        (false, Some(true)) => SessionError::CertificateTime(source),
        (false, Some(false)) => SessionError::TlsFailed(source),
        (false, None) => SessionError::Unreachable(source),
    }
}

/// Maps a failed body read. The error is reqwest's own, wrapped in an `io::Error`.
fn broken(error: io::Error) -> SessionError {
    match error.downcast::<reqwest::Error>() {
        Ok(inner) => condition(inner),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => SessionError::TimedOut(error.into()),
        Err(error) => SessionError::Unreachable(error.into()),
    }
}

/// The error of rustls among the causes.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    // `io::Error::source` returns the source of the wrapped error, not the wrapped error: look inside first.
    let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let cause = inside.map(|inside| inside as &(dyn Error + 'static)).or_else(|| error.source());
    error.downcast_ref().or_else(|| cause.and_then(tls_error))
}

/// Whether a certificate is rejected for the time at which it is used.
fn is_about_time(error: &rustls::Error) -> bool {
    use CertificateError as E;
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            E::Expired | E::ExpiredContext { .. } | E::NotValidYet | E::NotValidYetContext { .. }
        )
    )
}

#[expect(clippy::disallowed_methods, reason = "measures how long a peer takes")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_from_a_certificate_that_is_not_trusted() {
        for (error, expected) in [
            (CertificateError::Expired, true),
            (CertificateError::NotValidYet, true),
            (CertificateError::UnknownIssuer, false),
            (CertificateError::NotValidForName, false),
        ] {
            let error = rustls::Error::InvalidCertificate(error);
            // As reqwest wraps it.
            let wrapped = io::Error::other(io::Error::other(error));
            assert_eq!(tls_error(&wrapped).map(is_about_time), Some(expected));
        }
        assert!(tls_error(&io::Error::from(io::ErrorKind::ConnectionRefused)).is_none());
    }
}

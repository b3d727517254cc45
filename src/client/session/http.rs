//! One request to a verifier and its capped answer. The only file that names reqwest.
//!
//! - `https`, or `http` on loopback: an [`Origin`] is nothing else, and no redirect leads away from it.
//! - TLS 1.2 or later by rustls and ring; certificates by the system's own store.
//! - Names below `localhost` are 127.0.0.1 (RFC 6761), whatever a name server says.
//! - A proxy is used for `https` only, where the environment names one (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`): it sees
//!   the verifier's name and ciphertext. Loopback is never sent to a proxy.
//! - No cookies, no referrer, no compression: what a person's browser knows of the verifier stays apart from this.

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
use rustls::crypto::CryptoProvider;
use url::Url;
use zeroize::Zeroizing;

use super::{
    error::{SessionError, TransportSource},
    origin::Origin,
};
use countenance_core::protocol::{JSON_MAX_BYTES, REQUEST_PROOF_HEADER};

/// How long one try may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Longest wait for a connection.
    pub connect: Duration,
    /// Longest wait for the head of the answer, the request's body included; then the same again for its body.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(20) }
    }
}

/// A way to one verifier.
pub(super) struct Wire {
    client: Client,
    timeouts: Timeouts,
}

/// A signed request: always POST.
pub(super) struct Ask<'a> {
    pub(super) url: &'a Url,
    pub(super) media_type: &'a str,
    pub(super) proof: &'a str,
    pub(super) body: &'a [u8],
}

/// The answer, whole.
pub(super) struct HttpResponse {
    pub(super) status: u16,
    /// Without parameters, lower case; empty when there is none.
    pub(super) media_type: String,
    /// Only where it is given in seconds.
    pub(super) retry_after: Option<Duration>,
    /// When the verifier says it answered, as it spells it.
    pub(super) date: Option<String>,
    pub(super) body: Zeroizing<Vec<u8>>,
}

impl Wire {
    /// A way to `origin`. Nothing is sent yet.
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
            // No TLS can happen, so a machine without a certificate store can still run the whole login on loopback.
            client = client.tls_certs_only([]);
        }
        if let Some((name, address)) = origin.fixed_address() {
            client = client.resolve(name, address);
        }
        let client = client.build().map_err(|e| SessionError::TlsUnavailable(Box::new(e.without_url())))?;
        Ok(Self { client, timeouts })
    }

    /// Sends `ask` once and reads the answer, at most [`JSON_MAX_BYTES`] of it.
    pub(super) fn post(&self, ask: &Ask<'_>) -> Result<HttpResponse, SessionError> {
        let request = self
            .client
            .post(ask.url.clone())
            .header(CONTENT_TYPE, ask.media_type)
            .header(REQUEST_PROOF_HEADER, ask.proof)
            .body(ask.body.to_vec());
        self.answer(request.send().map_err(condition)?)
    }

    /// Asks for what anybody may see at `url`, once: no proof, no body.
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

    /// The body, read in pieces so that neither its length nor its slowness can hold us.
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

/// The process's TLS provider, unless it has one already.
fn install_tls() {
    if CryptoProvider::get_default().is_none() {
        // An error says that another thread was quicker: then there is one, which is all that is wanted.
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

/// Which condition a failed request stands for.
fn condition(error: reqwest::Error) -> SessionError {
    let error = error.without_url();
    let (late, tls) = (error.is_timeout(), names_tls(&error));
    let source: TransportSource = Box::new(error);
    match (late, tls) {
        (true, _) => SessionError::TimedOut(source),
        (false, true) => SessionError::TlsFailed(source),
        (false, false) => SessionError::Unreachable(source),
    }
}

/// Which condition a failed reading stands for. The error is reqwest's own, in the wrapping of `io`.
fn broken(error: io::Error) -> SessionError {
    match error.downcast::<reqwest::Error>() {
        Ok(inner) => condition(inner),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => SessionError::TimedOut(error.into()),
        Err(error) => SessionError::Unreachable(error.into()),
    }
}

/// Whether rustls is among the causes.
fn names_tls(error: &(dyn Error + 'static)) -> bool {
    // `io::Error` passes its content's cause off as its own and so hides the content: look inside instead.
    let inside = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let cause = inside.map(|inside| inside as &(dyn Error + 'static)).or_else(|| error.source());
    error.is::<rustls::Error>() || cause.is_some_and(names_tls)
}

#[expect(clippy::disallowed_methods, reason = "how long a peer takes is measured where it is waited for")]
fn now() -> Instant {
    Instant::now()
}

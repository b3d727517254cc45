//! A minimal browser for the headless demo and for tests: pages, links, forms, redirects, and a cookie jar with the
//! rules of real browsers. It runs no scripts and connects only to `localhost` and its subdomains.
//!
//! Every navigation is a top-level one. Its initiator decides which cookies are sent: a URL that was typed or passed in
//! by another program has none, for a link or form it is the page that contains it, and redirects keep the initiator of
//! the first request.

mod html;
mod jar;
mod wire;

use std::sync::Arc;

use url::Url;

pub use html::Form;
pub use jar::{CookieRefusal, Jar};
pub use wire::WireError;

use countenance_core::clock::Clock;
use jar::Navigation;
use wire::{Method, Request, Wire};

/// Maximum number of consecutive redirects, as in common browsers.
const REDIRECTS_MAX: usize = 20;
/// Scheme of the link that opens the client.
const LAUNCH_PREFIX: &str = "countenance:";

/// A browser with one profile.
pub struct Browser {
    wire: Wire,
    jar: Jar,
    clock: Arc<dyn Clock>,
}

/// A loaded page.
pub struct Page {
    /// Its URL, after redirects.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// The HTML document.
    pub html: String,
}

/// Why no page was loaded.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The URL is invalid.
    #[error("invalid URL")]
    BadUrl(#[from] url::ParseError),
    /// The request failed, or the response was not accepted.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// A redirect loop, or a very long chain.
    #[error("more than {REDIRECTS_MAX} redirects")]
    TooManyRedirects,
    /// A redirect without a `Location` header.
    #[error("redirect without a Location header")]
    NoLocation,
    /// The page has no form with this field.
    #[error("the page has no form with a field named {field}")]
    NoForm {
        /// Name of the field.
        field: &'static str,
    },
}

impl Browser {
    /// A browser with an empty cookie jar.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self, BrowserError> {
        Ok(Self { wire: Wire::new()?, jar: Jar::default(), clock })
    }

    /// Opens a URL as if it were typed, or passed in by another program.
    pub fn open(&mut self, address: &str) -> Result<Page, BrowserError> {
        self.navigate(None, Request::get(Url::parse(address)?))
    }

    /// Follows a link on `page`.
    pub fn follow(&mut self, page: &Page, href: &str) -> Result<Page, BrowserError> {
        self.navigate(Some(&page.url), Request::get(page.url.join(href)?))
    }

    /// Submits a form on `page`.
    pub fn submit(&mut self, page: &Page, form: &Form) -> Result<Page, BrowserError> {
        let mut target = page.url.join(&form.action)?;
        let request = if form.is_post {
            Request::post(target, form.encoded())
        } else {
            target.set_query(Some(&form.encoded()));
            Request::get(target)
        };
        self.navigate(Some(&page.url), request)
    }

    /// The cookies of this browser.
    pub fn jar(&self) -> &Jar {
        &self.jar
    }

    fn navigate(&mut self, cause: Option<&Url>, mut request: Request) -> Result<Page, BrowserError> {
        for _ in 0..=REDIRECTS_MAX {
            let navigation = Navigation { cause, to: &request.url, is_safe: request.method == Method::Get };
            request.cookies = self.jar.header(&navigation, self.clock.now());
            request.origin =
                cause.filter(|_| request.method == Method::Post).map(|cause| cause.origin().ascii_serialization());
            let answer = self.wire.send(&request)?;
            for line in &answer.set_cookies {
                // Browsers silently drop invalid cookies; the jar records the reason for tests.
                self.jar.set(&request.url, line, self.clock.now());
            }
            if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
                let html = String::from_utf8_lossy(&answer.body).into_owned();
                return Ok(Page { url: request.url, status: answer.status, html });
            }
            let to = request.url.join(answer.location.as_deref().ok_or(BrowserError::NoLocation)?)?;
            let keeps_method = matches!(answer.status, 307 | 308);
            request = if keeps_method { Request { url: to, ..request } } else { Request::get(to) };
        }
        Err(BrowserError::TooManyRedirects)
    }
}

impl Page {
    /// The forms on the page, in document order.
    pub fn forms(&self) -> Vec<Form> {
        html::forms(&self.html)
    }

    /// The first form that has a field named `field`.
    pub fn form_with(&self, field: &'static str) -> Result<Form, BrowserError> {
        self.forms().into_iter().find(|form| form.has(field)).ok_or(BrowserError::NoForm { field })
    }

    /// The form that returns the verifier's result to the tenant. A real browser submits it by script or at the press
    /// of a button.
    pub fn return_form(&self) -> Result<Form, BrowserError> {
        self.form_with("session_token")
    }

    /// The link that opens the client.
    pub fn launch_link(&self) -> Option<String> {
        html::links(&self.html).into_iter().find(|href| href.starts_with(LAUNCH_PREFIX))
    }

    /// The value of a query parameter of the page's URL.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }
}

/// Omits query and document: both may contain a token.
impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = format!("{}{}", self.url.origin().ascii_serialization(), self.url.path());
        f.debug_struct("Page").field("place", &place).field("status", &self.status).finish_non_exhaustive()
    }
}

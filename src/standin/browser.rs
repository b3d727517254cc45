//! A small honest browser, for the headless demo and for tests: pages, links, forms, redirects, and a cookie jar that keeps the
//! rules real browsers keep. It runs no script, and it reaches nothing but `localhost` and the names under it.
//!
//! Every navigation here is a top-level one. Who caused it decides which cookies go along: an address typed or handed over by
//! another program has no cause, a link or form has the page it stands on, and a redirect keeps the cause of the first request.

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

/// Most redirects in a row: what browsers follow.
const REDIRECTS_MAX: usize = 20;
/// What the link that opens the client begins with.
const LAUNCH_PREFIX: &str = "countenance:";

/// A browser with one profile.
pub struct Browser {
    wire: Wire,
    jar: Jar,
    clock: Arc<dyn Clock>,
}

/// A page that was loaded.
pub struct Page {
    /// Where it came from, after redirects.
    pub url: Url,
    /// HTTP status.
    pub status: u16,
    /// The document.
    pub html: String,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// Not an address.
    #[error("this is not an address")]
    BadUrl(#[from] url::ParseError),
    /// The server was not reached, or its answer not taken.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// A circle, or close to one.
    #[error("more than {REDIRECTS_MAX} redirects")]
    TooManyRedirects,
    /// A redirect without an address.
    #[error("a redirect leads nowhere")]
    NoLocation,
    /// The page has no such form.
    #[error("the page has no form with a field called {field}")]
    NoForm {
        /// The field looked for.
        field: &'static str,
    },
}

impl Browser {
    /// A browser with an empty cookie jar.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self, BrowserError> {
        Ok(Self { wire: Wire::new()?, jar: Jar::default(), clock })
    }

    /// Opens an address as if typed, or handed over by another program.
    pub fn open(&mut self, address: &str) -> Result<Page, BrowserError> {
        self.navigate(None, Request::get(Url::parse(address)?))
    }

    /// Follows a link that stands on `page`.
    pub fn follow(&mut self, page: &Page, href: &str) -> Result<Page, BrowserError> {
        self.navigate(Some(&page.url), Request::get(page.url.join(href)?))
    }

    /// Sends a form that stands on `page`.
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

    /// What this browser holds.
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
                // A browser drops a cookie that breaks a rule and says nothing; the jar keeps the reason for tests.
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
    /// The forms on the page, in order.
    pub fn forms(&self) -> Vec<Form> {
        html::forms(&self.html)
    }

    /// The first form that has a field called `field`.
    pub fn form_with(&self, field: &'static str) -> Result<Form, BrowserError> {
        self.forms().into_iter().find(|form| form.has(field)).ok_or(BrowserError::NoForm { field })
    }

    /// The form that takes the verifier's answer to the tenant. A real browser sends it by script or by one press of a button.
    pub fn return_form(&self) -> Result<Form, BrowserError> {
        self.form_with("session_token")
    }

    /// The link that opens the client.
    pub fn launch_link(&self) -> Option<String> {
        html::links(&self.html).into_iter().find(|href| href.starts_with(LAUNCH_PREFIX))
    }

    /// The value of a parameter in the page's own address.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }
}

/// Prints no query and no document: both may hold a token.
impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = format!("{}{}", self.url.origin().ascii_serialization(), self.url.path());
        f.debug_struct("Page").field("place", &place).field("status", &self.status).finish_non_exhaustive()
    }
}

//! Shared by the demo's web servers: size-limited requests, styled pages, cookies.

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{
    body::Bytes,
    extract::{ConnectInfo, FromRequest, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Maximum size of a form, far above what our pages post.
const FORM_MAX_BYTES: usize = 64 << 10;
/// Style sheet of every page.
const STYLE: &str = include_str!("web.css");

/// Parameters of a query or a form, with unique names.
#[derive(Clone, Default)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    /// The value of `name`; `None` if it is missing or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The space-separated words of the value of `name`.
    pub(crate) fn words(&self, name: &str) -> Vec<String> {
        self.get(name).unwrap_or_default().split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    /// As a JSON object.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        self.0
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    /// `None` if a name is repeated: two readers could each use a different value.
    fn parse(encoded: &[u8]) -> Option<Self> {
        let mut values = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(encoded) {
            if values.insert(name.into_owned(), value.into_owned()).is_some() {
                return None;
            }
        }
        Some(Self(values))
    }
}

/// A request, read completely.
pub(crate) struct Incoming {
    /// GET or POST.
    pub(crate) method: Method,
    /// Parameters of the query.
    pub(crate) query: Params,
    /// Parameters of the form in the body.
    pub(crate) form: Params,
    /// IP address of the peer; `127.0.0.1` if unknown.
    pub(crate) ip: String,
    /// The cookies sent.
    pub(crate) cookies: CookieJar,
    headers: HeaderMap,
}

impl Incoming {
    /// The value of a header.
    pub(crate) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(Cookie::value)
    }
}

impl<S: Send + Sync> FromRequest<S> for Incoming {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let method = request.method().clone();
        let headers = request.headers().clone();
        let ip = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let ip = ip.map_or_else(|| "127.0.0.1".to_owned(), |ConnectInfo(peer)| peer.ip().to_string());
        let query = Params::parse(request.uri().query().unwrap_or_default().as_bytes());
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        if body.len() > FORM_MAX_BYTES {
            return Err(StatusCode::PAYLOAD_TOO_LARGE.into_response());
        }
        let form = Params::parse(&body);
        let (Some(query), Some(form)) = (query, form) else {
            return Err((StatusCode::BAD_REQUEST, "A parameter is repeated.").into_response());
        };
        Ok(Self { method, query, form, ip, cookies: CookieJar::from_headers(&headers), headers })
    }
}

/// A cookie for this host, not readable by scripts.
///
/// The names have no `__Host-` prefix: on `http://*.localhost`, where the demo runs, all recent browsers accept
/// `Secure` cookies, but only recent versions of Chromium accept the prefix.
pub(crate) fn cookie(name: &'static str, value: String, same_site: SameSite) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(same_site).build()
}

/// Redirects the browser.
pub(crate) fn redirect(to: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    private((StatusCode::FOUND, [(header::LOCATION, location)]).into_response())
}

/// A complete page.
pub(crate) fn page(status: StatusCode, title: &str, main: &Markup) -> Response {
    named_page(status, "page", title, main)
}

/// A complete page, identified by its attribute `data-page`.
pub(crate) fn named_page(status: StatusCode, name: &str, title: &str, main: &Markup) -> Response {
    let page: Markup = html! {
        (DOCTYPE)
        html lang="en" data-page=(name) {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (title) }
            // Our own style sheet. Escaping would break its `>` combinators.
            style { (PreEscaped(STYLE)) }
            main { (main) }
        }
    };
    // No form-action: browsers also apply it to redirects after a form submission, and these lead to other sites.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, policy)];
    private((status, headers, page.into_string()).into_response())
}

/// Sets headers that keep a response out of caches and referrers.
pub(crate) fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_repeated_parameters() {
        assert!(Params::parse(b"state=a&state=b").is_none());
        assert_eq!(Params::parse(b"state=a&scope=b+c").unwrap().words("scope"), ["b", "c"]);
    }
}

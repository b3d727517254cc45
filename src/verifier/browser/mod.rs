//! The browser's side of a sign-in: one module for each page or flow. This file reads what a browser sends: cookies,
//! headers that reveal a prefetch or a foreign form, and forms of limited size.

pub(crate) mod device_link;
pub(crate) mod email_link;
pub(crate) mod landing;
pub(crate) mod mail;
pub(crate) mod mail_pages;
pub(crate) mod notices;
pub(crate) mod pages;
pub(crate) mod return_handle;
pub(crate) mod session_page;
pub(crate) mod start;
pub(crate) mod start_refusal;
pub(crate) mod token;

use axum::{
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, header},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use zeroize::Zeroizing;

use crate::origin::Origin;

/// Maximum size of a form, bytes; forms have two short fields.
const FORM_MAX_BYTES: usize = 1024;
/// Prefix of a session cookie's name; the session's id follows. Browsers accept `__Host-` cookies only over TLS or on
/// loopback, and only for this host and the path `/`.
const COOKIE_PREFIX: &str = "__Host-countenance-";

/// Name of the cookie that binds a browser to the session.
pub(crate) fn cookie_name(session: &str) -> String {
    format!("{COOKIE_PREFIX}{session}")
}

/// The value of the cookie `name`.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    cookies(headers).find(|cookie| cookie.name() == name)?.value_raw()
}

/// The ids and cookies of the sessions that the browser claims to have started; unverified.
pub(crate) fn session_cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    cookies(headers).filter_map(|cookie| Some((cookie.name_raw()?.strip_prefix(COOKIE_PREFIX)?, cookie.value_raw()?)))
}

/// All cookies in the order sent by the browser, which a [`CookieJar`] does not preserve.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(Cookie::split_parse).filter_map(Result::ok)
}

/// Sets a cookie as the `__Host-` prefix requires: for this host and the path `/`, over TLS. Scripts cannot read it.
pub(crate) fn set_cookie(name: String, value: String, life_secs: i64, same_site: SameSite) -> CookieJar {
    let cookie = Cookie::build((name, value)).path("/").secure(true).http_only(true);
    CookieJar::new().add(cookie.same_site(same_site).max_age(time::Duration::seconds(life_secs)))
}

/// Whether the browser only prefetches the page, which must not spend a one-time URL.
pub(crate) fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose"].iter().any(|name| text(headers, name).is_some_and(|value| value.contains("prefetch")))
}

/// Whether a posted form came from a page of `origin`, according to the browser's headers.
///
/// Our pages are `no-referrer`, so browsers post their forms with `Origin: null` (Fetch, "append a request `Origin`
/// header"). That is accepted if `Sec-Fetch-Site`, which no page can forge, reports the same origin.
pub(crate) fn is_own_form(headers: &HeaderMap, origin: &Origin) -> bool {
    let site = headers.get("sec-fetch-site").map(axum::http::HeaderValue::as_bytes);
    match site {
        Some(b"same-origin" | b"none") => {
            text(headers, "origin").is_none_or(|found| found == "null" || found == origin.text())
        }
        Some(_) => false,
        None => headers.get(header::ORIGIN).is_none_or(|found| found.as_bytes() == origin.text().as_bytes()),
    }
}

/// `text`, encoded as one path segment.
pub(crate) fn path_part(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A posted form; its values are zeroized when dropped.
pub(crate) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Reads the form; `None` if the request has no form, or it is too long or cut off.
    pub(crate) async fn read(request: Request) -> Option<Self> {
        let media_type = text(request.headers(), "content-type").unwrap_or_default();
        if media_type.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
            return None;
        }
        let body = to_bytes(request.into_body(), FORM_MAX_BYTES).await.ok()?;
        let fields = url::form_urlencoded::parse(&body);
        Some(Self(fields.map(|(name, value)| (name.into_owned(), Zeroizing::new(value.into_owned()))).collect()))
    }

    /// The value of the field `name` if it occurs exactly once.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(field, _)| field == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn finds_a_cookie_by_its_exact_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; session-1=x; session=y".parse().unwrap());
        headers.append(header::COOKIE, "other=z; __Host-countenance-s1=c1".parse().unwrap());
        for (name, value) in [("session", Some("y")), ("session-1", Some("x")), ("other", Some("z")), ("ses", None)] {
            assert_eq!(cookie(&headers, name), value, "{name}");
        }
        assert_eq!(session_cookies(&headers).collect::<Vec<_>>(), [("s1", "c1")]);
    }

    #[test]
    fn recognizes_foreign_forms_by_request_headers() {
        let ours = "https://verifier.example";
        for (origin, site, own) in [
            (Some(ours), Some("same-origin"), true),
            (Some("null"), Some("same-origin"), true),
            (None, Some("none"), true),
            (Some(ours), None, true),
            (None, None, true),
            (Some("null"), None, false),
            (Some("https://evil.example"), None, false),
            (Some("https://evil.example"), Some("same-origin"), false),
            (Some("https://verifier.example.evil.example"), None, false),
            (Some("http://verifier.example"), None, false),
            (None, Some("cross-site"), false),
            (Some(ours), Some("cross-site"), false),
            (Some("null"), Some("same-site"), false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                value.map(|value| headers.append(name, value.parse().unwrap()));
            }
            assert_eq!(is_own_form(&headers, &ours.parse().unwrap()), own, "{origin:?} {site:?}");
        }
    }

    #[tokio::test]
    async fn reads_only_short_urlencoded_forms() {
        let form = "application/x-www-form-urlencoded";
        let read = async |media_type: &str, body: String| {
            let request = Request::post("/").header(header::CONTENT_TYPE, media_type).body(Body::from(body)).unwrap();
            Form::read(request).await
        };
        let good = read(form, "code=123+456&twice=1&twice=2&%63hannel=sms".into()).await.unwrap();
        for (name, value) in [("code", Some("123 456")), ("channel", Some("sms")), ("twice", None), ("none", None)] {
            assert_eq!(good.field(name), value, "{name}");
        }
        assert!(read("application/x-www-form-urlencoded; charset=UTF-8", "a=1".into()).await.is_some());
        assert!(read("text/plain", "code=123456".into()).await.is_none());
        assert!(read(form, "x".repeat(FORM_MAX_BYTES + 1)).await.is_none());
    }
}

//! The cookie jar: the parts of RFC 6265bis that our pages use, strict where browsers differ.
//!
//! Plain HTTP to `localhost`, its subdomains and loopback addresses counts as secure, also for the prefixes `__Host-`
//! and `__Secure-`, as observed in Chromium 147. (Chromium in 2024 still rejected the prefixes there.)

use url::{Host, Url};

use countenance_core::clock::UnixSecs;

/// Maximum size of a cookie: name and value.
const COOKIE_MAX_BYTES: usize = 4096;
/// Maximum number of cookies in the jar.
const COOKIES_MAX: usize = 200;

/// All cookies of one profile.
#[derive(Default)]
pub struct Jar {
    cookies: Vec<Cookie>,
    refusals: Vec<(String, CookieRefusal)>,
}

/// Why a cookie was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CookieRefusal {
    /// It has no name, or is too long.
    #[error("not a cookie")]
    Malformed,
    /// `Secure`, but set by an insecure page.
    #[error("Secure, but set by an insecure page")]
    NotSecure,
    /// `SameSite=None` without `Secure`.
    #[error("SameSite=None needs Secure")]
    NoneWithoutSecure,
    /// `Domain` does not cover the page's host, or is a top-level domain.
    #[error("Domain does not cover the page's host")]
    ForeignDomain,
    /// `__Host-` or `__Secure-` without the attributes they require.
    #[error("the cookie lacks what its name prefix requires")]
    BrokenPrefix,
    /// The jar is full.
    #[error("too many cookies")]
    JarFull,
}

/// The facts about a top-level navigation that the jar needs.
pub(super) struct Navigation<'a> {
    /// The page that initiated it; `None` if it was typed or passed in.
    pub(super) cause: Option<&'a Url>,
    pub(super) to: &'a Url,
    /// Whether the method is safe (GET).
    pub(super) is_safe: bool,
}

#[derive(Clone)]
struct Cookie {
    name: String,
    value: String,
    host: String,
    is_host_only: bool,
    path: String,
    is_secure: bool,
    is_http_only: bool,
    same_site: SameSite,
    expires_at: Option<UnixSecs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SameSite {
    Strict,
    Lax,
    None,
}

impl Jar {
    /// The value of the `Cookie` header for this navigation.
    pub(super) fn header(&self, navigation: &Navigation<'_>, now: UnixSecs) -> Option<String> {
        let is_same_site = navigation.cause.is_none_or(|cause| site(cause) == site(navigation.to));
        let goes = |cookie: &&Cookie| {
            cookie.reaches(navigation.to, now)
                && match cookie.same_site {
                    SameSite::None => true,
                    SameSite::Lax => is_same_site || navigation.is_safe,
                    SameSite::Strict => is_same_site,
                }
        };
        let pairs: Vec<_> = self.cookies.iter().filter(goes).map(|c| format!("{}={}", c.name, c.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// Stores the cookie of one `Set-Cookie` header received from `from`, or records why it was rejected.
    pub(super) fn set(&mut self, from: &Url, line: &str, now: UnixSecs) {
        match self.try_set(from, line, now) {
            Ok(()) => {}
            Err(refusal) => {
                let name = line.split('=').next().unwrap_or_default().trim().to_owned();
                self.refusals.push((name, refusal));
            }
        }
    }

    /// The value of a cookie that a same-site link to `url` would send.
    pub fn value(&self, url: &Url, name: &str, now: UnixSecs) -> Option<&str> {
        let found = self.cookies.iter().find(|cookie| cookie.name == name && cookie.reaches(url, now));
        found.map(|cookie| cookie.value.as_str())
    }

    /// Names of the cookies that a script on `url` could read, i.e. not `HttpOnly`.
    pub fn script_visible(&self, url: &Url, now: UnixSecs) -> Vec<&str> {
        let visible = self.cookies.iter().filter(|cookie| !cookie.is_http_only && cookie.reaches(url, now));
        visible.map(|cookie| cookie.name.as_str()).collect()
    }

    /// Names of the rejected cookies, with the reasons.
    pub fn refusals(&self) -> &[(String, CookieRefusal)] {
        &self.refusals
    }

    fn try_set(&mut self, from: &Url, line: &str, now: UnixSecs) -> Result<(), CookieRefusal> {
        let cookie = parse(from, line, now)?;
        let is_same = |old: &Cookie| old.name == cookie.name && old.host == cookie.host && old.path == cookie.path;
        self.cookies.retain(|old| !is_same(old) && old.expires_at.is_none_or(|at| now < at));
        if cookie.expires_at.is_some_and(|at| at <= now) {
            return Ok(());
        }
        if self.cookies.len() >= COOKIES_MAX {
            return Err(CookieRefusal::JarFull);
        }
        self.cookies.push(cookie);
        Ok(())
    }
}

impl Cookie {
    fn reaches(&self, url: &Url, now: UnixSecs) -> bool {
        let host = url.host_str().unwrap_or_default();
        let host_fits = host == self.host || (!self.is_host_only && is_under(host, &self.host));
        host_fits
            && path_fits(url.path(), &self.path)
            && (!self.is_secure || is_trustworthy(url))
            && self.expires_at.is_none_or(|at| now < at)
    }
}

fn parse(from: &Url, line: &str, now: UnixSecs) -> Result<Cookie, CookieRefusal> {
    let host = from.host_str().ok_or(CookieRefusal::Malformed)?;
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).ok_or(CookieRefusal::Malformed)?;
    if name.is_empty() || name.len() + value.len() > COOKIE_MAX_BYTES {
        return Err(CookieRefusal::Malformed);
    }
    let mut cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        host: host.to_owned(),
        is_host_only: true,
        path: default_path(from.path()).to_owned(),
        is_secure: false,
        is_http_only: false,
        same_site: SameSite::Lax,
        expires_at: None,
    };
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match (attribute.to_ascii_lowercase().as_str(), value.trim()) {
            ("secure", _) => cookie.is_secure = true,
            ("httponly", _) => cookie.is_http_only = true,
            ("path", path) if path.starts_with('/') => path.clone_into(&mut cookie.path),
            ("samesite", value) if value.eq_ignore_ascii_case("none") => cookie.same_site = SameSite::None,
            ("samesite", value) if value.eq_ignore_ascii_case("strict") => cookie.same_site = SameSite::Strict,
            ("max-age", seconds) => {
                cookie.expires_at = seconds.parse::<i64>().ok().map(|life| now.saturating_add(life));
            }
            ("domain", domain) if !domain.is_empty() => {
                cookie.is_host_only = false;
                cookie.host = domain.trim_start_matches('.').to_ascii_lowercase();
            }
            _ => {}
        }
    }
    check(&cookie, from, host, line)?;
    Ok(cookie)
}

fn check(cookie: &Cookie, from: &Url, host: &str, line: &str) -> Result<(), CookieRefusal> {
    if !cookie.is_host_only {
        // A single label is a top-level domain, and IP addresses have no parent domain.
        let is_own = host == cookie.host || is_under(host, &cookie.host);
        if !is_own || !cookie.host.contains('.') || !matches!(from.host(), Some(Host::Domain(_))) {
            return Err(CookieRefusal::ForeignDomain);
        }
    }
    if cookie.is_secure && !is_trustworthy(from) {
        return Err(CookieRefusal::NotSecure);
    }
    if cookie.same_site == SameSite::None && !cookie.is_secure {
        return Err(CookieRefusal::NoneWithoutSecure);
    }
    let name = cookie.name.to_ascii_lowercase();
    let says_path = line.to_ascii_lowercase().contains("path=/");
    let keeps_host = cookie.is_secure && cookie.is_host_only && cookie.path == "/" && says_path;
    if (name.starts_with("__host-") && !keeps_host) || (name.starts_with("__secure-") && !cookie.is_secure) {
        return Err(CookieRefusal::BrokenPrefix);
    }
    Ok(())
}

/// Scheme and registrable domain; the port does not matter. Two labels replace the Public Suffix List, which is correct
/// for the subdomains of `localhost` that this browser visits.
fn site(url: &Url) -> (&str, &str) {
    let host = url.host_str().unwrap_or_default();
    let registrable = match url.host() {
        Some(Host::Domain(_)) => host.rmatch_indices('.').nth(1).map_or(host, |(dot, _)| host.split_at(dot + 1).1),
        _ => host,
    };
    (url.scheme(), registrable)
}

fn is_trustworthy(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || is_here
}

fn is_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn path_fits(path: &str, cookie_path: &str) -> bool {
    let rest = path.strip_prefix(cookie_path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || cookie_path.ends_with('/'))
}

/// The directory of the page (RFC 6265, section 5.1.4).
fn default_path(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(directory, _)| if directory.is_empty() { "/" } else { directory })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: &str = "http://tenant.localhost:1/u/login";

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn rejects_cookies_that_break_a_rule() {
        use CookieRefusal::{BrokenPrefix, ForeignDomain, Malformed, NoneWithoutSecure, NotSecure};
        let https = "https://tenant.example.com/";
        for (name, from, line, refusal) in [
            ("plain", TENANT, "a=1", None),
            ("secure on localhost", TENANT, "a=1; Secure", None),
            ("secure on http elsewhere", "http://tenant.example.com/", "a=1; Secure", Some(NotSecure)),
            ("none needs secure", TENANT, "a=1; SameSite=None", Some(NoneWithoutSecure)),
            ("none with secure", TENANT, "a=1; SameSite=None; Secure", None),
            ("own domain", TENANT, "a=1; Domain=tenant.localhost", None),
            ("top-level domain", TENANT, "a=1; Domain=localhost", Some(ForeignDomain)),
            ("foreign domain", TENANT, "a=1; Domain=payroll.localhost", Some(ForeignDomain)),
            ("secure on a loopback address", "http://127.0.0.1:1/", "a=1; Secure", None),
            ("host prefix on localhost", TENANT, "__Host-a=1; Secure; Path=/", None),
            ("host prefix over http", "http://tenant.example.com/", "__Host-a=1; Secure; Path=/", Some(NotSecure)),
            ("host prefix over https", https, "__Host-a=1; Secure; Path=/", None),
            ("host prefix, no path", https, "__Host-a=1; Secure", Some(BrokenPrefix)),
            ("host prefix, a path", https, "__Host-a=1; Secure; Path=/u", Some(BrokenPrefix)),
            ("host prefix, domain", https, "__Host-a=1; Secure; Path=/; Domain=example.com", Some(BrokenPrefix)),
            ("host prefix, not secure", https, "__host-a=1; Path=/", Some(BrokenPrefix)),
            ("secure prefix", https, "__Secure-a=1", Some(BrokenPrefix)),
            ("no name", TENANT, "=1", Some(Malformed)),
            ("no value", TENANT, "a", Some(Malformed)),
        ] {
            let mut jar = Jar::default();
            jar.set(&url(from), line, 0);
            assert_eq!(jar.refusals().first().map(|(_, refusal)| *refusal), refusal, "{name}");
            assert_eq!(jar.cookies.len(), usize::from(refusal.is_none()), "{name}");
        }
    }

    #[test]
    fn sends_cookies_by_site_of_the_initiator() {
        let mut jar = Jar::default();
        for line in ["lax=1; Path=/", "none=1; Path=/; SameSite=None; Secure", "strict=1; Path=/; SameSite=Strict"] {
            jar.set(&url(TENANT), line, 0);
        }
        let other = "http://verifier.localhost:2/return/x";
        for (name, cause, is_safe, expected) in [
            ("typed", None, true, Some("lax=1; none=1; strict=1")),
            (
                "link on the same site, another port",
                Some("http://tenant.localhost:9/"),
                true,
                Some("lax=1; none=1; strict=1"),
            ),
            ("form on the same site", Some(TENANT), false, Some("lax=1; none=1; strict=1")),
            ("link on another site", Some(other), true, Some("lax=1; none=1")),
            ("form on another site", Some(other), false, Some("none=1")),
            ("form on the same host over https", Some("https://tenant.localhost/"), false, Some("none=1")),
        ] {
            let (cause, to) = (cause.map(url), url("http://tenant.localhost:1/continue"));
            let navigation = Navigation { cause: cause.as_ref(), to: &to, is_safe };
            assert_eq!(jar.header(&navigation, 0).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn respects_path_domain_and_lifetime() {
        let mut jar = Jar::default();
        jar.set(&url(TENANT), "near=1", 0);
        jar.set(&url(TENANT), "short=1; Path=/; Max-Age=10; HttpOnly", 0);
        jar.set(&url(TENANT), "wide=1; Path=/; Domain=tenant.localhost", 0);
        for (name, to, now, expected) in [
            ("same folder", TENANT, 0, Some("near=1; short=1; wide=1")),
            ("similar path", "http://tenant.localhost:1/ux", 0, Some("short=1; wide=1")),
            ("expired", TENANT, 10, Some("near=1; wide=1")),
            ("subdomain", "http://a.tenant.localhost:1/u/", 0, Some("wide=1")),
            ("another host", "http://payroll.localhost:1/u/", 0, None),
        ] {
            let to = url(to);
            let navigation = Navigation { cause: None, to: &to, is_safe: true };
            assert_eq!(jar.header(&navigation, now).as_deref(), expected, "{name}");
        }
        assert_eq!(jar.script_visible(&url(TENANT), 0), ["near", "wide"]);
        jar.set(&url(TENANT), "short=; Path=/; Max-Age=0", 0);
        assert_eq!(jar.value(&url(TENANT), "short", 0), None);
    }
}

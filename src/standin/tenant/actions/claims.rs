//! Which custom claims an Action may set.

use url::Url;

/// Most bytes of all custom claims of one token together.
pub(super) const CLAIMS_MAX_BYTES: usize = 100 << 10;

/// Names that belong to the tenant. Setting one is no error: the login goes on and the claim is not there.
const RESTRICTED: [&str; 30] = [
    "acr",
    "act",
    "amr",
    "ath",
    "attest",
    "aud",
    "auth_time",
    "azp",
    "cnf",
    "exp",
    "groups",
    "htm",
    "htu",
    "iat",
    "iss",
    "jti",
    "jwk",
    "kid",
    "nbf",
    "nonce",
    "permissions",
    "roles",
    "scope",
    "sid",
    "sub",
    "sub_jwk",
    "toe",
    "txn",
    "vot",
    "vtm",
];
/// Domains whose URLs, and those of every name under them, are nobody's namespace.
const RESTRICTED_DOMAINS: [&str; 3] = ["auth0.com", "webtask.io", "webtask.run"];

/// Whether an Action may set the claim `name`.
pub(super) fn may_set(name: &str) -> bool {
    if RESTRICTED.contains(&name) || name.to_ascii_lowercase().starts_with("urn:auth0") {
        return false;
    }
    let host = Url::parse(name).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_none_or(|host| {
        let under = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        !RESTRICTED_DOMAINS.iter().any(|domain| under(domain))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_of_the_tenant_are_closed() {
        for (name, allowed) in [
            ("https://authid.ai/claims/amr", true),
            ("https://notauth0.com/amr", true),
            ("favourite_colour", true),
            ("urn:example:colour", true),
            ("amr", false),
            ("acr", false),
            ("https://auth0.com/amr", false),
            ("https://login.AUTH0.com/amr", false),
            ("http://x.webtask.io", false),
            ("https://webtask.run/a", false),
            ("urn:auth0:amr", false),
        ] {
            assert_eq!(may_set(name), allowed, "{name}");
        }
    }
}

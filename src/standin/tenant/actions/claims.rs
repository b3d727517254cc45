//! Which custom claims an Action may set.

use url::Url;

/// Maximum total size of a token's custom claims, in bytes.
pub(super) const CLAIMS_MAX_BYTES: usize = 100 << 10;

/// Claim names reserved for the tenant. Setting one is not an error: the sign-in continues without the claim.
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
/// Domains that may not be used as a namespace, including their subdomains.
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
    fn rejects_reserved_names_and_namespaces() {
        for (name, allowed) in [
            ("https://authid.ai/claims/amr", true),
            ("https://notauth0.com/amr", true),
            ("favorite_color", true),
            ("urn:example:color", true),
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

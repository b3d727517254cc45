//! For relying parties: checks whether an ID token reports a second factor.
//!
//! Implements Auth0's step-up pattern. A web application requests a second factor at `/authorize` with `acr_values`
//! ([`StepUp`]). It grants access to protected pages only if the returned ID token is valid ([`IdTokens::check`]) and
//! reports the factor ([`IdToken::is_mfa`]). An API answers 401 with [`StepUp::challenge`].
//!
//! ```
//! use countenance_amr::{IdTokens, StepUp};
//! # use jsonwebtoken::{EncodingKey, Header};
//! # use serde_json::json;
//! # const SECRET: &[u8] = b"the application's client secret, of 32 bytes or more";
//! # let now = 1_800_000_000;
//! # let claims = json!({
//! #     "iss": "https://tenant.example/", "aud": "payroll", "sub": "auth0|ada", "iat": now, "exp": now + 36_000,
//! #     "nonce": "n-0S6_WzA2Mj", "https://authid.ai/claims/amr": "mfa",
//! # });
//! # let token = jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET))?;
//! // When the application starts.
//! let id_tokens = IdTokens::hs256("https://tenant.example/", "payroll", SECRET)?;
//!
//! // Before the sign-in: parameters for /authorize, next to client_id, state, nonce and the rest.
//! let parameters = StepUp::authid().parameters();
//! assert_eq!(parameters, [("acr_values", "https://authid.ai/policies/multi-factor".to_owned())]);
//!
//! // After it: `token` is the ID token from /oauth/token.
//! let who = id_tokens.check(&token, Some("n-0S6_WzA2Mj"), now)?;
//! assert_eq!(who.sub(), "auth0|ada");
//! assert!(who.mfa_within(600, now), "the salary page opens");
//! assert!(!who.mfa_within(600, now + 601), "and asks again after ten minutes");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Most applications have no secret and check RS256 with the tenant's published keys. [`Keys::fetched`] caches those
//! and fetches them again when a token names an unknown key; the caller provides the function that fetches them.
//!
//! ```
//! use countenance_amr::{IdTokens, JwkSet, Keys};
//! # fn get(_: &str) -> Result<Vec<u8>, std::io::Error> { Ok(br#"{"keys":[]}"#.to_vec()) }
//! let keys = Keys::fetched(|| Ok(JwkSet::from_json(&get("https://tenant.example/.well-known/jwks.json")?)?));
//! let id_tokens = IdTokens::rs256("https://tenant.example/", "payroll", keys);
//! assert!(id_tokens.check("not a token", None, 1_800_000_000).is_err());
//! ```
//!
//! # What counts as a second factor
//!
//! | claim | counts when | who sets it |
//! |---|---|---|
//! | `amr` | it is an array containing `mfa` | Auth0, after one of its own factors; Actions cannot set it |
//! | [`AMR_CLAIM`] | it is the string `mfa`, or an array containing it | an Action, after a redirect |
//!
//! Only whole values count, never part of a string: `mfa-skipped` is not `mfa`. Only tokens from a sign-in carry these
//! claims: tokens from a refresh or from silent authentication (`prompt=none`) have neither. An application that renews
//! its tokens must therefore record the time of the second factor itself, and let it expire.

/// Seconds since 1970-01-01 UTC.
pub type UnixSecs = i64;

mod claims;
mod error;
mod id_tokens;
mod json;
mod jwks;
mod keys;
mod step_up;

pub use claims::{AMR_CLAIM, IdToken};
pub use error::IdTokenError;
pub use id_tokens::{CLOCK_SKEW_SECS, IdTokens, SECRET_MIN_BYTES, TOKEN_MAX_BYTES};
pub use jwks::{JWKS_MAX_BYTES, JwkSet, JwkSetError};
pub use keys::{FetchError, Keys};
pub use step_up::{AUTH0_POLICY, AUTHID_POLICY, StepUp};

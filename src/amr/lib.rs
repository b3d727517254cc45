//! For relying parties: whether an ID token says that a second factor was shown.
//!
//! The library behind the step-up pattern of Auth0. A web application asks for a second factor at `/authorize` by
//! `acr_values` ([`StepUp`]), and opens what is worth protecting only when the ID token that comes back holds
//! ([`IdTokens::check`]) and says so ([`IdToken::is_mfa`]). An API answers 401 with [`StepUp::challenge`].
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
//! // Before the login: what goes into /authorize, next to client_id, state, nonce and the rest.
//! let parameters = StepUp::authid().parameters();
//! assert_eq!(parameters, [("acr_values", "https://authid.ai/policies/multi-factor".to_owned())]);
//!
//! // After it: `token` is what /oauth/token gave for the code.
//! let who = id_tokens.check(&token, Some("n-0S6_WzA2Mj"), now)?;
//! assert_eq!(who.sub(), "auth0|ada");
//! assert!(who.mfa_within(600, now), "the salary page opens");
//! assert!(!who.mfa_within(600, now + 601), "and asks again after ten minutes");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Most applications hold no secret and check RS256 against the keys that the tenant publishes. [`Keys::fetched`] keeps
//! those and fetches them anew when a token names one it has not seen; how they are fetched is the caller's.
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
//! | `amr` | it is an array that contains `mfa` | Auth0, after a factor of its own; no Action can |
//! | [`AMR_CLAIM`] | it is the text `mfa`, or an array that contains it | an Action, after a redirect |
//!
//! Whole values only, never part of a text: `mfa-skipped` is not `mfa`. And only in a token of a login: tokens of a refresh or of
//! silent authentication (`prompt=none`) carry neither claim. An application that renews its tokens therefore keeps its own
//! note of when the second factor was shown, and lets it age.

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

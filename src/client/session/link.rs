//! The launch link: `countenance://verify?v=<verifier origin>&s=<session id>&c=<one-time code>`.
//!
//! Any web page can make the system pass us such text, so all of it is checked before any part is used.

use std::fmt;

use url::Url;
use zeroize::Zeroizing;

use super::origin::{AllowedOrigins, Origin, OriginError};
use countenance_core::protocol::LINK_MAX_BYTES;

/// Maximum length of the session ID and of the code, characters: 48 bytes in base64url.
const PART_MAX_CHARS: usize = 64;

/// A checked launch link: an allowed verifier, a session ID and a code. The code is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct LaunchLink {
    verifier: Origin,
    session_id: String,
    code: Zeroizing<String>,
}

/// Why a launch link is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Longer than [`LINK_MAX_BYTES`].
    #[error("the link has {found} bytes, more than {LINK_MAX_BYTES}")]
    TooLong {
        /// Length in bytes.
        found: usize,
    },
    /// A space, a control character or anything outside ASCII.
    #[error("the link has a character that is not allowed in a link")]
    Character,
    /// Not `countenance://verify?…`.
    #[error("the link does not start with countenance://verify?")]
    OtherKind,
    /// Userinfo, port or fragment.
    #[error("the link has a port, userinfo or fragment")]
    Extra,
    /// A parameter other than `v`, `s` and `c`.
    #[error("the link has an unknown parameter")]
    UnknownParameter,
    /// A parameter occurs twice.
    #[error("the link has {0} twice")]
    Doubled(&'static str),
    /// A parameter is missing.
    #[error("the link lacks {0}")]
    Missing(&'static str),
    /// The session ID or code is empty, too long, or not base64url.
    #[error("the link's {0} is not 1 to {PART_MAX_CHARS} characters of base64url")]
    Part(&'static str),
    /// `v` is not the origin of a verifier.
    #[error("the link does not name a valid verifier")]
    Verifier(#[from] OriginError),
    /// `v` is not on the list of allowed verifiers.
    #[error("the link names a verifier that is not allowed")]
    NotAllowed,
}

impl LaunchLink {
    /// Checks `text` against the grammar and the `allowed` verifiers.
    pub fn parse(text: &str, allowed: &AllowedOrigins) -> Result<Self, LinkError> {
        if text.len() > LINK_MAX_BYTES {
            return Err(LinkError::TooLong { found: text.len() });
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(LinkError::Character);
        }
        let Ok(url) = Url::parse(text) else { return Err(LinkError::OtherKind) };
        // Some systems add a slash after the host.
        let ours = url.scheme() == "countenance" && url.host_str() == Some("verify") && matches!(url.path(), "" | "/");
        if !ours || url.query().is_none() {
            return Err(LinkError::OtherKind);
        }
        if url.fragment().is_some() || url.port().is_some() || !url.username().is_empty() || url.password().is_some() {
            return Err(LinkError::Extra);
        }
        let (mut v, mut s, mut c) = (None, None, None);
        for (name, value) in url.query_pairs() {
            let (slot, name) = match name.as_ref() {
                "v" => (&mut v, "v"),
                "s" => (&mut s, "s"),
                "c" => (&mut c, "c"),
                _ => return Err(LinkError::UnknownParameter),
            };
            if slot.replace(Zeroizing::new(value.into_owned())).is_some() {
                return Err(LinkError::Doubled(name));
            }
        }
        let verifier: Origin = v.ok_or(LinkError::Missing("v"))?.parse()?;
        let session_id = part(s.ok_or(LinkError::Missing("s"))?, "session id")?;
        let code = part(c.ok_or(LinkError::Missing("c"))?, "code")?;
        if !allowed.allow(&verifier) {
            return Err(LinkError::NotAllowed);
        }
        Ok(Self { verifier, session_id: session_id.to_string(), code })
    }

    /// The verifier's origin.
    pub fn verifier(&self) -> &Origin {
        &self.verifier
    }

    /// The session ID.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// The one-time code. Only for the request that spends it.
    pub fn code(&self) -> &str {
        &self.code
    }
}

/// Without the code, which is a secret.
impl fmt::Debug for LaunchLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LaunchLink")
            .field("verifier", &self.verifier)
            .field("session_id", &self.session_id)
            .finish_non_exhaustive()
    }
}

fn part(value: Zeroizing<String>, name: &'static str) -> Result<Zeroizing<String>, LinkError> {
    if is_part(&value) { Ok(value) } else { Err(LinkError::Part(name)) }
}

/// 1 to 64 characters of base64url.
pub(super) fn is_part(text: &str) -> bool {
    (1..=PART_MAX_CHARS).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
